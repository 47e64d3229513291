//! The scene of every story: a centre of its own, the phone that is tried (Carla's), citizens on the trunk, and a colleague
//! (Anna) with a desk phone. After a story that failed the phone is switched off and on again.

mod ears;
mod handsets;

use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use samkald_tests::{
    Authority, Law, Net, RunningCentre, RunningSipp, RunningSoftphone, Sipp, TurnServer, Voice, phones_are_there, told,
    tone, until,
};

use crate::cells::{FEATURES, Story};
use crate::clients::{self, Client};
use crate::sipp;

/// What the colleague says.
pub(crate) const COLLEAGUE_HZ: f64 = 1_500.0;
/// The number of the line that Anna serves.
pub(crate) const COLLEAGUES_LINE: &str = "70201000";
/// The number of the line that the phone that is tried serves.
const LINE: &str = "70201001";
/// Longest wait for a sound, and for a citizen's or colleague's session.
const PATIENCE: Duration = Duration::from_secs(8);
/// Longest wait for a state or a fact.
const FACTS_MAX: Duration = Duration::from_secs(10);
/// So long one listens to facts before one asks again.
const MOMENT: Duration = Duration::from_millis(300);

/// Tries every feature with a client, and compares with the table (or writes it).
pub(crate) fn try_all(client: &str) {
    let client = Client::named(client);
    if !phones_are_there(client.needs()) {
        return;
    }
    let mut scene = Scene::open(client);
    let only = std::env::var("PHONES_ONLY").ok();
    let wanted = |name: &str| only.as_deref().is_none_or(|only| name.contains(only));
    let mut results = Vec::new();
    for feature in FEATURES.iter().filter(|feature| client.tries(feature) && wanted(feature.name)) {
        let result = scene.play(client.story(feature));
        if let Err(why) = &result {
            eprintln!("--- {}: {}: {why}", client.name, feature.name);
        }
        results.push((feature.name, result));
    }
    drop(scene.phone.take());
    if only.is_none() {
        clients::sheet().compare(client.name, &results);
    }
    scene.centre.nothing_is_left();
}

/// Plays a story of its own with a client; it must come to a good end.
pub(crate) fn try_story(client: &str, story: Story) {
    let client = Client::named(client);
    if !phones_are_there(client.needs()) {
        return;
    }
    let mut scene = Scene::open(client);
    scene.play(story).unwrap_or_else(|why| panic!("{}: {why}", client.name));
    drop(scene.phone.take());
}

/// A centre and who is around it.
pub(crate) struct Scene {
    centre: RunningCentre,
    authority: Authority,
    _turn: Option<TurnServer>,
    client: &'static Client,
    phone: Option<RunningSoftphone>,
    citizens_voice: Option<Voice>,
    /// Where the phone has no sound of its own.
    agents_voice: Option<Voice>,
    colleagues_voice: Option<Voice>,
    /// How much of what citizen, agent and colleague hear belongs to earlier moments.
    marks: [usize; 3],
}

impl Scene {
    pub(crate) fn open(client: &'static Client) -> Self {
        let net = Net::claim();
        let authority = Authority::for_centre(net.centre());
        let turn = (client.transport == "relay").then(|| TurnServer::open_to_all(net.stranger()));
        let ice_servers = turn.as_ref().map_or_else(String::new, TurnServer::as_setting);
        let certificates = authority.folder().to_str().expect("a plain path");
        let words = [("certificates", certificates), ("ice_servers", &ice_servers)];
        let centre = RunningCentre::with_plan_in(net, "phones", &words);
        Self {
            centre,
            authority,
            _turn: turn,
            client,
            phone: None,
            citizens_voice: None,
            agents_voice: None,
            colleagues_voice: None,
            marks: [0; 3],
        }
    }

    fn play(&mut self, story: Story) -> Result<(), String> {
        let played = catch_unwind(AssertUnwindSafe(|| {
            self.make_ready()?;
            story(self)
        }));
        let result = played.unwrap_or_else(|panic| {
            let words = panic.downcast_ref::<String>().cloned();
            Err(words.or_else(|| panic.downcast_ref::<&str>().map(|&words| words.to_owned())).unwrap_or_default())
        });
        if result.is_err() {
            if std::env::var_os("PHONES_SCREEN").is_some() {
                eprintln!("{}", self.phone.as_ref().map_or_else(String::new, RunningSoftphone::screen));
            }
            self.phone = None;
        }
        self.citizens_voice = None;
        self.agents_voice = None;
        self.colleagues_voice = None;
        result
    }

    /// The phone is on and registered, nothing of an earlier call is left.
    fn make_ready(&mut self) -> Result<(), String> {
        if self.client.make.is_none() {
            sipp::registers(self, "carla-secret", "200");
        } else if self.phone.is_none() {
            self.phone = Some(self.softphone("carla-secret", self.centre.net.phones()).switch_on());
            self.phone().does("register")?;
        }
        self.centre.nothing_is_left();
        self.agent_is_ready()?;
        self.marks = [0; 3];
        if let Some(phone) = self.phone.as_mut() {
            phone.forget();
            self.marks[1] = phone.heard_so_far().len();
        }
        Ok(())
    }

    /// Where phones without an own network are.
    pub(crate) fn phones(&self) -> IpAddr {
        self.centre.net.phones()
    }

    /// Where nobody is known.
    pub(crate) fn stranger(&self) -> IpAddr {
        self.centre.net.stranger()
    }

    /// Carla may be given calls.
    pub(crate) fn agent_is_ready(&self) -> Result<(), String> {
        self.state_of_carla("became Ready")
    }

    /// Carla is given none any more.
    pub(crate) fn agent_is_no_longer_ready(&self) -> Result<(), String> {
        let last = || told::states(&self.centre.facts_for(MOMENT), "carla").pop().unwrap_or_default();
        let gone = until(FACTS_MAX, || (last() != "became Ready").then_some(()));
        gone.ok_or_else(|| "Carla stays ready".to_owned())
    }

    fn state_of_carla(&self, wanted: &str) -> Result<(), String> {
        let last = || told::states(&self.centre.facts_for(MOMENT), "carla").pop().unwrap_or_default();
        let found = until(FACTS_MAX, || (last() == wanted).then_some(()));
        found.ok_or_else(|| format!("Carla never {wanted}, she {}", last()))
    }

    /// Nobody is registered but the phone that is tried.
    pub(crate) fn nobody_else_became_ready(&self) -> Result<(), String> {
        let registered = self.centre.metric("samkald_registered_phones", &[]);
        if registered > 1.0 { Err(format!("{registered} phones are registered")) } else { Ok(()) }
    }

    /// A citizen rings the line that the phone that is tried serves.
    pub(crate) fn citizen(&mut self, scenario: &'static str, pause: Duration) -> RunningSipp {
        let voice = Voice::open(self.centre.net.trunk(), tone::CITIZEN_HZ, Law::A);
        let mut citizen =
            Sipp::citizen(scenario, self.centre.net.trunk(), LINE).with("rtp_port", &voice.address.port().to_string());
        citizen.pause = pause;
        self.citizens_voice = Some(voice);
        citizen.ring(self.centre.sip())
    }

    /// The same, and the citizen's side can be told of keys.
    pub(crate) fn citizen_with_keys(&mut self, scenario: &'static str) -> RunningSipp {
        let voice = Voice::open(self.centre.net.trunk(), tone::CITIZEN_HZ, Law::A);
        let citizen = Sipp::citizen(scenario, self.centre.net.trunk(), LINE)
            .with("rtp_port", &voice.address.port().to_string())
            .with("codecs", "8 101\na=rtpmap:101 telephone-event/8000");
        self.citizens_voice = Some(voice);
        citizen.ring(self.centre.sip())
    }

    /// The phone that is tried rings and is answered; the citizen talks.
    pub(crate) fn answer(&mut self, citizen: &RunningSipp) -> Result<(), String> {
        self.phone().notices("ringing")?;
        self.phone().does("answer")?;
        self.phone().notices("established")?;
        self.citizen_talks(citizen)
    }

    /// The citizen was answered and talks.
    pub(crate) fn citizen_talks(&self, citizen: &RunningSipp) -> Result<(), String> {
        let media = citizen.other_sides_media(PATIENCE).ok_or("the citizen was never answered")?;
        self.citizens_voice.as_ref().expect("a citizen rang").talk_to(media);
        Ok(())
    }

    /// The phone that is tried talks by the test's own voice.
    pub(crate) fn agents_own_voice_talks(&mut self, voice: Voice, phone: &RunningSipp) -> Result<(), String> {
        let media = phone.other_sides_media(PATIENCE).ok_or("the phone was offered no session")?;
        voice.talk_to(media);
        self.agents_voice = Some(voice);
        Ok(())
    }

    /// Anna's desk phone, waiting for one call.
    pub(crate) fn colleague(&mut self) -> RunningSipp {
        let voice = Voice::open(self.centre.net.phones(), COLLEAGUE_HZ, Law::A);
        let mut colleague =
            Sipp::new("agent", self.centre.net.phones()).with("rtp_port", &voice.address.port().to_string());
        colleague.local.set_port(26_000);
        self.colleagues_voice = Some(voice);
        colleague.wait_for_calls()
    }

    /// The next citizen's ears are new.
    pub(crate) fn nothing_heard_yet(&mut self) {
        self.marks = [0; 3];
    }

    /// The colleague was called and talks.
    pub(crate) fn colleague_talks(&mut self, colleague: &RunningSipp) -> Result<(), String> {
        let media = colleague.other_sides_media(PATIENCE).ok_or("the colleague was never called")?;
        self.colleagues_voice.as_ref().expect("there is a colleague").talk_to(media);
        Ok(())
    }

    /// How a phone of ours is to write whom it calls.
    pub(crate) fn uri(&self, user: &str) -> String {
        format!("sip:{user}@{}", self.server())
    }

    /// The last call has ended so.
    pub(crate) fn ended(&self, outcome: &str) -> Result<(), String> {
        self.centre.nothing_is_left();
        self.told(&format!("ended: {outcome}"))
    }

    /// Nothing like that happened to the last call.
    pub(crate) fn never_told(&self, rung: &str) -> Result<(), String> {
        let last = told::ladders(&self.centre.facts_for(MOMENT)).pop().unwrap_or_default();
        if last.iter().any(|one| one.starts_with(rung)) { Err(format!("`{rung}` in {last:#?}")) } else { Ok(()) }
    }

    /// Something like that happened to the last call, and only once.
    pub(crate) fn told_once(&self, rung: &str) -> Result<(), String> {
        let last = told::ladders(&self.centre.facts_for(MOMENT)).pop().unwrap_or_default();
        let times = last.iter().filter(|one| one.starts_with(rung)).count();
        if times == 1 { Ok(()) } else { Err(format!("`{rung}` {times} times in {last:#?}")) }
    }

    /// Something like that happened to the last call.
    pub(crate) fn told(&self, rung: &str) -> Result<(), String> {
        let last = || told::ladders(&self.centre.facts_for(MOMENT)).pop().unwrap_or_default();
        let found = until(FACTS_MAX, || last().iter().any(|one| one.starts_with(rung)).then_some(()));
        found.ok_or_else(|| format!("no `{rung}` in {:#?}", last()))
    }
}
