//! What the other side described: where it listens, what it speaks, and whether it holds us.
//!
//! Knows nothing of us. Every bound is checked before a number is believed; a description that breaks one is
//! refused with a reason, and the session stays as it was.

use std::net::SocketAddr;
use std::panic::catch_unwind;

use sdp_types::{Media, Session};

use super::audio::{Carried, RemoteAudio};
use super::direction::Direction;
use crate::Codec;

/// Longest description that is read, in bytes. Longer: [`BadSession::TooLong`].
const SESSION_BYTES_MAX: usize = 8 * 1024;
/// Most media lines. More: [`BadSession::TooManyMedia`].
const MEDIA_MAX: usize = 32;
/// Most formats (payload types) of one media line. More: [`BadSession::TooManyFormats`].
const FORMATS_MAX: usize = 64;
/// Most attributes of one media line, and of the session. More: [`BadSession::TooManyAttributes`].
const ATTRIBUTES_MAX: usize = 256;
/// Longest media or transport name. Longer: [`BadSession::Malformed`].
const TOKEN_CHARS_MAX: usize = 32;

/// Why a session description is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadSession {
    /// More than 8 KiB.
    #[error("the session description is longer than 8 KiB")]
    TooLong,
    /// A NUL or another control character.
    #[error("the session description has a control character")]
    ControlCharacter,
    /// It can't be read as RFC 8866 says; a port above 65535 too.
    #[error("the session description is malformed")]
    Malformed,
    /// More than 32 media lines.
    #[error("the session description has more than 32 media lines")]
    TooManyMedia,
    /// More than 64 formats in one media line.
    #[error("a media line has more than 64 formats")]
    TooManyFormats,
    /// More than 256 attributes.
    #[error("the session or a media line has more than 256 attributes")]
    TooManyAttributes,
    /// A payload type that is no number from 0 to 127.
    #[error("a payload type is no number from 0 to 127")]
    PayloadType,
    /// No address where sound could be sent to, or one that is no IP address.
    #[error("the session description has no IP address for its sound")]
    Address,
    /// It describes no sound that we speak.
    #[error("the session description has no sound that we speak")]
    NoSound,
    /// An answer that leaves out the encryption that we asked for, or brings another.
    #[error("the answer's encryption is not the one that was offered")]
    Unprotected,
}

/// The other side's session description, read and checked: an offer, or an answer to ours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RemoteSession {
    /// Every media line, in its order, because an answer answers them all.
    pub(crate) media: Vec<RemoteMedia>,
    /// Which of them is the sound: the first audio line that isn't switched off and that we could speak.
    pub(crate) sound: Option<usize>,
}

/// One media line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct RemoteMedia {
    /// `audio`, `video` …: only token characters.
    pub(crate) kind: String,
    /// `RTP/AVP` …: only token characters.
    pub(crate) transport: String,
    /// The first format, which a rejection repeats: only token characters.
    pub(crate) first_format: String,
    /// What an audio line says.
    pub(crate) audio: Option<RemoteAudio>,
}

impl RemoteSession {
    /// Reads a description: at most 8 KiB, 32 media, 64 formats each; payload types ≤ 127, ports ≤ 65535.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadSession> {
        check_text(bytes)?;
        // The parser is not ours: should it ever panic, one call is refused and no other notices.
        let session = catch_unwind(|| Session::parse(bytes)).ok().and_then(Result::ok).ok_or(BadSession::Malformed)?;
        if session.medias.len() > MEDIA_MAX {
            return Err(BadSession::TooManyMedia);
        }
        if session.attributes.len() > ATTRIBUTES_MAX {
            return Err(BadSession::TooManyAttributes);
        }
        let media = session.medias.iter().map(|m| read_media(m, &session)).collect::<Result<Vec<_>, _>>()?;
        let sound = media.iter().position(|m| m.audio.is_some());
        Ok(Self { media, sound })
    }

    /// The codecs that it speaks and we too, in the other side's order; empty when there is no sound.
    pub fn codecs(&self) -> impl Iterator<Item = Codec> {
        self.audio().into_iter().flat_map(|audio| audio.codecs.iter().map(|(codec, _)| *codec))
    }

    /// What the other side says of itself; inactive when there is no sound.
    pub fn direction(&self) -> Direction {
        self.audio().map_or(Direction::Inactive, |audio| audio.direction)
    }

    /// Where the other side listens.
    pub fn remote(&self) -> Option<SocketAddr> {
        self.audio().map(|audio| audio.remote)
    }

    /// Whether it is a browser's: DTLS-SRTP over ICE.
    pub fn is_web(&self) -> bool {
        self.audio().is_some_and(|audio| matches!(audio.carried, Carried::Web(_)))
    }

    /// Milliseconds of sound that the other side wants in a packet.
    pub fn packet_ms(&self) -> Option<u16> {
        self.audio().and_then(|audio| audio.packet_ms)
    }

    pub(crate) fn audio(&self) -> Option<&RemoteAudio> {
        self.media.get(self.sound?)?.audio.as_ref()
    }
}

fn check_text(bytes: &[u8]) -> Result<(), BadSession> {
    if bytes.len() > SESSION_BYTES_MAX {
        return Err(BadSession::TooLong);
    }
    if bytes.iter().any(|byte| byte.is_ascii_control() && !matches!(byte, b'\r' | b'\n' | b'\t')) {
        return Err(BadSession::ControlCharacter);
    }
    Ok(())
}

fn read_media(media: &Media, session: &Session) -> Result<RemoteMedia, BadSession> {
    if media.attributes.len() > ATTRIBUTES_MAX {
        return Err(BadSession::TooManyAttributes);
    }
    let formats: Vec<&str> = media.fmt.split(' ').filter(|format| !format.is_empty()).take(FORMATS_MAX + 1).collect();
    if formats.len() > FORMATS_MAX {
        return Err(BadSession::TooManyFormats);
    }
    let first_format = formats.first().ok_or(BadSession::Malformed)?;
    if ![media.media.as_str(), &media.proto, first_format].into_iter().all(is_token) {
        return Err(BadSession::Malformed);
    }
    let audio = RemoteAudio::read(media, session, &formats)?;
    Ok(RemoteMedia {
        kind: media.media.clone(),
        transport: media.proto.clone(),
        first_format: (*first_format).to_owned(),
        audio,
    })
}

/// Characters that may stand in a name (RFC 8866 §9, token) or a transport (with `/`): nothing that could begin a line.
fn is_token(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-./^_`{|}~".contains(c);
    !text.is_empty() && text.len() <= TOKEN_CHARS_MAX && text.chars().all(fits)
}
