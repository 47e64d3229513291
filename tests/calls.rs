//! Whole calls over real sockets: sipp as trunk and as the agents' phones, the real program between them. Each test
//! reads the call's ladder of facts afterwards, and leaves nothing behind.

use std::time::Duration;

use samkald_tests::{RunningCentre, Sipp, phones_are_there, told};

/// The shared line that rings until an agent answers.
const PASSPORTS: &str = "70201000";
const NOBODY_SERVES: &str = "70201003";

#[test]
fn a_citizen_is_answered_by_the_better_agent_and_hangs_up() {
    let Some(centre) = centre() else { return };
    let agent = anna(&centre, "agent").wait_for_calls();
    citizen(&centre, "citizen", "89402000").ring(centre.sip()).succeed();
    let offered = agent.log().join("\n");
    agent.succeed();
    assert_eq!(
        centre.ladders(1)[0],
        [
            "arrived at 89402000",
            "line pas from 0751",
            "queued in pas",
            "offered to anna",
            "answered by anna",
            "talking with anna",
            "hung up by Citizen",
            "ended: Talked"
        ]
    );
    assert!(offered.contains("30112233"), "the citizen's number is on the agent's display: {offered}");
    assert!(offered.contains("Aarhus") && offered.contains("Pas og"), "so are municipality and line: {offered}");
    centre.nothing_is_left();
}

#[test]
fn the_agent_hangs_up() {
    let Some(centre) = centre() else { return };
    let agent = anna(&centre, "agent_hangs_up").wait_for_calls();
    citizen(&centre, "citizen_is_let_go", PASSPORTS).ring(centre.sip()).succeed();
    agent.succeed();
    assert_eq!(last(&centre, 2), ["hung up by Agent", "ended: Talked"]);
    centre.nothing_is_left();
}

#[test]
fn a_trunk_over_tcp_is_answered_as_well() {
    let Some(centre) = centre() else { return };
    let agent = anna(&centre, "agent").wait_for_calls();
    let mut citizen = citizen(&centre, "citizen", PASSPORTS);
    citizen.tcp = true;
    citizen.ring(centre.sip()).succeed();
    agent.succeed();
    assert_eq!(last(&centre, 1), ["ended: Talked"]);
    centre.nothing_is_left();
}

#[test]
fn a_citizen_who_hangs_up_while_it_rings_stops_the_ringing() {
    let Some(centre) = centre() else { return };
    let agent = anna(&centre, "agent_rings_on").wait_for_calls();
    citizen(&centre, "citizen_gives_up", PASSPORTS).ring(centre.sip()).succeed();
    agent.succeed();
    assert_eq!(last(&centre, 2), ["not taken by anna: CitizenGone", "ended: Abandoned"]);
    let told = centre.facts_until(|told| told::states(told, "anna").last().is_some_and(|last| last == "became Ready"));
    assert!(!told::states(&told, "anna").is_empty(), "she is free again, not paused");
    centre.nothing_is_left();
}

#[test]
fn a_citizen_who_hangs_up_in_the_queue_has_given_up() {
    let Some(centre) = centre() else { return };
    citizen(&centre, "citizen_gives_up", NOBODY_SERVES).ring(centre.sip()).succeed();
    assert_eq!(last(&centre, 2), ["queued in ingen", "ended: Abandoned"]);
    centre.nothing_is_left();
}

#[test]
fn a_citizen_who_hangs_up_in_the_greeting_never_came_to_the_queue() {
    let Some(centre) = centre() else { return };
    citizen(&centre, "citizen", "70201002").ring(centre.sip()).succeed();
    assert_eq!(last(&centre, 2), ["greeting", "ended: AbandonedEarly"]);
    centre.nothing_is_left();
}

#[test]
fn a_busy_phone_passes_the_citizen_on() {
    the_next_agent_gets_the_citizen("486", "Busy Here", "Busy");
}

#[test]
fn a_declined_call_goes_to_the_next_agent() {
    the_next_agent_gets_the_citizen("603", "Decline", "Declined");
}

#[test]
fn a_phone_that_is_gone_passes_the_citizen_on() {
    the_next_agent_gets_the_citizen("404", "Not Found", "Unreachable");
}

fn the_next_agent_gets_the_citizen(status: &str, reason: &str, why: &str) {
    let Some(centre) = centre() else { return };
    let refusing = anna(&centre, "agent_refuses").with("status", status).with("reason", reason).wait_for_calls();
    let answering = bo(&centre).wait_for_calls();
    citizen(&centre, "citizen", PASSPORTS).ring(centre.sip()).succeed();
    refusing.succeed();
    answering.succeed();
    passed_on_to_bo(&centre, why);
}

#[test]
fn an_agent_who_lets_it_ring_is_paused_and_the_citizen_goes_to_the_next() {
    let Some(centre) = centre() else { return };
    let ringing = anna(&centre, "agent_rings_on").wait_for_calls();
    let answering = bo(&centre).wait_for_calls();
    citizen(&centre, "citizen", PASSPORTS).ring(centre.sip()).succeed();
    ringing.succeed();
    answering.succeed();
    passed_on_to_bo(&centre, "NoAnswer");
    let paused = "became Paused(NoAnswer)";
    centre.facts_until(|told| told::states(told, "anna").iter().any(|state| state == paused));
}

#[test]
fn a_dead_phone_does_not_keep_the_citizen() {
    let Some(centre) = centre() else { return };
    let answering = bo(&centre).wait_for_calls();
    citizen(&centre, "citizen", PASSPORTS).ring(centre.sip()).succeed();
    answering.succeed();
    passed_on_to_bo(&centre, "Unreachable");
}

fn passed_on_to_bo(centre: &RunningCentre, why: &str) {
    let ladder = &centre.ladders(1)[0];
    let not_taken = format!("not taken by anna: {why}");
    let tail = ["offered to anna", not_taken.as_str(), "offered to bo", "answered by bo", "talking with bo"];
    assert_eq!(ladder[3..8], tail, "{ladder:#?}");
    assert_eq!(ladder.last().map(String::as_str), Some("ended: Talked"));
    centre.nothing_is_left();
}

#[test]
fn a_closed_line_says_so_and_lets_the_citizen_go() {
    let Some(centre) = centre() else { return };
    citizen(&centre, "citizen_is_let_go", "70201006").ring(centre.sip()).succeed();
    assert_eq!(last(&centre, 2), ["closed", "ended: Closed"]);
    centre.nothing_is_left();
}

#[test]
fn a_closed_line_without_a_message_refuses() {
    let Some(centre) = centre() else { return };
    citizen(&centre, "citizen_is_refused", "70201007").with("status", "480").ring(centre.sip()).succeed();
    assert_eq!(last(&centre, 2), ["closed", "ended: Closed"]);
    centre.nothing_is_left();
}

#[test]
fn a_number_that_nobody_has_is_not_found() {
    let Some(centre) = centre() else { return };
    citizen(&centre, "citizen_is_refused", "70209999").with("status", "404").ring(centre.sip()).succeed();
    assert_eq!(centre.ladders(1)[0], ["arrived at 70209999", "ended: UnknownNumber"]);
    centre.nothing_is_left();
}

#[test]
fn a_full_queue_is_busy_for_the_next_citizen() {
    let Some(centre) = centre() else { return };
    let mut first = citizen(&centre, "citizen_gives_up", "70201005");
    first.pause = Duration::from_secs(3);
    let waiting = first.ring(centre.sip());
    std::thread::sleep(Duration::from_secs(1));
    citizen(&centre, "citizen_is_refused", "70201005").with("status", "486").ring(centre.sip()).succeed();
    waiting.succeed();
    let ladders = centre.ladders(2);
    assert_eq!(ladders[1].last().map(String::as_str), Some("ended: Full"), "{ladders:#?}");
    centre.nothing_is_left();
}

#[test]
fn a_wait_has_an_end() {
    let Some(centre) = centre() else { return };
    citizen(&centre, "citizen_is_let_go", "70201004").ring(centre.sip()).succeed();
    assert_eq!(last(&centre, 2), ["queued in ingen", "ended: GaveUp"]);
    centre.nothing_is_left();
}

#[test]
fn a_forwarded_number_tells_the_municipality() {
    let Some(centre) = centre() else { return };
    let agent = anna(&centre, "agent").wait_for_calls();
    let forwarded = "Diversion: <sip:66131372@trunk.example>;reason=unconditional\r\n";
    citizen(&centre, "citizen", PASSPORTS).with("headers", forwarded).ring(centre.sip()).succeed();
    agent.succeed();
    assert_eq!(centre.ladders(1)[0][1], "line pas from 0461");
    centre.nothing_is_left();
}

#[test]
fn a_withheld_number_is_nowhere_afterwards() {
    let Some(centre) = centre() else { return };
    let agent = anna(&centre, "agent").wait_for_calls();
    let private = "P-Asserted-Identity: <sip:+4530998877@trunk.example>\r\nPrivacy: id\r\n";
    let anonymous = citizen(&centre, "citizen", PASSPORTS).with("caller", "30998877").with("headers", private);
    anonymous.ring(centre.sip()).succeed();
    let offered = agent.log().join("\n");
    agent.succeed();
    assert!(!offered.contains("30998877"), "the agent's phone was told the number: {offered}");
    assert_eq!(centre.ladders(1)[0][0], "arrived at 70201000, withheld");
    assert!(!centre.log().contains("30998877"), "the log holds the number");
    assert_eq!(centre.files_with("30998877"), Vec::<String>::new(), "the data folder holds the number");
    centre.nothing_is_left();
}

fn centre() -> Option<RunningCentre> {
    phones_are_there(&["sipp"]).then(|| RunningCentre::with_plan("calls"))
}

fn citizen(centre: &RunningCentre, scenario: &'static str, dials: &str) -> Sipp {
    Sipp::citizen(scenario, centre.net.trunk(), dials)
}

/// Anna's phone, at her fixed contact.
fn anna(centre: &RunningCentre, scenario: &'static str) -> Sipp {
    at_port(Sipp::new(scenario, centre.net.phones()), 26_000)
}

/// Bo's phone, which is answered.
fn bo(centre: &RunningCentre) -> Sipp {
    at_port(Sipp::new("agent", centre.net.phones()), 26_010)
}

fn at_port(mut phone: Sipp, port: u16) -> Sipp {
    phone.local.set_port(port);
    phone
}

fn last(centre: &RunningCentre, rungs: usize) -> Vec<String> {
    let ladder = centre.ladders(1).remove(0);
    ladder[ladder.len().saturating_sub(rungs)..].to_vec()
}
