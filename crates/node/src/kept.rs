//! What is kept in the data folder: the spool, the database that is filled from it, and what phones have registered.
//! Knows which file is whose and what a fault of it means for the start; reads none of them itself.

use std::sync::Arc;

use anyhow::Context;
use model::{AgentId, Fact};
use sip::bindings::Binding;
use store::{Database, Filler, RealDisk, Registered, Registrations, Spool, SpoolOptions};
use tally::{Append, OpenEnds};
use tokio::runtime::Runtime;
use tracing::{info, warn};

use crate::clock::Clock;
use crate::node::yield_to_calls;
use crate::reception::Reception;
use crate::settings::Settings;

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

/// Reads what the spool holds into today's figures, and says how what the last node left open is closed.
pub(crate) fn what_was_cut(spool: &Spool, clock: Clock, reception: &Reception) -> anyhow::Result<Vec<Fact>> {
    let mut open = OpenEnds::default();
    let unreadable = spool.replay(|numbered| {
        open.apply(&numbered);
        reception.take_in_old(&numbered);
    });
    let unreadable = unreadable.context("the spool can't be read")?;
    if unreadable > 0 {
        warn!(unreadable, "facts of a newer version are kept, but not counted");
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
