//! What the other side described: where it listens, what it speaks, and whether it holds us.
//!
//! Knows nothing of us. Every bound is checked before a number is believed; a description that breaks one is
//! refused with a reason, and the session stays as it was.

use std::net::{IpAddr, SocketAddr};
use std::panic::catch_unwind;
use std::str::FromStr;

use sdp_types::{Attribute, Media, Session};

use crate::{Codec, KeyEvents, Sound};

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
}

/// Who sends, as one side says it of itself (RFC 3264 §5.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Direction {
    /// It sends and receives.
    #[default]
    SendReceive,
    /// It only sends: the other side is on hold, hears its music.
    SendOnly,
    /// It only receives.
    ReceiveOnly,
    /// Neither: both are on hold.
    Inactive,
}

impl Direction {
    /// From what one side does.
    pub const fn new(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendReceive,
            (true, false) => Self::SendOnly,
            (false, true) => Self::ReceiveOnly,
            (false, false) => Self::Inactive,
        }
    }
    /// Whether the side that says it sends.
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendReceive | Self::SendOnly)
    }
    /// Whether the side that says it receives.
    pub const fn receives(self) -> bool {
        matches!(self, Self::SendReceive | Self::ReceiveOnly)
    }
    /// The same, said by the other side.
    pub const fn mirrored(self) -> Self {
        Self::new(self.receives(), self.sends())
    }
    /// Its attribute's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SendReceive => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::ReceiveOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }
    fn among(attributes: &[Attribute]) -> Option<Self> {
        let all = [Self::SendReceive, Self::SendOnly, Self::ReceiveOnly, Self::Inactive];
        attributes.iter().find_map(|a| all.into_iter().find(|d| a.attribute.eq_ignore_ascii_case(d.name())))
    }
}

/// The other side's session description, read and checked: an offer, or an answer to ours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RemoteSession {
    /// Every media line, in its order, because an answer answers them all.
    pub(crate) media: Vec<RemoteMedia>,
    /// Which of them is the sound: the first audio line that isn't switched off and speaks plain RTP.
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
    /// What an audio line of plain RTP says.
    pub(crate) audio: Option<RemoteAudio>,
}

/// What an audio line says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct RemoteAudio {
    /// Where it listens.
    pub(crate) remote: SocketAddr,
    /// The codecs that we speak too, and their numbers there; best first for the other side.
    pub(crate) codecs: Vec<(Codec, u8)>,
    /// Its telephone events (RFC 4733).
    pub(crate) telephone_event: Option<KeyEvents>,
    /// What it says of itself; never receiving when its address is 0.0.0.0 (hold of RFC 2543).
    pub(crate) direction: Direction,
    /// Milliseconds of sound that it wants in a packet.
    pub(crate) packet_ms: Option<u16>,
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

    /// Milliseconds of sound that the other side wants in a packet.
    pub fn packet_ms(&self) -> Option<u16> {
        self.audio().and_then(|audio| audio.packet_ms)
    }

    pub(crate) fn audio(&self) -> Option<&RemoteAudio> {
        self.media.get(self.sound?)?.audio.as_ref()
    }
}

/// Reads the answer to our offer. The first codec that it lists is the one that is used (RFC 3264 §6.1).
pub fn read_answer(answer: &[u8]) -> Result<Sound, BadSession> {
    let session = RemoteSession::parse(answer)?;
    let audio = session.audio().ok_or(BadSession::NoSound)?;
    let spoken = *audio.codecs.first().ok_or(BadSession::NoSound)?;
    Ok(audio.sound(spoken))
}

impl RemoteAudio {
    /// How we send and receive with the other side in this codec, by its number there.
    pub(crate) fn sound(&self, (codec, payload_type): (Codec, u8)) -> Sound {
        Sound {
            remote: self.remote,
            codec,
            payload_type,
            telephone_event: self.telephone_event,
            send: self.direction.receives(),
            receive: self.direction.sends(),
            rtcp_mux: false,
        }
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
    let audio = if is_plain_rtp(media) { read_audio(media, session, &formats)? } else { None };
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

/// Encrypted transports are refused until we speak them: never a silent fall-back.
fn is_plain_rtp(media: &Media) -> bool {
    let transport = media.proto.as_str();
    media.media.eq_ignore_ascii_case("audio")
        && (transport.eq_ignore_ascii_case("RTP/AVP") || transport.eq_ignore_ascii_case("RTP/AVPF"))
}

/// `None` for a line that is switched off (port 0).
fn read_audio(media: &Media, session: &Session, formats: &[&str]) -> Result<Option<RemoteAudio>, BadSession> {
    let types = formats.iter().map(|format| payload_type(format)).collect::<Result<Vec<u8>, _>>()?;
    if media.port == 0 {
        return Ok(None);
    }
    let ip = address(media, session)?;
    let said = Direction::among(&media.attributes).or_else(|| Direction::among(&session.attributes));
    let said = said.unwrap_or_default();
    let direction = if ip.is_unspecified() { Direction::new(said.sends(), false) } else { said };
    let maps = rtp_maps(media)?;
    let map_of = |t: u8| maps.iter().find(|(number, _)| *number == t).map(|(_, map)| *map);
    let mut codecs: Vec<(Codec, u8)> = Vec::new();
    for payload_type in types.iter().copied() {
        let codec =
            map_of(payload_type).map_or_else(|| Codec::from_static_payload_type(payload_type), Codec::from_rtp_map);
        if let Some(codec) = codec
            && codecs.iter().all(|(known, _)| *known != codec)
        {
            codecs.push((codec, payload_type));
        }
    }
    let is_event = |t: &&u8| map_of(**t).is_some_and(is_telephone_event);
    Ok(Some(RemoteAudio {
        remote: SocketAddr::new(ip, media.port),
        codecs,
        telephone_event: types.iter().find(is_event).copied().map(KeyEvents::narrow),
        direction,
        packet_ms: media.get_first_attribute_value("ptime").flatten().and_then(|ms| ms.trim().parse().ok()),
    }))
}

fn payload_type(format: &str) -> Result<u8, BadSession> {
    let number = u8::from_str(format).map_err(|_| BadSession::PayloadType)?;
    if number <= 127 { Ok(number) } else { Err(BadSession::PayloadType) }
}

/// The line's own address goes before the session's (RFC 8866 §5.7). Multicast is no place for a conversation.
fn address(media: &Media, session: &Session) -> Result<IpAddr, BadSession> {
    let connection = media.connections.first().or(session.connection.as_ref()).ok_or(BadSession::Address)?;
    let ip = connection.try_address().map_err(|_| BadSession::Address)?.ip;
    if ip.is_multicast() { Err(BadSession::Address) } else { Ok(ip) }
}

/// Payload types and what they are mapped to: `101` → `telephone-event/8000`.
fn rtp_maps(media: &Media) -> Result<Vec<(u8, &str)>, BadSession> {
    let values = media.get_attribute_values("rtpmap").flatten();
    values
        .map(|value| {
            let (number, name) = value.trim().split_once(' ').ok_or(BadSession::Malformed)?;
            Ok((payload_type(number)?, name.trim()))
        })
        .collect()
}

fn is_telephone_event(name: &str) -> bool {
    name.eq_ignore_ascii_case("telephone-event/8000")
}
