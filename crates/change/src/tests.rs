//! What coordinators meet: closures that end, skills for an evening, others' lines, two at once, and the way back.
//! Knows a small plan of two municipalities; no file and no running node.

mod ends;
mod whose;

use jiff::civil::DateTime;
use model::{Dialled, Moment};
use plan::{HoursState, Plan};
use toml::Table;

use crate::{Asked, Book, Coordinator, Draft, Edit, HoursOf, List, Refused, Wish};

const FILE: &str = r#"
municipalities = [{ id = "0751", name = "Aarhus" }, { id = "0730", name = "Randers" }]
topics = [{ id = "pas", title = "Pas" }, { id = "flytning", title = "Flytning" }]
languages = [{ id = "da", title = "dansk" }]
queues = [{ id = "pas", title = "Pas" }, { id = "randers", title = "Randers" }]
[[calendars]]
id = "hotline"
week = { mon = ["08:00-20:00"], tue = ["08:00-20:00"], wed = ["08:00-20:00"] }
[[lines]]
id = "pas-da"
title = "Pas"
numbers = ["70101010"]
topic = "pas"
language = "da"
queue = "pas"
calendar = "hotline"
wait_max_s = 3600
[[lines]]
id = "randers"
title = "Flytning"
numbers = ["89151000"]
municipality = "0730"
topic = "flytning"
language = "da"
queue = "randers"
calendar = "hotline"
wait_max_s = 3600
[[agents]]
ids = "agent1..agent5"
password = "{id}-secret"
skills = { pas = 2 }
[[agents]]
id = "rasmus"
home = "0730"
password = "rasmus-secret"
skills = { flytning = 1 }
"#;

/// A Tuesday.
const NOW: &str = "2026-11-24T10:00";

fn at(wall: &str) -> Moment {
    plan::end_by_the_wall(wall.parse::<DateTime>().expect("a time"))
}

fn file() -> Table {
    FILE.parse().expect("TOML")
}

fn joint() -> Coordinator {
    Coordinator { name: "Karin".to_owned(), municipality: None }
}

fn of_randers() -> Coordinator {
    Coordinator { name: "Rune".to_owned(), municipality: Some("0730".to_owned()) }
}

fn asked(who: Coordinator, based_on: Option<u64>) -> Asked {
    Asked { who, why: "sygdom på holdet".to_owned(), based_on }
}

/// A book whose first version is the file.
fn book() -> Book {
    let mut book = Book::default();
    let first = book.rebase(&asked(joint(), None), ("sha", &file()), &Table::new(), false, at(NOW));
    book.keep(first.expect("a right file").0.version);
    book
}

fn now_and_for_good(edit: Edit) -> Vec<Wish> {
    vec![Wish { edit, until_ms: None }]
}

fn closed(line: &str, from: &str, until: &str) -> Vec<Wish> {
    let (of, from, until) = (HoursOf::Line(line.to_owned()), from.to_owned(), until.to_owned());
    now_and_for_good(Edit::Hours { of, open: false, from, until })
}

fn skill(agent: &str, level: Option<u8>, until: Option<&str>) -> Vec<Wish> {
    let edit = Edit::Skill { agent: agent.to_owned(), topic: "flytning".to_owned(), level };
    vec![Wish { edit, until_ms: until.map(|until| at(until).as_millis()) }]
}

fn set(line: &str, field: &str, value: &str) -> Vec<Wish> {
    let (id, field, value) = (line.to_owned(), field.to_owned(), Some(value.to_owned()));
    now_and_for_good(Edit::Set { list: List::Lines, id, field, value })
}

/// The change is in force.
fn changed(book: &mut Book, who: Coordinator, wishes: &[Wish]) -> Draft {
    let draft = book.change(&asked(who, None), wishes, &file(), at(NOW)).unwrap_or_else(|refused| panic!("{refused}"));
    book.keep(draft.version.clone());
    draft
}

fn open(plan: &Plan, number: &str, wall: &str) -> bool {
    let line = plan.find(&Dialled::parse(number).expect("a number"), &[]).expect("a known number").line;
    matches!(plan.calendars[plan.lines[line.at()].calendar.at()].state(at(wall)), HoursState::Open { .. })
}

fn can(plan: &Plan, agent: &str) -> Vec<(String, u8)> {
    let agent = &plan.agents[plan.agents_by_id[agent].at()];
    agent.skills.iter().map(|(class, level)| (plan.classes[class.at()].topic.to_string(), *level)).collect()
}

#[test]
fn a_line_is_closed_for_two_hours_and_the_one_beside_it_on_the_same_calendar_is_not() {
    let draft = changed(&mut book(), joint(), &closed("pas-da", NOW, "2026-11-24T12:00"));
    let open = |number, wall| open(&draft.plan, number, wall);
    assert!(!open("70101010", "2026-11-24T11:59") && open("70101010", "2026-11-24T12:00"));
    assert!(open("89151000", "2026-11-24T11:00"), "the other line has the same calendar");
}

#[test]
fn an_extension_opens_a_line_that_is_always_open_or_gets_another_calendar_too() {
    let mut book = book();
    changed(&mut book, joint(), &closed("pas-da", NOW, "2026-11-24T12:00"));
    let draft = changed(&mut book, joint(), &set("pas-da", "calendar", "\"always\""));
    assert!(!open(&draft.plan, "70101010", "2026-11-24T11:00"), "the closure outlives the change of calendar");
    assert!(open(&draft.plan, "70101010", "2026-11-29T03:00"));
}

#[test]
fn a_weekday_of_one_line_changes_no_other_day_and_no_other_line() {
    let of = HoursOf::Line("randers".to_owned());
    let week = Edit::Week { of: of.clone(), day: "thu".to_owned(), open: vec!["10:00-12:00".to_owned()] };
    let day = Edit::Day { of, date: "2026-12-01".to_owned(), open: Vec::new() };
    let wishes: Vec<Wish> = [week, day].map(|edit| Wish { edit, until_ms: None }).into();
    let plan = changed(&mut book(), joint(), &wishes).plan;
    assert!(open(&plan, "89151000", "2026-11-26T11:00") && !open(&plan, "70101010", "2026-11-26T11:00"));
    assert!(open(&plan, "89151000", "2026-11-25T09:00"), "Wednesdays are as before");
    assert!(!open(&plan, "89151000", "2026-12-01T11:00") && open(&plan, "70101010", "2026-12-01T11:00"));
}

#[test]
fn an_agent_of_a_range_gets_a_skill_for_the_evening_and_loses_it_by_itself() {
    let mut book = book();
    let given = changed(&mut book, joint(), &skill("agent3", Some(4), Some("2026-11-24T20:00")));
    assert_eq!(can(&given.plan, "agent3"), [("pas".to_owned(), 2), ("flytning".to_owned(), 4)]);
    assert_eq!(can(&given.plan, "agent4"), [("pas".to_owned(), 2)]);
    let password = given.plan.agents[given.plan.agents_by_id["agent3"].at()].password.clone();
    assert_eq!(password.expect("as before").reveal(), "agent3-secret");
    assert_eq!(book.next_end(), Some(at("2026-11-24T20:00")));
    assert!(book.without_ended(&file(), at("2026-11-24T19:59")).is_none());
    let (ended, _) = book.without_ended(&file(), at("2026-11-24T20:00")).expect("it is over").expect("a right plan");
    assert_eq!(can(&ended.plan, "agent3"), [("pas".to_owned(), 2)]);
    assert_eq!((&*ended.version.who, ended.version.edits.len()), ("clock", 0));
}

#[test]
fn a_skill_for_an_evening_over_one_for_good_leaves_the_one_for_good() {
    let mut book = book();
    changed(&mut book, joint(), &skill("agent3", Some(7), None));
    changed(&mut book, joint(), &skill("agent3", Some(1), Some("2026-11-24T20:00")));
    let (ended, _) = book.without_ended(&file(), at("2026-11-24T21:00")).expect("it is over").expect("a right plan");
    assert!(can(&ended.plan, "agent3").contains(&("flytning".to_owned(), 7)));
}

#[test]
fn of_two_who_change_the_same_at_once_the_second_is_shown_the_first_and_who_changes_something_else_is_not() {
    let mut book = book();
    let first = changed(&mut book, joint(), &set("pas-da", "greeting", "\"welcome\""));
    let second = |wishes: &[Wish]| book.change(&asked(joint(), Some(1)), wishes, &file(), at(NOW)).map(|_| ());
    let refused = second(&set("pas-da", "greeting", "\"hello\"")).expect_err("it has been changed");
    assert_eq!(refused, Refused::Overtaken(Box::new(first.version)));
    let told = refused.to_string();
    assert!(told.contains("Karin") && told.contains("version 2") && told.contains("sygdom"), "{told}");
    assert_eq!(second(&set("randers", "greeting", "\"hello\"")), Ok(()));
    assert_eq!(second(&set("pas-da", "music", "\"jazz\"")), Ok(()));
}

#[test]
fn a_file_that_changes_a_setting_overtakes_whoever_was_about_to_change_it() {
    let mut book = book();
    let file = FILE.replace("wait_max_s = 3600\n[[lines]]", "wait_max_s = 1800\n[[lines]]").parse().expect("TOML");
    let read = book.rebase(&asked(joint(), None), ("other", &file), &self::file(), false, at(NOW)).expect("right");
    book.keep(read.0.version);
    let second = book.change(&asked(joint(), Some(1)), &set("pas-da", "wait_max_s", "60"), &file, at(NOW));
    assert!(matches!(second, Err(Refused::Overtaken(_))));
}

#[test]
fn everything_is_undone_by_going_back_to_the_first_version() {
    let mut book = book();
    changed(&mut book, joint(), &closed("pas-da", NOW, "2026-11-24T12:00"));
    changed(&mut book, joint(), &skill("agent3", Some(4), Some("2026-11-24T20:00")));
    let back = book.roll_back(&asked(joint(), None), 1, (&file(), &file()), at(NOW)).expect("it may");
    assert_eq!((back.version.number, back.version.back_to, back.version.edits.len()), (4, Some(1), 0));
    assert_eq!(back.table, file());
    assert!(open(&back.plan, "70101010", "2026-11-24T11:00"));
    let again = book.roll_back(&asked(joint(), Some(2)), 1, (&file(), &file()), at(NOW));
    assert!(matches!(again, Err(Refused::Overtaken(by)) if by.number == 3), "there is a version that was not seen");
}

#[test]
fn a_file_without_what_somebody_changed_is_refused_and_names_the_change_unless_the_node_starts() {
    let mut book = book();
    changed(&mut book, joint(), &skill("agent5", Some(4), None));
    changed(&mut book, joint(), &set("pas-da", "music", "\"jazz\""));
    let fewer: Table = FILE.replace("agent1..agent5", "agent1..agent4").parse().expect("TOML");
    let read = |leave_out| book.rebase(&asked(joint(), None), ("other", &fewer), &file(), leave_out, at(NOW));
    let refused = read(false).expect_err("an edit has nowhere to go").to_string();
    assert!(refused.contains("agent5") && refused.contains("Karin") && refused.contains("version 2"), "{refused}");
    let (draft, left_out) = read(true).expect("the node starts");
    assert_eq!((draft.version.edits.len(), left_out.len()), (1, 1));
    assert_eq!(&*draft.plan.lines[0].music.to_string(), "jazz");
}

#[test]
fn beyond_the_bound_the_oldest_version_is_forgotten_and_can_not_be_gone_back_to() {
    let mut book = book();
    let mut forgotten = Vec::new();
    for _ in 0..crate::VERSIONS_MAX {
        let last = book.in_force().expect("one").clone();
        forgotten.extend(book.keep(crate::Version { number: last.number + 1, ..last }));
    }
    assert_eq!(forgotten, [1]);
    let back = book.roll_back(&asked(joint(), None), 1, (&file(), &file()), at(NOW)).map(|_| ());
    assert_eq!(back, Err(Refused::NoSuchVersion(1)));
}

#[test]
fn versions_that_take_too_much_room_together_are_forgotten_before_there_are_too_many_of_them() {
    let mut book = book();
    let value = Some("x".repeat(crate::VALUE_BYTES_MAX));
    let long = crate::Setting { at: "lines".to_owned(), before: value.clone(), after: value };
    let room = 2 * crate::VALUE_BYTES_MAX * crate::Version::CHANGED_MAX;
    for _ in 0..=crate::BOOK_BYTES_MAX / room {
        let last = book.in_force().expect("one").clone();
        let changed = vec![long.clone(); crate::Version::CHANGED_MAX];
        book.keep(crate::Version { number: last.number + 1, changed, ..last });
    }
    let kept = book.newest_first().count();
    assert!(kept * room <= crate::BOOK_BYTES_MAX && kept > 1, "{kept}");
    assert_eq!(book.newest_first().next().map(|version| version.number), book.in_force().map(|version| version.number));
}
