//! The book of all promises to call back: one shard keeps it, so that two citizens never get the same last place.
//!
//! Bounded in all, by number and by time of day. Knows who is promised what; not what becomes of it.

use std::collections::BTreeMap;

use journey::{CallbackEvent, Event, NotGranted};
use model::{BookedSlot, CallId, Moment, PhoneNumber};
use plan::LineNo;

use crate::centre::Centre;
use crate::input::{Input, PromiseAsked};
use crate::output::Output;

/// Promises that one number may have at once.
const FOR_NUMBER_MAX: usize = 2;
/// Promises at once in all; about 200 bytes each. At the bound nothing more is promised: citizens wait on, or hear good-bye.
pub(crate) const PROMISES_MAX: usize = 20_000;

/// Who is promised what.
#[derive(Debug, Default)]
pub(crate) struct PromiseBook {
    entries: BTreeMap<CallId, Entry>,
    by_number: BTreeMap<PhoneNumber, usize>,
    by_slot: BTreeMap<(LineNo, Moment), usize>,
}

#[derive(Debug)]
struct Entry {
    number: PhoneNumber,
    slot: Option<(LineNo, Moment)>,
}

impl PromiseBook {
    /// Whether it may be promised; written down if so. What the same call was promised before is given back.
    fn grant(&mut self, asked: &PromiseAsked, per_slot: usize) -> Result<(), NotGranted> {
        self.give_back(asked.call);
        let slot = asked.slot.map(|slot| (asked.line, slot.from));
        if self.entries.len() >= PROMISES_MAX {
            return Err(NotGranted::NoRoom);
        }
        if self.by_number.get(&asked.number).is_some_and(|promised| *promised >= FOR_NUMBER_MAX) {
            return Err(NotGranted::TooManyForNumber);
        }
        if slot.is_some_and(|slot| self.taken(slot) >= per_slot) {
            return Err(NotGranted::Taken);
        }
        self.write(asked);
        Ok(())
    }

    /// Written down whatever the bounds say: it was promised before.
    fn write(&mut self, asked: &PromiseAsked) {
        self.give_back(asked.call);
        let slot = asked.slot.map(|slot| (asked.line, slot.from));
        *self.by_number.entry(asked.number.clone()).or_default() += 1;
        if let Some(slot) = slot {
            *self.by_slot.entry(slot).or_default() += 1;
        }
        self.entries.insert(asked.call, Entry { number: asked.number.clone(), slot });
    }

    fn taken(&self, slot: (LineNo, Moment)) -> usize {
        self.by_slot.get(&slot).copied().unwrap_or(0)
    }

    fn give_back(&mut self, call: CallId) {
        let Some(entry) = self.entries.remove(&call) else { return };
        one_less(&mut self.by_number, &entry.number);
        if let Some(slot) = entry.slot {
            one_less(&mut self.by_slot, &slot);
        }
    }
}

fn one_less<K: Ord>(counts: &mut BTreeMap<K, usize>, key: &K) {
    let Some(count) = counts.get_mut(key) else { return };
    *count -= 1;
    if *count == 0 {
        counts.remove(key);
    }
}

/// A call asks whether it may promise.
pub(crate) fn asked(centre: &mut Centre, asked: &PromiseAsked, out: &mut Vec<Output>) {
    let booking = centre.plan.lines.get(asked.line.at()).and_then(|line| line.booking);
    let per_slot = booking.map_or(0, |booking| booking.per_slot);
    let answer = centre.book.grant(asked, per_slot);
    answer_call(asked.call, CallbackEvent::Room(answer), centre, out);
}

/// The line's first time from then on that is free.
pub(crate) fn find(centre: &Centre, (call, line, from): (CallId, LineNo, Moment), at: Moment, out: &mut Vec<Output>) {
    let booking = centre.plan.lines.get(line.at()).and_then(|line| line.booking);
    let per_slot = booking.map_or(0, |booking| booking.per_slot);
    let is_free = |slot: &BookedSlot| centre.book.taken((line, slot.from)) < per_slot;
    let found = booking.and_then(|_| centre.plan.slots(line, from, at).find(is_free));
    answer_call(call, CallbackEvent::Slot(found), centre, out);
}

/// A promise of a node before is kept.
pub(crate) fn taken_up(centre: &mut Centre, asked: &PromiseAsked) {
    centre.book.write(asked);
}

/// A promise has ended.
pub(crate) fn over(centre: &mut Centre, call: CallId) {
    centre.book.give_back(call);
}

fn answer_call(call: CallId, answer: CallbackEvent, centre: &Centre, out: &mut Vec<Output>) {
    let shard = call.shard_of(centre.settings.shards);
    out.push(Output::ToShard(shard, Box::new(Input::ForCall(call, Event::Callback(answer)))));
}
