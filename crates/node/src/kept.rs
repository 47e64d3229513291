//! What is kept in the data folder: the spool, the database that is filled from it, and what phones have registered.
//! Knows which file is whose and what a fault of it means for the start; reads none of them itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Context;
use centre::Input;
use model::{About, AgentId, CallId, Fact, Promise, PromiseChange, What};
use plan::Plan;
use sip::bindings::Binding;
use store::{Database, Filler, Promises, PromisesDoor, RealDisk, Registered, Registrations, Spool, SpoolOptions};
use tally::{Append, OpenEnds};
use tokio::runtime::Runtime;
use tracing::{info, warn};

use crate::clock::Clock;
use crate::node::yield_to_calls;
use crate::reception::Reception;
use crate::settings::Settings;
use crate::shard::{Mail, Mailbox};

/// The database's file, in the data folder.
pub(crate) const DATABASE_FILE: &str = "samkald.db";

/// What was kept: agents and their bindings.
pub(crate) type Kept = Vec<(AgentId, Vec<Binding>)>;

/// Opens the registrations, and reads what was registered when the last node ended, however it did.
pub(crate) fn open_registrations(settings: &Settings) -> anyhow::Result<(Registrations, Kept)> {
    let data_dir = &settings.node.data_dir;
    let (registrations, lines) = Registrations::open(data_dir, Arc::new(RealDisk))
        .with_context(|| format!("[node] data_dir: the registrations in {} can't be read", data_dir.display()))?;
    let read = |one: Registered| (one.agent, one.contacts.iter().filter_map(|line| Binding::read(line)).collect());
    let kept: Kept = lines.into_iter().map(read).collect();
    info!(agents = kept.len(), "registrations of before");
    Ok((registrations, kept))
}

/// Opens the promises to call citizens back, and reads those that the last node didn't keep any more.
pub(crate) fn open_promises(settings: &Settings) -> anyhow::Result<(Promises, Vec<Promise>)> {
    let data_dir = &settings.node.data_dir;
    let (promises, kept, unread) = Promises::open(data_dir, Arc::new(RealDisk))
        .with_context(|| format!("[node] data_dir: the promises in {} can't be read", data_dir.display()))?;
    if unread > 0 {
        warn!(unread, "promises to call back that this version can't read stay where they are");
    }
    Ok((promises, kept))
}

/// Hands each promise of before to its call's shard, which takes it up before any new call; the oldest arrival first.
pub(crate) fn take_up(promises: Vec<Promise>, plan: &Plan, mailboxes: &[Arc<Mailbox>], door: &PromisesDoor) {
    let all = promises.len();
    let mut homeless = 0_usize;
    for promise in promises {
        let Some(line) = plan.line_for_promise(&promise) else {
            homeless += 1;
            warn!(call = %promise.call, line = %promise.line, queue = %promise.queue,
                "nobody keeps this promise to call back: the plan has neither its line nor its queue any more; see samkald callbacks list");
            continue;
        };
        let shard = promise.call.shard_of(mailboxes.len() as u8);
        door.change(PromiseChange::Kept(Box::new(promise.clone())));
        mailboxes[usize::from(shard.0)].post(Mail::Centre(Input::TakeUp(Box::new(promise), line)));
    }
    if all > 0 {
        info!(promises = all - homeless, "promises to call back are taken up");
    }
}

/// As the file keeps it.
pub(crate) fn lines(agent: AgentId, bindings: &[Binding]) -> Registered {
    Registered { agent, contacts: bindings.iter().filter_map(Binding::write).collect() }
}

/// Opens the spool.
pub(crate) fn open_spool(settings: &Settings) -> anyhow::Result<Spool> {
    let dir = &settings.node.data_dir;
    let options = SpoolOptions { flush_every: settings.store.flush_every, ..SpoolOptions::default() };
    let (spool, recovered) =
        Spool::open(dir, options).with_context(|| format!("[node] data_dir: {}", dir.display()))?;
    info!(facts = recovered.last_no, cut_bytes = recovered.cut_bytes, "the spool is open");
    Ok(spool)
}

/// The database is filled on a thread of its own and read by the office; that it is away is no reason not to start.
pub(crate) fn start_database(
    settings: &Settings,
    spool: &Arc<Spool>,
    office: &Runtime,
) -> anyhow::Result<(Filler, Database)> {
    let file = settings.node.data_dir.join(DATABASE_FILE);
    let for_readers = {
        let _inside = office.enter();
        Database::new(&file)
    };
    let filler = Filler::start(spool.clone(), move || {
        yield_to_calls();
        Database::new(&file)
    })
    .context("no thread for the database")?;
    Ok((filler, for_readers))
}

/// Reads what the spool holds into today's figures, and says how what the last node left open is closed. Calls that go on with one
/// of the promises aren't; promises of calls that have ended are taken out.
pub(crate) fn what_was_cut(
    spool: &Spool,
    clock: Clock,
    reception: &Reception,
    (promises, door): (&mut Vec<Promise>, &PromisesDoor),
) -> anyhow::Result<Vec<Fact>> {
    let mut open = OpenEnds::default();
    let promised: BTreeSet<CallId> = promises.iter().map(|promise| promise.call).collect();
    let mut ended = BTreeSet::new();
    let unreadable = spool.replay(|numbered| {
        if let (About::Call { call, .. }, What::Ended { .. }) = (&numbered.fact.about, &numbered.fact.what)
            && promised.contains(call)
        {
            ended.insert(*call);
        }
        open.apply(&numbered);
        reception.take_in_old(&numbered);
    });
    let unreadable = unreadable.context("the spool can't be read")?;
    if unreadable > 0 {
        warn!(unreadable, "facts of a newer version are kept, but not counted");
    }
    for over in &ended {
        door.change(PromiseChange::Over(*over));
    }
    promises.retain(|promise| !ended.contains(&promise.call));
    for promise in promises {
        promise.facts = promise.facts.max(open.goes_on(promise.call).unwrap_or(0));
    }
    if open.open_calls() > 0 {
        warn!(calls = open.open_calls(), "calls were cut when the node died; they are closed as such");
    }
    Ok(open.closing_cuts(clock.epoch_ms()))
}

/// Facts of the node before, to be saved.
pub(crate) fn append(spool: &Spool, facts: Vec<Fact>) {
    if !facts.is_empty() && spool.door().append(Append { facts, persons: Vec::new(), when_saved: None }).is_err() {
        warn!("the spool has no room for a fact of the node");
    }
}
