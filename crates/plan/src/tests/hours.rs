//! Calendars as they are written: what builds on what, days of every year, changes with an end, and their faults.
//! Knows plan files; what hours mean at a moment is told elsewhere.

use model::Moment;

use super::{GROUND, fault, faults, line, plan};
use crate::HoursState;

const SHARED: &str = "[[calendars]]\nid = \"alle\"\nholidays = \"danish\"\nweek = { mon = [\"08:00-20:00\"], tue = [\"08:00-20:00\"] }\n";
/// 2026-11-23, a Monday, 10:00 in Copenhagen.
const MONDAY: Moment = Moment::from_secs(1_795_424_400);

fn with(calendars: &str) -> String {
    format!("{GROUND}{calendars}\n{}", line("pas", "calendar = \"k\""))
}

fn is_open(calendars: &str, at: Moment) -> bool {
    let plan = plan(&with(calendars));
    matches!(plan.calendars[plan.lines[0].calendar.at()].state(at), HoursState::Open { .. })
}

#[test]
fn what_all_share_stands_in_one_place() {
    let own = |rest: &str| format!("{SHARED}[[calendars]]\nid = \"k\"\nbased_on = \"alle\"\n{rest}");
    assert!(is_open(&own(""), MONDAY), "the week of all");
    assert!(!is_open(&own("closed = [\"2026-11-23\"]"), MONDAY), "its own closed day");
    assert!(!is_open(&own("week = { tue = [\"08:00-20:00\"] }"), MONDAY), "a week of its own");
    let change = "[[calendars.changes]]\nfrom = \"2026-11-23T09:00\"\nuntil = \"2026-11-23T11:00\"\nopen = false\n";
    let closed_for_all = format!("{SHARED}{change}[[calendars]]\nid = \"k\"\nbased_on = \"alle\"\n");
    assert!(!is_open(&closed_for_all, MONDAY), "a closure of all");
    let easter_monday = Moment::from_secs(1_775_462_400); // 2026-04-06 10:00
    assert!(!is_open(&own(""), easter_monday), "the holidays of all");
    assert!(is_open(&own("holidays = \"none\""), easter_monday));
}

#[test]
fn a_calendar_is_never_based_on_itself_or_on_nothing() {
    let two = "[[calendars]]\nid = \"k\"\nbased_on = \"l\"\n[[calendars]]\nid = \"l\"\nbased_on = \"k\"\n";
    let ats: Vec<String> = faults(&with(two)).into_iter().map(|fault| fault.at).collect();
    assert_eq!(ats, ["calendars[0].based_on", "calendars[1].based_on"]);
    let (at, en) = fault(&with(&format!(
        "{SHARED}[[calendars]]\nid = \"k\"\nbased_on = \"ale\"\nclosed = [\"2026-12-24\"]\nweek = {{ mon = [\"08:00-09:00\"] }}\n"
    )));
    assert_eq!(at, "calendars[1].based_on");
    assert!(en.contains("did you mean \"alle\"?"), "{en}");
    assert_eq!(
        fault(&with("[[calendars]]\nid = \"k\"\nbased_on = \"always\"\nweek = { mon = [\"08:00-09:00\"] }")).0,
        "calendars[0].based_on"
    );
}

#[test]
fn days_of_every_year_and_changes_are_told_how_to_be_written() {
    let with = |rest: &str| with(&format!("[[calendars]]\nid = \"k\"\nweek = {{ mon = [\"08:00-20:00\"] }}\n{rest}\n"));
    for bad in ["on = \"24-12\"", "on = \"02-30\"", "easter = 200", "on = \"12-24\"\neaster = 1", "open = []"] {
        assert_eq!(fault(&with(&format!("[[calendars.yearly]]\n{bad}"))).0, "calendars[0].yearly[0]", "{bad}");
    }
    let change = |rest: &str| with(&format!("[[calendars.changes]]\n{rest}"));
    for (bad, at) in [
        ("from = \"2026-11-23T12:00\"\nopen = false", "until"),
        ("until = \"2026-11-23T12:00\"\nopen = false", "from"),
        ("from = \"2026-11-23 kl. 12\"\nuntil = \"2026-11-23T14:00\"\nopen = false", "from"),
        ("from = \"2026-11-23T12:00\"\nuntil = \"2026-11-23T12:00\"\nopen = true", "until"),
        ("from = \"2026-11-23T12:00\"\nuntil = \"2026-11-23T14:00\"", "open"),
    ] {
        assert_eq!(fault(&change(bad)).0, format!("calendars[0].changes[0].{at}"), "{bad}");
    }
    let why = "x".repeat(201);
    let long = format!("from = \"2026-11-23T12:00\"\nuntil = \"2026-11-23T14:00\"\nopen = false\nwhy = \"{why}\"");
    assert_eq!(fault(&change(&long)).0, "calendars[0].changes[0].why");
}
