//! Opening hours on all three levels at once, as plan files say them: the municipality's own days and closures before the days
//! that all agreed on and holidays, and those before the week. Held against an almanac that is not ours, over thirty years,
//! and against hand-reckoned moments in every minute of both clock changes.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use model::Moment;
use plan::{Calendar, HoursState, read_plan};

const HOLIDAYS: &str = include_str!("danish-holidays.tsv");
const GROUND: &str = r#"
municipalities = [{ id = "0751", name = "Aarhus" }]
topics = [{ id = "pas", title = "Pas" }]
languages = [{ id = "da", title = "dansk" }]
queues = [{ id = "pas", title = "Pas" }]
lines = [{ id = "l", title = "Pas", topic = "pas", language = "da", queue = "pas", calendar = "own", wait_max_s = 60 }]
"#;

/// The calendar `own` on top of one that all share.
fn calendar(shared: &str, own: &str) -> Calendar {
    let text = format!(
        "{GROUND}\n[[calendars]]\nid = \"own\"\nbased_on = \"all\"\n{own}\n[[calendars]]\nid = \"all\"\n{shared}\n"
    );
    let plan = read_plan(&text).unwrap_or_else(|faults| panic!("{faults:?}\n{text}"));
    plan.calendars[plan.lines[0].calendar.at()].clone()
}

fn at(utc: &str) -> Moment {
    Moment::from_micros(utc.parse::<Timestamp>().expect("a moment").as_microsecond())
}

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

fn is_open(calendar: &Calendar, at: Moment) -> bool {
    matches!(calendar.state(at), HoursState::Open { .. })
}

fn every_day(spans: &str) -> String {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(|day| format!("{day} = [{spans}]"));
    format!("week = {{ {} }}", days.join(", "))
}

const ALL_DAY: &str = "\"00:00-24:00\"";

/// The same span said on each level, while the levels under it say the opposite.
fn on_each_level(day: &str, from: &str, to: &str) -> Vec<(&'static str, Calendar)> {
    let span = format!("\"{from}-{to}\"");
    let agreed = |open: &str| format!("[[calendars.yearly]]\non = \"{}\"\nopen = [{open}]", &day[5..]);
    let own_day = format!("[[calendars.days]]\ndate = \"{day}\"\nopen = [{span}]");
    let open = every_day(ALL_DAY);
    let mut levels = vec![
        ("the week", calendar(&every_day(&span), "")),
        ("a day that all agreed on", calendar(&format!("{open}\n{}", agreed(&span)), "")),
        ("a day of its own", calendar(&format!("{open}\n{}", agreed("")), &own_day)),
    ];
    // A span in the hour that isn't has no beginning before its end.
    if (day, from, to) != ("2027-03-28", "02:00", "03:00") {
        let change = format!("[[calendars.changes]]\nfrom = \"{day}T{from}\"\nuntil = \"{day}T{to}\"\nopen = true");
        let closed = format!("{open}\n{}", agreed(""));
        levels.push(("an extension", calendar(&closed, &change)));
        let closure = change.replace("open = true", "open = false");
        levels.push(("a closure", calendar(&open, &closure)));
    }
    levels
}

#[test]
fn both_clock_changes_are_right_in_every_minute_on_each_level() {
    let spring = ("2027-03-28", "2027-03-27T23:00:00Z", 23 * 60);
    let autumn = ("2027-10-31", "2027-10-30T22:00:00Z", 25 * 60);
    let cases = [
        (spring, "01:00", "02:00", "2027-03-28T00:00:00Z", "2027-03-28T01:00:00Z"),
        (spring, "01:30", "02:30", "2027-03-28T00:30:00Z", "2027-03-28T01:00:00Z"),
        (spring, "02:00", "03:00", "2027-03-28T01:00:00Z", "2027-03-28T01:00:00Z"),
        (spring, "02:30", "04:00", "2027-03-28T01:00:00Z", "2027-03-28T02:00:00Z"),
        (spring, "08:00", "12:00", "2027-03-28T06:00:00Z", "2027-03-28T10:00:00Z"),
        (autumn, "01:00", "02:00", "2027-10-30T23:00:00Z", "2027-10-31T01:00:00Z"),
        (autumn, "02:30", "03:30", "2027-10-31T00:30:00Z", "2027-10-31T02:30:00Z"),
        (autumn, "03:00", "04:00", "2027-10-31T02:00:00Z", "2027-10-31T03:00:00Z"),
        (autumn, "08:00", "12:00", "2027-10-31T07:00:00Z", "2027-10-31T11:00:00Z"),
    ];
    for ((day, midnight, minutes), from, to, opens, closes) in cases {
        for (level, calendar) in on_each_level(day, from, to) {
            for minute in 0..minutes {
                let now = at(midnight) + Duration::from_secs(minute * 60);
                let within = at(opens) <= now && now < at(closes);
                assert_eq!(is_open(&calendar, now), within == (level != "a closure"), "{level}, {from}-{to}: {now:?}");
            }
        }
    }
}

/// The days on which something is agreed on, by the almanac's own Ascension Day: closed, or until noon.
fn agreed(day: Date, almanac: &BTreeMap<Date, &str>) -> Option<i8> {
    let yesterday = day.yesterday().expect("in range");
    match (day.month(), day.day()) {
        (12, 24 | 31) => Some(8),
        (5, 1) | (6, 5) => Some(12),
        _ if almanac.get(&yesterday) == Some(&"Kristi himmelfartsdag") => Some(8),
        _ => None,
    }
}

#[test]
fn thirty_years_with_half_days_and_days_agreed_on_are_as_the_almanac_has_them() {
    let rows = HOLIDAYS.lines().filter(|line| !line.starts_with('#'));
    let almanac: BTreeMap<Date, &str> =
        rows.map(|row| row.split_once('\t').expect("two cells")).map(|(day, name)| (date(day), name)).collect();
    let calendar = calendar(
        "holidays = \"danish\"\nweek = { mon = [\"08:00-16:00\"], tue = [\"08:00-16:00\"], wed = [\"08:00-16:00\"], \
         thu = [\"08:00-18:00\"], fri = [\"08:00-14:00\"] }\n\
         yearly = [{ on = \"12-24\" }, { on = \"12-31\" }, { on = \"06-05\", open = [\"08:00-12:00\"] }]",
        "yearly = [{ on = \"05-01\", open = [\"08:00-12:00\"] }, { easter = 40 }]",
    );
    let zone = TimeZone::get("Europe/Copenhagen").expect("it is bundled");
    let local = |day: Date, hour: i8, minute: i8| {
        let zoned = day.at(hour, minute, 0, 0).to_zoned(zone.clone()).expect("in range");
        Moment::from_micros(zoned.timestamp().as_microsecond())
    };
    let (mut day, mut half_days) = (date("2015-01-01"), 0);
    while day <= date("2046-12-31") {
        let of_the_week = match day.weekday() {
            Weekday::Saturday | Weekday::Sunday => 8,
            Weekday::Thursday => 18,
            Weekday::Friday => 14,
            Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday => 16,
        };
        let on_holidays = almanac.get(&day).map(|_| 8);
        let until = agreed(day, &almanac).or(on_holidays).unwrap_or(of_the_week);
        half_days += u64::from(until == 12);
        for hour in [8, 12, 14, 16, 18] {
            assert_eq!(is_open(&calendar, local(day, hour, 0)), hour < until, "{day} {hour}:00");
            assert_eq!(is_open(&calendar, local(day, hour - 1, 59)), 8 < hour && hour <= until, "before {day} {hour}");
        }
        day = day.saturating_add(1.day());
    }
    assert_eq!(half_days, 64, "1 May and 5 June of 32 years");
}

#[test]
fn the_days_that_everybody_asks_about_are_right() {
    let calendar = calendar(&format!("holidays = \"danish\"\n{}", every_day("\"08:00-20:00\"")), "");
    let noon = |day: &str| at(&format!("{day}T10:00:00Z"));
    // Easter Sunday of 2026 and 2027, Whit Monday that is Constitution Day, Store Bededag's last year.
    for closed in ["2026-04-05", "2027-03-28", "2028-06-05", "2023-05-05"] {
        assert!(!is_open(&calendar, noon(closed)), "{closed}");
    }
    // Store Bededag is gone; 24 and 31 December, 1 May and 5 June are no holidays by law.
    for open in ["2024-04-26", "2026-12-24", "2026-12-31", "2026-05-01", "2026-06-05"] {
        assert!(is_open(&calendar, noon(open)), "{open}");
    }
}
