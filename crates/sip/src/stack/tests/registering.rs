//! What a phone and a stranger notice of the registrar.
//! On virtual time; the messages are written by hand.

use std::time::Duration;

use super::{Bench, Sent, udp, with_body};
use crate::digest::answer;
use crate::message::{AuthParams, Method};
use crate::stack::settings::RegistrarSettings;

/// Spans are granted as they are asked for.
pub(super) fn bench() -> Bench {
    let registrar = RegistrarSettings { spread_percent: 0, ..RegistrarSettings::new("samkald", [7; 32]) };
    Bench::with(|settings| settings.registrar = Some(registrar))
}

pub(super) fn register(agent: &str, cseq: u32, more: &str) -> String {
    with_body(
        &format!(
            "REGISTER sip:127.0.0.1:5060 SIP/2.0\nVia: SIP/2.0/UDP 10.1.1.1:5060;branch=z9hG4bKr{cseq}{};rport\n\
             From: <sip:{agent}@127.0.0.1>;tag=p\nTo: <sip:{agent}@127.0.0.1>\nCall-ID: reg-{agent}\nCSeq: {cseq} REGISTER\n\
             Max-Forwards: 70\n{more}",
            more.len()
        ),
        "",
    )
}

pub(super) fn authorization(challenge: &Sent, user: &str, password: &str, count: u32) -> String {
    let params = AuthParams::read(challenge.header("WWW-Authenticate")).expect("a challenge");
    let value =
        answer(&params, user, password, &Method::Register, "sip:127.0.0.1:5060", "c0ffee", count).expect("an answer");
    format!("Authorization: {value}\n")
}

pub(super) fn contact(user: &str, more: &str) -> String {
    format!("Contact: <sip:{user}@10.1.1.1:5060>{more}\n")
}

/// Registers an agent's phone; returns the challenge, for more of them.
pub(super) fn registered(bench: &mut Bench, agent: &str) -> Sent {
    bench.phone(&register(agent, 1, &contact(agent, "")));
    let challenge = bench.one();
    assert_eq!(challenge.first_line(), "401 Unauthorized");
    let right = authorization(&challenge, agent, "hemmelig", 1);
    bench.phone(&register(agent, 2, &(contact(agent, ";expires=120") + &right)));
    let ok = bench.one();
    assert_eq!(ok.first_line(), "200 OK");
    assert_eq!(ok.header("Contact"), format!("<sip:{agent}@10.1.1.1:5060>;expires=120"));
    challenge
}

#[test]
fn a_registered_phone_is_called_where_it_registered_from() {
    let mut bench = bench();
    registered(&mut bench, "agent0002");
    assert_eq!(bench.phones, [("agent0002".into(), true)]);
    bench.call("agent0002", 1);
    let invite = bench.one();
    assert_eq!(invite.request().uri.as_str(), "sip:agent0002@10.1.1.1:5060");
    assert_eq!(invite.to, crate::stack::Destination::Path(udp([127, 0, 0, 3], 26_000)));
}

#[test]
fn a_registration_that_is_not_renewed_runs_out() {
    let mut bench = bench();
    registered(&mut bench, "agent0002");
    bench.pass(Duration::from_secs(119));
    assert_eq!(bench.phones.len(), 1);
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.phones[1..], [("agent0002".into(), false)]);
    bench.rest();
}

#[test]
fn a_phone_that_was_called_in_vain_is_back_when_it_registers_again() {
    let mut bench = bench();
    let challenge = registered(&mut bench, "agent0002");
    bench.call("agent0002", 1);
    bench.pass(Duration::from_secs(5));
    bench.sent();
    for (number, told) in [(2, 2), (3, 2)] {
        let right = authorization(&challenge, "agent0002", "hemmelig", number);
        bench.phone(&register("agent0002", 1 + number, &(contact("agent0002", "") + &right)));
        assert_eq!(bench.lines(), ["200 OK"]);
        assert_eq!(bench.phones.len(), told);
    }
    assert_eq!(bench.phones[1], ("agent0002".into(), true));
}

#[test]
fn a_repeated_register_gets_the_same_answer_and_a_replayed_one_a_challenge() {
    let mut bench = bench();
    let challenge = registered(&mut bench, "agent0002");
    let right = authorization(&challenge, "agent0002", "hemmelig", 1);
    bench.phone(&register("agent0002", 2, &(contact("agent0002", ";expires=120") + &right)));
    assert_eq!(bench.lines(), ["200 OK"]);
    bench.phone(&register("agent0002", 3, &(contact("stolen", "") + &right)));
    let again = bench.one();
    assert_eq!(again.first_line(), "401 Unauthorized");
    assert!(again.header("WWW-Authenticate").contains("stale=true"));
    let next = authorization(&again, "agent0002", "hemmelig", 1);
    bench.phone(&register("agent0002", 4, &next));
    assert_eq!(bench.one().header("Contact"), "<sip:agent0002@10.1.1.1:5060>;expires=120");
}

#[test]
fn a_wrong_password_with_the_highest_count_does_not_lock_the_phone_out() {
    let mut bench = bench();
    let challenge = registered(&mut bench, "agent0002");
    let wrong = authorization(&challenge, "agent0002", "gættet", u32::MAX);
    bench.phone(&register("agent0002", 3, &wrong));
    let refusal = bench.one();
    assert_eq!(refusal.first_line(), "401 Unauthorized");
    assert!(!refusal.header("WWW-Authenticate").contains("stale"));
    let right = authorization(&challenge, "agent0002", "hemmelig", 2);
    bench.phone(&register("agent0002", 4, &right));
    assert_eq!(bench.lines(), ["200 OK"]);
}

#[test]
fn who_guesses_learns_nothing_and_leaves_nothing() {
    let mut bench = bench();
    let mut answers = Vec::new();
    for (number, agent) in ["agent0002", "nobody", "agent0001"].iter().enumerate() {
        let number = number as u32 * 2;
        bench.phone(&register(agent, number + 1, ""));
        let challenge = bench.one();
        bench.phone(&register(agent, number + 2, &authorization(&challenge, agent, "gættet", 1)));
        let refusal = bench.one();
        let names: Vec<String> =
            refusal.text.lines().map(|line| line.split(':').next().unwrap_or("").to_owned()).collect();
        answers.push((refusal.first_line(), names, refusal.header("WWW-Authenticate").len()));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    assert_eq!(bench.stack.counts().transactions, 0);
    assert!(bench.phones.is_empty());
}

#[test]
fn nobody_registers_another_agent() {
    let mut bench = bench();
    let challenge = registered(&mut bench, "agent0002");
    for (number, wrong) in
        [("To: <sip:agent0002", "To: <sip:agent0001"), ("From: <sip:agent0002", "From: <sip:agent0001")]
            .iter()
            .enumerate()
    {
        let number = number as u32;
        let right = authorization(&challenge, "agent0002", "hemmelig", 2 + number);
        bench.phone(&register("agent0002", 3 + number, &(contact("x", "") + &right)).replacen(wrong.0, wrong.1, 1));
        assert_eq!(bench.lines(), ["403 Forbidden"]);
    }
}

#[test]
fn too_short_too_long_and_all_at_once() {
    let mut bench = bench();
    let challenge = registered(&mut bench, "agent0002");
    let ask = |bench: &mut Bench, number: u32, more: &str| {
        let right = authorization(&challenge, "agent0002", "hemmelig", number);
        bench.phone(&register("agent0002", 1 + number, &(more.to_owned() + &right)));
        bench.one()
    };
    let brief = ask(&mut bench, 2, &contact("agent0002", ";expires=10"));
    assert_eq!((brief.first_line().as_str(), brief.header("Min-Expires")), ("423 Interval Too Brief", "60"));
    let long = ask(&mut bench, 3, &contact("agent0002", ";expires=99999999999"));
    assert!(long.header("Contact").ends_with("expires=3600"), "{}", long.text);
    assert_eq!(ask(&mut bench, 4, "Contact: *\n").first_line(), "400 Bad Request");
    let none = ask(&mut bench, 5, "Contact: *\nExpires: 0\n");
    assert_eq!((none.first_line().as_str(), none.header("Contact")), ("200 OK", ""));
    assert_eq!(bench.phones.last(), Some(&("agent0002".into(), false)));
    bench.rest();
}

#[test]
fn of_five_phones_the_one_registered_first_goes() {
    let mut bench = bench();
    let challenge = registered(&mut bench, "agent0002");
    for number in 2..6 {
        let right = authorization(&challenge, "agent0002", "hemmelig", number);
        bench.phone(&register("agent0002", 1 + number, &(contact(&format!("phone{number}"), "") + &right)));
    }
    bench.sent();
    let leg = bench.call("agent0002", 1);
    let invites = bench.sent();
    let called: Vec<&str> = invites.iter().filter_map(|invite| invite.request().uri.user()).collect();
    assert_eq!(called, ["phone5", "phone4", "phone3", "phone2"]);
    // All ring, one answers, the others stop.
    for invite in &invites {
        bench.phone(&invite.answer("180 Ringing", "t", "", ""));
    }
    bench.phone(&invites[2].answer("200 OK", "t", "Contact: <sip:phone3@10.1.1.1:5060>\n", ""));
    assert_eq!(bench.lines(), ["ACK", "CANCEL", "CANCEL", "CANCEL"]);
    // One of them answered in the same moment.
    bench.phone(&invites[0].answer("200 OK", "t", "Contact: <sip:phone5@10.1.1.1:5060>\n", ""));
    assert_eq!(bench.lines(), ["ACK", "BYE"]);
    bench.command(model::LegCommand::HangUp { leg, cause: model::Cause::Normal });
    bench.pass(Duration::from_secs(32));
    assert_eq!(bench.events().len(), 3);
}

#[test]
fn the_same_authorization_twice_is_challenged_and_a_guess_with_the_highest_count_locks_nobody_out() {
    let mut bench = bench();
    let challenge = registered(&mut bench, "agent0002");
    let used = authorization(&challenge, "agent0002", "hemmelig", 1);
    // A thief who heard the registration sends its credentials again, in a request of his own.
    bench.phone(&register("agent0002", 77, &(contact("thief", "") + &used)));
    assert_eq!(bench.one().first_line(), "401 Unauthorized");
    let guess = authorization(&challenge, "agent0002", "gættet", u32::MAX);
    bench.phone(&register("agent0002", 78, &(contact("thief", "") + &guess)));
    assert!(!bench.one().header("WWW-Authenticate").contains("stale"), "a guess is not told that its nonce is stale");
    assert_eq!(bench.proofs, [true, false], "only the guess is a mark against its sender");
    let next = authorization(&challenge, "agent0002", "hemmelig", 2);
    bench.phone(&register("agent0002", 3, &(contact("agent0002", ";expires=120") + &next)));
    let ok = bench.one();
    assert_eq!(ok.header("Contact"), "<sip:agent0002@10.1.1.1:5060>;expires=120");
    assert!(!ok.text.contains("thief"));
}

#[test]
fn after_a_restart_a_phone_with_its_old_nonce_comes_back_without_asking_for_the_password() {
    let mut before = bench();
    let challenge = registered(&mut before, "agent0002");
    let mut after = Bench::with(|settings| {
        settings.registrar =
            Some(RegistrarSettings { spread_percent: 0, ..RegistrarSettings::new("samkald", [8; 32]) });
    });
    let old = authorization(&challenge, "agent0002", "hemmelig", 2);
    after.phone(&register("agent0002", 3, &(contact("agent0002", ";expires=120") + &old)));
    let again = after.one();
    assert!(again.header("WWW-Authenticate").contains("stale=true"), "{}", again.text);
    assert!(after.proofs.is_empty());
    let right = authorization(&again, "agent0002", "hemmelig", 1);
    after.phone(&register("agent0002", 4, &(contact("agent0002", ";expires=120") + &right)));
    assert_eq!(after.lines(), ["200 OK"]);
}

#[test]
fn whatever_stands_in_authorization_no_method_gets_further_than_a_challenge() {
    let mut bench = bench();
    let parts = [
        "username=\"agent0002\"",
        "realm=\"samkald\"",
        "nonce=\"",
        "nc=ffffffff",
        "qop=auth",
        "response=\"\\\"",
        ",,,=",
        "uri=\"sip:\0\"",
        "Basic x",
    ];
    let methods = ["REGISTER", "INVITE", "OPTIONS", "SUBSCRIBE", "MESSAGE", "REFER", "PUBLISH", "BYE", "INFO", "DANCE"];
    for (cseq, method) in (1_u32..).zip(methods) {
        for taken in 1..64_usize {
            let some: Vec<&str> =
                parts.iter().enumerate().filter(|(at, _)| taken & (1 << at) != 0).map(|(_, part)| *part).collect();
            let more = format!("Authorization: Digest {}\n{}", some.join(","), contact("x", "")).replace('\0', "");
            let text = register("agent0002", cseq * 100 + taken as u32, &more).replace("REGISTER", method);
            bench.phone(&text);
            let told = bench.lines();
            let refused = |line: &String| line.starts_with('4') || line.starts_with("501") || method == "OPTIONS";
            assert!(told.iter().all(refused), "{method}: {told:?}");
        }
    }
    assert!(bench.phones.is_empty() && bench.events().is_empty());
    bench.pass(Duration::from_secs(64));
    assert_eq!(bench.stack.counts(), crate::stack::Counts::default());
}

#[test]
fn known_and_unknown_agents_get_answers_that_differ_in_nothing_but_what_is_drawn() {
    let mut bench = bench();
    let mut told = Vec::new();
    for (number, agent) in (0_u32..).zip(["agent0002", "nobody002", "agent0001"]) {
        for (step, password) in [None, Some("gættet")].iter().enumerate() {
            bench.phone(&register(agent, number * 10 + 1, ""));
            let challenge = bench.one();
            let with = password.map(|password| authorization(&challenge, agent, password, 1)).unwrap_or_default();
            bench.phone(&register(agent, number * 10 + 2 + step as u32, &with));
            let answer = bench.one();
            let nonce = answer.header("WWW-Authenticate").split('"').nth(3).expect("a nonce").to_owned();
            let tag = answer.header("To").rsplit_once("tag=").expect("a tag").1.to_owned();
            let via = answer.header("Via").to_owned();
            let call_id = answer.header("Call-ID").to_owned();
            let cseq = answer.header("CSeq").to_owned();
            let mut text = answer.text.replace(&nonce, "NONCE").replace(&tag, "TAG").replace(agent, "AGENT");
            for (of_theirs, name) in [(via, "VIA"), (call_id.replace(agent, "AGENT"), "CALL"), (cseq, "CSEQ")] {
                text = text.replace(&of_theirs, name);
            }
            told.push(text);
        }
    }
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:#?}");
}
