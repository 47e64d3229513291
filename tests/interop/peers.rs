//! Everybody who talks with everybody in the second table: how each calls, answers, presses keys, and is asked what it heard.
//! Browsers call as colleagues, for citizens come by the trunk. Knows phones; doesn't know what they must hear.

use std::time::Duration;

use samkald_tests::{
    Baresip, Law, Make, RunningBaresip, RunningCentre, RunningSipp, RunningSoftphone, Sipp, Softphone, Voice, tone,
};

/// The number of the line that Carla serves.
const LINE: &str = "70201001";
/// Where sipp's phone of Carla's is.
const SIPP_PORT: u16 = 27_000;
/// How long sipp's citizen talks: longer than anything that is asked of a pair.
const SIPP_TALK: Duration = Duration::from_secs(14);
/// Longest wait for an answer.
const ANSWER_MAX: Duration = Duration::from_secs(12);
/// What sipp says of its sound.
const SIPP_CODECS: &str = "8 101\na=rtpmap:101 telephone-event/8000";

/// A row, and a column.
pub(crate) struct Peer {
    /// Its title.
    pub(crate) name: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Baresip { codec: &'static str, encrypts: bool },
    Sipp,
    Browser(Make, &'static str),
}

const fn baresip(name: &'static str, codec: &'static str, encrypts: bool) -> Peer {
    Peer { name, kind: Kind::Baresip { codec, encrypts } }
}

/// All of them, in the table's order.
pub(crate) const PEERS: [Peer; 9] = [
    baresip("baresip PCMA", "PCMA/8000/1", false),
    baresip("baresip G.722", "G722/16000/1", false),
    baresip("baresip Opus", "opus/48000/2", false),
    baresip("baresip SRTP", "PCMA/8000/1", true),
    Peer { name: "sipp", kind: Kind::Sipp },
    Peer { name: "JsSIP", kind: Kind::Browser(Make::JsSip, "ws") },
    Peer { name: "SIP.js", kind: Kind::Browser(Make::SipJs, "ws") },
    Peer { name: "desk page", kind: Kind::Browser(Make::DeskPage, "web") },
    Peer { name: "aiortc", kind: Kind::Browser(Make::Aiortc, "web") },
];

/// One end of a conversation.
pub(crate) enum End {
    /// Answers, calls and records by itself.
    Baresip(RunningBaresip),
    /// A script, and a voice of the test's own; none before it was called.
    Sipp(Option<(RunningSipp, Voice)>),
    /// A page, or what stands in its place.
    Browser(Box<RunningSoftphone>),
}

impl Peer {
    /// What must be there for it.
    pub(crate) fn needs(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::Baresip { .. } => &["baresip"],
            Kind::Sipp => &["sipp"],
            Kind::Browser(make, _) => make.needs(),
        }
    }

    /// Whether it takes no call that isn't encrypted by keys in the descriptions.
    pub(crate) fn encrypts(&self) -> bool {
        matches!(self.kind, Kind::Baresip { encrypts: true, .. })
    }

    /// Carla's phone, registered.
    pub(crate) fn answers_for_carla(&self, centre: &RunningCentre) -> Result<End, String> {
        match self.kind {
            Kind::Baresip { codec, encrypts } => {
                let phone = Baresip::agent(centre.net.phones(), centre.sip(), "carla", "carla-secret", Law::A);
                let phone = settled(phone, codec, encrypts).start();
                let registered = phone.says("200 OK", ANSWER_MAX);
                registered.then_some(()).ok_or_else(|| format!("it never registers:\n{}", phone.screen()))?;
                Ok(End::Baresip(phone))
            }
            Kind::Sipp => {
                sipp(centre, "agent_registers").with("status", "200").ring(centre.sip()).succeed();
                Ok(End::Sipp(None))
            }
            Kind::Browser(make, transport) => {
                browser((make, transport), centre, "carla", "carla-secret", tone::AGENT_HZ)
            }
        }
    }

    /// A citizen's phone that rings the line; from a browser a colleague's who will ring Carla.
    pub(crate) fn calls(&self, centre: &RunningCentre) -> Result<End, String> {
        match self.kind {
            Kind::Baresip { codec, encrypts } => {
                let phone = Baresip::citizen(centre.net.trunk(), "4520123456", centre.sip(), LINE, Law::A);
                Ok(End::Baresip(settled(phone, codec, encrypts).start()))
            }
            Kind::Sipp => {
                let voice = Voice::open(centre.net.trunk(), tone::CITIZEN_HZ, Law::A);
                let mut citizen = Sipp::citizen("citizen", centre.net.trunk(), LINE)
                    .with("rtp_port", &voice.address.port().to_string())
                    .with("codecs", SIPP_CODECS);
                citizen.pause = SIPP_TALK;
                Ok(End::Sipp(Some((citizen.ring(centre.sip()), voice))))
            }
            Kind::Browser(make, transport) => browser((make, transport), centre, "bo", "bo-secret", tone::CITIZEN_HZ),
        }
    }
}

impl End {
    /// Before it is called: a script is for one call.
    pub(crate) fn waits(&mut self, centre: &RunningCentre) {
        if let Self::Sipp(script) = self {
            let voice = Voice::open(centre.net.phones(), tone::AGENT_HZ, Law::A);
            let phone =
                sipp(centre, "agent").with("rtp_port", &voice.address.port().to_string()).with("codecs", SIPP_CODECS);
            *script = Some((phone.wait_for_calls(), voice));
        }
    }

    /// Does what a person must so that it is called, and talks.
    pub(crate) fn rings(&mut self, centre: &RunningCentre) -> Result<(), String> {
        match self {
            Self::Baresip(_) => Ok(()),
            Self::Sipp(_) => self.talks(),
            Self::Browser(phone) => phone.does_to("dial", Some(&format!("sip:carla@{}", centre.http()))),
        }
    }

    /// Does what a person must when it rings, and talks.
    pub(crate) fn takes_the_call(&mut self) -> Result<(), String> {
        match self {
            Self::Baresip(_) => Ok(()),
            Self::Sipp(_) => self.talks(),
            Self::Browser(phone) => {
                phone.notices("ringing")?;
                phone.does("answer")?;
                phone.notices("established")
            }
        }
    }

    fn talks(&self) -> Result<(), String> {
        let Self::Sipp(Some((script, voice))) = self else { return Ok(()) };
        voice.talk_to(script.other_sides_media(ANSWER_MAX).ok_or("sipp was never in a call")?);
        Ok(())
    }

    /// Everything that it has heard.
    pub(crate) fn heard(&self) -> Vec<i16> {
        match self {
            Self::Baresip(phone) => phone.heard_so_far(),
            Self::Sipp(script) => script.as_ref().map(|(_, voice)| voice.heard_so_far()).unwrap_or_default(),
            Self::Browser(phone) => phone.heard_so_far(),
        }
    }

    /// Presses a key.
    pub(crate) fn presses(&mut self, key: char) -> Result<(), String> {
        match self {
            Self::Baresip(phone) => phone.press(key),
            Self::Sipp(script) => {
                let code = CODES.iter().position(|one| *one == key).expect("a key");
                if let Some((_, voice)) = script {
                    voice.press(code as u8);
                }
            }
            Self::Browser(phone) => phone.does_to("press", Some(&key.to_string()))?,
        }
        Ok(())
    }

    /// The keys that it was told; none: a page is told none by its browser.
    pub(crate) fn keys(&self) -> Option<String> {
        match self {
            Self::Baresip(phone) => Some(phone.keys_so_far()),
            Self::Sipp(script) => {
                let (_, voice) = script.as_ref()?;
                Some(voice.keys_so_far().iter().filter_map(|code| CODES.get(usize::from(*code))).collect())
            }
            Self::Browser(phone) => phone.keys_so_far(),
        }
    }

    /// A citizen has hung up, or a colleague.
    pub(crate) fn hangs_up(self) -> Result<(), String> {
        match self {
            Self::Baresip(phone) => drop(phone.finish()),
            Self::Sipp(script) => script.into_iter().for_each(|(script, _)| script.succeed()),
            Self::Browser(mut phone) => phone.does("hang_up")?,
        }
        Ok(())
    }

    /// The other side has hung up.
    pub(crate) fn is_let_go(&mut self) -> Result<(), String> {
        match self {
            Self::Baresip(_) => Ok(()),
            Self::Sipp(script) => {
                script.take().into_iter().for_each(|(script, _)| script.succeed());
                Ok(())
            }
            Self::Browser(phone) => phone.notices("ended"),
        }
    }
}

/// Keys by their codes (RFC 4733 §3.2).
const CODES: [char; 12] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#'];

fn settled(phone: Baresip, codec: &'static str, encrypts: bool) -> Baresip {
    let phone = phone.speaking(codec);
    if encrypts { phone.encrypted("srtp-mand") } else { phone }
}

fn sipp(centre: &RunningCentre, scenario: &'static str) -> Sipp {
    let mut phone = Sipp::new(scenario, centre.net.phones()).with("user", "carla").with("password", "carla-secret");
    phone.local.set_port(SIPP_PORT);
    phone
}

fn browser(
    (make, transport): (Make, &'static str),
    centre: &RunningCentre,
    user: &'static str,
    password: &'static str,
    hz: f64,
) -> Result<End, String> {
    let (server, ip) = (centre.http(), centre.net.phones());
    let mut phone = Softphone { make, transport, user, password, server, hz, ip, authority: None }.switch_on();
    phone.does("register")?;
    Ok(End::Browser(Box::new(phone)))
}
