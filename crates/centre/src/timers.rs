//! The shard's timers: one ordered set, from which a timer that is no longer needed is taken out at once,
//! so that nothing lingers after a call and nobody is woken for nothing.

use std::collections::BTreeMap;

use journey::Alarm;
use model::{CallId, LegId, Moment};
use plan::AgentNo;

use crate::centre::Centre;

/// What a timer is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Timer {
    /// A station's alarm.
    Call(CallId, Alarm),
    /// A desk's wrap-up, pause or breather is over.
    Desk(AgentNo),
    /// A stage of a test of an agent's sound is over.
    SoundTest(LegId),
    /// The routing core wants to be asked for a tick (shard 0 only).
    Tick,
}

/// A timer that was set, to be able to stop it. Moments may be equal, so a number tells them apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct TimerKey(Moment, u64);

/// All timers of a shard.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    due: BTreeMap<TimerKey, Timer>,
    set: u64,
}

impl Timers {
    pub(crate) fn set(&mut self, at: Moment, timer: Timer) -> TimerKey {
        self.set += 1;
        let key = TimerKey(at, self.set);
        self.due.insert(key, timer);
        key
    }

    pub(crate) fn stop(&mut self, key: TimerKey) {
        self.due.remove(&key);
    }

    pub(crate) fn next(&self) -> Option<(Moment, Timer)> {
        self.due.first_key_value().map(|(key, timer)| (key.0, *timer))
    }

    /// Takes the first timer that is due at `at`.
    pub(crate) fn take_due(&mut self, at: Moment) -> Option<Timer> {
        let first = self.due.first_entry()?;
        if first.key().0 > at { None } else { Some(first.remove()) }
    }

    pub(crate) fn len(&self) -> usize {
        self.due.len()
    }
}

/// Wakes a call's journey at that moment; an alarm that is set again is put off.
pub(crate) fn set_alarm(centre: &mut Centre, id: CallId, alarm: Alarm, due: Moment) {
    stop_alarm(centre, id, alarm);
    let Some(call) = centre.calls.get_mut(&id) else { return };
    call.alarms.push((alarm, centre.timers.set(due, Timer::Call(id, alarm))));
}

/// Not needed any more.
pub(crate) fn stop_alarm(centre: &mut Centre, id: CallId, alarm: Alarm) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    if let Some(set) = call.alarms.iter().position(|(known, _)| *known == alarm) {
        let (_, key) = call.alarms.swap_remove(set);
        centre.timers.stop(key);
    }
}
