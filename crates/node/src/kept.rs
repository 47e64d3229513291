//! What is kept in the data folder: the spool, the database that is filled from it, and what phones have registered.
//! Knows which file is whose and what a fault of it means for the start; reads none of them itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Context;
use centre::Input;
use model::{About, AgentId, CallId, Fact, Promise, PromiseChange, What};
use plan::{LineNo, Plan};
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

/// Opens the promises to call citizens back, and finds a home for those that the last node didn't keep any more.
pub(crate) fn open_promises(settings: &Settings) -> anyhow::Result<(Promises, OfBefore)> {
    let data_dir = &settings.node.data_dir;
    let (promises, kept, unread) = Promises::open(data_dir, Arc::new(RealDisk))
        .with_context(|| format!("[node] data_dir: the promises in {} can't be read", data_dir.display()))?;
    if unread > 0 {
        warn!(unread, "promises to call back that this version can't read stay where they are");
    }
    Ok((promises, OfBefore::find_homes(kept, &settings.plan)))
}

/// Promises of before.
pub(crate) struct OfBefore {
    /// With the line that keeps each, the oldest arrival first.
    pub(crate) at_home: Vec<(Promise, LineNo)>,
    /// Nobody can keep them: the plan has neither their line nor their queue any more.
    pub(crate) homeless: Vec<Promise>,
}

impl OfBefore {
    /// Finds the line that keeps each.
    fn find_homes(promises: Vec<Promise>, plan: &Plan) -> Self {
        let mut found = Self { at_home: Vec::with_capacity(promises.len()), homeless: Vec::new() };
        for promise in promises {
            match plan.line_for_promise(&promise) {
                Some(line) => found.at_home.push((promise, line)),
                None => found.homeless.push(promise),
            }
        }
        found
    }

    /// Promises of calls that have ended are over; those that go on, and those that nobody can keep, are said to `open`.
    fn settle(&mut self, ended: &BTreeSet<CallId>, open: &mut OpenEnds, door: &PromisesDoor) {
        for over in ended {
            door.change(PromiseChange::Over(*over));
        }
        self.at_home.retain(|(promise, _)| !ended.contains(&promise.call));
        for (promise, _) in &mut self.at_home {
            promise.facts = promise.facts.max(open.goes_on(promise.call).unwrap_or(0));
        }
        for promise in self.homeless.drain(..).filter(|promise| !ended.contains(&promise.call)) {
            warn!(call = %promise.call, line = %promise.line, queue = %promise.queue,
                "nobody can keep this promise to call back, which has failed: the plan has neither its line nor its queue any more");
            open.cannot_be_kept(promise.call, promise.facts);
            door.change(PromiseChange::Over(promise.call));
        }
    }

    fn calls(&self) -> BTreeSet<CallId> {
        self.at_home.iter().map(|(promise, _)| promise).chain(&self.homeless).map(|promise| promise.call).collect()
    }
}

/// Hands each promise of before to its call's shard, which takes it up before any new call; the oldest arrival first.
pub(crate) fn take_up(promises: Vec<(Promise, LineNo)>, mailboxes: &[Arc<Mailbox>], door: &PromisesDoor) {
    let all = promises.len();
    for (promise, line) in promises {
        let shard = promise.call.shard_of(mailboxes.len() as u8);
        door.change(PromiseChange::Kept(Box::new(promise.clone())));
        mailboxes[usize::from(shard.0)].post(Mail::Centre(Input::TakeUp(Box::new(promise), line)));
    }
    if all > 0 {
        info!(promises = all, "promises to call back are taken up");
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
/// of the promises aren't; promises that nobody can keep have failed, and those of calls that have ended are taken out.
pub(crate) fn what_was_cut(
    spool: &Spool,
    clock: Clock,
    reception: &Reception,
    (promises, door): (&mut OfBefore, &PromisesDoor),
) -> anyhow::Result<Vec<Fact>> {
    let mut open = OpenEnds::default();
    let promised = promises.calls();
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
    promises.settle(&ended, &mut open, door);
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

#[cfg(test)]
mod tests;
