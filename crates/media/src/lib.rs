//! Sound without sockets: session descriptions, codecs, packets, prompts, and what is asked of the packet workers.
//! Pure: packets and moments come in, packets and events go out. Knows no leg's reason, no socket, no clock.

#![deny(clippy::iter_over_hash_type)]

mod agreed;
mod checks;
mod codec;
mod coding;
mod command;
mod companded_wav;
mod conceal;
mod ear;
mod event;
mod g722;
mod halfband;
mod inband;
mod jitter;
mod level;
mod loudness;
mod mixer;
mod muting;
mod opus;
mod opus_file;
mod playlist;
mod ports;
mod prompt;
mod quality;
mod reception;
mod relay;
mod resample;
mod rtcp;
mod rtp;
mod secured;
mod sending;
mod session;
mod sound_file;
mod source;
mod srtp;
mod streamed;
mod tape;
mod telephone_event;
mod traffic;
mod transcode;

pub use agreed::{KeyEvents, Sound};
pub use checks::PromptWarning;
pub use codec::{Codec, Law};
pub use coding::{Decoder, Encoder, FRAME_BYTES_MAX, Rate, SOUND_SAMPLES_MAX};
pub use command::{MediaCommand, Mixed, PlayNo};
pub use ear::{Ear, Hearing};
pub use event::{MediaEvent, MessageTold};
pub use inband::{InBandKeys, KeyEar};
pub use level::Level;
pub use loudness::{GAIN_DB_MAX, HeardFile, MUSIC_LUFS, SPEECH_LUFS, heard};
pub use mixer::{MIX_MAX, Mixer};
pub use muting::silenced;
pub use playlist::{CLIPS_MAX, Clip, Playlist};
pub use ports::{PortPool, PortRange};
pub use prompt::Prompt;
pub use quality::Quality;
pub use relay::{FRAME_PACKET_BYTES, Heard, KEY_PACKET_BYTES, LegSound};
pub use rtcp::REPORT_BYTES_MAX;
pub use rtp::{PACKET_BYTES_MAX, RTP_HEADER_BYTES, RtpHeader};
pub use secured::{DtlsRole, IceLocal, KEY_AND_SALT_BYTES_MAX, Place, SdesKeys, Secured, SrtpKey, SrtpSuite, WebPeer};
pub use session::{
    Answered, BadSession, Direction, FarEnd, LocalSession, MediaSeed, OurSide, OurWeb, Protection, Refused,
    RemoteSession, Settled,
};
pub use sound_file::BadPrompt;
pub use source::{LEARN_PACKETS, LEARN_TIME, RELEARN_SILENCE};
pub use srtp::{SRTCP_TAIL_BYTES_MAX, SRTP_TAIL_BYTES_MAX, Srtp};
pub use streamed::{STREAM_FRAME, StreamEvent, StreamTo, Streamed};
pub use tape::{MessageReel, Reel, Side, Taped, WAV_HEAD_BYTES, wav_head, wav_length};
pub use telephone_event::{KeyPresses, OwnPress, TelephoneEvent};
pub use traffic::Traffic;
pub use transcode::{TranscodedPacket, Transcoder};
