//! Our side of a session: makes offers and answers (RFC 3264), one small state for each leg.
//!
//! Remembers only what the next description must agree with: id, version, which media line is the sound, what its
//! numbers mean, and how it is protected. Never takes back protection that was agreed. Knows no leg's reason.

use std::net::SocketAddr;

use bytes::Bytes;
use model::LegId;

use super::audio::{Carried, RemoteAudio};
use super::browser::{Browser, OUR_MID};
use super::crypto::{Crypto, our_tag};
use super::direction::Direction;
use super::numbers::Numbers;
use super::ours::{FarEnd, OurSide, Protection};
use super::remote::{BadSession, RemoteSession};
use super::settled::{Answered, Refused, Settled};
use super::text::{line, write_origin, write_rejection, write_sound};
use super::web::{write_media, write_session};
use crate::{Codec, Place, SdesKeys, Secured, Sound, SrtpSuite};

/// Length of the usual description, in bytes, so that it is written without growing.
const USUAL_BYTES: usize = 512;

/// One leg's side of its session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LocalSession {
    leg: LegId,
    far: FarEnd,
    /// Of the last description; grows with each (RFC 3264 §8).
    version: u32,
    /// Media lines of the session so far: a later offer must have as many.
    lines: u8,
    /// Which of them is the sound.
    sound_at: u8,
    numbers: Numbers,
    footing: Footing,
    web: Option<Box<Browser>>,
}

/// How the sound is protected, as far as that is settled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Footing {
    Open,
    Plain,
    /// With keys of this suite; `keyed`: over RTP/SAVP.
    Sdes {
        suite: SrtpSuite,
        keyed: bool,
    },
    Web,
}

impl LocalSession {
    /// Before the first description.
    pub const fn new(leg: LegId, far: FarEnd) -> Self {
        Self {
            leg,
            far,
            version: 0,
            lines: 1,
            sound_at: 0,
            numbers: Numbers::usual(),
            footing: Footing::Open,
            web: None,
        }
    }

    /// Whether the other end is a browser, which needs no port of the pool.
    pub const fn is_web(&self) -> bool {
        matches!(self.far, FarEnd::Browser)
    }

    /// Where the leg's packets come and go. `port` is of the pool, and not used for a browser.
    pub fn place(&self, ours: &OurSide, port: u16) -> Place {
        match self.far {
            FarEnd::Phone(_) => Place::Pair(port),
            FarEnd::Browser => Place::Web(Box::new(ours.seed.ice(self.leg, 0))),
        }
    }

    /// Whether an offer could be answered, and why not.
    pub fn could_answer(&self, ours: &OurSide, offer: &RemoteSession) -> Result<(), Refused> {
        let audio = offer.audio().ok_or(Refused::NothingInCommon)?;
        self.common(ours, audio, None)?;
        self.answering(ours, audio).map(drop)
    }

    /// An offer of these codecs, best first, with telephone events. `direction` is ours: `SendOnly` or `Inactive` holds
    /// the other side, `SendReceive` resumes.
    pub fn offer(&mut self, ours: &OurSide, port: u16, codecs: &[Codec], direction: Direction) -> Bytes {
        let numbers = self.numbers;
        let codecs: Vec<(Codec, u8)> = codecs.iter().map(|codec| (*codec, numbers.of(*codec))).collect();
        let (crypto, keyed) = self.offered_keys(ours);
        let ours_web = ours.web.as_ref().filter(|_| self.is_web());
        // Of two clocks Chromium takes the slower one, also beside Opus: then nothing but the end of a press comes.
        let keys = numbers.keys_beside(if ours_web.is_some() { codecs.get(..1).unwrap_or_default() } else { &codecs });
        let mut text = self.begin(ours, port);
        if ours_web.is_some() {
            write_session(&mut text, self.mid(), true);
        }
        let (transport, port) = match ours_web {
            Some(web) => ("UDP/TLS/RTP/SAVPF", web.port()),
            None => (if keyed { "RTP/SAVP" } else { "RTP/AVP" }, port),
        };
        for place in 0..self.lines {
            if place != self.sound_at {
                line(&mut text, format_args!("m=audio 0 {transport} 0"));
                continue;
            }
            write_sound(&mut text, (transport, port), &codecs, &keys, direction);
            for crypto in &crypto {
                line(&mut text, format_args!("a=crypto:{}", crypto.text()));
            }
            if let Some(web) = ours_web {
                let ice = ours.seed.ice(self.leg, self.web.as_ref().map_or(0, |side| side.restarts));
                write_media(&mut text, web, &ice, self.mid(), None);
            }
        }
        Bytes::from(text)
    }

    /// The answer to an offer. The codec is one of ours: `prefer` where the other side speaks it, else our
    /// first choice that it speaks. Every media line is answered, other media with port 0; the direction is mirrored.
    pub fn answer(
        &mut self,
        ours: &OurSide,
        offer: &RemoteSession,
        port: u16,
        prefer: Option<Codec>,
    ) -> Result<Answered, Refused> {
        let (at, audio) = offer.sound.zip(offer.audio()).ok_or(Refused::NothingInCommon)?;
        let spoken = self.common(ours, audio, prefer)?;
        let (footing, crypto) = self.answering(ours, audio)?;
        self.lines = offer.media.len() as u8;
        self.sound_at = at as u8;
        (self.footing, self.web) = (footing, Browser::meet(audio, self.web.as_deref()));
        self.numbers.learn(audio);
        let settled = self.settled(ours, audio, spoken, crypto);
        let mut text = self.begin(ours, port);
        let bundled = self.web.as_ref().is_some_and(|side| side.bundled);
        let web = self.web.as_ref().zip(ours.web.as_ref());
        if web.is_some() {
            write_session(&mut text, self.mid(), bundled);
        }
        for (place, media) in offer.media.iter().enumerate() {
            if place != at {
                write_rejection(&mut text, media);
                continue;
            }
            let port = web.map_or(port, |(_, web)| web.port());
            let (keys, direction) = (settled.sound.telephone_event, audio.direction.mirrored());
            write_sound(&mut text, (&media.transport, port), &[spoken], keys.as_slice(), direction);
            self.write_protection(&mut text, ours, audio, crypto);
        }
        Ok(Answered { description: Bytes::from(text), settled })
    }

    /// Reads the answer to our offer. The first codec that it lists is the one that is used (RFC 3264 §6.1).
    pub fn answered(&mut self, ours: &OurSide, answer: &[u8]) -> Result<Settled, BadSession> {
        let session = RemoteSession::parse(answer)?;
        let audio = session.audio().ok_or(BadSession::NoSound)?;
        let mut common = audio.codecs.iter().filter(|(codec, _)| ours.codecs.contains(codec));
        let spoken = *common.next().ok_or(BadSession::NoSound)?;
        let (crypto, keyed) = self.offered_keys(ours);
        let taken = audio.crypto.first();
        let known = taken.filter(|taken| crypto.iter().any(|c| c.tag == taken.tag && c.key.suite == taken.key.suite));
        let footing = match (&audio.carried, self.is_web(), known) {
            (Carried::Web(Some(_)), true, _) => Footing::Web,
            (Carried::Plain, false, None) if !keyed && !matches!(self.footing, Footing::Sdes { .. }) => Footing::Plain,
            (Carried::Plain | Carried::Keyed, false, Some(crypto))
                if matches!(audio.carried, Carried::Keyed) == keyed =>
            {
                Footing::Sdes { suite: crypto.key.suite, keyed }
            }
            (Carried::Plain | Carried::Keyed | Carried::Web(_), ..) => return Err(BadSession::Unprotected),
        };
        (self.footing, self.web) = (footing, Browser::meet(audio, self.web.as_deref()));
        Ok(self.settled(ours, audio, spoken, known))
    }

    /// The lines before the media, with the next version.
    fn begin(&mut self, ours: &OurSide, port: u16) -> String {
        self.version = self.version.wrapping_add(1);
        let mut text = String::with_capacity(USUAL_BYTES);
        let web = ours.web.as_ref().filter(|_| self.is_web()).and_then(|web| web.addresses.first());
        let local = web.copied().unwrap_or(SocketAddr::new(ours.address, port));
        // Some phones read the id as a signed number.
        write_origin(&mut text, self.leg.bits() & (i64::MAX as u64), self.version, local.ip());
        text
    }

    fn mid(&self) -> &str {
        self.web.as_ref().map_or(OUR_MID, |side| &side.mid)
    }

    fn common(&self, ours: &OurSide, audio: &RemoteAudio, prefer: Option<Codec>) -> Result<(Codec, u8), Refused> {
        if !self.is_web() && audio.remote.is_ipv4() != ours.address.is_ipv4() {
            return Err(Refused::NothingInCommon);
        }
        let preferred = prefer.filter(|codec| ours.codecs.contains(codec));
        let mut liked = preferred.into_iter().chain(ours.codecs.iter().copied());
        let spoken = |wanted: Codec| audio.codecs.iter().find(|(codec, _)| *codec == wanted).copied();
        liked.find_map(spoken).ok_or(Refused::NothingInCommon)
    }

    /// The keys that an offer of ours names, and whether plain RTP is no choice beside them.
    fn offered_keys(&self, ours: &OurSide) -> (Vec<Crypto>, bool) {
        let key = |suite| Crypto { tag: our_tag(suite), key: ours.seed.srtp_key(self.leg, suite) };
        match (self.far, self.footing) {
            (FarEnd::Browser, _) | (_, Footing::Plain | Footing::Web) => (Vec::new(), false),
            (_, Footing::Sdes { suite, keyed }) => (vec![key(suite)], keyed),
            (FarEnd::Phone(Protection::Off), Footing::Open) => (Vec::new(), false),
            (FarEnd::Phone(Protection::Offered), Footing::Open) => (SrtpSuite::ALL.map(key).into(), false),
            (FarEnd::Phone(Protection::Required), Footing::Open) => (SrtpSuite::ALL.map(key).into(), true),
        }
    }

    /// How an offer is answered, and with which of its keys. Protection that was agreed is never taken back.
    fn answering<'a>(&self, ours: &OurSide, audio: &'a RemoteAudio) -> Result<(Footing, Option<&'a Crypto>), Refused> {
        let was_keyed = matches!(self.footing, Footing::Sdes { .. });
        let keys = |keyed| {
            let crypto = audio.crypto.first().ok_or(Refused::NoKeys)?;
            Ok((Footing::Sdes { suite: crypto.key.suite, keyed }, Some(crypto)))
        };
        match (self.far, &audio.carried) {
            (FarEnd::Browser, Carried::Web(Some(_))) if ours.web.is_some() => Ok((Footing::Web, None)),
            (FarEnd::Browser, Carried::Web(_) | Carried::Plain | Carried::Keyed)
            | (FarEnd::Phone(_), Carried::Web(_)) => Err(Refused::Browser),
            (FarEnd::Phone(Protection::Off), Carried::Plain) => Ok((Footing::Plain, None)),
            (FarEnd::Phone(Protection::Off), Carried::Keyed) => Err(Refused::Encrypted),
            (FarEnd::Phone(_), Carried::Keyed) => keys(true),
            (FarEnd::Phone(_), Carried::Plain) if !audio.crypto.is_empty() => keys(false),
            (FarEnd::Phone(Protection::Required), Carried::Plain) => Err(Refused::Plain),
            (FarEnd::Phone(Protection::Offered), Carried::Plain) if was_keyed => Err(Refused::Plain),
            (FarEnd::Phone(Protection::Offered), Carried::Plain) => Ok((Footing::Plain, None)),
        }
    }

    fn settled(&self, ours: &OurSide, audio: &RemoteAudio, spoken: (Codec, u8), theirs: Option<&Crypto>) -> Settled {
        let (codec, payload_type) = spoken;
        let sound = Sound {
            remote: audio.remote,
            codec,
            payload_type,
            telephone_event: audio.keys_beside(codec),
            send: audio.direction.receives(),
            receive: audio.direction.sends(),
            rtcp_mux: audio.rtcp_mux || self.is_web(),
        };
        let sdes = theirs.map(|theirs| {
            let ours = ours.seed.srtp_key(self.leg, theirs.key.suite);
            Box::new(Secured::Sdes(SdesKeys { ours, theirs: theirs.key.clone() }))
        });
        let peer = match (&audio.carried, &self.web) {
            (Carried::Web(Some(web)), Some(browser)) => Some(browser.peer(ours, self.leg, audio, web)),
            (Carried::Web(_) | Carried::Plain | Carried::Keyed, _) => None,
        };
        Settled { sound, secured: sdes.or_else(|| peer.map(|peer| Box::new(Secured::Web(peer)))) }
    }

    /// The lines by which an answer says how its sound is protected and carried.
    fn write_protection(&self, text: &mut String, ours: &OurSide, audio: &RemoteAudio, theirs: Option<&Crypto>) {
        if let Some((side, web)) = self.web.as_ref().zip(ours.web.as_ref()) {
            let ice = ours.seed.ice(self.leg, side.restarts);
            return write_media(text, web, &ice, self.mid(), Some(side.role));
        }
        if audio.rtcp_mux {
            line(text, format_args!("a=rtcp-mux"));
        }
        if let Some(theirs) = theirs {
            let key = ours.seed.srtp_key(self.leg, theirs.key.suite);
            line(text, format_args!("a=crypto:{}", Crypto { tag: theirs.tag, key }.text()));
        }
    }
}
