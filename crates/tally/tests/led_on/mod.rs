//! Calls that leave the queue for something else than an agent, as the figures see them: what counts as their wait.
//! Only the figures are asked; how anybody comes to a mailbox or to a time of their own is elsewhere.

use std::time::Duration;

use model::{BookedSlot, CallbackFact, Outcome, VoicemailFact, VoicemailWhat, What};
use tally::{Counts, Slice, Step};

use crate::day::{Day, at};
use crate::total;

fn mailbox(what: VoicemailWhat) -> What {
    What::Voicemail(VoicemailFact { mailbox: "post".into(), what })
}

/// Promised two minutes; asked for a message after one, speaks for three.
fn leaves_a_message(day: &mut Day) {
    day.arrives(0, 1);
    day.queues(0, 1);
    day.is_promised(0, 1, 2);
    day.on_call(60, 1, mailbox(VoicemailWhat::Asked));
}

fn of_the_day(day: &Day) -> Counts {
    total(&day.tally())
}

#[test]
fn who_speaks_to_a_mailbox_waits_for_nobody_any_more_and_no_promise_is_broken_by_a_long_message() {
    let mut day = Day::default();
    leaves_a_message(&mut day);
    let board = day.tally().snapshot(at(90));
    assert_eq!(board.queues.iter().map(|queue| queue.waiting).sum::<u32>(), 0, "the board shows nobody in line");
    assert_eq!(board.calls, 1, "the call is still there");
    day.on_call(240, 1, mailbox(VoicemailWhat::Left { length: Duration::from_secs(175) }));
    day.ends(240, 1, Outcome::LeftMessage);
    let counts = of_the_day(&day);
    assert_eq!((counts.offered, counts.answered, counts.abandoned), (1, 0, 0));
    assert_eq!((counts.promises, counts.promises_kept), (0, 0), "left before the two minutes were over");
}

#[test]
fn a_promise_whose_time_was_over_before_the_mailbox_was_broken() {
    let mut day = Day::default();
    day.arrives(0, 1);
    day.queues(0, 1);
    day.is_promised(0, 1, 1);
    day.on_call(90, 1, mailbox(VoicemailWhat::Asked));
    day.ends(95, 1, Outcome::GaveUp);
    let counts = of_the_day(&day);
    assert_eq!((counts.promises, counts.promises_kept), (1, 0));
}

#[test]
fn who_is_led_to_somebody_outside_has_waited_until_then() {
    let mut day = Day::default();
    day.arrives(0, 1);
    day.queues(0, 1);
    day.is_promised(0, 1, 2);
    day.on_call(60, 1, What::LedOn { entry: "skat".into() });
    assert_eq!(day.tally().snapshot(at(70)).queues.iter().map(|queue| queue.waiting).sum::<u32>(), 0);
    day.on_call(80, 1, What::Connected);
    day.ends(600, 1, Outcome::LedOutside);
    let counts = of_the_day(&day);
    assert_eq!((counts.offered, counts.answered, counts.promises), (1, 0, 0));
}

#[test]
fn who_waits_on_two_lines_waited_from_the_first() {
    let mut day = Day::default();
    day.arrives(0, 1);
    day.queues(0, 1);
    let line = What::LineFound { line: "aften".into(), municipality: None, topic: "pas".into(), language: "da".into() };
    day.on_call(60, 1, line);
    day.queues(70, 1);
    day.rings(100, 1, "anna");
    day.talks(105, 1, "anna");
    day.hangs_up(200, 1);
    assert_eq!(
        of_the_day(&day).average_speed_of_answer(),
        Some(Duration::from_secs(105)),
        "the greeting between included"
    );
}

#[test]
fn a_time_that_was_agreed_on_begins_its_wait_when_it_comes() {
    let mut day = Day::default();
    day.arrives(0, 1);
    day.queues(0, 1);
    let from = at(3_600);
    let booked =
        What::Callback(CallbackFact::Booked { slot: BookedSlot { from, until: from + Duration::from_secs(1_800) } });
    day.on_call(60, 1, booked);
    let board = day.tally().snapshot(at(90));
    assert_eq!(board.queues.iter().map(|queue| queue.waiting).sum::<u32>(), 0, "nobody stands in line till then");
    day.queues(3_600, 1);
    day.rings(3_610, 1, "anna");
    day.talks(3_620, 1, "anna");
    day.hangs_up(3_700, 1);
    let sheet = day.tally().sheet(at(0), at(86_400), Step::Day, Slice::default());
    assert_eq!(sheet.total().average_speed_of_answer(), Some(Duration::from_secs(20)));
}
