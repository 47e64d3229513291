//! One stream from its beginning to its end: frames and words over a WebSocket, each way bounded.
//! Knows time: a program that doesn't come, or is silent even to a ping, is gone, and the call goes on without.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use media::{STREAM_FRAME, StreamEvent, StreamTo};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::dial::{Wire, dial};
use super::words::{self, Word};
use super::{Down, Running, Up, Way};

/// A program that isn't there by then is not waited for: address, connection, TLS and handshake together.
const CONNECT_MAX: Duration = Duration::from_secs(3);
/// How often it is looked what goes up.
const LOOK: Duration = Duration::from_millis(10);
/// Between two pings …
const PING_EVERY: Duration = Duration::from_secs(5);
/// … and how long nothing at all may come, not even their answers. A write that is stuck for so long ends it, too.
const SILENT_MAX: Duration = Duration::from_secs(12);
/// Bytes of a frame.
const FRAME_BYTES: usize = 2 * STREAM_FRAME;

type Socket = WebSocketStream<Box<dyn Wire>>;

/// The program is lost: a fault, or it has closed.
struct Lost;

/// Runs until either side ends it; `Gone` is told last.
pub(super) async fn run(to: StreamTo, way: Arc<Way>, _running: Running) {
    match timeout(CONNECT_MAX, dial(&to.url)).await {
        Ok(Ok(mut socket)) => {
            let _ended = carry(&mut socket, &to, &way).await;
            let _closed = timeout(CONNECT_MAX, socket.close(None)).await;
        }
        Ok(Err(why)) => failed(&why.to_string()),
        Err(_) => failed("it did not answer within 3 seconds"),
    }
    way.tell_gone();
}

fn failed(why: &str) {
    metrics::counter!("samkald_bot_streams_failed_total").increment(1);
    tracing::warn!(why, "a bot can't be talked with; the call goes on to a person");
}

async fn carry(socket: &mut Socket, to: &StreamTo, way: &Way) -> Result<(), Lost> {
    send(socket, Message::text(words::start(to))).await?;
    let _full = way.told.push(StreamEvent::Began);
    let (mut look, mut down) = (interval(LOOK), Partial::default());
    look.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let (mut heard_at, mut pinged_at) = (Instant::now(), Instant::now());
    loop {
        tokio::select! {
            came = socket.next() => {
                heard_at = Instant::now();
                take(came.ok_or(Lost)?.map_err(|_| Lost)?, way, &mut down)?;
            }
            now = look.tick() => {
                if way.over.load(Ordering::Relaxed) {
                    return send(socket, Message::text(words::stop())).await;
                }
                while let Some(up) = way.up.pop() {
                    socket.feed(message(up)).await.map_err(|_| Lost)?;
                }
                if now.duration_since(pinged_at) >= PING_EVERY {
                    pinged_at = now;
                    socket.feed(Message::Ping(Vec::new().into())).await.map_err(|_| Lost)?;
                }
                timeout(SILENT_MAX, socket.flush()).await.map_err(|_| Lost)?.map_err(|_| Lost)?;
                if now.duration_since(heard_at) >= SILENT_MAX {
                    return Err(Lost);
                }
            }
        }
    }
}

async fn send(socket: &mut Socket, message: Message) -> Result<(), Lost> {
    timeout(CONNECT_MAX, socket.send(message)).await.map_err(|_| Lost)?.map_err(|_| Lost)
}

fn message(up: Up) -> Message {
    match up {
        Up::Sound(frame) => Message::binary(frame.iter().flat_map(|sample| sample.to_le_bytes()).collect::<Vec<u8>>()),
        Up::Key(key) => Message::text(words::key(key)),
        Up::Mark(mark) => Message::text(words::mark(&mark)),
    }
}

fn take(message: Message, way: &Way, down: &mut Partial) -> Result<(), Lost> {
    match message {
        Message::Binary(sound) => down.take(&sound, way),
        Message::Text(text) => match words::read(&text) {
            Word::Tell(event) => drop(way.told.push(event)),
            Word::Clear => while way.down.pop().is_some() {},
            Word::Mark(mark) => drop(way.down.push(Down::Mark(mark))),
            Word::Nothing => {}
        },
        Message::Close(_) => return Err(Lost),
        Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
    }
    Ok(())
}

/// What a program has said beyond whole frames. Its messages may be of any length.
#[derive(Default)]
struct Partial(Vec<u8>);

impl Partial {
    fn take(&mut self, sound: &[u8], way: &Way) {
        self.0.extend_from_slice(sound);
        let whole = self.0.len() / FRAME_BYTES * FRAME_BYTES;
        let mut dropped = 0;
        for bytes in self.0[..whole].chunks_exact(FRAME_BYTES) {
            let mut frame = [0; STREAM_FRAME];
            frame.iter_mut().zip(bytes.chunks_exact(2)).for_each(|(sample, two)| {
                *sample = i16::from_le_bytes([two[0], two[1]]);
            });
            dropped += u64::from(way.down.push(Down::Sound(frame)).is_err());
        }
        self.0.drain(..whole);
        metrics::counter!("samkald_bot_frames_dropped_total", "direction" => "from_bot").increment(dropped);
    }
}
