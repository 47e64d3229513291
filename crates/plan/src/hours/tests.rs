//! When the hotline is open: weeks, holidays, days of their own, midnights and clock changes.
//! Knows calendars and moments; no line and no call.

use jiff::Timestamp;

use super::*;

fn at(utc: &str) -> Moment {
    Moment::from_micros(utc.parse::<Timestamp>().expect("a moment").as_microsecond())
}

fn span(from: u16, to: u16) -> Span {
    Span { from, to }
}

fn hotline() -> Calendar {
    let long = vec![span(8 * 60, 20 * 60)];
    let week = [long.clone(), long.clone(), long.clone(), long, vec![span(480, 960)], vec![], vec![span(960, 1200)]];
    Calendar::weekly(week, vec![], true)
}

fn every_day(from: u16, to: u16) -> Calendar {
    Calendar::weekly(std::array::from_fn(|_| vec![span(from, to)]), vec![], false)
}

fn open_until(utc: &str) -> HoursState {
    HoursState::Open { until: Some(at(utc)) }
}

fn closed_until(utc: &str) -> HoursState {
    HoursState::Closed { opens_at: Some(at(utc)) }
}

#[test]
fn the_hotline_opens_and_closes_on_the_minute() {
    let hotline = hotline();
    // Monday 2026-11-23, winter time.
    assert_eq!(hotline.state(at("2026-11-23T06:59:59.999999Z")), closed_until("2026-11-23T07:00:00Z"));
    assert_eq!(hotline.state(at("2026-11-23T07:00:00Z")), open_until("2026-11-23T19:00:00Z"));
    assert_eq!(hotline.state(at("2026-11-23T18:59:59.999999Z")), open_until("2026-11-23T19:00:00Z"));
    assert_eq!(hotline.state(at("2026-11-23T19:00:00Z")), closed_until("2026-11-24T07:00:00Z"));
    // Friday after 16: Saturday is closed, Sunday opens at 16.
    assert_eq!(hotline.state(at("2026-11-27T15:00:00Z")), closed_until("2026-11-29T15:00:00Z"));
    // The same wall clock in summer.
    assert_eq!(hotline.state(at("2026-06-15T06:00:00Z")), open_until("2026-06-15T18:00:00Z"));
}

#[test]
fn easter_2027_is_closed_from_maundy_thursday_to_easter_monday_over_the_clock_change() {
    let hotline = hotline();
    let tuesday = closed_until("2027-03-30T06:00:00Z");
    assert_eq!(hotline.state(at("2027-03-24T19:00:00Z")), tuesday);
    assert_eq!(hotline.state(at("2027-03-28T14:30:00Z")), tuesday);
    assert_eq!(hotline.state(at("2027-03-30T06:00:00Z")), open_until("2027-03-30T18:00:00Z"));
}

#[test]
fn half_past_two_is_absent_on_28_march_2027() {
    let night = every_day(2 * 60 + 30, 4 * 60);
    // It opens when the clock jumps from 02:00 to 03:00, that is 01:00 UTC.
    assert_eq!(night.state(at("2027-03-28T00:59:59Z")), closed_until("2027-03-28T01:00:00Z"));
    assert_eq!(night.state(at("2027-03-28T01:00:00Z")), open_until("2027-03-28T02:00:00Z"));
    // What would lie wholly in the absent hour does not happen that day.
    let gone = every_day(2 * 60 + 15, 2 * 60 + 45);
    assert_eq!(gone.state(at("2027-03-28T00:59:00Z")), closed_until("2027-03-29T00:15:00Z"));
}

#[test]
fn half_past_two_comes_twice_on_31_october_2027_and_nobody_is_closed_out_between() {
    let night = every_day(2 * 60, 2 * 60 + 30);
    let until = open_until("2027-10-31T01:30:00Z");
    assert_eq!(night.state(at("2027-10-31T00:00:00Z")), until);
    assert_eq!(night.state(at("2027-10-31T00:45:00Z")), until);
    assert_eq!(night.state(at("2027-10-31T01:29:59Z")), until);
    assert_eq!(night.state(at("2027-10-31T01:30:00Z")), closed_until("2027-11-01T01:00:00Z"));
}

#[test]
fn a_day_of_its_own_comes_before_holiday_and_week() {
    let day = |text: &str, open| (text.parse().expect("a date"), Day { open, why: None });
    let dated = vec![
        day("2026-12-31", vec![span(480, 720)]),
        day("2026-11-23", vec![]),
        day("2026-12-25", vec![span(600, 660)]),
    ];
    let special = vec![Layer { dated, ..Layer::default() }];
    let Calendar(Kind::Weekly(weekly)) = hotline() else { panic!("a weekly calendar") };
    let calendar = Calendar::weekly(weekly.week, special, true);
    assert_eq!(calendar.state(at("2026-11-23T09:00:00Z")), closed_until("2026-11-24T07:00:00Z"));
    assert_eq!(calendar.state(at("2026-12-25T08:00:00Z")), closed_until("2026-12-25T09:00:00Z"));
    assert_eq!(calendar.state(at("2026-12-31T10:00:00Z")), open_until("2026-12-31T11:00:00Z"));
}

#[test]
fn hours_that_touch_at_midnight_are_one() {
    let mut week = Week::default();
    week[4] = vec![span(1200, 1440)];
    week[5] = vec![span(0, 120), span(120, 180)];
    let calendar = Calendar::weekly(week, vec![], false);
    assert_eq!(calendar.state(at("2026-11-27T20:00:00Z")), open_until("2026-11-28T02:00:00Z"));
}

#[test]
fn what_never_changes_says_so() {
    assert_eq!(Calendar::default().state(at("2026-11-23T09:00:00Z")), HoursState::Open { until: None });
    assert_eq!(every_day(0, DAY_MIN).state(at("2026-11-23T09:00:00Z")), HoursState::Open { until: None });
    let never = Calendar::always_closed();
    assert_eq!(never.state(at("2026-11-23T09:00:00Z")), HoursState::Closed { opens_at: None });
    assert_eq!(never.state(Moment::from_micros(i64::MAX)), HoursState::Closed { opens_at: None });
    assert_eq!(never.state(Moment::from_micros(i64::MIN)), HoursState::Closed { opens_at: None });
}

#[test]
fn round_the_clock_but_for_holidays_closes_at_the_next_holiday() {
    let calendar = Calendar::weekly(std::array::from_fn(|_| vec![span(0, DAY_MIN)]), vec![], true);
    assert_eq!(calendar.state(at("2026-11-23T09:00:00Z")), open_until("2026-12-24T23:00:00Z"));
    assert_eq!(calendar.state(at("2026-12-25T09:00:00Z")), closed_until("2026-12-26T23:00:00Z"));
}
