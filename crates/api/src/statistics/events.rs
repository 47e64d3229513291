//! The stream of facts: read from the archive in blocks, then woken by each new fact. A slow reader holds nothing in memory
//! but the block that it is reading.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_stream::Stream;
use tonic::Status;

use crate::proto::statistics as pb;
use crate::refusal::Refusal;
use crate::statistics::{Archive, ArchiveFault};

/// Facts in one message.
const BLOCK_MAX: usize = 256;

/// How far facts are saved, and that the node is being stopped: wakes the streams.
#[derive(Clone)]
pub(crate) struct Saved(Arc<watch::Sender<Progress>>);

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Progress {
    last_fact_no: u64,
    stopping: bool,
}

impl Saved {
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(Progress::default())))
    }

    /// Facts up to this one are saved.
    pub(crate) fn up_to(&self, fact_no: u64) {
        self.0.send_if_modified(|progress| {
            let further = fact_no > progress.last_fact_no;
            progress.last_fact_no = progress.last_fact_no.max(fact_no);
            further
        });
    }

    /// Ends every stream.
    pub(crate) fn close(&self) {
        self.0.send_modify(|progress| progress.stopping = true);
    }

    /// Every fact after `after`, and then as they come.
    pub(crate) fn stream(
        &self,
        archive: Arc<dyn Archive>,
        after: u64,
    ) -> impl Stream<Item = Result<pb::EventsResponse, Status>> + Send + use<> {
        let reader = Some(Reader { archive, after, saved: self.0.subscribe() });
        futures::stream::unfold(reader, |reader| async move {
            let mut reader = reader?;
            match reader.next().await {
                Ok(block) => Some((Ok(block), Some(reader))),
                Err(refusal) => Some((Err(refusal.status()), None)),
            }
        })
    }
}

struct Reader {
    archive: Arc<dyn Archive>,
    after: u64,
    saved: watch::Receiver<Progress>,
}

impl Reader {
    async fn next(&mut self) -> Result<pb::EventsResponse, Refusal> {
        loop {
            // Marked as seen before the archive is read: what is saved meanwhile wakes us again.
            if self.saved.borrow_and_update().stopping {
                return Err(Refusal::Stopping);
            }
            let facts = self.archive.facts_after(self.after, BLOCK_MAX).await.map_err(refusal)?;
            if let Some(last) = facts.last() {
                self.after = last.fact_no;
                let shown = facts.iter().map(|numbered| wire::v1::NumberedFact {
                    fact_no: numbered.fact_no,
                    fact: Some(wire::to_proto(&numbered.fact)),
                });
                return Ok(pb::EventsResponse { resume_token: self.archive.token(self.after), facts: shown.collect() });
            }
            self.saved.changed().await.map_err(|_ended| Refusal::Stopping)?;
        }
    }
}

/// Why the archive does not answer, as a refusal.
pub(crate) fn refusal(fault: ArchiveFault) -> Refusal {
    match fault {
        ArchiveFault::Unavailable => Refusal::NoDatabase,
        ArchiveFault::ForeignToken => Refusal::ForeignToken,
    }
}
