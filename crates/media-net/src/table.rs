//! All legs of one worker: found by id, by place, and by the turn in which they are played to.
//!
//! Carries out commands. Knows nothing of threads; what happened is given back to whoever asked.

use std::collections::HashMap;
use std::time::Duration;

use media::{Codec, Ear, Level, MIX_MAX, MediaEvent, Mixed, Mixer, PlayNo, Secured, Sound, Srtp, Streamed};
use mio::{Interest, Registry, Token};
use model::{LegId, Moment};
use slab::Slab;

use crate::beat::GROUPS;
use crate::bridge::{Bridge, Bridges, Seat};
use crate::leg::{Cover, Leg, Path};
use crate::playing::Playing;
use crate::pressing::Pressing;

/// Legs of a worker. Bounded by the ports of its shards: each leg has a pair.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) legs: Slab<Leg>,
    places: HashMap<LegId, usize>,
    /// Places of legs that are played to, by their turn.
    pub(crate) playing: [Vec<usize>; GROUPS],
    /// Places of legs that are streamed to a program, by their turn.
    pub(crate) streaming: [Vec<usize>; GROUPS],
    /// Conversations of three and more.
    pub(crate) bridges: Bridges,
    /// Keys that somebody is being told of.
    pressing: Pressing,
}

/// Which socket of which leg: the place doubled, plus one for RTCP.
pub(crate) const fn token(place: usize, reports: bool) -> Token {
    Token(place * 2 + reports as usize)
}

/// The place, and whether it is the RTCP socket.
pub(crate) const fn place(token: Token) -> (usize, bool) {
    (token.0 / 2, token.0 % 2 == 1)
}

impl Table {
    pub(crate) fn has(&self, leg: LegId) -> bool {
        self.places.contains_key(&leg)
    }

    pub(crate) fn open(&mut self, leg: Leg) {
        let id = leg.id;
        self.places.insert(id, self.legs.insert(leg));
    }

    /// Settles a leg's sound; its sockets are listened to from the first time on.
    pub(crate) fn settle(&mut self, leg: LegId, sound: Sound, registry: &Registry, at: Moment) -> std::io::Result<()> {
        let Some(place) = self.place_of(leg) else { return Ok(()) };
        let leg = &mut self.legs[place];
        let sound = match (&leg.path, leg.cover) {
            (Path::Pair { .. }, Cover::Plain | Cover::Sealed) => sound,
            // Who speaks is the peer's matter; what a browser says of its address means nothing (RFC 8839 §4.2.1.1).
            (Path::Web(_), Cover::Sealed) => Sound { remote: crate::web::REMOTE, ..sound },
            (Path::Web(_), Cover::Plain) | (Path::Pair { .. } | Path::Web(_), Cover::Unfit) => return Ok(()),
        };
        leg.sound.settle(sound, at);
        if let Some(seat) = leg.seat
            && let Some(mixer) = self.bridges.mixer(seat)
        {
            mixer.settle(seat.place, sound.codec);
        }
        if let Some(stream) = leg.stream.as_mut().filter(|stream| stream.sound.codec() != sound.codec) {
            stream.sound = Streamed::new(sound.codec);
        }
        if let Path::Pair { rtp, rtcp, listening, .. } = &mut leg.path
            && !*listening
        {
            registry.register(rtp, token(place, false), Interest::READABLE)?;
            registry.register(rtcp, token(place, true), Interest::READABLE)?;
            *listening = true;
        }
        Ok(())
    }

    /// Plays to a leg. `Some`: there is nothing to play, so it is over at once.
    pub(crate) fn play(&mut self, leg: LegId, found: Result<Playing, PlayNo>) -> Option<MediaEvent> {
        let place = self.place_of(leg)?;
        self.hush_place(place);
        match found {
            Ok(playing) => {
                self.legs[place].playing = Some(playing);
                self.playing[place % GROUPS].push(place);
                None
            }
            Err(play) => Some(MediaEvent::Played { leg, play }),
        }
    }

    pub(crate) fn hush(&mut self, leg: LegId) {
        if let Some(place) = self.place_of(leg) {
            self.hush_place(place);
        }
    }

    /// A key of which the sound says nothing: it cuts what a key cuts, and whoever hears the leg is told of it.
    pub(crate) fn key(&mut self, leg: LegId, key: char) {
        let Some(leg) = self.get(leg) else { return };
        leg.playing.iter_mut().for_each(Playing::key);
        leg.stream.iter_mut().for_each(|stream| stream.key(key));
        let (partner, seat) = (leg.partner, leg.seat);
        let others = seat.into_iter().flat_map(|seat| self.bridges.who_hear(seat)).chain(partner);
        for place in others {
            if let Some(listener) = self.legs.get(place).filter(|leg| leg.playing.is_none()) {
                self.pressing.add(listener.id, key);
            }
        }
    }

    pub(crate) fn join(&mut self, a: LegId, b: LegId) {
        let (Some(a), Some(b)) = (self.place_of(a), self.place_of(b)) else { return };
        if a == b {
            return;
        }
        for (one, other) in [(a, b), (b, a)] {
            self.part_place(one);
            self.make_way(one);
            self.legs[one].partner = Some(other);
        }
    }

    pub(crate) fn part(&mut self, leg: LegId) {
        if let Some(place) = self.place_of(leg) {
            self.part_place(place);
        }
    }

    /// Lets these hear each other as their roles say. Legs that aren't here, or whose sound isn't settled, are left out.
    pub(crate) fn mix(&mut self, members: &[Mixed]) {
        let members = &members[..members.len().min(MIX_MAX)];
        let places: Vec<Option<usize>> = members.iter().map(|member| self.place_of(member.leg)).collect();
        for place in places.iter().flatten() {
            self.part_place(*place);
            self.make_way(*place);
        }
        let codecs = places.iter().map(|place| place.and_then(|place| self.legs[place].sound.codec()));
        let codecs: Vec<Option<Codec>> = codecs.collect();
        let roles = codecs.iter().zip(members).map(|(codec, member)| (codec.unwrap_or(Codec::Pcma), member.hears));
        let legs: Vec<Option<usize>> =
            places.iter().zip(&codecs).map(|(place, codec)| place.and(*codec).and(*place)).collect();
        if legs.iter().all(Option::is_none) {
            return;
        }
        let bridge = self.bridges.open(Bridge { mixer: Mixer::new(roles), legs: legs.clone() });
        for (place, leg) in legs.iter().enumerate() {
            let Some(leg) = leg else { continue };
            let seat = Seat { bridge, place };
            self.legs[*leg].seat = Some(seat);
            self.tell_mixer(*leg);
        }
    }

    /// Lets nobody hear what comes from a leg, or hear it again.
    pub(crate) fn mute(&mut self, leg: LegId, muted: bool) {
        let Some(place) = self.place_of(leg) else { return };
        self.legs[place].muted = muted;
        self.tell_mixer(place);
    }

    /// Whether anybody has a turn.
    pub(crate) fn has_turns(&self) -> bool {
        let is_playing = self.playing.iter().chain(&self.streaming).any(|group| !group.is_empty());
        is_playing || !self.bridges.is_empty() || !self.pressing.is_empty()
    }

    /// The turn of a group's conversations of three and more, and of keys; gives how many packets went.
    pub(crate) fn beat(&mut self, group: usize, at: Moment) -> u64 {
        let place = |leg| self.places.get(&leg).copied();
        let keys = self.pressing.beat(group, place, &mut self.legs, at);
        keys + self.bridges.beat(group, &mut self.legs, at)
    }

    fn tell_mixer(&mut self, place: usize) {
        let leg = &self.legs[place];
        if let Some(seat) = leg.seat
            && let Some(mixer) = self.bridges.mixer(seat)
        {
            mixer.mute(seat.place, leg.muted);
        }
    }

    /// What protects a leg's packets from now on.
    pub(crate) fn secure(&mut self, leg: LegId, keys: &Secured) {
        let Some(leg) = self.get(leg) else { return };
        leg.cover = match (&mut leg.path, keys) {
            (Path::Pair { srtp: Some(srtp), .. }, Secured::Sdes(keys)) => {
                srtp.settle(keys);
                Cover::Sealed
            }
            (Path::Pair { srtp, .. }, Secured::Sdes(keys)) => {
                *srtp = Some(Box::new(Srtp::new(keys)));
                Cover::Sealed
            }
            (Path::Web(_), Secured::Web(_)) => Cover::Sealed,
            (Path::Pair { .. }, Secured::Web(_)) | (Path::Web(_), Secured::Sdes(_)) => {
                tracing::error!(id = ?leg.id, "a leg can't be protected as its description says");
                Cover::Unfit
            }
        };
    }

    /// Listens for keys in a leg's sound from now on, or no longer.
    pub(crate) fn listen(&mut self, leg: LegId, in_band: bool) {
        if let Some(leg) = self.get(leg) {
            leg.key_ear = in_band.then(|| leg.key_ear.take().unwrap_or_default());
        }
    }

    /// Watches a leg for silence from now on, or no longer.
    pub(crate) fn watch(&mut self, leg: LegId, silence_max: Option<Duration>) {
        if let Some(leg) = self.get(leg) {
            leg.sound.watch(silence_max);
        }
    }

    /// Finds out from now on whether a leg is at least this loud, or no longer.
    pub(crate) fn measure(&mut self, leg: LegId, loud: Option<Level>) {
        if let Some(leg) = self.get(leg) {
            leg.ear = loud.map(|loud| Box::new(Ear::new(loud)));
        }
    }

    pub(crate) fn get(&mut self, leg: LegId) -> Option<&mut Leg> {
        let place = self.place_of(leg)?;
        self.legs.get_mut(place)
    }

    /// Lets the program go that is a leg's other side, if one is.
    pub(crate) fn end_stream(&mut self, leg: LegId) {
        let Some(place) = self.place_of(leg) else { return };
        if self.legs[place].stream.take().is_some() {
            self.legs[place].sound.switch();
            self.streaming[place % GROUPS].retain(|p| *p != place);
        }
    }

    /// Takes a leg out; dropping it closes its sockets.
    pub(crate) fn close(&mut self, leg: LegId) -> Option<Leg> {
        self.end_stream(leg);
        let place = self.places.remove(&leg)?;
        self.part_place(place);
        self.hush_place(place);
        self.legs.try_remove(place)
    }

    /// A prompt has ended by itself.
    pub(crate) fn played(&mut self, group: usize, place: usize) {
        self.playing[group].retain(|p| *p != place);
    }

    pub(crate) fn place_of(&self, leg: LegId) -> Option<usize> {
        self.places.get(&leg).copied()
    }

    /// What is played makes way for whom the leg hears from now on; an announcement goes on to its end.
    fn make_way(&mut self, place: usize) {
        if !self.legs[place].playing.as_ref().is_some_and(Playing::stays) {
            self.hush_place(place);
        }
    }

    fn hush_place(&mut self, place: usize) {
        let leg = &mut self.legs[place];
        leg.sound.switch();
        if leg.playing.take().is_some() {
            self.playing[place % GROUPS].retain(|p| *p != place);
        }
    }

    fn part_place(&mut self, place: usize) {
        if let Some(seat) = self.legs[place].seat.take() {
            self.bridges.leave(seat);
            self.legs[place].sound.switch();
        }
        if let Some(partner) = self.legs[place].partner.take() {
            self.legs[place].sound.switch();
            self.legs[partner].partner = None;
            self.legs[partner].sound.switch();
        }
    }
}
