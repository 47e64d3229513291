//! Every race of RFC 5407, each by its section, with delays drawn by a seed between the messages (fault 32).
//! On virtual time. We are Bob where the citizen calls, and Alice where we call an agent's phone.

use std::time::Duration;

use bytes::Bytes;
use model::{Cause, LegCommand, LegEnd, LegEvent, LegId};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::citizen::talk;
use super::phone::{CONTACT, from_phone};
use super::{Bench, SDP, Sent, from_citizen};

const SEEDS: u64 = 50;

/// A story and its random pauses, shorter than T1 so that the order of messages stays what the section shows.
struct Race {
    bench: Bench,
    rng: StdRng,
}

impl Race {
    fn pause(&mut self) {
        let millis = self.rng.next_u64() % 60;
        self.bench.pass(Duration::from_millis(millis));
    }
    /// The citizen says something.
    fn says(&mut self, method: &str, cseq: u32, branch: &str, tag: &str, body: &str) {
        self.pause();
        self.bench.trunk(&from_citizen(method, cseq, branch, tag, "", body));
    }
    /// The citizen calls and we answer; the ACK is still to come (Moratorium).
    fn moratorium(&mut self) -> (LegId, String) {
        self.says("INVITE", 1, "a", "", SDP);
        let Some(LegEvent::Arrived(arrival)) = self.bench.events().pop() else { panic!("no call") };
        let leg = arrival.leg;
        self.pause();
        self.bench.command(LegCommand::Ring { leg });
        self.pause();
        self.bench.sent();
        self.bench.command(LegCommand::Answer { leg, session: session() });
        let ok = self.bench.one();
        (leg, ok.response().headers.to_tag().expect("a tag").to_owned())
    }
    /// The citizen's dialog stands, and we have just hung up (Mortal).
    fn mortal(&mut self) -> (LegId, String, Sent) {
        let (leg, tag) = talk(&mut self.bench, "");
        self.pause();
        self.bench.command(LegCommand::HangUp { leg, cause: Cause::Normal });
        let bye = self.bench.one();
        (leg, tag, bye)
    }
    fn is_over(&mut self, leg: LegId, why: LegEnd) {
        let ends: Vec<LegEvent> =
            self.bench.events().into_iter().filter(|event| matches!(event, LegEvent::Ended { .. })).collect();
        assert_eq!(ends, [LegEvent::Ended { leg, why }]);
        self.bench.sent();
        self.bench.rest();
    }
}

fn session() -> Bytes {
    Bytes::from_static(SDP.as_bytes())
}

fn each_seed(story: impl Fn(&mut Race)) {
    for seed in 0..SEEDS {
        story(&mut Race { bench: Bench::new(), rng: StdRng::seed_from_u64(seed) });
    }
}

#[test]
fn section_3_1_1_an_invite_repeated_after_the_answer_changes_nothing() {
    each_seed(|race| {
        let (leg, tag) = race.moratorium();
        race.says("INVITE", 1, "a", "", SDP);
        assert!(race.bench.sent().is_empty() && race.bench.events().is_empty());
        race.says("ACK", 1, "b", &tag, "");
        race.says("INVITE", 1, "a", "", SDP);
        assert_eq!(race.bench.events(), [LegEvent::Confirmed { leg, session: None }]);
        race.says("BYE", 2, "c", &tag, "");
        race.is_over(leg, LegEnd::HungUp);
    });
}

#[test]
fn section_3_1_2_a_cancel_after_the_answer_comes_too_late_and_the_call_is_hung_up() {
    each_seed(|race| {
        let (leg, tag) = race.moratorium();
        race.says("CANCEL", 1, "a", "", "");
        assert_eq!(race.bench.lines(), ["200 OK"]);
        race.says("ACK", 1, "b", &tag, "");
        race.says("BYE", 2, "c", &tag, "");
        race.is_over(leg, LegEnd::HungUp);
    });
}

#[test]
fn section_3_1_3_a_bye_of_the_early_dialog_that_meets_the_answer_ends_the_call() {
    each_seed(|race| {
        let (leg, tag) = race.moratorium();
        race.says("BYE", 2, "c", &tag, "");
        assert_eq!(race.bench.lines(), ["200 OK"]);
        race.says("ACK", 1, "b", &tag, "");
        race.is_over(leg, LegEnd::HungUp);
    });
}

#[test]
fn section_3_1_4_a_new_offer_that_overtakes_the_ack_is_put_off_and_comes_again() {
    each_seed(|race| {
        let (leg, tag) = race.moratorium();
        race.says("INVITE", 2, "r", &tag, SDP);
        assert_eq!(race.bench.lines(), ["491 Request Pending"]);
        race.says("ACK", 2, "r", &tag, "");
        race.says("ACK", 1, "b", &tag, "");
        race.bench.pass(Duration::from_secs(3));
        race.says("INVITE", 3, "s", &tag, SDP);
        let offered = LegEvent::SessionOffered { leg, offer: Some(session()) };
        assert_eq!(race.bench.events(), [LegEvent::Confirmed { leg, session: None }, offered]);
        race.says("BYE", 4, "c", &tag, "");
        race.is_over(leg, LegEnd::HungUp);
    });
}

#[test]
fn section_3_1_5_a_new_offer_whose_first_ack_is_lost_is_put_off_until_the_answer_was_confirmed() {
    each_seed(|race| {
        let (leg, tag) = race.moratorium();
        race.says("INVITE", 2, "r", &tag, "");
        assert_eq!(race.bench.lines(), ["491 Request Pending"]);
        race.says("ACK", 2, "r", &tag, "");
        race.bench.pass(Duration::from_millis(500));
        assert_eq!(race.bench.lines(), ["200 OK"], "our answer once more");
        race.says("ACK", 1, "b", &tag, "");
        assert_eq!(race.bench.events(), [LegEvent::Confirmed { leg, session: None }]);
        race.says("BYE", 3, "c", &tag, "");
        race.is_over(leg, LegEnd::HungUp);
    });
}

#[test]
fn section_3_1_6_a_bye_that_overtakes_the_ack_ends_the_call() {
    each_seed(|race| {
        let (leg, tag) = race.moratorium();
        race.says("BYE", 2, "c", &tag, "");
        race.says("BYE", 2, "c", &tag, "");
        assert_eq!(race.bench.lines(), ["200 OK", "200 OK"]);
        race.says("ACK", 1, "b", &tag, "");
        race.is_over(leg, LegEnd::HungUp);
    });
}

#[test]
fn section_3_2_1_both_hang_up_at_once_and_each_bye_is_answered() {
    each_seed(|race| {
        let (leg, tag, bye) = race.mortal();
        race.says("BYE", 2, "c", &tag, "");
        assert_eq!(race.bench.lines(), ["200 OK"]);
        race.pause();
        race.bench.trunk(&bye.answer("200 OK", "", "", ""));
        race.is_over(leg, LegEnd::LetGo);
    });
}

#[test]
fn section_3_2_2_a_new_offer_that_meets_our_bye_is_told_that_the_call_is_over() {
    each_seed(|race| {
        let (leg, tag, bye) = race.mortal();
        race.says("INVITE", 2, "r", &tag, SDP);
        assert_eq!(race.bench.lines(), ["481 Call/Transaction Does Not Exist"]);
        race.says("ACK", 2, "r", &tag, "");
        race.pause();
        race.bench.trunk(&bye.answer("200 OK", "", "", ""));
        race.is_over(leg, LegEnd::LetGo);
    });
}

#[test]
fn section_3_2_3_an_answer_to_our_new_offer_that_meets_the_bye_is_acknowledged() {
    each_seed(|race| {
        let timer = "Supported: timer\nSession-Expires: 90;refresher=uas\n";
        let (leg, tag) = talk(&mut race.bench, timer);
        race.bench.pass(Duration::from_secs(45));
        let invite = race.bench.one();
        assert_eq!(invite.first_line(), "INVITE");
        race.says("BYE", 2, "c", &tag, "");
        assert_eq!(race.bench.lines(), ["200 OK"]);
        race.pause();
        race.bench.trunk(&invite.answer("200 OK", "", "Contact: <sip:20123456@127.0.0.2:5060>\n", SDP));
        assert!(race.bench.lines().contains(&"ACK".to_owned()));
        race.is_over(leg, LegEnd::HungUp);
    });
}

#[test]
fn section_3_2_4_an_ack_that_comes_after_both_hung_up_is_swallowed() {
    each_seed(|race| {
        let (leg, tag) = race.moratorium();
        race.bench.command(LegCommand::HangUp { leg, cause: Cause::Normal });
        assert!(race.bench.sent().is_empty(), "no BYE before the ACK (RFC 3261 §15)");
        race.says("BYE", 2, "c", &tag, "");
        assert_eq!(race.bench.lines(), ["200 OK"]);
        race.says("ACK", 1, "b", &tag, "");
        assert!(race.bench.sent().is_empty());
        race.is_over(leg, LegEnd::LetGo);
    });
}

#[test]
fn section_3_3_1_offers_that_cross_are_both_put_off_and_ours_comes_again() {
    each_seed(|race| {
        let (leg, tag) = talk(&mut race.bench, "Supported: timer\nSession-Expires: 90;refresher=uas\n");
        race.bench.pass(Duration::from_secs(45));
        let invite = race.bench.one();
        race.says("INVITE", 2, "r", &tag, SDP);
        assert_eq!(race.bench.lines(), ["491 Request Pending"]);
        race.says("ACK", 2, "r", &tag, "");
        race.pause();
        race.bench.trunk(&invite.answer("491 Request Pending", "", "", ""));
        assert_eq!(race.bench.lines(), ["ACK"]);
        race.bench.pass(Duration::from_secs(2));
        assert_eq!(race.bench.sent().first().map(Sent::first_line).as_deref(), Some("INVITE"), "{leg}");
    });
}

#[test]
fn section_3_3_2_an_update_that_crosses_our_offer_is_put_off() {
    each_seed(|race| {
        let (_, tag) = talk(&mut race.bench, "Supported: timer\nSession-Expires: 90;refresher=uas\n");
        race.bench.pass(Duration::from_secs(45));
        assert_eq!(race.bench.lines(), ["INVITE"]);
        race.says("UPDATE", 2, "u", &tag, SDP);
        assert_eq!(race.bench.lines(), ["491 Request Pending"]);
        race.says("UPDATE", 3, "v", &tag, "");
        assert_eq!(race.bench.lines(), ["200 OK"], "without a session nothing collides");
    });
}

#[test]
fn section_3_3_3_a_transfer_that_meets_our_bye_is_told_that_the_call_is_over() {
    each_seed(|race| {
        let leg = race.bench.call("agent0001", 1);
        let invite = race.bench.one();
        race.bench.phone(&invite.answer("200 OK", "phone", CONTACT, SDP));
        race.bench.sent();
        race.bench.events();
        race.pause();
        race.bench.command(LegCommand::HangUp { leg, cause: Cause::Normal });
        let bye = race.bench.one();
        race.pause();
        let to = "Refer-To: <sip:7001@127.0.0.1>\n";
        race.bench.phone(&from_phone(&invite, "REFER", 1, "x", to, ""));
        assert_eq!(race.bench.lines(), ["481 Call/Transaction Does Not Exist"]);
        race.pause();
        race.bench.phone(&bye.answer("200 OK", "", "", ""));
        race.is_over(leg, LegEnd::LetGo);
    });
}
