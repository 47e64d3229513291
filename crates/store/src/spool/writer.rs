//! The spool's one thread: gathers appends, numbers their facts, flushes them as a group, then tells everyone.
//!
//! Busy, it flushes every few milliseconds; idle, at once. When the disk fails it keeps what it has, tells
//! nobody that it is saved, and tries again with growing pauses. Nobody ever waits for it but those who ask for the word.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use model::Fact;
use tally::{Append, NumberedFact, WhenSaved};

use super::door::{Gauges, Order, Subscriber};
use super::log::FactLog;
use super::persons::PersonLog;
use super::record::put_record;

/// Facts that go to disk in one group at most; more wait for the next one.
const GROUP_FACTS_MAX: usize = 8_192;
/// First and longest pause between tries when the disk fails.
const PAUSE_MIN: Duration = Duration::from_millis(20);
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// Tries when the spool is closed on a disk that fails; then what was never acknowledged is given up.
const TRIES_WHEN_STOPPING_MAX: u32 = 3;
/// Buffers larger than this are given back after a group, in bytes.
const BUFFER_KEPT_BYTES: usize = 4 * 1024 * 1024;

/// Everything that the thread owns.
pub(crate) struct Writer {
    pub(crate) facts: FactLog,
    pub(crate) persons: PersonLog,
    pub(crate) gauges: Arc<Gauges>,
    pub(crate) flush_every: Duration,
    pub(crate) last_no: u64,
    subscribers: Vec<Subscriber>,
    group: Group,
}

/// What is saved together.
#[derive(Default)]
struct Group {
    facts: Vec<NumberedFact>,
    fact_bytes: Vec<u8>,
    persons: usize,
    person_bytes: Vec<u8>,
    acknowledge: Vec<WhenSaved>,
    /// What the group takes of the bound.
    size: usize,
}

impl Writer {
    pub(crate) fn new(
        facts: FactLog,
        persons: PersonLog,
        gauges: Arc<Gauges>,
        flush_every: Duration,
        last_no: u64,
    ) -> Self {
        Self { facts, persons, gauges, flush_every, last_no, subscribers: Vec::new(), group: Group::default() }
    }

    /// Runs until it is told to stop, or nobody holds a door any more; what waits then is still saved.
    pub(crate) fn run(mut self, orders: &Receiver<Order>) {
        let mut last_flush = Instant::now();
        let mut going = ControlFlow::Continue(());
        while going.is_continue() {
            let Ok(first) = orders.recv() else { break };
            going = self.take(first);
            let due = last_flush + self.flush_every;
            if going.is_continue() {
                // Asleep, not listening: a thread that is woken by each append costs more than what it writes.
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
            }
            while going.is_continue() && self.group.facts.len() < GROUP_FACTS_MAX {
                let Ok(order) = orders.try_recv() else { break };
                going = self.take(order);
            }
            last_flush = Instant::now();
            self.save_group();
        }
    }

    fn take(&mut self, order: Order) -> ControlFlow<()> {
        match order {
            Order::Append(append) => self.gather(append),
            Order::Subscribe(subscriber) => {
                // What is gathered already is not for the newcomer to miss: it reads up to the last saved number.
                self.subscribers.push(subscriber);
            }
            Order::ClosePersons => self.persons.close_newest(),
            Order::Stop => return ControlFlow::Break(()),
        }
        ControlFlow::Continue(())
    }

    fn gather(&mut self, append: Append) {
        self.group.size += append.size();
        for person in &append.persons {
            self.group.persons += 1;
            let no = self.group.persons as u64;
            put_record(&mut self.group.person_bytes, no, |out| wire::encode_person(person, out));
        }
        for fact in append.facts {
            self.number(fact);
        }
        self.group.acknowledge.extend(append.when_saved);
    }

    fn number(&mut self, fact: Fact) {
        let fact_no = self.last_no + 1;
        if put_record(&mut self.group.fact_bytes, fact_no, |out| wire::encode_into(&fact, out)) {
            self.last_no = fact_no;
            self.group.facts.push(NumberedFact { fact_no, fact });
        } else {
            self.gauges.too_long.fetch_add(1, Ordering::Relaxed);
            tracing::error!(fact = fact.id.0, "a fact is longer than 64 KiB and was dropped");
        }
    }

    fn save_group(&mut self) {
        let saved = self.save_until_it_works();
        let mut group = std::mem::take(&mut self.group);
        self.gauges.waiting.fetch_sub(group.size, Ordering::Relaxed);
        if saved {
            self.gauges.last_saved.store(self.last_no, Ordering::Release);
            group.acknowledge.drain(..).for_each(call_safely);
            self.tell_subscribers(std::mem::take(&mut group.facts));
        }
        group.reuse();
        self.group = group;
    }

    /// False only when the spool is being closed on a disk that fails.
    fn save_until_it_works(&mut self) -> bool {
        let mut pause = PAUSE_MIN;
        let mut tries_when_stopping = 0;
        loop {
            let Err(error) = self.try_save() else {
                if self.gauges.failing.swap(false, Ordering::Relaxed) {
                    tracing::warn!("the spool can be written again");
                }
                return true;
            };
            self.gauges.errors.fetch_add(1, Ordering::Relaxed);
            if !self.gauges.failing.swap(true, Ordering::Relaxed) {
                tracing::error!(%error, "the spool can't be written; nothing is acknowledged until it can");
            }
            if self.gauges.stopping.load(Ordering::Relaxed) {
                tries_when_stopping += 1;
                if tries_when_stopping >= TRIES_WHEN_STOPPING_MAX {
                    return false;
                }
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    /// Persons first: a fact must not point to a person that was never kept.
    fn try_save(&mut self) -> std::io::Result<()> {
        let group = &mut self.group;
        if !group.person_bytes.is_empty() {
            self.persons.save(&group.person_bytes)?;
            group.person_bytes.clear();
        }
        let (Some(first), Some(last)) = (group.facts.first(), group.facts.last()) else { return Ok(()) };
        self.facts.save(first.fact_no, last.fact_no, &group.fact_bytes)?;
        self.gauges.flushes.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn tell_subscribers(&mut self, facts: Vec<NumberedFact>) {
        if facts.is_empty() || self.subscribers.is_empty() {
            return;
        }
        let facts: Arc<[NumberedFact]> = facts.into();
        self.subscribers.retain_mut(|subscriber| {
            // One that panics is cut off; the others and the writer go on.
            catch_unwind(AssertUnwindSafe(|| subscriber(&facts))).is_ok_and(|answer| answer.is_continue())
        });
    }
}

impl Group {
    /// Empties it, keeping its buffers unless a flood made them large.
    fn reuse(&mut self) {
        self.facts.clear();
        self.fact_bytes.clear();
        self.person_bytes.clear();
        self.persons = 0;
        self.size = 0;
        if self.fact_bytes.capacity() > BUFFER_KEPT_BYTES {
            self.fact_bytes = Vec::new();
        }
    }
}

fn call_safely(acknowledge: WhenSaved) {
    // Whoever asked for the word and panics on it harms only themselves; the panic hook has told it.
    let _ = catch_unwind(AssertUnwindSafe(acknowledge));
}
