//! A conversation of three and more, as its worker keeps it: which legs sit in which places of the mixer, and the frames that
//! go out by the beat. Knows places of legs; who hears whom was said with the command.

use media::{FRAME_PACKET_BYTES, Heard, Mixer, RTP_HEADER_BYTES};
use model::Moment;
use slab::Slab;

use crate::beat::GROUPS;
use crate::leg::Leg;

/// Bytes of a frame that a mixer writes.
const FRAME_BYTES: usize = FRAME_PACKET_BYTES - RTP_HEADER_BYTES;

/// Where a leg sits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Seat {
    /// Which bridge.
    pub(crate) bridge: usize,
    /// Which place in its mixer.
    pub(crate) place: usize,
}

/// One conversation.
#[derive(Debug)]
pub(crate) struct Bridge {
    pub(crate) mixer: Mixer,
    /// Places of the legs, in the order of the mixer's; `None`: has left.
    pub(crate) legs: Vec<Option<usize>>,
}

impl Bridge {
    /// The legs that hear the member at that place.
    fn who_hear(&self, of: usize) -> impl Iterator<Item = usize> {
        let hears = move |(place, _): &(usize, &Option<usize>)| self.mixer.hears(*place, of);
        self.legs.iter().enumerate().filter(hears).filter_map(|(_, leg)| *leg)
    }

    /// Whoever hears the member at that place hears the key, too.
    fn pass_key(&self, of: usize, heard: &Heard, packet: &[u8], legs: &mut Slab<Leg>, at: Moment) -> u64 {
        let mut sent = 0;
        for place in self.who_hear(of) {
            sent += legs.get_mut(place).map_or(0, |leg| u64::from(leg.send_key(heard, packet, at)));
        }
        sent
    }
}

/// All of a worker's. Bounded by its legs: each sits in one bridge at most, and an empty bridge is gone.
#[derive(Debug, Default)]
pub(crate) struct Bridges {
    bridges: Slab<Bridge>,
}

impl Bridges {
    pub(crate) fn is_empty(&self) -> bool {
        self.bridges.is_empty()
    }

    pub(crate) fn open(&mut self, bridge: Bridge) -> usize {
        self.bridges.insert(bridge)
    }

    /// A packet came from the leg in that seat: its voice is heard with the next beat, its keys at once. Gives how many packets
    /// went.
    pub(crate) fn hear(&mut self, seat: Seat, heard: &Heard, packet: &[u8], legs: &mut Slab<Leg>, at: Moment) -> u64 {
        let Some(bridge) = self.bridges.get_mut(seat.bridge) else { return 0 };
        match heard {
            Heard::Voice(header, codec) => {
                bridge.mixer.hear(seat.place, header, *codec, &packet[header.payload.clone()]);
                0
            }
            Heard::Key(..) => bridge.pass_key(seat.place, heard, packet, legs, at),
            Heard::Nothing(_) | Heard::Refused => 0,
        }
    }

    /// The legs that hear the one in that seat.
    pub(crate) fn who_hear(&self, seat: Seat) -> impl Iterator<Item = usize> {
        self.bridges.get(seat.bridge).into_iter().flat_map(move |bridge| bridge.who_hear(seat.place))
    }

    pub(crate) fn mixer(&mut self, seat: Seat) -> Option<&mut Mixer> {
        self.bridges.get_mut(seat.bridge).map(|bridge| &mut bridge.mixer)
    }

    /// A leg has left; the last one takes the bridge away.
    pub(crate) fn leave(&mut self, seat: Seat) {
        let Some(bridge) = self.bridges.get_mut(seat.bridge) else { return };
        bridge.mixer.leave(seat.place);
        if let Some(leg) = bridge.legs.get_mut(seat.place) {
            *leg = None;
        }
        if bridge.legs.iter().all(Option::is_none) {
            self.bridges.remove(seat.bridge);
        }
    }

    /// The turn of a group's bridges: everybody in them is sent the next frame. Gives how many packets went.
    pub(crate) fn beat(&mut self, group: usize, legs: &mut Slab<Leg>, at: Moment) -> u64 {
        let mut sent = 0;
        for (_, bridge) in self.bridges.iter_mut().filter(|(number, _)| number % GROUPS == group) {
            bridge.mixer.beat();
            for (place, leg) in bridge.legs.iter().enumerate() {
                let Some(leg) = leg.and_then(|leg| legs.get_mut(leg)).filter(|leg| leg.playing.is_none()) else {
                    continue;
                };
                let mut frame = [0; FRAME_BYTES];
                let Some(length) = bridge.mixer.frame(place, &mut frame) else { continue };
                sent += u64::from(leg.send_frame(|_| frame.get(..length), at));
            }
        }
        sent
    }
}
