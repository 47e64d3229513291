//! Room for a leg's sound at the packet workers: a port of the shard's own pool, or a place at the browsers' port.
//!
//! Knows what is at the other end of a leg, and tells the workers what its descriptions settled. Knows no call.

use std::time::Duration;

use bytes::Bytes;
use media::{Codec, Direction, FarEnd, LocalSession, MediaCommand, Refused, Settled, Sound};
use model::{Cause, LegId, Moment};
use plan::AgentNo;

use crate::call::CitizenLeg;
use crate::centre::Centre;
use crate::leg_sound::{LegSound, Room};
use crate::output::Output;

/// A port that another program has is left alone this long.
const PORT_REST: Duration = Duration::from_secs(600);

/// Room for a leg's sound, and our side of its session. None: no port is left.
pub(crate) fn make_room(centre: &mut Centre, leg: LegId, far: FarEnd, at: Moment) -> Option<(Room, LocalSession)> {
    let room = match far {
        FarEnd::Phone(_) => Room::Pair(centre.ports.take(at)?),
        FarEnd::Browser => Room::Web,
    };
    Some((room, LocalSession::new(leg, far)))
}

/// Room that no worker was told of is free at once.
pub(crate) fn give_back(centre: &mut Centre, room: Room) {
    match room {
        Room::Pair(port) => centre.ports.give_back(port),
        Room::Web => {}
    }
}

/// The worker makes room for a leg.
pub(crate) fn open(centre: &Centre, leg: LegId, room: Room, session: &LocalSession, out: &mut Vec<Output>) {
    let place = session.place(&centre.settings.sound, room.port());
    out.push(Output::Media(MediaCommand::Open { leg, place }));
}

/// What was settled goes to the worker: how the sound is protected before how it goes.
pub(crate) fn tell_settled(leg: LegId, settled: Settled, out: &mut Vec<Output>) -> Sound {
    let Settled { sound, secured } = settled;
    if let Some(keys) = secured {
        out.push(Output::Media(MediaCommand::Secure { leg, keys }));
    }
    out.push(Output::Media(MediaCommand::Settle { leg, sound }));
    sound
}

/// What is at the other end of an agent's phone.
pub(crate) fn far_of_agent(centre: &Centre, agent: AgentNo) -> FarEnd {
    if centre.web_phones.contains(&agent) { FarEnd::Browser } else { FarEnd::Phone(centre.settings.srtp.phones) }
}

/// The cause that a refused description becomes.
pub(crate) fn cause_of(refused: Refused) -> Cause {
    match refused {
        Refused::Plain => Cause::SoundOpen,
        Refused::Encrypted => Cause::SoundSealed,
        Refused::NothingInCommon | Refused::NoKeys | Refused::Browser => Cause::NotAcceptable,
    }
}

/// Gives a leg's sound back. Its port is free when the worker has closed it.
pub(crate) fn close(centre: &mut Centre, leg: LegId, room: Option<Room>, out: &mut Vec<Output>) {
    if let Some(room) = room {
        centre.closing.insert(leg, room);
        out.push(Output::Media(MediaCommand::Close { leg }));
    }
}

/// A port that somebody else has is left alone for a while.
pub(crate) fn rest(centre: &mut Centre, room: Room, at: Moment) {
    match room {
        Room::Pair(port) => centre.ports.rest(port, at + PORT_REST),
        Room::Web => {}
    }
}

/// What we offer whom we call: the citizen's codec first, so that nothing need be transcoded.
pub(crate) fn offer_called(
    centre: &Centre,
    citizen: &CitizenLeg,
    (room, session): (Room, LocalSession),
) -> (LegSound, Bytes) {
    let ours = &centre.settings.sound;
    let codecs: Vec<Codec> = match (&citizen.sound.settled, &citizen.offer) {
        (Some(sound), _) => vec![sound.codec],
        (None, Some(offer)) => offer.codecs().filter(|codec| ours.codecs.contains(codec)).collect(),
        (None, None) => Vec::new(),
    };
    offer(centre, codecs, (room, session))
}

/// What we offer whom we call: these codecs first, then all others of ours.
pub(crate) fn offer(
    centre: &Centre,
    mut codecs: Vec<Codec>,
    (room, mut session): (Room, LocalSession),
) -> (LegSound, Bytes) {
    let ours = &centre.settings.sound;
    for codec in &ours.codecs {
        if !codecs.contains(codec) {
            codecs.push(*codec);
        }
    }
    let offer = session.offer(ours, room.port(), &codecs, Direction::SendReceive);
    (LegSound { room: Some(room), local: Some(session), ..LegSound::default() }, offer)
}
