//! Menus: what keys lead to, on which line, and what can't be.
//! Each story is a plan in a few lines; how a call is asked is the journey's.

use model::MunicipalityId;

use super::*;
use crate::{Choice, LineNo, WayOut};

const SPROG: &str = "[[menus]]\nid = \"m\"\nprompt = \"sprog.da\"\nchoices = [{ key = \"2\", language = \"en\" }]\n";

fn with(menu: &str, lines: &[(&str, &str)]) -> String {
    let all: String = lines.iter().map(|(id, more)| line(id, more)).collect();
    format!("{GROUND}{menu}{all}")
}

fn way(choice: Option<&Choice>) -> Option<u32> {
    match choice? {
        Choice::Way(WayOut::Line(line)) => Some(line.0),
        Choice::Way(WayOut::GoodBye | WayOut::Voicemail(_) | WayOut::Directory(_) | WayOut::Callback)
        | Choice::Municipality(_)
        | Choice::Message(_) => None,
    }
}

#[test]
fn one_menu_of_languages_serves_many_lines_each_with_its_own_sister() {
    let asks = "choose_language = \"m\"";
    let flytning = format!("topic = \"flytning\"\n{asks}");
    let plan = plan(&with(
        SPROG,
        &[
            ("pas", asks),
            ("pas-en", "language = \"en\""),
            ("flytning", &flytning),
            ("flytning-en", "topic = \"flytning\"\nlanguage = \"en\""),
        ],
    ));
    let leads = |line: usize| way(plan.lines[line].menus.language.as_ref().expect("a menu").choices.get(&'2'));
    assert_eq!((leads(0), leads(2)), (Some(1), Some(3)));
    assert!(plan.prompts().contains("sprog.da"));
}

#[test]
fn a_language_without_a_line_is_told_where_it_is_asked() {
    assert_eq!(fault(&with(SPROG, &[("pas", "choose_language = \"m\"")])).0, "lines[0].choose_language");
}

#[test]
fn a_menu_says_its_prompt_in_the_lines_language() {
    let menu = "[[menus]]\nid = \"m\"\nprompt = \"kommune\"\nchoices = [{ key = \"1\", municipality = \"0751\" }]\n";
    let plan = plan(&with(menu, &[("pas", "language = \"en\"\nask_municipality = \"m\"")]));
    let menu = plan.lines[0].menus.municipality.as_ref().expect("a menu");
    assert_eq!(&*menu.prompt, "kommune.en");
    assert_eq!(menu.choices.get(&'1'), Some(&Choice::Municipality(MunicipalityId(751))));
}

#[test]
fn what_does_not_fit_a_menu_is_told_at_the_choice() {
    let menu = |choices: &str| format!("[[menus]]\nid = \"m\"\nprompt = \"p\"\nchoices = [{choices}]\n");
    for (choices, asks, at) in [
        ("{ key = \"1\", language = \"da\" }", "topic_menu", "menus[0].choices[0].language"),
        ("{ key = \"1\", line = \"pas\" }", "ask_municipality", "menus[0].choices[0].line"),
        ("{ key = \"1\", line = \"nowhere\" }", "topic_menu", "menus[0].choices[0].line"),
        ("{ key = \"1\", municipality = \"0999\" }", "ask_municipality", "menus[0].choices[0].municipality"),
        ("{ key = \"1\", line = \"pas\", message = \"m\" }", "topic_menu", "menus[0].choices[0]"),
        ("{ key = \"*\", line = \"pas\" }", "topic_menu", "menus[0].choices[0].key"),
        ("{ key = \"12\", line = \"pas\" }", "topic_menu", "menus[0].choices[0].key"),
        ("{ line = \"pas\" }", "topic_menu", "menus[0].choices[0].key"),
        ("{ key = \"1\", line = \"pas\" }, { key = \"1\", message = \"m\" }", "topic_menu", "menus[0].choices[1].key"),
        ("", "topic_menu", "menus[0].choices"),
    ] {
        let plan = with(&menu(choices), &[("pas", &format!("{asks} = \"m\""))]);
        assert_eq!(fault(&plan).0, at, "{choices}");
    }
}

#[test]
fn a_menu_is_asked_of_nobody_who_has_no_keys_and_once_before_a_person() {
    let menu = "[[menus]]\nid = \"m\"\nprompt = \"p\"\nchoices = [{ key = \"1\", line = \"b\" }]\n";
    let unanswered = with(menu, &[("a", "topic_menu = \"m\"\nwaiting = \"unanswered\""), ("b", "")]);
    assert_eq!(fault(&unanswered).0, "lines[0].topic_menu");
    let second = "[[menus]]\nid = \"n\"\nprompt = \"p\"\nchoices = [{ key = \"1\", line = \"a\" }]\n";
    let twice = with(&format!("{menu}{second}"), &[("a", "topic_menu = \"m\""), ("b", "topic_menu = \"n\"")]);
    let told = faults(&twice);
    assert!(told.iter().all(|fault| fault.at.ends_with("topic_menu")) && told[0].en.contains("a → b"), "{told:?}");
    let owner = with(menu, &[("a", "topic_menu = \"m\""), ("b", "municipality = \"0730\"")]);
    assert_eq!(fault(&owner).0, "menus[0].choices[0].line");
}

#[test]
fn postal_codes_tell_the_municipality_and_stand_in_one_place() {
    let members = |aarhus: &str, randers: &str| {
        let id = |code: &str, name: &str, codes: &str| {
            format!("{{ id = \"{code}\", name = \"{name}\", postal_codes = [{codes}] }}")
        };
        let ground: String =
            GROUND.lines().filter(|line| !line.starts_with("municipalities")).collect::<Vec<_>>().join("\n");
        let members = format!("{}, {}", id("0751", "Aarhus", aarhus), id("0730", "Randers", randers));
        format!("municipalities = [{members}]\n{ground}\n{}", line("pas", ""))
    };
    let plan = plan(&members("\"8000\", \"8200-8220\"", "\"8900-8960\""));
    let at = |code| plan.at_postal_code(code).map(|id| id.0);
    let asked = [7999, 8000, 8001, 8200, 8220, 8221, 8930, 9999].map(at);
    assert_eq!(asked, [None, Some(751), None, Some(751), Some(751), None, Some(730), None]);
    for (aarhus, randers, place) in [
        ("\"8000\"", "\"7999-8000\"", "municipalities[1].postal_codes[0]"),
        ("\"8000-8100\"", "\"8050\"", "municipalities[1].postal_codes[0]"),
        ("\"800\"", "\"8050\"", "municipalities[0].postal_codes[0]"),
        ("\"8100-8000\"", "\"8050\"", "municipalities[0].postal_codes[0]"),
    ] {
        assert_eq!(fault(&members(aarhus, randers)).0, place);
    }
}

#[test]
fn a_postal_code_is_no_topic_and_leaves_no_key_for_slowly() {
    let menu = "[[menus]]\nid = \"m\"\nprompt = \"p\"\npostal_code = true\n";
    assert_eq!(fault(&with(menu, &[("a", "topic_menu = \"m\"")])).0, "lines[0].topic_menu");
    let slow = format!("{menu}slow_prompt = \"s\"\n");
    assert_eq!(fault(&with(&slow, &[("a", "ask_municipality = \"m\"")])).0, "menus[0].slow_prompt");
}

#[test]
fn lines_that_moved_are_still_where_keys_and_ways_lead() {
    let menu = "[[menus]]\nid = \"m\"\nprompt = \"p\"\nchoices = [{ key = \"1\", line = \"b\" }]\n";
    let mut plan = plan(&with(menu, &[("a", "topic_menu = \"m\"\nwhen_full = { line = \"b\" }"), ("b", "")]));
    plan.renumber_lines(|line| LineNo(line.0 + 5));
    let line = &plan.lines[0];
    assert_eq!(line.ways.full, WayOut::Line(LineNo(6)));
    assert_eq!(way(line.menus.topic.as_ref().expect("a menu").choices.get(&'1')), Some(6));
}
