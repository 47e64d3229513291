//! The house of these stories: a centre whose every sound is a tone, agents whose phones answer by themselves, citizens who
//! ring, listen and press keys. Knows phones and what they hear; each story has its own file.

use std::time::Duration;

use samkald_tests::{
    Baresip, Ear, Law, Melody, Net, RunningCentre, RunningSipp, Sipp, Voice, clock_of_its_own, phones_are_there, tone,
};
use tempfile::TempDir;

use super::phone::{Hand, Phone};

/// The citizen's own number.
pub(crate) const NUMBER: &str = "20614358";
/// What Bo says, an office outside, and a bot.
const BO_HZ: f64 = 1_500.0;
const OFFICE_HZ: f64 = 1_200.0;
pub(crate) const BOT_HZ: f64 = 1_800.0;
/// It is always opened at eleven o'clock of a Wednesday in Denmark, for nobody is called back at night.
const OPENED: &str = "@2026-11-25 10:00:00";
/// Longest wait for a phone's registration.
const PATIENCE: Duration = Duration::from_secs(20);
/// Where a desk phone is.
const DESK_PORT: u16 = 27_000;
/// Where the outside is, behind the trunk that carries calls out.
const OUTSIDE_PORT: u16 = 26_500;
/// How long it rings there: time for the ringing tone.
const RINGS_MS: &str = "2000";

/// Every sound of `tests/plans/keys.toml`, and the clips of the sentences said there.
const SOUNDS: [&str; 41] = [
    "long.da",
    "greeting.da",
    "greeting.en",
    "sprog.da",
    "postnummer.da",
    "emner.da",
    "emner_langsomt.da",
    "adresser.da",
    "besked.da",
    "closed.da",
    "full.da",
    "gave_up.da",
    "music",
    "ringing",
    "callback_offer.da",
    "callback_number.da",
    "callback_confirm.da",
    "callback_type.da",
    "callback_wrong.da",
    "callback_promised.da",
    "callback_slot.da",
    "callback_booked.da",
    "opens-again.da",
    "place-first.da",
    "place-number.da",
    "place-in-queue.da",
    "number-0.da",
    "number-1.da",
    "number-2.da",
    "number-3.da",
    "number-4.da",
    "number-5.da",
    "number-6.da",
    "number-7.da",
    "number-8.da",
    "number-9.da",
    "still_served.da",
    "voicemail.da",
    "voicemail_tone",
    "voicemail_thanks.da",
    "voicemail_full.da",
];

/// A running house.
pub(crate) struct House {
    pub(crate) centre: RunningCentre,
    melody: Melody,
    _sounds: TempDir,
}

impl House {
    /// Opens it; none where there are no phones.
    pub(crate) fn open() -> Option<Self> {
        Self::open_with(&[("bot", "127.0.0.1:1")])
    }

    /// The same, with this in the place of `{bot}`: where the bot listens.
    pub(crate) fn open_with(more: &[(&str, &str)]) -> Option<Self> {
        Self::open_at(OPENED, more)
    }

    /// The same, at another moment, in the words of libfaketime's.
    pub(crate) fn open_at(moment: &str, more: &[(&str, &str)]) -> Option<Self> {
        if !phones_are_there(&["baresip", "sipp", "faketime"]) {
            return None;
        }
        let people = [
            ("citizen", tone::CITIZEN_HZ),
            ("agent", tone::AGENT_HZ),
            ("bo", BO_HZ),
            ("office", OFFICE_HZ),
            ("bot", BOT_HZ),
        ];
        let (melody, sounds) = (Melody::of(&people, &SOUNDS), TempDir::new().expect("a folder can be made"));
        melody.write(sounds.path());
        let net = Net::claim();
        let (citizens, folder) = (net.citizens(), sounds.path().to_str().expect("a plain path").to_owned());
        let words = [&[("citizens", &*citizens), ("sounds", &folder)], more].concat();
        let clock = clock_of_its_own([("FAKETIME", moment.to_owned()), ("TZ", "UTC".to_owned())]);
        let centre = RunningCentre::with_plan_in_environment(net, "keys", &words, clock);
        Some(Self { centre, melody, _sounds: sounds })
    }

    /// An agent's phone, registered and so ready; it answers by itself. Carla's and Erik's tone is `agent`, Bo's `bo`.
    pub(crate) fn agent(&self, id: &'static str) -> Phone {
        let place = ["carla", "erik", "bo"].iter().position(|one| *one == id).expect("an agent of this house");
        let ip = self.centre.net.phone(place as u8);
        let mut phone = Baresip::agent(ip, self.centre.sip(), id, &format!("{id}-secret"), Law::A);
        phone.hz = self.melody.hz(if id == "bo" { "bo" } else { "agent" });
        let phone = phone.start();
        assert!(phone.says("200 OK", PATIENCE), "{id}'s phone registers:\n{}", phone.screen());
        self.phone(id, Hand::Softphone(phone))
    }

    /// An agent's desk phone, registered and so ready, which shows who rings; it takes one call.
    pub(crate) fn desk_phone(&self, id: &'static str) -> Phone {
        let ip = self.centre.net.phones();
        let [mut registers, mut phone] = ["agent_registers", "agent"].map(|scenario| Sipp::new(scenario, ip));
        registers.local.set_port(DESK_PORT);
        phone.local.set_port(DESK_PORT);
        let of_agent = registers.with("user", id).with("password", &format!("{id}-secret")).with("status", "200");
        of_agent.ring(self.centre.sip()).succeed();
        let voice = Voice::open(ip, self.melody.hz("agent"), Law::A);
        let phone = phone.with("rtp_port", &voice.address.port().to_string());
        self.phone(id, Hand::Script(phone.wait_for_calls(), voice))
    }

    /// A phone outside, which answers one call that goes out by the trunk: a citizen's, or an office's, by its tone.
    pub(crate) fn outside(&self, tone: &str) -> Phone {
        let ip = self.centre.net.trunk();
        let voice = Voice::open(ip, self.melody.hz(tone), Law::A);
        let phone = Sipp::new("agent", ip).with("rtp_port", &voice.address.port().to_string());
        let mut phone = phone.with("ring_ms", RINGS_MS);
        phone.local.set_port(OUTSIDE_PORT);
        // Who is called at a time that was agreed on may wait for a minute before.
        phone.patience = Duration::from_secs(150);
        self.phone("who is called outside", Hand::Script(phone.wait_for_calls(), voice))
    }

    /// A phone outside that is busy, once.
    pub(crate) fn busy_outside(&self) -> RunningSipp {
        let mut phone = Sipp::new("agent_refuses", self.centre.net.trunk());
        phone.local.set_port(OUTSIDE_PORT);
        phone.wait_for_calls()
    }

    fn phone(&self, who: &'static str, hand: Hand) -> Phone {
        Phone { who, hand, ear: Ear::new(self.melody.clone()) }
    }

    /// A citizen rings this number.
    pub(crate) fn citizen(&self, rings: &str) -> Phone {
        self.another_citizen(0, rings)
    }

    /// The same; each at once has a place of its own.
    pub(crate) fn another_citizen(&self, place: u8, rings: &str) -> Phone {
        let from = self.centre.net.citizen(place);
        let phone = Baresip::citizen(from, NUMBER, self.centre.sip(), rings, Law::A).start();
        self.phone("the citizen", Hand::Softphone(phone))
    }

    /// The facts of the first so many calls, when they have ended.
    pub(crate) fn story(self, calls: usize) -> Vec<Vec<String>> {
        let ladders = self.centre.ladders(calls);
        self.centre.nothing_is_left();
        ladders
    }
}
