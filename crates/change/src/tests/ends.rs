//! What coordinators meet when something ends by itself, and what a node starts with when edits have lost their ground.
//! Knows a small plan of two municipalities.

use super::*;
use crate::{Made, Version};

#[test]
fn what_would_break_the_plan_is_refused_with_the_settings_name() {
    let book = book();
    let told = |wishes: &[Wish]| {
        book.change(&asked(joint(), None), wishes, &file(), at(NOW)).map(|_| ()).expect_err("refused").to_string()
    };
    assert!(told(&set("pas-da", "queue", "\"skat\"")).contains("lines[\"pas-da\"].queue"));
    assert!(told(&set("pas-da", "numbers", "[]")).contains("planens fil"));
    assert!(told(&set("pas-da", "music", "\"jazz\"\nid = \"x\"")).contains("kan ikke læses"));
    assert!(told(&closed("pas-da", "2026-11-24T12:00", "2026-11-24T11:00")).contains("until"));
    assert!(told(&set("pas-da", "calendar", "\"hotline\"")).contains("allerede"));
    let short = Asked { why: "  ".to_owned(), ..asked(joint(), None) };
    let refused = book.change(&short, &closed("pas-da", NOW, "2026-11-24T12:00"), &file(), at(NOW));
    assert_eq!(refused.map(|_| ()), Err(Refused::BadWhy));
}

#[test]
fn a_calendar_comes_by_hand_and_a_line_does_not_go() {
    let calendar = |entry: &str| {
        let (id, entry) = ("jul".to_owned(), entry.to_owned());
        now_and_for_good(Edit::Add { list: List::Calendars, id, entry })
    };
    let mut book = book();
    changed(&mut book, joint(), &calendar("week = { mon = [\"09:00-10:00\"] }"));
    let draft = changed(&mut book, joint(), &set("pas-da", "calendar", "\"jul\""));
    assert!(open(&draft.plan, "70101010", "2026-11-23T09:30") && !open(&draft.plan, "70101010", "2026-11-23T11:00"));
    let line = Edit::Remove { list: List::Lines, id: "randers".to_owned() };
    let refused = book.change(&asked(joint(), None), &now_and_for_good(line), &file(), at(NOW));
    assert!(matches!(refused, Err(Refused::Misfits(_))));
}

fn until(edit: Edit, until: &str) -> Wish {
    Wish { edit, until_ms: Some(at(until).as_millis()) }
}

fn jul(entry: &str) -> Edit {
    Edit::Add { list: List::Calendars, id: "jul".to_owned(), entry: entry.to_owned() }
}

fn first(wishes: Vec<Wish>) -> Edit {
    wishes.into_iter().next().expect("one").edit
}

/// In force, whatever it is, as a program without these checks kept it.
fn kept_unchecked(book: &mut Book, wishes: Vec<Wish>) {
    let now = book.in_force().expect("one").clone();
    let (number, at_ms) = (now.number + 1, at(NOW).as_millis());
    let made = |wish| Made { wish, version: number, at_ms, who: "Karin".to_owned(), why: "jul".to_owned() };
    let edits = now.edits.iter().cloned().chain(wishes.into_iter().map(made)).collect();
    book.keep(Version { number, edits, ..now });
}

#[test]
fn what_would_leave_the_plan_wrong_when_it_ends_is_refused_at_once_and_told_with_the_moment() {
    let mut book = book();
    let refused = |book: &Book, wishes: &[Wish]| {
        book.change(&asked(joint(), None), wishes, &file(), at(NOW)).map(|_| ()).expect_err("refused")
    };
    let open = "week = { mon = [\"09:00-10:00\"] }";
    let line = first(set("pas-da", "calendar", "\"jul\""));
    let both = [until(jul(open), "2026-11-25T20:00"), Wish { edit: line.clone(), until_ms: None }];
    let told = refused(&book, &both);
    assert_eq!(told.reason(), "ENDS_BADLY");
    let told = told.to_string();
    for part in ["calendars[\"jul\"]", "udløber 2026-11-25 20:00", "lines[\"pas-da\"].calendar"] {
        assert!(told.contains(part), "{told}");
    }
    // Nor may somebody else build on it later …
    changed(&mut book, joint(), &[until(jul(open), "2026-11-25T20:00")]);
    assert_eq!(refused(&book, &[Wish { edit: line.clone(), until_ms: None }]).reason(), "ENDS_BADLY");
    // … unless it ends no later.
    changed(&mut book, joint(), &[until(line, "2026-11-25T20:00")]);
}

#[test]
fn a_skill_that_is_the_last_one_of_its_queue_can_not_be_given_for_an_evening_only() {
    let book = book();
    let pas = Edit::Skill { agent: "rasmus".to_owned(), topic: "pas".to_owned(), level: Some(1) };
    let instead = |until| {
        let agent1 = skill("agent1", Some(4), until).remove(0);
        [Wish { edit: pas.clone(), until_ms: None }, skill("rasmus", None, None).remove(0), agent1]
    };
    let ask = |until| book.change(&asked(joint(), None), &instead(until), &file(), at(NOW)).map(|_| ());
    assert_eq!(ask(None), Ok(()));
    let told = ask(Some("2026-11-24T20:00")).expect_err("nobody is left at eight").to_string();
    assert!(told.contains("2026-11-24 20:00") && told.contains("agent1"), "{told}");
}

#[test]
fn what_has_lost_its_ground_when_something_ended_goes_with_it_and_everything_else_stays() {
    let mut book = book();
    let line = first(set("pas-da", "calendar", "\"jul\""));
    let added = until(jul("week = { mon = [\"09:00-10:00\"] }"), "2026-11-24T12:00");
    kept_unchecked(&mut book, vec![added, Wish { edit: line, until_ms: None }]);
    kept_unchecked(&mut book, set("pas-da", "music", "\"jazz\""));
    let later = at("2026-11-24T12:00");
    let (draft, left_out) = book.without_ended(&file(), later).expect("it is over").expect("the file alone is right");
    assert_eq!((draft.version.edits.len(), left_out.len()), (1, 1));
    assert!(left_out[0].da.contains("Karin i version 2") && left_out[0].da.contains("calendar"), "{}", left_out[0].da);
    assert_eq!(draft.plan.lines[0].music.to_string(), "jazz");
    // A node that starts then does the same, and one change is left out as a whole.
    let (draft, left_out) =
        book.rebase(&asked(joint(), None), ("sha", &file()), &file(), true, later).expect("it starts");
    assert_eq!((draft.version.edits.len(), left_out.len()), (1, 1));
}

#[test]
fn two_lines_whose_long_names_begin_alike_each_get_hours_of_their_own_and_nobody_else_takes_their_names() {
    let long = "l".repeat(63);
    let file: Table = FILE
        .replace("\"pas-da\"", &format!("\"{long}a\""))
        .replace("id = \"randers\"\ntitle = \"Flytning\"", &format!("id = \"{long}b\"\ntitle = \"Flytning\""))
        .parse()
        .expect("TOML");
    let mut book = Book::default();
    let first = book.rebase(&asked(joint(), None), ("sha", &file), &Table::new(), false, at(NOW));
    book.keep(first.expect("a right file").0.version);
    let both: Vec<Wish> = ["a", "b"]
        .into_iter()
        .flat_map(|end| {
            closed(&format!("{long}{end}"), NOW, if end == "a" { "2026-11-24T12:00" } else { "2026-11-24T13:00" })
        })
        .collect();
    let plan =
        book.change(&asked(joint(), None), &both, &file, at(NOW)).unwrap_or_else(|refused| panic!("{refused}")).plan;
    let wall = "2026-11-24T12:30";
    assert!(open(&plan, "70101010", wall) && !open(&plan, "89151000", wall));
    for edit in [
        Edit::Add { list: List::Calendars, id: "pas-da.hand".to_owned(), entry: "always_closed = true".to_owned() },
        Edit::Set {
            list: List::Lines,
            id: format!("{long}a"),
            field: "calendar".to_owned(),
            value: Some("\"pas-da.hand\"".to_owned()),
        },
    ] {
        let told = book.change(&asked(joint(), None), &now_and_for_good(edit), &file, at(NOW)).map(|_| ());
        assert!(told.expect_err("kept for hours by hand").to_string().contains(".hand"));
    }
}

#[test]
fn a_calendar_of_the_file_that_is_called_as_if_made_by_hand_is_left_as_it_is() {
    let file: Table = FILE
        .replace("id = \"hotline\"\n", "id = \"pas-da.hand\"\n")
        .replace("calendar = \"hotline\"", "calendar = \"pas-da.hand\"")
        .parse()
        .expect("TOML");
    let mut book = Book::default();
    let first = book.rebase(&asked(joint(), None), ("sha", &file), &Table::new(), false, at(NOW));
    book.keep(first.expect("a right file").0.version);
    let wishes = closed("pas-da", NOW, "2026-11-24T12:00");
    let draft =
        book.change(&asked(joint(), None), &wishes, &file, at(NOW)).unwrap_or_else(|refused| panic!("{refused}"));
    let wall = "2026-11-24T11:00";
    assert!(!open(&draft.plan, "70101010", wall) && open(&draft.plan, "89151000", wall), "the other line has it, too");
}

#[test]
fn what_somebody_elses_edit_will_leave_wrong_holds_up_no_closure_of_another_line() {
    let mut book = book();
    let line = first(set("pas-da", "calendar", "\"jul\""));
    let added = until(jul("week = { mon = [\"09:00-10:00\"] }"), "2026-11-25T12:00");
    kept_unchecked(&mut book, vec![added, Wish { edit: line, until_ms: None }]);
    changed(&mut book, of_randers(), &closed("randers", NOW, "2026-11-24T12:00"));
    let title = book.change(&asked(of_randers(), None), &set("randers", "title", "\"Flyt\""), &file(), at(NOW));
    assert!(title.is_ok(), "{title:?}");
    let (draft, left_out) = book.without_ended(&file(), at("2026-11-25T12:00")).expect("over").expect("a right plan");
    assert_eq!((draft.version.edits.len(), left_out.len()), (0, 1), "what leaned on it goes with it");
}

#[test]
fn plan_files_that_take_too_much_room_together_are_forgotten_with_their_versions() {
    let mut book = book();
    for number in 2..=9 {
        let last = book.in_force().expect("one").clone();
        let text = format!("text{number}");
        book.weigh(&text, crate::TEXTS_BYTES_MAX / 4);
        book.keep(Version { number, base: text.clone(), file: text, ..last });
    }
    let kept: Vec<u64> = book.newest_first().map(|version| version.number).collect();
    assert_eq!(kept, [9, 8, 7, 6]);
}
