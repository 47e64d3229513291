//! Opening hours against reckonings that are not ours: thirty years of Danish holidays, both clock changes minute by
//! minute, and what municipalities put on top. Knows calendars; no line and no call.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use model::Moment;
use plan::{Calendar, Change, Day, DayWhy, HoursState, Layer, Span, Week, YearDay};

const HOLIDAYS: &str = include_str!("danish-holidays.tsv");

fn at(utc: &str) -> Moment {
    Moment::from_micros(utc.parse::<Timestamp>().expect("a moment").as_microsecond())
}

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

fn span(from: &str, to: &str) -> Span {
    let minute = |text: &str| {
        let (hour, minute) = text.split_once(':').expect("HH:MM");
        hour.parse::<u16>().expect("an hour") * 60 + minute.parse::<u16>().expect("a minute")
    };
    Span { from: minute(from), to: minute(to) }
}

fn hotline_week() -> Week {
    let long = vec![span("08:00", "20:00")];
    [long.clone(), long.clone(), long.clone(), long, vec![span("08:00", "16:00")], vec![], vec![span("16:00", "20:00")]]
}

fn every_day(spans: Span) -> Calendar {
    Calendar::weekly(std::array::from_fn(|_| vec![spans]), vec![], false)
}

fn holidays() -> BTreeMap<Date, &'static str> {
    let rows = HOLIDAYS.lines().filter(|line| !line.starts_with('#'));
    rows.map(|row| row.split_once('\t').expect("two cells")).map(|(day, name)| (date(day), name)).collect()
}

fn is_open(calendar: &Calendar, at: Moment) -> bool {
    matches!(calendar.state(at), HoursState::Open { .. })
}

/// Every open time from a moment to another, found by asking for one change after the other.
fn walk(calendar: &Calendar, mut at: Moment, end: Moment) -> Vec<(Moment, Moment)> {
    let mut open = Vec::new();
    while at < end {
        at = match calendar.state(at) {
            HoursState::Open { until } => {
                let until = until.expect("it closes");
                open.push((at, until));
                until
            }
            HoursState::Closed { opens_at } => opens_at.expect("it opens"),
        };
    }
    open
}

#[test]
fn thirty_years_of_the_hotlines_hours_are_as_an_independent_almanac_has_them() {
    let (first, after, known) = (date("2015-01-02"), date("2046-12-31"), holidays());
    let zone = TimeZone::get("Europe/Copenhagen").expect("it is bundled");
    let moment = |day: Date, minute: u16| {
        let local = day.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
        Moment::from_micros(local.to_zoned(zone.clone()).expect("in range").timestamp().as_microsecond())
    };
    let mut expected = Vec::new();
    let mut day = first;
    while day < after {
        let spans = &hotline_week()[day.weekday().to_monday_zero_offset() as usize];
        for span in spans.iter().filter(|_| !known.contains_key(&day)) {
            expected.push((moment(day, span.from), moment(day, span.to)));
        }
        day = day.saturating_add(1.day());
    }
    let hotline = Calendar::weekly(hotline_week(), vec![], true);
    let found = walk(&hotline, moment(first, 0), moment(after, 0));
    assert_eq!(found, expected);
    assert!(found.len() > 8_000, "{} open times", found.len());
}

#[test]
fn every_holiday_is_called_by_its_name() {
    let hotline = Calendar::weekly(std::array::from_fn(|_| vec![span("08:00", "20:00")]), vec![], true);
    let mut day = date("2015-01-01");
    let (known, mut seen) = (holidays(), 0);
    while day <= date("2046-12-31") {
        // The almanac writes "Anden" where we write "2.".
        let name = known.get(&day).map(|name| name.replace("Anden", "2."));
        let why = hotline.day(day).why;
        assert_eq!(matches!(why, DayWhy::Holiday(_)), name.is_some(), "{day}");
        if let (DayWhy::Holiday(ours), Some(name)) = (why, name) {
            assert_eq!(ours.to_lowercase(), name.to_lowercase(), "{day}");
            seen += 1;
        }
        day = day.tomorrow().expect("in range");
    }
    assert_eq!(seen, known.len());
}

#[test]
fn both_clock_changes_are_right_in_every_minute() {
    let spring = [
        ("01:00", "02:00", "2027-03-28T00:00:00Z", "2027-03-28T01:00:00Z"),
        ("01:30", "02:30", "2027-03-28T00:30:00Z", "2027-03-28T01:00:00Z"),
        // Wholly in the hour that isn't.
        ("02:00", "03:00", "2027-03-28T01:00:00Z", "2027-03-28T01:00:00Z"),
        ("02:30", "04:00", "2027-03-28T01:00:00Z", "2027-03-28T02:00:00Z"),
        ("03:00", "04:00", "2027-03-28T01:00:00Z", "2027-03-28T02:00:00Z"),
        ("08:00", "20:00", "2027-03-28T06:00:00Z", "2027-03-28T18:00:00Z"),
    ];
    let autumn = [
        // Nobody is closed out at the first of two.
        ("01:00", "02:00", "2027-10-30T23:00:00Z", "2027-10-31T01:00:00Z"),
        ("02:00", "03:00", "2027-10-31T00:00:00Z", "2027-10-31T02:00:00Z"),
        ("02:30", "03:30", "2027-10-31T00:30:00Z", "2027-10-31T02:30:00Z"),
        ("03:00", "04:00", "2027-10-31T02:00:00Z", "2027-10-31T03:00:00Z"),
        ("08:00", "20:00", "2027-10-31T07:00:00Z", "2027-10-31T19:00:00Z"),
    ];
    let days = [("2027-03-27T23:00:00Z", 23 * 60, &spring[..]), ("2027-10-30T22:00:00Z", 25 * 60, &autumn[..])];
    for (midnight, minutes, cases) in days {
        for (from, to, opens, closes) in cases {
            let (calendar, opens, closes) = (every_day(span(from, to)), at(opens), at(closes));
            for minute in 0..minutes {
                let now = at(midnight) + std::time::Duration::from_secs(minute * 60);
                assert_eq!(is_open(&calendar, now), opens <= now && now < closes, "{from}-{to} at {now:?}");
            }
        }
    }
}

#[test]
fn a_municipalitys_own_days_come_before_those_of_all_and_those_before_holidays() {
    let own = Layer {
        yearly: vec![
            (YearDay::On { month: 12, day: 24 }, Day { open: vec![], why: Some("Juleaften".into()) }),
            (YearDay::Easter(40), Day { open: vec![], why: Some("Fredag efter Kristi himmelfart".into()) }),
        ],
        ..Layer::default()
    };
    let shared = Layer {
        dated: vec![(date("2026-12-24"), Day { open: vec![span("08:00", "12:00")], why: None })],
        yearly: vec![
            (YearDay::On { month: 6, day: 5 }, Day { open: vec![span("08:00", "12:00")], why: None }),
            (YearDay::On { month: 12, day: 25 }, Day { open: vec![span("10:00", "11:00")], why: None }),
        ],
        ..Layer::default()
    };
    let calendar = Calendar::weekly(hotline_week(), vec![own, shared], true);
    assert!(!is_open(&calendar, at("2026-12-24T09:00:00Z")), "the municipality is closed, whatever all others are");
    assert!(is_open(&calendar, at("2026-12-25T09:30:00Z")), "agreed on by all, though a holiday");
    // Ascension is 14 May 2026 and 6 May 2027: the day after.
    assert!(!is_open(&calendar, at("2026-05-15T09:00:00Z")));
    assert!(!is_open(&calendar, at("2027-05-07T09:00:00Z")));
    // Constitution Day is a Friday in 2026: a half day.
    assert!(is_open(&calendar, at("2026-06-05T09:59:00Z")));
    assert!(!is_open(&calendar, at("2026-06-05T10:00:00Z")));
    // In 2028 it is Whit Monday, too: what was agreed on comes first.
    assert!(is_open(&calendar, at("2028-06-05T09:00:00Z")));
    let christmas = calendar.day(date("2026-12-24"));
    assert_eq!((christmas.open.len(), christmas.why), (0, DayWhy::OwnHours(Some("Juleaften".into()))));
}

fn change(from: &str, until: &str, open: bool) -> Change {
    Change { from: at(from), until: at(until), open, why: Some(Arc::from("Strømafbrydelse")) }
}

fn changed(changes: Vec<Change>) -> Calendar {
    Calendar::weekly(hotline_week(), vec![Layer { changes, ..Layer::default() }], true)
}

#[test]
fn a_closure_ends_by_itself_and_who_rings_is_told_when() {
    // Monday 2026-11-23, 12 to 14.
    let calendar = changed(vec![change("2026-11-23T11:00:00Z", "2026-11-23T13:00:00Z", false)]);
    assert_eq!(
        calendar.state(at("2026-11-23T10:59:59Z")),
        HoursState::Open { until: Some(at("2026-11-23T11:00:00Z")) }
    );
    assert_eq!(
        calendar.state(at("2026-11-23T11:00:00Z")),
        HoursState::Closed { opens_at: Some(at("2026-11-23T13:00:00Z")) }
    );
    assert_eq!(
        calendar.state(at("2026-11-23T13:00:00Z")),
        HoursState::Open { until: Some(at("2026-11-23T19:00:00Z")) }
    );
}

#[test]
fn a_closure_over_closing_time_opens_with_the_next_ordinary_day() {
    let calendar = changed(vec![change("2026-11-27T11:00:00Z", "2026-11-28T11:00:00Z", false)]);
    // Friday's rest is closed, Saturday is anyway, Sunday opens at 16.
    let until = at("2026-11-29T15:00:00Z");
    for closed in ["2026-11-27T11:00:00Z", "2026-11-28T10:59:00Z", "2026-11-28T11:00:00Z"] {
        assert_eq!(calendar.state(at(closed)), HoursState::Closed { opens_at: Some(until) }, "{closed}");
    }
}

#[test]
fn an_extension_goes_on_where_the_ordinary_hours_end_and_opens_holidays() {
    let late = changed(vec![change("2026-11-23T19:00:00Z", "2026-11-23T21:00:00Z", true)]);
    assert_eq!(late.state(at("2026-11-23T12:00:00Z")), HoursState::Open { until: Some(at("2026-11-23T21:00:00Z")) });
    let easter = changed(vec![change("2027-03-26T08:00:00Z", "2027-03-26T12:00:00Z", true)]);
    assert!(is_open(&easter, at("2027-03-26T09:00:00Z")));
    assert_eq!(
        easter.state(at("2027-03-25T09:00:00Z")),
        HoursState::Closed { opens_at: Some(at("2027-03-26T08:00:00Z")) }
    );
}

#[test]
fn where_both_are_written_the_closure_holds_and_the_municipalitys_own_comes_first() {
    let both = vec![
        change("2026-11-23T08:00:00Z", "2026-11-23T12:00:00Z", true),
        change("2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z", false),
    ];
    assert!(!is_open(&changed(both), at("2026-11-23T09:30:00Z")));
    let layer = |open| Layer {
        changes: vec![change("2026-11-23T08:00:00Z", "2026-11-23T12:00:00Z", open)],
        ..Layer::default()
    };
    let own_open = Calendar::weekly(hotline_week(), vec![layer(true), layer(false)], true);
    assert!(is_open(&own_open, at("2026-11-23T09:00:00Z")));
}

#[test]
fn a_year_long_closure_is_looked_through_and_a_longer_one_has_no_end_that_is_told() {
    let year = changed(vec![change("2026-11-23T00:00:00Z", "2027-11-22T00:00:00Z", false)]);
    assert_eq!(
        year.state(at("2026-12-01T09:00:00Z")),
        HoursState::Closed { opens_at: Some(at("2027-11-22T07:00:00Z")) }
    );
    let longer = changed(vec![change("2026-11-23T00:00:00Z", "2030-11-22T00:00:00Z", false)]);
    assert_eq!(longer.state(at("2026-12-01T09:00:00Z")), HoursState::Closed { opens_at: None });
}

#[test]
fn a_day_of_the_preview_shows_its_hours_with_changes_and_their_reason() {
    let calendar = changed(vec![change("2026-11-23T11:00:00Z", "2026-11-23T13:00:00Z", false)]);
    let monday = calendar.day(date("2026-11-23"));
    let hours = [("2026-11-23T07:00:00Z", "2026-11-23T11:00:00Z"), ("2026-11-23T13:00:00Z", "2026-11-23T19:00:00Z")];
    assert_eq!(monday.open, hours.map(|(from, to)| (at(from), at(to))));
    assert_eq!((monday.why, monday.changes.len()), (DayWhy::Week, 1));
    assert_eq!(monday.changes[0].why.as_deref(), Some("Strømafbrydelse"));
    let tuesday = calendar.day(date("2026-11-24"));
    assert_eq!((tuesday.open.len(), tuesday.changes.len()), (1, 0));
    // The days of the clock changes have 23 and 25 hours.
    let always = Calendar::always_open();
    let lasts = |day: &str| always.day(date(day)).open.iter().map(|(from, to)| to.since(*from).as_secs()).sum::<u64>();
    assert_eq!((lasts("2027-03-28"), lasts("2027-10-31")), (23 * 3600, 25 * 3600));
}
