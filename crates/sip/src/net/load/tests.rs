//! A shard on virtual time that can carry so many calls a second, and callers who ring more often than that.
//! Knows arrivals, a line of calls, and what the rule says; no message and no socket.

use std::collections::VecDeque;

use super::*;

/// What one call costs its shard: 1,000 calls a second are all that it can carry.
const WORK_US: u64 = 1_000;
/// What it costs to let go of a call that came too late.
const STALE_US: u64 = 10;

#[derive(Default)]
struct Day {
    served: u64,
    refused: u64,
    stale: u64,
    /// When each call that was served came, and how long it waited.
    waits: Vec<(u64, u64)>,
}

impl Day {
    fn longest_wait(&self, came: impl std::ops::RangeBounds<u64>) -> u64 {
        self.waits.iter().filter(|(at, _)| came.contains(at)).map(|(_, waited)| *waited).max().unwrap_or_default()
    }
}

/// Calls come at these moments (in µs); the shard is busy with something else during `pause`.
fn day(arrivals: impl Iterator<Item = u64>, pause: std::ops::Range<u64>) -> Day {
    let (settings, mut line, mut free_at, mut day) = (LoadSettings::default(), VecDeque::new(), 0, Day::default());
    for now in arrivals {
        serve(&mut line, &mut free_at, now, &pause, &mut day);
        let oldest = line.front().map_or(0, |since| now - since);
        let load = Load { oldest_new_call: Duration::from_micros(oldest), new_calls: line.len(), others: 0 };
        if settings.lets_in(Kind::NewCall, load, Duration::ZERO) {
            line.push_back(now);
        } else {
            day.refused += 1;
        }
    }
    serve(&mut line, &mut free_at, u64::MAX, &pause, &mut day);
    day
}

fn serve(line: &mut VecDeque<u64>, free_at: &mut u64, now: u64, pause: &std::ops::Range<u64>, day: &mut Day) {
    while let Some(&since) = line.front() {
        let mut begins = since.max(*free_at);
        if pause.contains(&begins) {
            begins = pause.end;
        }
        if begins >= now {
            return;
        }
        line.pop_front();
        let stale = LoadSettings::default().is_stale(Duration::from_micros(begins - since), line.len());
        *free_at = begins + if stale { STALE_US } else { WORK_US };
        if stale {
            day.stale += 1;
        } else {
            day.served += 1;
            day.waits.push((since, begins - since));
        }
    }
}

fn at_rate(per_second: u64, seconds: std::ops::Range<u64>) -> impl Iterator<Item = u64> {
    (seconds.start * per_second..seconds.end * per_second).map(move |call| call * 1_000_000 / per_second)
}

#[test]
fn at_twice_the_rate_that_it_can_carry_a_shard_carries_as_much_as_before() {
    let full = day(at_rate(1_000, 0..20), 0..0);
    let twice = day(at_rate(2_000, 0..20), 0..0);
    assert_eq!((full.served, full.refused), (20_000, 0));
    assert!(twice.served >= full.served * 9 / 10, "{}", twice.served);
    assert_eq!(twice.served + twice.refused + twice.stale, 40_000);
    assert!(twice.longest_wait(..) <= 201_000, "{} µs", twice.longest_wait(..));
}

#[test]
fn at_ten_times_the_rate_too() {
    let tenfold = day(at_rate(10_000, 0..10), 0..0);
    assert!(tenfold.served >= 9_000, "{}", tenfold.served);
}

#[test]
fn when_the_flood_is_over_the_next_calls_are_taken_at_once() {
    let flood_then_calm = day(at_rate(3_000, 0..5).chain(at_rate(500, 6..16)), 0..0);
    let flood = day(at_rate(3_000, 0..5), 0..0);
    assert_eq!(flood_then_calm.served - flood.served, 5_000, "no calm call is refused");
}

#[test]
fn a_fresh_call_never_waits_behind_stale_ones() {
    // The shard stands still for two seconds, and then finds what was let in before that was noticed.
    let stalled = day(at_rate(500, 0..10), 3_000_000..5_000_000);
    let after = stalled.longest_wait(5_000_000..);
    assert!(stalled.stale > 0 && after < 25_000, "{after} µs");
    assert!(stalled.served >= 500 * 8 - 100, "{}", stalled.served);
}

#[test]
fn nobody_is_refused_because_the_machine_stood_still_for_a_moment() {
    // Twenty calls a second, and nothing runs for 700 ms: those who rang meanwhile are few, and answered at once.
    let stalled = day(at_rate(20, 0..10), 3_000_000..3_700_000);
    assert_eq!((stalled.served, stalled.refused, stalled.stale), (200, 0, 0));
    assert!(stalled.longest_wait(..) >= 600_000, "{} µs", stalled.longest_wait(..));
}

#[test]
fn talks_and_urgent_calls_are_the_last_to_be_refused() {
    let settings = LoadSettings::default();
    let worst = Load { oldest_new_call: Duration::from_secs(60), new_calls: 1_000, others: 1_000_000 };
    let kinds = [Kind::InDialog, Kind::Urgent, Kind::NewCall, Kind::Proof];
    assert_eq!(kinds.map(|kind| settings.lets_in(kind, worst, Duration::from_secs(60))), [true, true, false, false]);
    let calls_wait = Load { oldest_new_call: Duration::from_millis(100), new_calls: 16, others: 0 };
    assert_eq!(kinds.map(|kind| settings.lets_in(kind, calls_wait, Duration::ZERO)), [true, true, false, true]);
    let unread = kinds.map(|kind| settings.lets_in(kind, Load::default(), Duration::from_millis(50)));
    assert_eq!(unread, [true, true, false, true], "before the system drops what belongs to talks");
    let idle = Load { oldest_new_call: Duration::from_millis(99), new_calls: 1_000, others: 4_095 };
    assert!(kinds.iter().all(|kind| settings.lets_in(*kind, idle, Duration::from_millis(49))));
}
