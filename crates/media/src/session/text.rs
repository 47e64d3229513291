//! Writing a session description, line by line (RFC 8866 §5).
//! Knows no rule of offer and answer; what it writes is ours, or was checked when it was read.

use std::fmt::{Arguments, Write};
use std::net::IpAddr;

use super::direction::Direction;
use super::remote::RemoteMedia;
use crate::{Codec, KeyEvents};

/// Sound in a packet, in milliseconds: what we send, and what we ask for.
const PACKET_MS: u16 = 20;

/// One line with its end.
pub(super) fn line(text: &mut String, content: Arguments<'_>) {
    text.write_fmt(content).expect("a String takes everything");
    text.push_str("\r\n");
}

/// The lines before the attributes of the session.
pub(super) fn write_origin(text: &mut String, id: u64, version: u32, ip: IpAddr) {
    let family = if ip.is_ipv4() { "IP4" } else { "IP6" };
    line(text, format_args!("v=0"));
    line(text, format_args!("o=- {id} {version} IN {family} {ip}"));
    line(text, format_args!("s=-"));
    line(text, format_args!("c=IN {family} {ip}"));
    line(text, format_args!("t=0 0"));
}

/// The media line of the sound, and what its numbers mean.
pub(super) fn write_sound(
    text: &mut String,
    (transport, port): (&str, u16),
    codecs: &[(Codec, u8)],
    keys: &[KeyEvents],
    direction: Direction,
) {
    let mut formats = String::with_capacity(32);
    for payload_type in codecs.iter().map(|(_, number)| *number).chain(keys.iter().map(|keys| keys.payload_type)) {
        write!(formats, " {payload_type}").expect("a String takes everything");
    }
    line(text, format_args!("m=audio {port} {transport}{formats}"));
    for (codec, number) in codecs {
        line(text, format_args!("a=rtpmap:{number} {}", codec.rtp_map()));
        if *codec == Codec::Opus {
            line(text, format_args!("a=fmtp:{number} minptime=10;useinbandfec=1"));
        }
    }
    for keys in keys {
        line(text, format_args!("a=rtpmap:{} telephone-event/{}", keys.payload_type, keys.clock_rate));
        line(text, format_args!("a=fmtp:{} 0-15", keys.payload_type));
    }
    line(text, format_args!("a=ptime:{PACKET_MS}"));
    line(text, format_args!("a={}", direction.name()));
}

/// Port 0 rejects a media line; the rest repeats what was offered (RFC 3264 §6).
pub(super) fn write_rejection(text: &mut String, media: &RemoteMedia) {
    line(text, format_args!("m={} 0 {} {}", media.kind, media.transport, media.first_format));
}
