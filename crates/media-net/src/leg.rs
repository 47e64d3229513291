//! One leg as its worker keeps it: sockets, sound, partner, and what is played to it.
//! Knows the rules of `media` only as calls to it; doesn't know why legs are joined.

use std::net::SocketAddr;

use media::{Codec, FRAME_PACKET_BYTES, Heard, LegSound, PlayNo, REPORT_BYTES_MAX, Secured};
use mio::net::UdpSocket;
use model::{LegId, Moment};

use crate::bridge::Seat;
use crate::playing::{Playing, Step};
use crate::web::WebLeg;

/// A leg and its sockets, which close when it is dropped.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) id: LegId,
    pub(crate) path: Path,
    pub(crate) sound: LegSound,
    /// The place of the leg that it is joined with.
    pub(crate) partner: Option<usize>,
    pub(crate) playing: Option<Playing>,
    /// Where it sits in a conversation of three and more.
    pub(crate) seat: Option<Seat>,
    /// Nobody hears what comes from it.
    pub(crate) muted: bool,
    /// What protects its packets. A leg that has this is sent nothing plain, and heard nothing plain from.
    pub(crate) secured: Option<Box<Secured>>,
    /// Where the other side's reports come from, once one has come.
    pub(crate) reports_from: Option<SocketAddr>,
}

/// How a leg's packets come and go.
#[derive(Debug)]
pub(crate) enum Path {
    /// By a port pair of its own.
    Pair {
        rtp: UdpSocket,
        rtcp: UdpSocket,
        /// Whether the sockets are listened to: from the first settling on.
        listening: bool,
    },
    /// By the one port of all browsers.
    Web(Box<WebLeg>),
}

impl Path {
    pub(crate) fn pair((rtp, rtcp): (UdpSocket, UdpSocket)) -> Self {
        Self::Pair { rtp, rtcp, listening: false }
    }

    /// Sends a packet. One that the kernel has no room for is lost, as on any network.
    pub(crate) fn send(&mut self, packet: &[u8], to: SocketAddr, at: Moment) {
        match self {
            Self::Pair { rtp, .. } => {
                let _lost = rtp.send_to(packet, to);
            }
            Self::Web(leg) => leg.send(packet, at),
        }
    }
}

/// What became of a leg's turn.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// Whether a frame was sent. Not while the leg hears nothing (hold); time goes on all the same.
    pub(crate) sent: bool,
    /// The clips have just ended.
    pub(crate) over: Option<PlayNo>,
    /// Whether nothing is played any more.
    pub(crate) ended: bool,
}

impl Leg {
    pub(crate) fn new(id: LegId, path: Path) -> Self {
        let sound = LegSound::new(rand::random());
        Self {
            id,
            path,
            sound,
            partner: None,
            playing: None,
            seat: None,
            muted: false,
            secured: None,
            reports_from: None,
        }
    }

    /// Sends the next frame of what is played.
    pub(crate) fn play_frame(&mut self, at: Moment) -> Turn {
        let Some(playing) = &mut self.playing else { return Turn::default() };
        let Step { frame, over } = playing.step(at);
        let Some((prompt, number)) = frame else {
            self.playing = None;
            self.sound.switch();
            return Turn { sent: false, over, ended: true };
        };
        let mut packet = [0; FRAME_PACKET_BYTES];
        let packet = self.sound.frame(|codec| prompt.frame(codec, number), &mut packet, at);
        if let Some(packet) = &packet {
            self.send(packet, at);
        }
        Turn { sent: packet.is_some(), over, ended: false }
    }

    /// Sends the leg a frame of 20 ms of ours. False: it hears nothing just now.
    pub(crate) fn send_frame<'a>(&mut self, frame: impl FnOnce(Codec) -> Option<&'a [u8]>, at: Moment) -> bool {
        let mut packet = [0; FRAME_PACKET_BYTES];
        let Some(packet) = self.sound.frame(frame, &mut packet, at) else { return false };
        self.send(packet, at);
        true
    }

    /// What a muted leg says becomes silence, in place. False: it can't, and isn't passed on at all.
    pub(crate) fn silence_if_muted(&self, heard: &Heard, packet: &mut [u8]) -> bool {
        let (true, Heard::Voice(header, codec)) = (self.muted, heard) else { return true };
        let Some(law) = codec.law() else { return false };
        packet[header.payload.clone()].fill(law.encode(0));
        true
    }

    /// Takes in a packet of the RTCP socket.
    pub(crate) fn take_report(&mut self, packet: &[u8], from: SocketAddr, at: Moment) {
        if self.sound.receive_report(packet, from, at) {
            self.reports_from = Some(from);
        }
    }

    /// Sends a packet to where the leg listens. One that the kernel has no room for is lost, as on any network.
    fn send(&mut self, packet: &[u8], at: Moment) {
        if let Some(to) = self.sound.destination() {
            self.path.send(packet, to, at);
        }
    }

    /// Sends our report on the leg's sound: to where its own come from, else to the port above its RTP.
    pub(crate) fn send_report(&mut self, at: Moment) {
        // A browser gets its reports from its peer.
        let Path::Pair { rtcp, .. } = &self.path else { return };
        let above = |rtp: SocketAddr| Some(SocketAddr::new(rtp.ip(), rtp.port().checked_add(1)?));
        let Some(to) = self.reports_from.or_else(|| self.sound.destination().and_then(above)) else { return };
        let mut packet = [0; REPORT_BYTES_MAX];
        if let Some(length) = self.sound.report(&mut packet, at) {
            let _lost = rtcp.send_to(&packet[..length], to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiting_citizens_leg_is_small() {
        let bytes = size_of::<Leg>();
        assert!(bytes <= 640, "{bytes} bytes");
    }
}
