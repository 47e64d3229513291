//! What was: the API's questions to the database.

use api::{Archive, ArchiveFault, CallAsked, CallRow, EventsFrom, IntervalRow, IntervalsAsked};
use futures::future::BoxFuture;
use tally::NumberedFact;

use super::Reception;

impl Archive for Reception {
    fn calls(&self, _asked: CallAsked) -> BoxFuture<'_, Result<Vec<CallRow>, ArchiveFault>> {
        Box::pin(async { Err(ArchiveFault::Unavailable) })
    }
    fn intervals(&self, _asked: IntervalsAsked) -> BoxFuture<'_, Result<Vec<IntervalRow>, ArchiveFault>> {
        Box::pin(async { Err(ArchiveFault::Unavailable) })
    }
    fn facts_after(&self, _fact_no: u64, _limit: usize) -> BoxFuture<'_, Result<Vec<NumberedFact>, ArchiveFault>> {
        Box::pin(async { Err(ArchiveFault::Unavailable) })
    }
    fn last_fact_no(&self) -> u64 {
        self.spool.status().last_saved
    }
    fn token(&self, fact_no: u64) -> String {
        fact_no.to_string()
    }
    fn place(&self, token: &str) -> Result<EventsFrom, ArchiveFault> {
        token.parse().map(|after| EventsFrom { after }).map_err(|_| ArchiveFault::ForeignToken)
    }
}
