//! One leg as its worker keeps it: sockets, sound, partner, and what is played to it.
//! Knows the rules of `media` only as calls to it; doesn't know why legs are joined.

use std::net::SocketAddr;

use media::{
    Codec, Ear, FRAME_PACKET_BYTES, Heard, Hearing, KeyEar, LegSound, MediaEvent, PACKET_BYTES_MAX, PlayNo, Prompt,
    REPORT_BYTES_MAX, SRTCP_TAIL_BYTES_MAX, SRTP_TAIL_BYTES_MAX, Srtp,
};
use mio::net::UdpSocket;
use model::{LegId, Moment};

use crate::bridge::Seat;
use crate::playing::{Playing, Step};
use crate::scribe::Taping;
use crate::streaming::Streaming;
use crate::web::WebLeg;

mod relaying;

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
    /// While somebody waits for keys from it.
    pub(crate) key_ear: Option<Box<KeyEar>>,
    /// Finds out whether it can be heard, while somebody wants to know.
    pub(crate) ear: Option<Box<Ear>>,
    pub(crate) cover: Cover,
    /// While it is recorded.
    pub(crate) tape: Option<Box<Taping>>,
    /// While a program is its other side.
    pub(crate) stream: Option<Box<Streaming>>,
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
        /// What protects its packets, where keys were agreed. From then on nothing plain comes or goes.
        srtp: Option<Box<Srtp>>,
    },
    /// By the one port of all browsers.
    Web(Box<WebLeg>),
}

impl Path {
    pub(crate) fn pair((rtp, rtcp): (UdpSocket, UdpSocket)) -> Self {
        Self::Pair { rtp, rtcp, listening: false, srtp: None }
    }

    /// Sends a packet. One that the kernel has no room for is lost, as on any network.
    pub(crate) fn send(&mut self, packet: &[u8], to: SocketAddr, at: Moment) {
        match self {
            Self::Pair { rtp, srtp: None, .. } => {
                let _lost = rtp.send_to(packet, to);
            }
            Self::Pair { rtp, srtp: Some(srtp), .. } => {
                let mut room = [0; PACKET_BYTES_MAX + SRTP_TAIL_BYTES_MAX];
                if let Some(sealed) = srtp.protect(packet, &mut room) {
                    let _lost = rtp.send_to(sealed, to);
                }
            }
            Self::Web(leg) => leg.send(packet, at),
        }
    }

    /// Opens a packet that came, in place, if it is protected. `None`: it is not authentic.
    pub(crate) fn open<'a>(&mut self, packet: &'a mut [u8]) -> Option<&'a mut [u8]> {
        match self {
            Self::Pair { srtp: Some(srtp), .. } => {
                let length = srtp.unprotect(packet)?;
                packet.get_mut(..length)
            }
            // A browser's was opened by its peer.
            Self::Pair { srtp: None, .. } | Self::Web(_) => Some(packet),
        }
    }

    /// The same for a report.
    fn open_report<'a>(&mut self, packet: &'a mut [u8]) -> Option<&'a mut [u8]> {
        match self {
            Self::Pair { srtp: Some(srtp), .. } => {
                let length = srtp.unprotect_report(packet)?;
                packet.get_mut(..length)
            }
            Self::Pair { srtp: None, .. } | Self::Web(_) => Some(packet),
        }
    }

    /// Sends a report; `by_rtp`: from the RTP port (RFC 5761).
    fn send_report(&mut self, packet: &[u8], to: SocketAddr, by_rtp: bool) {
        // A browser gets its reports from its peer.
        let Self::Pair { rtp, rtcp, srtp, .. } = self else { return };
        let socket = if by_rtp { rtp } else { rtcp };
        let mut room = [0; REPORT_BYTES_MAX + SRTCP_TAIL_BYTES_MAX];
        let sealed = match srtp {
            Some(srtp) => srtp.protect_report(packet, &mut room).map(|sealed| &*sealed),
            None => Some(packet),
        };
        if let Some(sealed) = sealed {
            let _lost = socket.send_to(sealed, to);
        }
    }
}

/// Whether a leg's sound is to be protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Cover {
    /// Nothing was said of it.
    Plain,
    /// It is, as its path can do it.
    Sealed,
    /// In a way that its path can't do: nothing comes or goes.
    Unfit,
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
            key_ear: None,
            ear: None,
            cover: Cover::Plain,
            tape: None,
            stream: None,
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

    /// Tells the keys pressed, each once, and a program that is the other side; clips that a key cuts are over. In the voice itself they are looked for only while
    /// somebody waits for them, and they don't come as telephone events.
    pub(crate) fn hear_keys(&mut self, heard: &Heard, packet: &[u8], told: impl Fn(char)) {
        let (playing, stream) = (&mut self.playing, &mut self.stream);
        let mut pressed = |digit| {
            playing.iter_mut().for_each(Playing::key);
            if let Some(stream) = stream.as_mut() {
                stream.key(digit);
            }
            told(digit);
        };
        match (heard, &mut self.key_ear) {
            (Heard::Key(_, Some(digit), _), _) => pressed(*digit),
            (Heard::Voice(header, codec), Some(ear)) if !self.sound.tells_keys() => {
                ear.hear(*codec, &packet[header.payload.clone()], pressed);
            }
            (Heard::Refused | Heard::Nothing(_) | Heard::Voice(..) | Heard::Key(..), _) => {}
        }
    }

    /// What its ear finds out by a packet; it is gone when it has found out all.
    pub(crate) fn listen(&mut self, heard: &Heard, packet: &[u8]) -> Option<MediaEvent> {
        let ear = self.ear.as_mut()?;
        let hearing = ear.hear(heard, packet)?;
        if ear.is_done() {
            self.ear = None;
        }
        Some(match hearing {
            Hearing::Comes => MediaEvent::Comes { leg: self.id },
            Hearing::Sounds => MediaEvent::Sounds { leg: self.id },
        })
    }

    /// What a muted leg says becomes silence, in place; gives the packet's new length.
    pub(crate) fn silence_if_muted(&self, heard: &mut Heard, packet: &mut [u8], silence: &Prompt) -> usize {
        if self.muted { media::silenced(heard, packet, silence) } else { packet.len() }
    }

    /// Takes in a packet of the RTCP socket.
    pub(crate) fn take_report(&mut self, packet: &mut [u8], from: SocketAddr, at: Moment) {
        match self.path.open_report(packet) {
            Some(packet) if self.sound.receive_report(packet, from, at) => self.reports_from = Some(from),
            Some(_) => {}
            None => self.sound.refuse(),
        }
    }

    /// Whether a packet that came to the RTP port is a report (RFC 5761 §4), and may be.
    pub(crate) fn is_report(&self, packet: &[u8]) -> bool {
        self.sound.is_report(packet) && matches!(self.path, Path::Pair { .. })
    }

    /// Sends a packet to where the leg listens. One that the kernel has no room for is lost, as on any network.
    fn send(&mut self, packet: &[u8], at: Moment) {
        if let Some(to) = self.sound.destination() {
            self.path.send(packet, to, at);
            self.tape_what_goes(packet, at);
        }
    }

    /// Sends our report on the leg's sound: on the voice's own port where that was agreed; else to where its own come from, or
    /// to the port above its RTP.
    pub(crate) fn send_report(&mut self, at: Moment) {
        let above = |rtp: SocketAddr| Some(SocketAddr::new(rtp.ip(), rtp.port().checked_add(1)?));
        let beside = self.sound.shared_port();
        let apart = || self.reports_from.or_else(|| self.sound.destination().and_then(above));
        let Some(to) = beside.or_else(apart) else { return };
        let mut packet = [0; REPORT_BYTES_MAX];
        if let Some(length) = self.sound.report(&mut packet, at) {
            self.path.send_report(&packet[..length], to, beside.is_some());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiting_citizens_leg_is_small() {
        let bytes = size_of::<Leg>();
        // Four boxes of whoever listens to some are 32 bytes of all; a waiting call may have 16 KiB.
        assert!(bytes <= 680, "{bytes} bytes");
    }
}
