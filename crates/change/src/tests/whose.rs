//! What a municipality's coordinator may change, and lead to: its own, and nothing that others would then share with it.
//! Knows a small plan of two municipalities.

use super::*;

#[test]
fn a_municipality_changes_its_own_and_is_refused_what_is_anothers_or_shared() {
    let book = book();
    let try_it = |wishes: &[Wish]| book.change(&asked(of_randers(), None), wishes, &file(), at(NOW)).map(|_| ());
    assert_eq!(try_it(&closed("randers", NOW, "2026-11-24T12:00")), Ok(()));
    assert_eq!(try_it(&skill("rasmus", Some(3), None)), Ok(()));
    let prompt = |name: &str| now_and_for_good(Edit::Prompt { name: name.to_owned(), sound: Some("sha".to_owned()) });
    assert_eq!(try_it(&prompt("0730/greeting.da")), Ok(()));
    let of_queue = |id: &str| {
        let (id, field, value) = (id.to_owned(), "wrap_up_s".to_owned(), Some("10".to_owned()));
        now_and_for_good(Edit::Set { list: List::Queues, id, field, value })
    };
    assert_eq!(try_it(&of_queue("randers")), Ok(()), "only its own line waits there");
    let calendar = HoursOf::Calendar("hotline".to_owned());
    let day = Edit::Day { of: calendar, date: "2026-12-01".to_owned(), open: Vec::new() };
    for wishes in [
        closed("pas-da", NOW, "2026-11-24T12:00"),
        skill("agent1", Some(3), None),
        prompt("greeting.da"),
        prompt("0751/greeting.da"),
        of_queue("pas"),
        set("randers", "queue", "\"pas\""),
        now_and_for_good(day),
    ] {
        assert!(matches!(try_it(&wishes), Err(Refused::NotYours { .. })), "{wishes:?}");
    }
}

#[test]
fn a_municipality_undoes_its_own_changes_and_nobody_elses() {
    let mut book = book();
    changed(&mut book, of_randers(), &closed("randers", NOW, "2026-11-24T12:00"));
    let back = |book: &Book, to| book.roll_back(&asked(of_randers(), None), to, (&file(), &file()), at(NOW));
    assert!(back(&book, 1).is_ok());
    changed(&mut book, joint(), &closed("pas-da", NOW, "2026-11-24T12:00"));
    assert!(matches!(back(&book, 1), Err(Refused::NotYours { .. })));
}

/// The file with a calendar, a menu, and entries of the directory for each municipality.
fn with_more() -> Table {
    let more = r#"
        [[calendars]]
        id = "aarhus-tid"
        week = { mon = ["08:00-12:00"] }
        [[calendars]]
        id = "randers-tid"
        week = { mon = ["09:00-12:00"] }
        [[calendars]]
        id = "fri-tid"
        week = { mon = ["10:00-12:00"] }
        [[directory]]
        id = "skat"
        title = "Skat"
        number = "70101012"
        calendar = "aarhus-tid"
        municipality = "0751"
        [[directory]]
        id = "laege"
        title = "Lægen"
        number = "70101013"
        calendar = "randers-tid"
        municipality = "0730"
        [[lines]]
        id = "aarhus"
        title = "Flytning"
        numbers = ["89151001"]
        municipality = "0751"
        topic = "flytning"
        language = "da"
        queue = "randers"
        calendar = "aarhus-tid"
        topic_menu = "aarhus-emner"
        wait_max_s = 3600
        [[menus]]
        id = "aarhus-emner"
        prompt = "emner"
        choices = [{ key = "1", line = "pas-da" }]
    "#;
    format!("{FILE}{more}").parse().expect("TOML")
}

fn try_it(file: &Table, who: Coordinator, wishes: &[Wish]) -> Result<(), Refused> {
    let mut book = Book::default();
    let first = book.rebase(&asked(joint(), None), ("sha", file), &Table::new(), false, at(NOW));
    book.keep(first.unwrap_or_else(|refused| panic!("{refused}")).0.version);
    book.change(&asked(who, None), wishes, file, at(NOW)).map(|_| ())
}

fn of_list(list: List, id: &str, field: &str, value: &str) -> Vec<Wish> {
    let (id, field, value) = (id.to_owned(), field.to_owned(), Some(value.to_owned()));
    now_and_for_good(Edit::Set { list, id, field, value })
}

#[test]
fn a_calendar_that_an_entry_of_the_directory_has_is_its_municipalitys_own() {
    let file = with_more();
    let day = |calendar: &str| {
        let of = HoursOf::Calendar(calendar.to_owned());
        now_and_for_good(Edit::Day { of, date: "2026-12-01".to_owned(), open: Vec::new() })
    };
    assert_eq!(try_it(&file, of_randers(), &day("randers-tid")), Ok(()));
    let refused = try_it(&file, of_randers(), &day("aarhus-tid")).expect_err("another's");
    assert!(matches!(&refused, Refused::NotYours { whose: Some(whose), .. } if whose == "0751"), "{refused}");
    let both = with_more().to_string().replace("calendar = \"aarhus-tid\"", "calendar = \"randers-tid\"");
    let shared: Table = both.parse().expect("TOML");
    let refused = try_it(&shared, of_randers(), &day("randers-tid")).expect_err("both have it");
    assert!(matches!(&refused, Refused::NotYours { whose: None, .. }), "{refused}");
}

#[test]
fn a_municipality_leads_its_callers_to_its_own_and_to_what_is_shared_but_not_to_anothers() {
    let file = with_more();
    let allowed = [
        of_list(List::Lines, "randers", "calendar", "\"fri-tid\""),
        of_list(List::Lines, "randers", "calendar", "\"randers-tid\""),
        of_list(List::Lines, "randers", "when_closed", "{ line = \"pas-da\" }"),
        of_list(List::Directory, "laege", "calendar", "\"hotline\""),
    ];
    for wishes in allowed {
        assert_eq!(try_it(&file, of_randers(), &wishes), Ok(()), "{wishes:?}");
    }
    let refused = [
        (of_list(List::Lines, "randers", "calendar", "\"aarhus-tid\""), "calendars[\"aarhus-tid\"]"),
        (of_list(List::Lines, "randers", "topic_menu", "\"aarhus-emner\""), "menus[\"aarhus-emner\"]"),
        (of_list(List::Lines, "randers", "when_closed", "{ line = \"aarhus\" }"), "lines[\"aarhus\"]"),
        (of_list(List::Directory, "laege", "calendar", "\"aarhus-tid\""), "calendars[\"aarhus-tid\"]"),
    ];
    for (wishes, what) in refused {
        let told = try_it(&file, of_randers(), &wishes).expect_err("another's").to_string();
        assert!(told.contains(what) && told.contains("0751"), "{told}");
        let refused = try_it(&file, joint(), &wishes);
        assert!(!matches!(refused, Err(Refused::NotYours { .. })), "the joint centre may: {refused:?}");
    }
}
