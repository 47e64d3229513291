//! One stream from its beginning to its end: frames and words over a WebSocket, each way bounded.
//! Knows time: a program that doesn't come, says nothing at first, or is silent even to a ping is gone, and the call goes on
//! without.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use media::{STREAM_FRAME, StreamEvent, StreamTo};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::dial::{Wire, dial};
use super::words::{self, Word};
use super::{Down, LastWord, Running, Up, Way};

/// A program that isn't there by then is not waited for: address, connection, TLS and handshake together.
const CONNECT_MAX: Duration = Duration::from_secs(3);
/// How often it is looked what goes up.
const LOOK: Duration = Duration::from_millis(10);
/// Between two pings …
const PING_EVERY: Duration = Duration::from_secs(5);
/// … and how long nothing at all may come, not even their answers.
const SILENT_MAX: Duration = Duration::from_secs(12);
/// Within that a program's first sound comes, from when it is there: the citizen hears music until then, and not for long.
const MUTE_MAX: Duration = Duration::from_secs(5);
/// A write that is stuck for so long ends it: nobody reads there any more.
const STUCK_MAX: Duration = Duration::from_secs(3);
/// Bytes of a frame.
const FRAME_BYTES: usize = 2 * STREAM_FRAME;

type Socket = WebSocketStream<Box<dyn Wire>>;

/// The program is lost: a fault, or it has closed.
struct Lost;

/// Runs until either side ends it. `Gone` is told before the connection is closed, which may take a while.
pub(super) async fn run(to: StreamTo, last: LastWord, _running: Running) {
    match timeout(CONNECT_MAX, dial(&to.url)).await {
        Ok(Ok(mut socket)) => {
            let _ended = carry(&mut socket, &to, last.way()).await;
            drop(last);
            let _closed = timeout(CONNECT_MAX, socket.close(None)).await;
        }
        Ok(Err(why)) => failed(&why.to_string()),
        Err(_) => failed("it did not answer within 3 seconds"),
    }
}

fn failed(why: &str) {
    metrics::counter!("samkald_bot_streams_failed_total").increment(1);
    tracing::warn!(why, "a bot can't be talked with; the call goes on to a person");
}

async fn carry(socket: &mut Socket, to: &StreamTo, way: &Way) -> Result<(), Lost> {
    send(socket, Message::text(words::start(to))).await?;
    way.listens.store(true, Ordering::Relaxed);
    let (mut look, mut said) = (interval(LOOK), Said::default());
    look.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let there_at = Instant::now();
    let (mut heard_at, mut pinged_at) = (there_at, there_at);
    loop {
        tokio::select! {
            came = socket.next() => {
                heard_at = Instant::now();
                take(came.ok_or(Lost)?.map_err(|_| Lost)?, way, &mut said)?;
            }
            now = look.tick() => {
                if way.over.load(Ordering::Relaxed) {
                    return send(socket, Message::text(words::stop())).await;
                }
                let pings = now.duration_since(pinged_at) >= PING_EVERY;
                if pings {
                    pinged_at = now;
                }
                timeout(STUCK_MAX, hand_up(socket, way, pings)).await.map_err(|_| Lost)??;
                if !said.has_begun && now.duration_since(there_at) >= MUTE_MAX {
                    failed("it said nothing within 5 seconds");
                    return Err(Lost);
                }
                if now.duration_since(heard_at) >= SILENT_MAX {
                    return Err(Lost);
                }
            }
        }
    }
}

/// All that waits goes up, and a ping after it.
async fn hand_up(socket: &mut Socket, way: &Way, pings: bool) -> Result<(), Lost> {
    while let Some(up) = way.up.pop() {
        socket.feed(message(up)).await.map_err(|_| Lost)?;
    }
    if pings {
        socket.feed(Message::Ping(Vec::new().into())).await.map_err(|_| Lost)?;
    }
    socket.flush().await.map_err(|_| Lost)
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

fn take(message: Message, way: &Way, said: &mut Said) -> Result<(), Lost> {
    match message {
        Message::Binary(sound) => said.take(&sound, way),
        Message::Text(text) => match words::read(&text) {
            Word::Tell(event) => drop(way.told.push(event)),
            Word::Clear => said.clear(way),
            Word::Mark(mark) => drop(way.down.push(Down::Mark(mark))),
            Word::Nothing => {}
        },
        Message::Close(_) => return Err(Lost),
        Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
    }
    Ok(())
}

/// What a program has said.
#[derive(Default)]
struct Said {
    /// Beyond whole frames: its messages may be of any length.
    rest: Vec<u8>,
    /// Whether any sound has come.
    has_begun: bool,
}

impl Said {
    /// Half a sample at a message's end is left out: it would shift all that comes after it.
    fn take(&mut self, sound: &[u8], way: &Way) {
        self.rest.extend_from_slice(&sound[..sound.len() / 2 * 2]);
        let whole = self.rest.len() / FRAME_BYTES * FRAME_BYTES;
        let mut dropped = 0;
        for bytes in self.rest[..whole].chunks_exact(FRAME_BYTES) {
            let mut frame = [0; STREAM_FRAME];
            frame.iter_mut().zip(bytes.chunks_exact(2)).for_each(|(sample, two)| {
                *sample = i16::from_le_bytes([two[0], two[1]]);
            });
            dropped += u64::from(way.down.push(Down::Sound(frame)).is_err());
        }
        self.rest.drain(..whole);
        metrics::counter!("samkald_bot_frames_dropped_total", "direction" => "from_bot").increment(dropped);
        if whole > 0 && !self.has_begun {
            self.has_begun = true;
            let _full = way.told.push(StreamEvent::Began);
        }
    }

    /// What nobody has heard yet is not to be heard. Its marks come back: nothing is before them any more.
    fn clear(&mut self, way: &Way) {
        self.rest.clear();
        let mut dropped = 0;
        while let Some(down) = way.down.pop() {
            if let Down::Mark(mark) = down {
                dropped += u64::from(way.up.push(Up::Mark(mark)).is_err());
            }
        }
        metrics::counter!("samkald_bot_frames_dropped_total", "direction" => "to_bot").increment(dropped);
    }
}

#[cfg(test)]
mod tests;
