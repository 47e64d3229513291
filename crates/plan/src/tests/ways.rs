//! Ways out of lines: where they may lead, what is said before them, and rings that nobody gets out of.
//! Each story is a plan in a few lines; how a call takes a way is the journey's.

use super::*;
use crate::{LineNo, WayOut};

fn lines(settings: &[(&str, &str)]) -> String {
    let all: String = settings.iter().map(|(id, more)| line(id, more)).collect();
    format!("{GROUND}{all}")
}

#[test]
fn a_closed_line_leads_on_without_saying_that_one_should_call_again() {
    let plan = plan(&lines(&[("pas", "when_closed = { line = \"aften\" }"), ("aften", "")]));
    let (pas, aften) = (&plan.lines[0], &plan.lines[1]);
    assert_eq!(pas.ways.closed, WayOut::Line(LineNo(1)));
    assert_eq!((&pas.closed_message, &pas.ways.full), (&None, &WayOut::GoodBye));
    assert_eq!((pas.full_message.as_deref(), aften.closed_message.as_deref()), (Some("full.da"), Some("closed.da")));
}

#[test]
fn a_message_before_the_way_on_is_said_where_it_is_written() {
    let way = "when_full = { line = \"aften\" }\nfull_message = \"vent\"";
    let plan = plan(&lines(&[("pas", way), ("aften", "")]));
    assert_eq!(plan.lines[0].full_message.as_deref(), Some("vent.da"));
}

#[test]
fn ways_that_go_round_are_told_with_the_path() {
    let ring = [
        ("pas", "when_closed = { line = \"aften\" }"),
        ("aften", "when_full = { line = \"nat\" }"),
        ("nat", "when_gave_up = { line = \"pas\" }"),
    ];
    let (at, en) = fault(&lines(&ring));
    assert_eq!(at, "lines[2].when_gave_up");
    assert!(en.contains("pas → closed → aften → full → nat → waited too long → pas"), "{en}");
    assert_eq!(fault(&lines(&[("pas", "when_full = { line = \"pas\" }")])).0, "lines[0].when_full");
}

#[test]
fn nobody_is_led_to_another_municipalitys_own_line() {
    let own = "municipality = \"0730\"";
    let way = "when_closed = { line = \"randers\" }";
    assert_eq!(fault(&lines(&[("pas", way), ("randers", own)])).0, "lines[0].when_closed.line");
    plan(&lines(&[("pas", &format!("{way}\n{own}")), ("randers", own)]));
}

#[test]
fn a_way_to_nowhere_is_told() {
    for way in ["when_closed = {}", "when_closed = { line = \"paz\" }", "when_closed = { line = \"none\" }"] {
        assert_eq!(fault(&lines(&[("pas", way)])).0, "lines[0].when_closed.line", "{way}");
    }
}

const OUTSIDE: &str = "[[directory]]\nid = \"skat\"\ntitle = \"Skat\"\nnumber = \"72221818\"\n[[directory]]\nid = \"os\"\ntitle = \"Os\"\nline = \"pas\"\n";

#[test]
fn a_way_may_lead_to_somebody_outside_who_is_in_the_directory_and_to_nobody_else_there() {
    let with =
        |way: &str| format!("{GROUND}{OUTSIDE}{}", line("pas", &format!("when_closed = {{ directory = \"{way}\" }}")));
    let outside = plan(&with("skat"));
    assert_eq!(outside.lines[0].ways.closed, WayOut::Directory("skat".into()));
    assert!(
        outside.prompts().iter().any(|prompt| &**prompt == "gave_up.da"),
        "the sound that nobody answers must be there"
    );
    let (at, said) = fault(&with("skatt"));
    assert!(at == "lines[0].when_closed.directory" && said.contains("no entry \"skatt\""), "{at} {said}");
    let (at, said) = fault(&with("os"));
    assert!(at == "lines[0].when_closed.directory" && said.contains("lead to a line with line"), "{at} {said}");
}

#[test]
fn nobody_is_led_to_another_municipalitys_own_entry() {
    let owned = OUTSIDE.replace("number = \"72221818\"", "number = \"72221818\"\nmunicipality = \"0751\"");
    let (at, said) = fault(&format!("{GROUND}{owned}{}", line("pas", "when_closed = { directory = \"skat\" }")));
    assert!(at == "lines[0].when_closed.directory" && said.contains("0751's own"), "{at} {said}");
}
