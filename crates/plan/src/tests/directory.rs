//! The directory of a plan: where its entries lead, when, and what is wrong with one that leads nowhere.
//! Knows plans as text; doesn't know who hands on.

use model::Moment;

use super::{GROUND, fault, line, plan};
use crate::{DirectoryTo, HoursState, LineNo, Plan};

const CALENDARS: &str = r#"
    [[calendars]]
    id = "morgen"
    week = { mon = ["08:00-10:00"], tue = ["08:00-12:00"] }
    [[calendars]]
    id = "formiddag"
    week = { mon = ["10:00-14:00"], tue = ["10:00-14:00"] }
"#;
const AGENT: &str = "[[agents]]\nid = \"birte\"\npassword = \"hemmelig\"\nskills = { pas = 1 }\n";

fn with(entry: &str) -> String {
    let lines = line("pas", "calendar = \"formiddag\"\nnumbers = [\"70101010\"]");
    format!("{GROUND}{CALENDARS}{lines}{AGENT}[[directory]]\ntitle = \"T\"\n{entry}\n")
}

fn state(plan: &Plan, id: &str, at: &str) -> HoursState {
    let at: jiff::Timestamp = at.parse().expect("a moment");
    plan.reaches(plan.in_directory(id).expect("it is there"), Moment::from_micros(at.as_microsecond()))
}

#[test]
fn an_entry_leads_outside_to_a_line_or_to_a_colleague_by_its_name() {
    let plan =
        plan(&with("id = \"skat\"\nnumber = \"72221818\"\n[[directory]]\nid = \"a\"\ntitle = \"A\"\nline = \"pas\""));
    let to = |id: &str| plan.in_directory(id).map(|entry| entry.to.clone());
    assert!(matches!(to("skat"), Some(DirectoryTo::Number(number)) if number.as_str() == "72221818"));
    assert_eq!(to("a"), Some(DirectoryTo::Line { line: LineNo(0), by_number: false }));
    assert_eq!(to("b"), None);
}

#[test]
fn a_number_of_ours_leads_to_our_line_and_not_out_by_a_trunk() {
    let plan = plan(&with("id = \"hoved\"\nnumber = \"+4570101010\""));
    let to = &plan.in_directory("hoved").expect("it is there").to;
    assert_eq!(*to, DirectoryTo::Line { line: LineNo(0), by_number: true });
}

#[test]
fn an_entry_is_open_while_it_and_its_line_are_and_tells_when_both_are_next() {
    let plan = plan(&with("id = \"pas-her\"\nline = \"pas\"\ncalendar = \"morgen\""));
    // Monday the two never meet; Tuesday they do from 10 to 12.
    let HoursState::Closed { opens_at: Some(opens) } = state(&plan, "pas-her", "2026-11-23T06:00:00Z") else {
        panic!("closed before eight")
    };
    assert_eq!(
        opens,
        Moment::from_micros("2026-11-24T09:00:00Z".parse::<jiff::Timestamp>().expect("it").as_microsecond())
    );
    assert!(matches!(state(&plan, "pas-her", "2026-11-24T10:30:00Z"), HoursState::Open { until: Some(_) }));
}

#[test]
fn an_entry_that_leads_nowhere_twice_or_is_called_as_an_agent_is_told() {
    for (entry, at) in [
        ("id = \"a\"", "directory[0]"),
        ("id = \"a\"\nline = \"pas\"\nagent = \"birte\"", "directory[0]"),
        ("id = \"birte\"\nline = \"pas\"", "directory[0].id"),
        ("id = \"70101011\"\nline = \"pas\"", "directory[0].id"),
        ("id = \"a\"\nline = \"pasx\"", "directory[0].line"),
        ("id = \"a\"\nagent = \"birthe\"", "directory[0].agent"),
        ("id = \"a\"\nnumber = \"90101010\"", "directory[0].number"),
        ("id = \"a\"\nnumber = \"ring\"", "directory[0].number"),
        ("id = \"a\"\nline = \"pas\"\ncalendar = \"nat\"", "directory[0].calendar"),
        ("id = \"a\"\nline = \"pas\"\nmunicipality = \"0999\"", "directory[0].municipality"),
    ] {
        assert_eq!(fault(&with(entry)).0, at, "{entry}");
    }
}
