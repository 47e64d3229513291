//! Legs whose other side is a program behind a WebSocket (a voice bot): frames of sound both ways, and a few words.
//!
//! The packet worker never waits: it puts frames into one bounded queue and takes them from another, and a task of its own, on
//! one thread for all, carries them. Knows a leg's frames; why it talks with a program was decided long before.

mod dial;
mod talk;
mod words;

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_queue::ArrayQueue;
use media::{STREAM_FRAME, StreamEvent, StreamTo, Streamed};
use tokio::runtime::{Builder, Runtime};

/// Programs that are talked with at once, on one node. Beyond it a stream is gone as soon as it is asked for, and the call
/// goes on without.
const STREAMS_MAX: usize = 256;
/// Frames on their way to a program: a second. What doesn't fit is dropped, and counted.
const UP_MAX: usize = 50;
/// Frames that a program may be ahead: ten seconds. What doesn't fit is dropped, and counted.
const DOWN_MAX: usize = 500;
/// Events that the worker hasn't seen yet. A program's wishes beyond are not heard.
const TOLD_MAX: usize = 16;

/// What goes to a program.
#[allow(
    clippy::large_enum_variant,
    reason = "nearly all that goes is sound, and a frame in a box would be an allocation each 20 ms"
)]
#[derive(Debug)]
pub(crate) enum Up {
    Sound([i16; STREAM_FRAME]),
    Key(char),
    /// All that it said before this mark has been heard.
    Mark(Box<str>),
}

/// What comes from it.
#[allow(
    clippy::large_enum_variant,
    reason = "nearly all that goes is sound, and a frame in a box would be an allocation each 20 ms"
)]
#[derive(Debug)]
pub(crate) enum Down {
    Sound([i16; STREAM_FRAME]),
    Mark(Box<str>),
}

/// Between a worker and a task.
#[derive(Debug)]
pub(crate) struct Way {
    up: ArrayQueue<Up>,
    down: ArrayQueue<Down>,
    told: ArrayQueue<StreamEvent>,
    /// The program is there and hears; what was said before then is old by now.
    listens: AtomicBool,
    /// The leg is gone, or talks with somebody else: the task ends.
    over: AtomicBool,
}

impl Way {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            up: ArrayQueue::new(UP_MAX),
            down: ArrayQueue::new(DOWN_MAX),
            told: ArrayQueue::new(TOLD_MAX),
            listens: AtomicBool::new(false),
            over: AtomicBool::new(false),
        })
    }
}

/// Tells `Gone` when it is dropped, by whatever end a stream comes to: nobody is to wait for a program that isn't there.
#[derive(Debug)]
struct LastWord(Arc<Way>);

impl LastWord {
    fn way(&self) -> &Way {
        &self.0
    }
}

impl Drop for LastWord {
    /// The last word always has room.
    fn drop(&mut self) {
        self.0.told.force_push(StreamEvent::Gone);
    }
}

/// A worker's end of a stream; the task ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Streaming {
    pub(crate) sound: Streamed,
    way: Arc<Way>,
    /// Whether the citizen has heard anything of it.
    was_heard: bool,
    /// Frames for the program that it had no room for.
    pub(crate) not_taken: u64,
}

impl Streaming {
    /// What is told of the stream, in order.
    pub(crate) fn told(&self) -> Option<StreamEvent> {
        self.way.told.pop()
    }

    /// The citizen has pressed a key.
    pub(crate) fn key(&mut self, key: char) {
        self.put(Up::Key(key));
    }

    /// The turn: 20 ms to the program once it is there, and 20 ms from it, if there are any. `is_free`: nothing else is played to
    /// the citizen. Its first word waits for that.
    pub(crate) fn turn(&mut self, is_free: bool) -> Option<[i16; STREAM_FRAME]> {
        let frame = self.sound.frame();
        if self.way.listens.load(Ordering::Relaxed) {
            self.put(Up::Sound(frame));
        }
        if !is_free && !self.was_heard {
            return None;
        }
        loop {
            match self.way.down.pop()? {
                Down::Sound(frame) => {
                    self.was_heard = true;
                    return Some(frame).filter(|_| is_free);
                }
                Down::Mark(mark) => self.put(Up::Mark(mark)),
            }
        }
    }

    fn put(&mut self, up: Up) {
        self.not_taken += u64::from(self.way.up.push(up).is_err());
    }
}

impl Drop for Streaming {
    fn drop(&mut self) {
        self.way.over.store(true, Ordering::Relaxed);
    }
}

/// Begins streams. Its thread is started with the first of them.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    runtime: Mutex<Option<Runtime>>,
    running: Arc<AtomicUsize>,
}

impl Streams {
    /// Begins one. It tells `Gone` at once if there are too many, or no thread can be had.
    pub(crate) fn begin(&self, to: StreamTo, sound: Streamed) -> Streaming {
        let way = Way::new();
        let (last, running) = (LastWord(Arc::clone(&way)), Running::begin(&self.running));
        let begun = running.map(|running| self.spawn(to, last, running));
        if !matches!(begun, Some(Ok(()))) {
            tracing::warn!("a bot can't be called: too many are talked with, or no thread can be had");
        }
        Streaming { sound, way, was_heard: false, not_taken: 0 }
    }

    fn spawn(&self, to: StreamTo, last: LastWord, running: Running) -> io::Result<()> {
        let mut kept = self.runtime.lock().unwrap_or_else(PoisonError::into_inner);
        let runtime = match kept.take() {
            Some(runtime) => runtime,
            None => Builder::new_multi_thread().worker_threads(1).thread_name("bots").enable_all().build()?,
        };
        runtime.spawn(talk::run(to, last, running));
        *kept = Some(runtime);
        Ok(())
    }

    /// Ends all of them without waiting.
    pub(crate) fn stop(&self) {
        let runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(runtime) = runtime {
            runtime.shutdown_background();
        }
    }
}

/// One of those that run.
#[derive(Debug)]
struct Running(Arc<AtomicUsize>);

impl Running {
    fn begin(running: &Arc<AtomicUsize>) -> Option<Self> {
        let before = running.fetch_add(1, Ordering::Relaxed);
        metrics::gauge!("samkald_bot_streams").set((before + 1) as f64);
        let one = Self(Arc::clone(running));
        (before < STREAMS_MAX).then_some(one)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let before = self.0.fetch_sub(1, Ordering::Relaxed);
        metrics::gauge!("samkald_bot_streams").set(before.saturating_sub(1) as f64);
    }
}
