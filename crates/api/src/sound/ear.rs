//! The stream of one page: what it is told lies in a bounded lane, and why it ended beside it.
//! Knows no call; doesn't know whose page it is.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use tokio::sync::mpsc;
use tokio_stream::Stream;
use tonic::Status;

use crate::proto::desk::OpenResponse;
use crate::refusal::Refusal;

/// Messages that a page may be behind; at the bound it is cut off, opens anew and is told what still holds.
const BEHIND_MAX: usize = 64;

/// Our end of a page's stream.
#[derive(Debug)]
pub(crate) struct Ear {
    out: mpsc::Sender<OpenResponse>,
    cut: Arc<OnceLock<Refusal>>,
}

/// The page's end.
#[derive(Debug)]
pub(crate) struct EarStream {
    inbox: mpsc::Receiver<OpenResponse>,
    cut: Arc<OnceLock<Refusal>>,
    over: bool,
}

/// Both ends.
pub(crate) fn ear() -> (Ear, EarStream) {
    let (out, inbox) = mpsc::channel(BEHIND_MAX);
    let cut = Arc::new(OnceLock::new());
    (Ear { out, cut: cut.clone() }, EarStream { inbox, cut, over: false })
}

impl Ear {
    /// Never waits: a page that is too far behind is cut off.
    pub(crate) fn tell(&self, message: OpenResponse) {
        if self.cut.get().is_none() && matches!(self.out.try_send(message), Err(mpsc::error::TrySendError::Full(_))) {
            self.cut_off(Refusal::TooSlow);
        }
    }

    /// The stream ends with this after what already lies in it, once this end is dropped; the first reason counts.
    pub(crate) fn cut_off(&self, why: Refusal) {
        self.cut.get_or_init(|| why);
    }

    /// Whether nobody listens any more.
    pub(crate) fn is_gone(&self) -> bool {
        self.cut.get().is_some() || self.out.is_closed()
    }
}

impl Stream for EarStream {
    type Item = Result<OpenResponse, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.over {
            return Poll::Ready(None);
        }
        match self.inbox.poll_recv(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(message)) => Poll::Ready(Some(Ok(message))),
            Poll::Ready(None) => {
                self.over = true;
                Poll::Ready(self.cut.get().map(|why| Err(why.status())))
            }
        }
    }
}
