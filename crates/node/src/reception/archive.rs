//! What was: the API's questions to the database and the spool.
//! Knows the store's doors and the API's questions; doesn't know SQL or figures.

use std::collections::BTreeMap;

use api::{Archive, ArchiveFault, CallAsked, CallRow, EventsFrom, IntervalRow, IntervalsAsked, Key, KeyKind};
use futures::future::BoxFuture;
use model::{CallId, Moment};
use store::{CallsWanted, DatabaseError, ResumeToken};
use tally::{Cell, Counts, NumberedFact, Quarter};

use super::Reception;
use super::figures::targets;

impl Archive for Reception {
    fn calls(&self, asked: CallAsked) -> BoxFuture<'_, Result<Vec<CallRow>, ArchiveFault>> {
        Box::pin(async move {
            let wanted = CallsWanted {
                from: asked.from,
                to: asked.to,
                line: asked.line,
                agent: asked.agent,
                older_than: asked.older_than,
                calls_max: asked.limit as u32,
            };
            let calls = self.database.calls(&wanted).await.map_err(|fault| away(&fault))?;
            Ok(calls.iter().map(CallRow::from).collect())
        })
    }

    fn intervals(&self, asked: IntervalsAsked) -> BoxFuture<'_, Result<Vec<IntervalRow>, ArchiveFault>> {
        Box::pin(async move {
            let targets = targets(&self.current.plan());
            let mut rows: BTreeMap<(Moment, Key), Counts> = BTreeMap::new();
            let from = Quarter::of(asked.from).start();
            let cells = self.database.cells(from, asked.to, &targets).await.map_err(|fault| away(&fault))?;
            for (cell, counts) in cells {
                let Some(key) = key_of(&cell, asked.by) else { continue };
                if asked.only.as_ref().is_none_or(|only| *only == key) {
                    rows.entry((cell.quarter.start(), key)).or_default().merge(&counts);
                }
            }
            Ok(rows.into_iter().map(|((from, key), counts)| IntervalRow { from, key, counts }).collect())
        })
    }

    fn facts_after(&self, fact_no: u64, limit: usize) -> BoxFuture<'_, Result<Vec<NumberedFact>, ArchiveFault>> {
        Box::pin(
            async move { self.database.facts_after(&self.spool, fact_no, limit).await.map_err(|fault| away(&fault)) },
        )
    }

    fn facts_of_call(&self, call: CallId) -> BoxFuture<'_, Result<Vec<NumberedFact>, ArchiveFault>> {
        Box::pin(async move { self.database.facts_of_call(call).await.map_err(|fault| away(&fault)) })
    }

    fn last_fact_no(&self) -> u64 {
        self.spool.status().last_saved
    }

    fn token(&self, fact_no: u64) -> String {
        ResumeToken { spool: self.spool.id(), fact_no }.to_string()
    }

    fn place(&self, token: &str) -> Result<EventsFrom, ArchiveFault> {
        let token = ResumeToken::read(token, self.spool.id()).map_err(|_| ArchiveFault::ForeignToken)?;
        Ok(EventsFrom { after: token.fact_no })
    }
}

/// Calls that never came to what is asked by belong to no row.
fn key_of(cell: &Cell, by: KeyKind) -> Option<Key> {
    match by {
        KeyKind::Queue => cell.queue.clone().map(Key::Queue),
        KeyKind::Line => cell.line.clone().map(Key::Line),
        KeyKind::Municipality => cell.line.is_some().then_some(Key::Municipality(cell.municipality)),
    }
}

fn away(fault: &DatabaseError) -> ArchiveFault {
    tracing::warn!(%fault, "the database does not answer");
    ArchiveFault::Unavailable
}
