//! Members come and go by dates: what is open when, by own lines, shared lines and ways on.
//! Knows plans in a few lines and moments; no call.

use model::Dialled;

use super::*;
use crate::{HoursState, Luck, Pace, Walk, end_by_the_wall, walk};

fn wall(text: &str) -> model::Moment {
    end_by_the_wall(text.parse().expect("a wall time"))
}

fn plan_of_members() -> Plan {
    let dated = GROUND.replacen(
        "{ id = \"0751\", name = \"Aarhus\" }",
        "{ id = \"0751\", name = \"Aarhus\", from = \"2026-06-01\", until = \"2027-03-28\" }",
        1,
    );
    assert_ne!(dated, GROUND, "the ground has Aarhus");
    let own = line("pas", "municipality = \"0751\"\nwhen_closed = { line = \"aften\" }");
    let numbers = "[[numbers]]\nnumber = \"89402222\"\nline = \"aften\"\nmunicipality = \"0751\"\n";
    plan(&format!("{dated}{own}{}{numbers}", line("aften", "")))
}

#[test]
fn a_members_own_line_is_closed_before_its_first_day_and_after_its_last() {
    let plan = plan_of_members();
    let pas = &plan.calendars[plan.lines[0].calendar.at()];
    let (first, end) = (wall("2026-06-01T00:00"), wall("2027-03-29T00:00"));
    assert_eq!(pas.state(wall("2026-05-31T23:59")), HoursState::Closed { opens_at: Some(first) });
    assert_eq!(pas.state(first), HoursState::Open { until: Some(end) });
    assert_eq!(pas.state(end), HoursState::Closed { opens_at: None });
    let aften = &plan.calendars[plan.lines[1].calendar.at()];
    assert!(aften.is_always_open(), "a shared line stays as it is");
}

#[test]
fn who_rings_a_number_of_a_municipality_that_has_left_finds_shared_lines_closed_too() {
    let plan = plan_of_members();
    let served = |at: &str| {
        let dialled = Dialled::parse("89402222").expect("a number");
        let (reached_by, keys) = (Vec::new(), Vec::new());
        let paces = walk(&plan, &Walk { dialled, reached_by, at: wall(at), keys, luck: Luck::Served });
        paces.iter().any(|pace| matches!(pace, Pace::Person))
    };
    assert_eq!(["2026-05-31T12:00", "2026-06-01T12:00", "2027-03-29T12:00"].map(served), [false, true, false]);
}

#[test]
fn a_member_without_dates_always_is_one() {
    let plan = plan_of_members();
    assert!(plan.is_member(model::MunicipalityId(730), wall("1999-01-01T12:00")));
    assert!(!plan.is_member(model::MunicipalityId(751), wall("1999-01-01T12:00")));
}
