//! No dead ends: what leads nowhere is refused, with the path that leads there.
//! Each story is a plan in a few lines; thousands of drawn ones are in the journey's tests.

use super::*;

const HOURS: &str = "[[calendars]]\nid = \"dag\"\nweek = { mon = [\"08:00-16:00\"] }\n";

fn with(more: &str, lines: &[(&str, &str)]) -> String {
    let all: String = lines.iter().map(|(id, more)| line(id, more)).collect();
    format!("{GROUND}{HOURS}{all}{more}")
}

fn agent(settings: &str) -> String {
    format!("[[agents]]\nid = \"anna\"\nhome = \"0751\"\npassword = \"hemmeligt\"\n{settings}\n")
}

#[test]
fn a_line_that_sends_callers_away_without_a_word_is_refused() {
    for (more, at) in [
        ("calendar = \"dag\"\nclosed_message = \"none\"", "lines[0].closed_message"),
        ("full_message = \"none\"", "lines[0].full_message"),
        ("gave_up_message = \"none\"", "lines[0].gave_up_message"),
    ] {
        assert_eq!(fault(&with("", &[("pas", more)])).0, at);
        plan(&with("", &[("pas", &format!("{more}\nmay_end_in_silence = \"prøve\""))]));
    }
    let (at, _) = fault(&with("", &[("pas", "full_message = \"none\"\nmay_end_in_silence = \"\"")]));
    assert_eq!(at, "lines[0].may_end_in_silence");
}

#[test]
fn what_can_never_happen_needs_no_words() {
    plan(&with("", &[("pas", "closed_message = \"none\"")]));
    plan(&with("", &[("pas", "gave_up_message = \"none\"\nmay_wait_for_ever = \"måling\"")]));
}

#[test]
fn a_dead_end_is_told_with_the_way_that_leads_there() {
    let (at, en) = fault(&with(
        "[[menus]]\nid = \"m\"\nprompt = \"p\"\nchoices = [{ key = \"1\", line = \"pas\" }]\n",
        &[
            ("alt", "numbers = [\"70101010\"]\ntopic_menu = \"m\""),
            ("pas", "calendar = \"dag\"\nwhen_closed = { line = \"aften\" }"),
            ("aften", "full_message = \"none\""),
        ],
    ));
    assert_eq!(at, "lines[2].full_message");
    assert!(en.contains("alt → key 1 → pas → closed → aften → full → nothing"), "{en}");
}

#[test]
fn calls_that_no_agent_can_ever_take_are_a_dead_end() {
    let flytning = agent("skills = { flytning = 1 }");
    let lines = [("pas", ""), ("flytning", "topic = \"flytning\"")];
    let (at, en) = fault(&with(&flytning, &lines));
    assert_eq!(at, "lines[0].queue");
    assert!(en.contains("pas → the queue pas → nobody"), "{en}");
    plan(&with(&flytning, &[("pas", "may_have_nobody = \"nyt emne\""), lines[1]]));
    plan(&with(&agent("skills = { pas = 9 }"), &lines[..1]));
}

#[test]
fn steps_and_membership_that_keep_everybody_out_are_noticed() {
    let queue = "queues = [{ id = \"pas\", title = \"Pas\" }]";
    let with_steps = |steps_of: &str, more: &str, line_more: &str| {
        let ground =
            GROUND.replace(queue, &format!("queues = [{{ id = \"pas\", title = \"Pas\", steps = [{steps_of}] }}]"));
        format!("{ground}{}{}", line("pas", line_more), agent(more))
    };
    let of = |steps_of: &str, more: &str, line_more: &str| read_plan(&with_steps(steps_of, more, line_more)).is_ok();
    let randers = "municipality = \"0730\"";
    assert!(!of("{ level_max = 2 }", "skills = { pas = 3 }", ""));
    assert!(of("{ level_max = 2 }, { after_s = 9, level_max = 3 }", "skills = { pas = 3 }", ""));
    assert!(!of("{ who = \"home\" }", "skills = { pas = 3 }", randers));
    assert!(of("{ who = \"home\" }", "skills = { pas = 3 }", "municipality = \"0751\""));
    assert!(!of("{}", "skills = { pas = 3 }\nserves = [\"0751\"]", randers));
    assert!(of("{}", "skills = { pas = 3 }\nserves = [\"0751\"]", ""));
}

#[test]
fn the_queue_that_calls_overflow_to_must_have_somebody_too() {
    let queues = "queues = [{ id = \"pas\", title = \"Pas\", overflow = \"nat\" }, { id = \"nat\", title = \"Nat\", steps = [{ level_max = 1 }] }]";
    let ground = GROUND.replace("queues = [{ id = \"pas\", title = \"Pas\" }]", queues);
    let (_, en) = fault(&format!("{ground}{}{}", line("pas", ""), agent("skills = { pas = 2 }")));
    assert!(en.contains("the queue nat → nobody"), "{en}");
}
