//! The way into the spool, for any thread: appends that never block, subscriptions, and the spool's state.
//!
//! Knows the bound of what may wait; the thread behind it is in `writer.rs`.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;

use tally::{Append, FactSink, Full, NumberedFact};

/// Gets every saved batch, in order, on the writer's thread: it must be quick. `Break` ends the subscription.
pub type Subscriber = Box<dyn FnMut(&Arc<[NumberedFact]>) -> ControlFlow<()> + Send>;

/// What the writer is asked.
pub(crate) enum Order {
    Append(Append),
    Subscribe(Subscriber),
    ClosePersons,
    Stop,
}

/// Shared between doors and writer.
#[derive(Default)]
pub(crate) struct Gauges {
    pub(crate) waiting: AtomicUsize,
    pub(crate) last_saved: AtomicU64,
    pub(crate) flushes: AtomicU64,
    pub(crate) errors: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) too_long: AtomicU64,
    pub(crate) failing: AtomicBool,
    pub(crate) stopping: AtomicBool,
}

/// The spool's state at a moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SpoolStatus {
    /// The last number that is saved.
    pub last_saved: u64,
    /// Facts, persons and acknowledgements that wait.
    pub waiting: usize,
    /// Flushes so far.
    pub flushes: u64,
    /// Failed writes and flushes so far.
    pub errors: u64,
    /// Appends refused because too much was waiting.
    pub refused: u64,
    /// Facts dropped because they were longer than 64 KiB: a bug of their maker.
    pub too_long: u64,
    /// The last write failed and is tried again. Nothing is acknowledged meanwhile; the node is not ready.
    pub failing: bool,
}

/// Appends facts, from any thread.
#[derive(Clone)]
pub struct SpoolDoor {
    orders: Sender<Order>,
    gauges: Arc<Gauges>,
    waiting_max: usize,
}

impl SpoolDoor {
    pub(crate) fn new(orders: Sender<Order>, gauges: Arc<Gauges>, waiting_max: usize) -> Self {
        Self { orders, gauges, waiting_max }
    }

    /// Takes facts and persons to be saved. Never blocks. All of one append are saved together; `when_saved` is then called on
    /// the writer's thread, in the order of appends. At the bound, or when the spool has stopped, nothing is taken.
    pub fn append(&self, append: Append) -> Result<(), Full> {
        let size = append.size();
        let waiting = self.gauges.waiting.fetch_add(size, Ordering::Relaxed);
        if waiting + size > self.waiting_max {
            return Err(self.refuse(append, size));
        }
        match self.orders.send(Order::Append(append)) {
            Ok(()) => Ok(()),
            Err(unsent) => match unsent.0 {
                Order::Append(append) => Err(self.refuse(append, size)),
                Order::Subscribe(_) | Order::ClosePersons | Order::Stop => unreachable!("an append was sent"),
            },
        }
    }

    fn refuse(&self, append: Append, size: usize) -> Full {
        self.gauges.waiting.fetch_sub(size, Ordering::Relaxed);
        self.gauges.refused.fetch_add(1, Ordering::Relaxed);
        Full(append)
    }

    /// From now on every saved batch goes to `subscriber`. Read what came before with [`super::Spool::read_after`], afterwards:
    /// then nothing falls between the two, and what comes twice has the same number.
    pub fn subscribe(&self, subscriber: Subscriber) {
        // A spool that has stopped saves nothing more, so there is nothing to miss.
        let _ = self.orders.send(Order::Subscribe(subscriber));
    }

    /// Counters and state.
    pub fn status(&self) -> SpoolStatus {
        let gauges = &self.gauges;
        SpoolStatus {
            last_saved: gauges.last_saved.load(Ordering::Acquire),
            waiting: gauges.waiting.load(Ordering::Relaxed),
            flushes: gauges.flushes.load(Ordering::Relaxed),
            errors: gauges.errors.load(Ordering::Relaxed),
            refused: gauges.refused.load(Ordering::Relaxed),
            too_long: gauges.too_long.load(Ordering::Relaxed),
            failing: gauges.failing.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn close_persons(&self) {
        let _ = self.orders.send(Order::ClosePersons);
    }

    pub(crate) fn stop(&self) {
        self.gauges.stopping.store(true, Ordering::Relaxed);
        let _ = self.orders.send(Order::Stop);
    }
}

impl FactSink for SpoolDoor {
    fn append(&mut self, append: Append) -> Result<(), Full> {
        Self::append(self, append)
    }
}
