//! The seam between the centre and the packet workers: what is asked of sound. What it tells is in `event`.
//!
//! Two closed lists. The centre owns the port pool and the session descriptions, so nothing here is a
//! question: a command is sent and forgotten, and the worker tells only what the centre cannot know.

use std::time::Duration;

use model::{LegId, MessageTape, Tape};

use crate::{Level, Place, Playlist, Secured, Sound, StreamTo};

/// Everything that may be asked of the packet workers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MediaCommand {
    /// Make room for a leg: bind its port pair, or take it in at the browsers' port.
    Open {
        /// Which leg.
        leg: LegId,
        /// Where; a pair is from the shard's own [`crate::PortPool`].
        place: Place,
    },
    /// What protects the leg's sound; before the `Settle` that it belongs to, again when keys change. From now on
    /// the leg neither sends nor takes a plain packet.
    Secure {
        /// Which leg.
        leg: LegId,
        /// What the descriptions settled.
        keys: Box<Secured>,
    },
    /// What the leg's session description settled; may come again (re-INVITE).
    Settle {
        /// Which leg.
        leg: LegId,
        /// What was settled.
        sound: Sound,
    },
    /// Play to a leg, in place of what it hears now (music, a partner's voice).
    Play {
        /// Which leg.
        leg: LegId,
        /// Comes back in `Played`.
        play: PlayNo,
        /// What is played, in order.
        list: Playlist,
    },
    /// Stop playing to a leg; no `Played` follows.
    Hush {
        /// Which leg.
        leg: LegId,
    },
    /// Join two legs: each hears the other. Ends what was played to them, but an announcement over a talk.
    Join {
        /// One.
        a: LegId,
        /// The other.
        b: LegId,
    },
    /// Part a joined pair, or take one out of a mix; whoever is left alone hears nothing.
    Part {
        /// Either of them.
        leg: LegId,
    },
    /// Let several legs of one shard hear each other as their roles say. Ends what was played to them, and parts each from whom
    /// it was joined or mixed with before. One that is played to afterwards hears that instead, and is heard all the same.
    Mix {
        /// One of them, by which the worker is found.
        leg: LegId,
        /// All of them, at most [`crate::MIX_MAX`]; those beyond are left out.
        members: Box<[Mixed]>,
    },
    /// A key of which the sound says nothing (SIP INFO) cuts what it would have cut; whoever hears the leg hears it.
    Key {
        /// Which leg.
        leg: LegId,
        /// `0`–`9`, `*`, `#`, `A`–`D`.
        key: char,
    },
    /// Let nobody hear what comes from a leg, or hear it again. A partner is sent silence in its place; keys pass.
    Mute {
        /// Which leg.
        leg: LegId,
        /// Whether it is muted from now on.
        muted: bool,
    },
    /// Record a citizen's talk from now on: what comes from the leg on the left, what it is sent on the right. What was
    /// recorded of the leg before ends with it.
    Record {
        /// The citizen's leg.
        leg: LegId,
        /// What the recording is born with.
        tape: Box<Tape>,
    },
    /// Write silence to the leg's recording, or go on with it.
    PauseRecording {
        /// The citizen's leg.
        leg: LegId,
        /// Whether it is paused from now on.
        paused: bool,
    },
    /// End the leg's recording, and keep it. Closing the leg does the same.
    EndRecording {
        /// The citizen's leg.
        leg: LegId,
    },
    /// Make room for a citizen's message; `Message` is told: ready or failed. Nothing is taken before `BeginMessage`. What was recorded of the leg
    /// before ends with it.
    TakeMessage {
        /// The citizen's leg.
        leg: LegId,
        /// What the message is born with.
        message: Box<MessageTape>,
    },
    /// What comes from the leg from now on is the message.
    BeginMessage {
        /// The citizen's leg.
        leg: LegId,
    },
    /// The message is over. To be kept: `Message` is told, kept or failed. Closing the leg keeps what there is.
    EndMessage {
        /// The citizen's leg.
        leg: LegId,
        /// Else nothing of it is left.
        keep: bool,
    },
    /// Listen for keys in a leg's own sound, or no longer: each press is told as a `Digit`. Only while its session has no
    /// telephone events; a later `Settle` may bring or take them.
    Listen {
        /// Which leg.
        leg: LegId,
        /// Whether somebody waits for a key from now on.
        in_band: bool,
    },
    /// Let a program be the leg's other side from now on; what happens is told as `Streamed`. Parts the leg from its partner.
    Stream {
        /// Which leg.
        leg: LegId,
        /// To whom.
        to: Box<StreamTo>,
    },
    /// Let it go; nothing more is told of it. Closing the leg does the same.
    EndStream {
        /// Which leg.
        leg: LegId,
    },
    /// Watch a leg's sound: `Silent` is told once when nothing (RTP or RTCP) came for that long after something
    /// had come. `None` stops it (hold).
    Watch {
        /// Which leg.
        leg: LegId,
        /// How long nothing may come.
        silence_max: Option<Duration>,
    },
    /// Find out whether a leg can be heard: `Comes` is told with the next of its packets, `Sounds` when a quarter second of
    /// it was at least this loud; each once. Costs a decoding of each packet until then. `None` stops it.
    Measure {
        /// Which leg.
        leg: LegId,
        /// How loud it should be.
        loud: Option<Level>,
    },
    /// Give back the leg's sockets. `Closed` follows, after which the port may be used again.
    Close {
        /// Which leg.
        leg: LegId,
    },
}

impl MediaCommand {
    /// The leg that it is for; of a pair the first, for both are of one shard.
    pub const fn leg(&self) -> LegId {
        match self {
            Self::Open { leg, .. }
            | Self::Secure { leg, .. }
            | Self::Settle { leg, .. }
            | Self::Play { leg, .. }
            | Self::Hush { leg }
            | Self::Join { a: leg, .. }
            | Self::Part { leg }
            | Self::Mix { leg, .. }
            | Self::Key { leg, .. }
            | Self::Mute { leg, .. }
            | Self::Record { leg, .. }
            | Self::PauseRecording { leg, .. }
            | Self::EndRecording { leg }
            | Self::TakeMessage { leg, .. }
            | Self::BeginMessage { leg }
            | Self::EndMessage { leg, .. }
            | Self::Listen { leg, .. }
            | Self::Stream { leg, .. }
            | Self::EndStream { leg }
            | Self::Watch { leg, .. }
            | Self::Measure { leg, .. }
            | Self::Close { leg } => *leg,
        }
    }
}

/// One member of a conversation of three and more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mixed {
    /// Whose leg.
    pub leg: LegId,
    /// Bit n: hears the member at place n of the list. One's own bit changes nothing.
    pub hears: u8,
}

/// Numbers the plays of a leg, so that a late `Played` is recognised.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct PlayNo(pub u32);
