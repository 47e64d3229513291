//! The scribe: one thread of low priority that writes all recordings, so that no packet ever waits for a disk.
//!
//! Takes copies of packets from the workers in order, lays them on tape and gives the bytes to the shelf. Doesn't know how
//! they are sealed, nor why anything is recorded.

mod feed;
mod on_tape;
mod shelf;
mod strip;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, Thread};
use std::time::Duration;

use media::{MediaEvent, MessageTold};
use model::{LegId, Moment};

use self::feed::{Item, Way};
use self::on_tape::OnTape;
use self::strip::TapeNo;
use crate::clock::Clock;

pub(crate) use feed::{Begun, Feed, Taping};
pub use shelf::{Sealing, Shelf};

/// Between two looks at what came, while something is recorded …
const LOOK: Duration = Duration::from_millis(100);
/// … and while nothing is; a beginning wakes it.
const REST: Duration = Duration::from_secs(1);
/// The nice value of its thread: calls and packets go first.
const BEHIND_CALLS: i32 = 10;
/// What a worker may still have in hand.
const IN_HAND: Duration = Duration::from_millis(500);

/// The running scribe. Ends all recordings and stops when dropped; the workers must have ended before.
#[derive(Debug)]
pub(crate) struct Scribe {
    ways: Vec<Arc<Way>>,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Scribe {
    /// Starts the thread, for so many workers. `events` is called on it.
    pub(crate) fn start(
        workers: usize,
        shelf: Box<dyn Shelf>,
        clock: Clock,
        events: impl Fn(MediaEvent) + Send + 'static,
    ) -> io::Result<Self> {
        let ways: Vec<Arc<Way>> = (0..workers).map(|_| Way::new()).collect();
        let stopping = Arc::new(AtomicBool::new(false));
        let work = Work { ways: ways.clone(), stopping: stopping.clone(), shelf, clock, events, open: BTreeMap::new() };
        let thread = std::thread::Builder::new().name("scribe".into()).spawn(move || work.run())?;
        Ok(Self { ways, stopping, thread: Some(thread) })
    }

    /// What a worker needs to make its end of the way, on its own thread.
    pub(crate) fn way(&self, worker: usize) -> Option<ToScribe> {
        Some(ToScribe(Arc::clone(self.ways.get(worker)?), self.thread.as_ref()?.thread().clone()))
    }

    /// Keeps what is being recorded, and ends.
    pub(crate) fn stop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            if thread.join().is_err() {
                tracing::error!("the scribe had panicked");
            }
        }
    }
}

impl Drop for Scribe {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A worker's way to the scribe.
#[derive(Debug)]
pub(crate) struct ToScribe(Arc<Way>, Thread);

impl ToScribe {
    pub(crate) fn feed(self) -> Rc<RefCell<Feed>> {
        Rc::new(RefCell::new(Feed::new(self.0, self.1)))
    }
}

struct Work<E> {
    ways: Vec<Arc<Way>>,
    stopping: Arc<AtomicBool>,
    shelf: Box<dyn Shelf>,
    clock: Clock,
    events: E,
    /// By worker and number: what is being recorded.
    open: BTreeMap<(usize, TapeNo), Recording>,
}

struct Recording {
    leg: LegId,
    what: OnTape,
    file: Box<dyn Sealing>,
}

impl<E: Fn(MediaEvent)> Work<E> {
    fn run(mut self) {
        if let Err(fault) = rustix::process::setpriority_process(None, BEHIND_CALLS) {
            tracing::warn!(%fault, "the scribe keeps the calls' priority");
        }
        loop {
            let is_last = self.stopping.load(Ordering::SeqCst);
            let now = self.clock.now();
            for worker in 0..self.ways.len() {
                self.read(worker);
            }
            if is_last {
                return self.end_all(now);
            }
            let numbers: Vec<_> = self.open.keys().copied().collect();
            for number in numbers {
                self.roll(number, now - IN_HAND);
            }
            metrics::gauge!("samkald_recordings_running")
                .set(self.open.values().filter(|one| one.what.is_talk()).count() as f64);
            std::thread::park_timeout(if self.open.is_empty() { REST } else { LOOK });
        }
    }

    fn read(&mut self, worker: usize) {
        let way = Arc::clone(&self.ways[worker]);
        // As many as can wait: a worker that is faster than we are can't keep us from the others.
        for _ in 0..way.items.capacity() {
            let Some(item) = way.items.pop() else { break };
            match item {
                Item::Begin { number, leg, tape } => self.begin((worker, number), leg, &tape),
                Item::Strip(mut strip) => {
                    let until = strip.until;
                    for (number, packet) in strip.packets() {
                        self.work_on((worker, number), until, |recording| {
                            recording.what.hear(&packet);
                            Ok(())
                        });
                    }
                    strip.clear();
                    // There are only as many strips as fit.
                    let _fits = way.read.push(strip);
                    let numbers: Vec<_> = self.open.keys().filter(|(of, _)| *of == worker).copied().collect();
                    for number in numbers {
                        self.roll(number, until);
                    }
                }
                Item::End { number, at, lost, keep: true } => self.end((worker, number), at, lost),
                Item::End { number, at, keep: false, .. } => self.throw_away((worker, number), at),
            }
        }
    }

    fn begin(&mut self, number: (usize, TapeNo), leg: LegId, tape: &Begun) {
        let begun = match tape {
            Begun::Talk(tape) => self.shelf.begin(tape),
            Begun::Message(message) => self.shelf.begin_message(message),
        };
        let what = OnTape::new(tape, number.1);
        match begun {
            Ok(file) => {
                if !what.is_talk() {
                    (self.events)(MediaEvent::Message { leg, what: MessageTold::Ready });
                }
                self.open.insert(number, Recording { leg, what, file });
            }
            Err(fault) => self.failed(leg, &what, &fault),
        }
    }

    /// Time goes on for a recording; what is ready is kept.
    fn roll(&mut self, number: (usize, TapeNo), to: Moment) {
        self.work_on(number, to, |recording| {
            recording.what.roll(to);
            recording.write()
        });
    }

    fn end(&mut self, number: (usize, TapeNo), at: Moment, lost: u32) {
        self.work_on(number, at, |recording| {
            recording.what.end(at);
            recording.write()
        });
        let Some(Recording { leg, what, file }) = self.open.remove(&number) else { return };
        match (file.keep(at, lost), &what) {
            (Ok(()), OnTape::Talk(..)) => metrics::counter!("samkald_recordings_kept_total").increment(1),
            (Ok(()), OnTape::Message(_)) => (self.events)(MediaEvent::Message { leg, what: MessageTold::Kept }),
            (Err(fault), what) => self.failed(leg, what, &fault),
        }
    }

    /// Nothing of it is wanted.
    fn throw_away(&mut self, number: (usize, TapeNo), at: Moment) {
        if let Some(recording) = self.open.remove(&number) {
            recording.file.give_up(at);
        }
    }

    /// Does this to a recording, if it still runs. A fault or a panic (codecs are not ours) ends this one, not all of them.
    fn work_on(&mut self, number: (usize, TapeNo), at: Moment, work: impl FnOnce(&mut Recording) -> io::Result<()>) {
        let Some(recording) = self.open.get_mut(&number) else { return };
        let done = catch_unwind(AssertUnwindSafe(|| work(recording)));
        let done = done.unwrap_or_else(|_| Err(io::Error::other("a bug: writing the sound panicked")));
        if let Err(fault) = done {
            self.give_up(number, at, &fault);
        }
    }

    fn give_up(&mut self, number: (usize, TapeNo), at: Moment, fault: &io::Error) {
        let Some(Recording { leg, what, file }) = self.open.remove(&number) else { return };
        file.give_up(at);
        self.failed(leg, &what, fault);
    }

    fn failed(&self, leg: LegId, what: &OnTape, fault: &io::Error) {
        let event = match what {
            OnTape::Talk(recording, _) => {
                metrics::counter!("samkald_recordings_failed_total").increment(1);
                tracing::error!(%fault, %recording, "a recording can't be kept; the talk goes on");
                MediaEvent::RecordingFailed { leg, recording: *recording }
            }
            OnTape::Message(_) => {
                tracing::warn!(%fault, "a citizen's message can't be kept; the citizen is told");
                MediaEvent::Message { leg, what: MessageTold::Failed }
            }
        };
        (self.events)(event);
    }

    fn end_all(&mut self, at: Moment) {
        let numbers: Vec<_> = self.open.keys().copied().collect();
        for number in numbers {
            self.end(number, at, 0);
        }
    }
}

impl Recording {
    fn write(&mut self) -> io::Result<()> {
        let bytes = self.what.take();
        if bytes.is_empty() { Ok(()) } else { self.file.write(&bytes) }
    }
}

#[cfg(test)]
mod tests;
