//! What a line may tell between the music, and what a coordinator is told when it can't.
//! Each story is a few lines of a plan.

use std::time::Duration;

use super::{GROUND, fault, line, plan};
use crate::Meanwhile;

fn with(more: &str) -> String {
    format!("{GROUND}{}", line("pas", more))
}

#[test]
fn a_line_tells_its_messages_in_its_language_and_that_the_waiting_are_served() {
    let told = &plan(&with("messages = [\"guide\", \"nyt/pas\"]\nat_closing = \"tell\"\n")).lines[0].meanwhile;
    let names: Vec<String> = told.messages.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["guide.da", "nyt/pas.da"]);
    assert_eq!(told.every, Duration::from_secs(90));
    assert_eq!(told.closing.as_ref().map(ToString::to_string).as_deref(), Some("still_served.da"));
}

#[test]
fn a_line_that_says_nothing_of_it_tells_nothing_between_the_music() {
    let Meanwhile { closing, messages, .. } = &plan(&with("at_closing = \"serve\"\n")).lines[0].meanwhile;
    assert_eq!((closing.as_ref(), messages.len()), (None, 0));
}

#[test]
fn every_sound_that_a_line_tells_is_among_those_that_must_exist() {
    let prompts = plan(&with("messages = [\"guide\"]\nat_closing = \"tell\"\n")).prompts();
    let named = |wanted: &str| prompts.iter().any(|name| **name == *wanted);
    assert!(named("guide.da") && named("still_served.da"), "{prompts:?}");
}

#[test]
fn messages_that_can_not_be_told_are_refused_where_they_stand() {
    for (more, at) in [
        ("message_every_s = 60", "message_every_s"),
        ("messages = [\"guide\"]\nmessage_every_s = 29", "message_every_s"),
        ("messages = [\"none\"]", "messages[0]"),
        ("messages = [\"a b\"]", "messages[0]"),
        ("messages = [\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]", "messages"),
    ] {
        assert_eq!(fault(&with(&format!("{more}\n"))).0, format!("lines[0].{at}"), "{more}");
    }
}
