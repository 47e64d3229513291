//! The gRPC service of statistics: asks the archive, within a time.
//! Knows the archive's doors; doesn't know SQL, and makes no figure.

use std::pin::Pin;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::time::timeout;
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use crate::doors::Doors;
use crate::proto::statistics as pb;
use crate::proto::statistics::statistics_server::Statistics;
use crate::refusal::Refusal;
use crate::statistics::events::refusal;
use crate::statistics::{ArchiveFault, Saved, ask, show};

/// How long the archive may take.
const ANSWER_MAX: Duration = Duration::from_secs(10);

/// The service.
pub(crate) struct StatisticsRpc {
    doors: Doors,
    saved: Saved,
}

impl StatisticsRpc {
    pub(crate) fn new(doors: Doors, saved: Saved) -> Self {
        Self { doors, saved }
    }
}

#[tonic::async_trait]
impl Statistics for StatisticsRpc {
    type EventsStream = Pin<Box<dyn Stream<Item = Result<pb::EventsResponse, Status>> + Send>>;

    async fn list_calls(
        &self,
        request: Request<pb::ListCallsRequest>,
    ) -> Result<Response<pb::ListCallsResponse>, Status> {
        let asked = ask::calls(&request.into_inner(), self.doors.centre.now())?;
        let page = asked.limit - 1;
        let mut rows = in_time(self.doors.archive.calls(asked)).await?;
        let more = rows.len() > page;
        rows.truncate(page);
        let last = rows.last().filter(|_| more);
        let next_page_token = last.map(|row| ask::page_token(row.arrived, row.call)).unwrap_or_default();
        Ok(Response::new(pb::ListCallsResponse { calls: rows.iter().map(show::call).collect(), next_page_token }))
    }

    async fn intervals(
        &self,
        request: Request<pb::IntervalsRequest>,
    ) -> Result<Response<pb::IntervalsResponse>, Status> {
        let asked = ask::intervals(&request.into_inner(), self.doors.centre.now())?;
        let from = asked.from;
        let rows = in_time(self.doors.archive.intervals(asked)).await?;
        Ok(Response::new(pb::IntervalsResponse {
            definitions: show::definitions(),
            intervals: rows.iter().map(show::interval).collect(),
            sum: Some(show::sum(from, &rows)),
        }))
    }

    async fn events(&self, request: Request<pb::EventsRequest>) -> Result<Response<Self::EventsStream>, Status> {
        let request = request.into_inner();
        let after = match (request.resume_token.as_str(), request.from_now) {
            ("", true) => self.doors.archive.last_fact_no(),
            ("", false) => 0,
            (token, _) => self.doors.archive.place(token).map_err(refusal)?.after,
        };
        Ok(Response::new(Box::pin(self.saved.stream(self.doors.archive.clone(), after))))
    }
}

async fn in_time<T>(answer: BoxFuture<'_, Result<T, ArchiveFault>>) -> Result<T, Refusal> {
    timeout(ANSWER_MAX, answer).await.unwrap_or(Err(ArchiveFault::Unavailable)).map_err(refusal)
}
