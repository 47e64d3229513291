//! Three and more in one conversation, with real phones: each says a tone of its own, and hears exactly the others that it should.
//! Hold with music, asking a colleague, the conference; a supervisor who listens, whispers, joins and takes over.

use std::time::Duration;

use model::About;
use samkald_tests::{Baresip, Law, RunningBaresip, RunningCentre, Wishes, phones_are_there, tone, until};

/// What Bo says, the colleague or supervisor.
const BO_HZ: f64 = 1_500.0;
const LINE: &str = "70201001";
/// Longest wait for a sound; so long it is heard, and nothing else then.
const PATIENCE: Duration = Duration::from_secs(10);
const HEARD: usize = tone::RATE as usize;
/// A voice is there when it has this share of what is heard; absent when it has less than that.
const PRESENT_MIN: f64 = 0.15;
const ABSENT_MAX: f64 = 0.01;

/// A centre, a citizen who talks with Carla, and Bo's phone.
struct Company {
    centre: RunningCentre,
    citizen: RunningBaresip,
    carla: RunningBaresip,
    bo: RunningBaresip,
    wishes: Wishes,
}

impl Company {
    fn meet() -> Option<Self> {
        if !phones_are_there(&["baresip", "python"]) {
            return None;
        }
        let centre = RunningCentre::with_plan("pairs");
        // Each phone has an address of its own.
        let net = &centre.net;
        let agents =
            [("carla", "carla-secret", tone::AGENT_HZ, net.phones()), ("bo", "bo-secret", BO_HZ, net.stranger())];
        let [carla, bo] = agents.map(|(id, word, hz, ip)| {
            let mut phone = Baresip::agent(ip, centre.sip(), id, word, Law::A);
            phone.hz = hz;
            let phone = phone.start();
            assert!(phone.says("200 OK", PATIENCE), "{id}'s phone registers:\n{}", phone.screen());
            phone
        });
        let wishes = Wishes::of(&centre, "carla", "carla-secret");
        let citizen = Baresip::citizen(centre.net.trunk(), "4520123456", centre.sip(), LINE, Law::A).start();
        let mut company = Self { centre, citizen, carla, bo, wishes };
        company.citizen_and_carla_talk();
        Some(company)
    }

    fn citizen_and_carla_talk(&mut self) {
        hears("the citizen", &self.citizen, &[tone::AGENT_HZ], &[tone::CITIZEN_HZ, BO_HZ]);
        hears("Carla", &self.carla, &[tone::CITIZEN_HZ], &[tone::AGENT_HZ, BO_HZ]);
    }

    /// As shown by the facts.
    fn call(&self) -> String {
        let told = self.centre.facts_for(Duration::from_millis(300));
        let call = told.iter().find_map(|one| match &one.fact.about {
            About::Call { call, .. } => Some(call.to_string()),
            About::Agent { .. } | About::Node => None,
        });
        call.expect("there is a call")
    }

    fn part(self) {
        self.citizen.finish();
        self.centre.nothing_is_left();
    }
}

/// The last second of what a phone has heard holds these voices and not those.
fn hears(who: &str, phone: &RunningBaresip, these: &[f64], not_those: &[f64]) {
    let shares = || {
        let heard = phone.heard_so_far();
        let last = heard.get(heard.len().saturating_sub(HEARD)..).unwrap_or_default();
        let of = |hz: &f64| tone::share_of(last, *hz);
        (these.iter().map(of).collect::<Vec<_>>(), not_those.iter().map(of).collect::<Vec<_>>())
    };
    let right = || {
        let (these, not_those) = shares();
        let fits = these.iter().all(|share| *share > PRESENT_MIN) && not_those.iter().all(|share| *share < ABSENT_MAX);
        fits.then_some(())
    };
    let found = until(PATIENCE, right);
    assert!(found.is_some(), "{who} should hear {these:?} and not {not_those:?}, but their shares are {:?}", shares());
}

#[test]
fn a_citizen_on_hold_hears_music_and_in_a_conference_of_three_each_hears_the_two_others() {
    let Some(mut company) = Company::meet() else { return };
    let (citizens, carlas) = (tone::CITIZEN_HZ, tone::AGENT_HZ);
    company.wishes.come_true("WISH_HOLD");
    hears("the citizen on hold", &company.citizen, &[], &[citizens, carlas, BO_HZ]);
    let heard = company.citizen.heard_so_far();
    assert!(heard.iter().rev().take(HEARD).any(|sample| sample.unsigned_abs() > 100), "there is music");
    company.wishes.come_true("WISH_RESUME");
    company.citizen_and_carla_talk();
    company.wishes.come_true("WISH_ASK bo");
    hears("Carla", &company.carla, &[BO_HZ], &[citizens, carlas]);
    hears("Bo", &company.bo, &[carlas], &[citizens, BO_HZ]);
    hears("the citizen meanwhile", &company.citizen, &[], &[citizens, carlas, BO_HZ]);
    company.wishes.come_true("WISH_CONFERENCE");
    hears("the citizen", &company.citizen, &[carlas, BO_HZ], &[citizens]);
    hears("Carla", &company.carla, &[citizens, BO_HZ], &[carlas]);
    hears("Bo", &company.bo, &[citizens, carlas], &[BO_HZ]);
    company.wishes.come_true("WISH_BACK");
    company.citizen_and_carla_talk();
    company.part();
}

#[test]
fn a_supervisor_is_heard_by_nobody_then_by_the_agent_then_by_both_and_then_has_the_citizen() {
    let Some(mut company) = Company::meet() else { return };
    let (citizens, carlas, call) = (tone::CITIZEN_HZ, tone::AGENT_HZ, company.call());
    company.wishes.come_true(&format!("SUPERVISING_LISTEN bo {call}"));
    hears("Bo who listens", &company.bo, &[citizens, carlas], &[BO_HZ]);
    company.citizen_and_carla_talk();
    company.wishes.come_true(&format!("SUPERVISING_WHISPER bo {call}"));
    hears("Carla", &company.carla, &[citizens, BO_HZ], &[carlas]);
    hears("the citizen", &company.citizen, &[carlas], &[citizens, BO_HZ]);
    company.wishes.come_true(&format!("SUPERVISING_JOIN bo {call}"));
    hears("the citizen", &company.citizen, &[carlas, BO_HZ], &[citizens]);
    hears("Carla", &company.carla, &[citizens, BO_HZ], &[carlas]);
    company.wishes.come_true(&format!("SUPERVISING_TAKE_OVER bo {call}"));
    hears("the citizen", &company.citizen, &[BO_HZ], &[citizens, carlas]);
    hears("Bo", &company.bo, &[citizens], &[carlas, BO_HZ]);
    company.part();
}
