//! Times to be called in: which there are, and ways that lead to them.
//! Plans are written as people write them; no call is made.

use std::time::Duration;

use model::Moment;

use super::{GROUND, fault, line, plan};
use crate::{Booking, LineNo, WayOut};

/// Monday 2 March 2026, 12:00 in Copenhagen.
const NOON: Moment = Moment::from_secs(1_772_449_200);
const DAY: &str = "[[calendars]]\nid = \"day\"\nweek = { mon = [\"07:00-14:15\"], tue = [\"10:10-22:00\"] }\n";
const HOUR: Duration = Duration::from_secs(3_600);

#[test]
fn a_line_says_nothing_and_the_manuals_defaults_count() {
    let expected = Booking { slot_min: 30, per_slot: 4, days_ahead: 5, not_before: HOUR };
    let settings = "booking = {}\nwhen_full = { callback = true }";
    let usual = plan(&format!("{GROUND}{}", line("pas", settings)));
    assert_eq!(usual.lines[0].booking, Some(expected));
    assert_eq!(usual.lines[0].ways.full, WayOut::Callback);
    assert_eq!(plan(include_str!("../../../../config/plan-reference.toml")).lines[0].booking, Some(expected));
}

#[test]
fn times_are_whole_within_the_lines_hours_and_never_at_night() {
    let settings = "calendar = \"day\"\nbooking = { days_ahead = 1 }";
    let plan = plan(&format!("{GROUND}{DAY}{}", line("pas", settings)));
    let slots: Vec<_> = plan.slots(LineNo(0), NOON, NOON).collect();
    let from = |nth: usize| slots[nth].from.since(NOON);
    // On Monday 13:00 and 13:30, not 14:00 to 14:30; on Tuesday from 10:30 to 21:00.
    assert_eq!((from(0), from(1), from(2)), (HOUR, HOUR + HOUR / 2, 22 * HOUR + HOUR / 2));
    assert_eq!(slots.last().expect("some").until.since(NOON), 33 * HOUR);
    assert_eq!(slots.len(), 2 + 21);
}

#[test]
fn a_time_that_the_clocks_change_takes_away_is_not_offered() {
    // Nothing between 08:00 and 21:00 is touched by the change of Sunday 29 March 2026, but the days are an hour shorter.
    let plan = plan(&format!("{GROUND}{}", line("pas", "booking = { days_ahead = 1, slot_min = 60 }")));
    let saturday_noon = Moment::from_secs(1_774_695_600);
    let slots: Vec<_> = plan.slots(LineNo(0), saturday_noon, saturday_noon).collect();
    let first_on_sunday = slots.iter().find(|slot| slot.from.since(saturday_noon) > 12 * HOUR).expect("some");
    assert_eq!(first_on_sunday.from.since(saturday_noon), 19 * HOUR);
}

#[test]
fn a_way_to_times_that_the_line_does_not_have_is_a_fault_with_a_remedy() {
    let (at, said) = fault(&format!("{GROUND}{}", line("pas", "when_full = { callback = true }")));
    assert!(at == "lines[0].when_full.callback" && said.contains("booking = {}"), "{at} {said}");
}

#[test]
fn settings_out_of_bounds_are_told_with_the_bounds() {
    for (written, field, bounds) in [
        ("slot_min = 14", "slot_min", "15 to 120"),
        ("per_slot = 0", "per_slot", "1 to 100"),
        ("days_ahead = 15", "days_ahead", "1 to 14"),
        ("not_before_min = 1441", "not_before_min", "0 to 1440"),
    ] {
        let (at, said) = fault(&format!("{GROUND}{}", line("pas", &format!("booking = {{ {written} }}"))));
        assert_eq!(at, format!("lines[0].booking.{field}"));
        assert!(said.contains(bounds), "{said}");
    }
}
