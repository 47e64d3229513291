//! What carries messages on a connection: a byte stream (TCP, TLS) or the frames of a WebSocket, behind one trait.
//!
//! Knows where a message ends; what becomes of it, and who may stay how long, is known by `connection`.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};

use super::framing::{Frame, Framing};

/// Bytes read at once.
const READ_BYTES: usize = 4 * 1024;
/// The answer to a ping on a stream (RFC 5626 §4.4.1).
const PONG: &[u8] = b"\r\n";

/// What a line brings.
#[derive(Debug)]
pub(super) enum Heard {
    /// One whole message.
    Message(Bytes),
    /// A keep-alive that wants an answer.
    Ping,
    /// A sign of life, or the first bytes of a message.
    Sign,
    /// What comes can't be trusted: the head of it, if it is whole.
    Broken(Option<Bytes>),
    /// The peer has closed, or is gone.
    Gone,
}

/// Why we close, as a WebSocket says it (RFC 6455 §7.4.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Bye {
    /// The time is over, or the node stops.
    Away,
    /// What came was no SIP.
    Protocol,
}

/// A connection's bytes, cut into messages.
pub(super) trait Line: Send {
    /// After so much silence the peer is asked for a sign of life; none where keeping alive is the peer's task.
    const ASKED_AFTER: Option<Duration>;
    /// What comes next. May be dropped while it waits; nothing is lost by it.
    fn hear(&mut self) -> impl Future<Output = Heard> + Send;
    /// Whether a message has begun and is not whole.
    fn is_midway(&self) -> bool;
    /// Writes one message.
    fn say(&mut self, bytes: &Bytes) -> impl Future<Output = io::Result<()>> + Send;
    /// Answers a ping.
    fn pong(&mut self) -> impl Future<Output = io::Result<()>> + Send;
    /// Asks for a sign of life.
    fn ping(&mut self) -> impl Future<Output = io::Result<()>> + Send;
    /// Says goodbye.
    fn close(&mut self, why: Bye) -> impl Future<Output = ()> + Send;
}

/// A byte stream.
pub(super) struct Stream<S> {
    io: S,
    framing: Framing,
}

impl<S> Stream<S> {
    pub(super) fn new(io: S) -> Self {
        Self { io, framing: Framing::default() }
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Line for Stream<S> {
    const ASKED_AFTER: Option<Duration> = None;

    async fn hear(&mut self) -> Heard {
        loop {
            match self.framing.next() {
                Frame::Message(message) => return Heard::Message(message),
                Frame::Ping => return Heard::Ping,
                Frame::Broken(head) => return Heard::Broken(head),
                Frame::More => {}
            }
            let begun = self.framing.is_midway();
            match read_some(&mut self.io, self.framing.buffer()).await {
                Ok(0) | Err(_) => return Heard::Gone,
                Ok(_) if !begun => return Heard::Sign,
                Ok(_) => {}
            }
        }
    }

    fn is_midway(&self) -> bool {
        self.framing.is_midway()
    }

    async fn say(&mut self, bytes: &Bytes) -> io::Result<()> {
        self.io.write_all(bytes).await?;
        self.io.flush().await
    }

    async fn pong(&mut self) -> io::Result<()> {
        self.io.write_all(PONG).await?;
        self.io.flush().await
    }

    async fn ping(&mut self) -> io::Result<()> {
        Ok(())
    }

    async fn close(&mut self, _: Bye) {
        // Whether the peer hears it is the peer's concern: the socket is closed in any case.
        let _ = self.io.shutdown().await;
    }
}

/// Reads what is there. The room for it is on the stack: an idle connection keeps no buffer.
async fn read_some<S: AsyncRead + Unpin>(io: &mut S, into: &mut BytesMut) -> io::Result<usize> {
    poll_fn(|context: &mut Context<'_>| {
        let mut room = [MaybeUninit::<u8>::uninit(); READ_BYTES];
        let mut room = ReadBuf::uninit(&mut room);
        match Pin::new(&mut *io).poll_read(context, &mut room) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(fault)) => Poll::Ready(Err(fault)),
            Poll::Ready(Ok(())) => {
                into.extend_from_slice(room.filled());
                Poll::Ready(Ok(room.filled().len()))
            }
        }
    })
    .await
}
