//! Whatever description comes: reading never panics, and our answer to one that was read has as many media lines,
//! can be read itself, and speaks a codec that was offered.

use std::net::SocketAddr;

use media::{Codec, Direction, LocalSession, RemoteSession, read_answer};
use model::{LegId, LegSide, ShardNo};

/// Reads bytes as an offer and as an answer to ours, and answers what was offered.
pub(crate) fn run(bytes: &[u8]) {
    let _ = read_answer(bytes);
    let Ok(offer) = RemoteSession::parse(bytes) else { return };
    let ours = SocketAddr::from(([127, 0, 0, 1], 12_000));
    let mut local = LocalSession::new(LegId::new(ShardNo(0), LegSide::Inbound, 1));
    if let Ok((answer, sound)) = local.answer(&offer, ours, &Codec::ALL, Some(Codec::Pcma)) {
        assert!(offer.codecs().any(|codec| codec == sound.codec), "we speak what was offered");
        assert_eq!(media_lines(bytes), media_lines(&answer), "every media line is answered (RFC 3264 §6)");
        let read = RemoteSession::parse(&answer).expect("our own answer can be read");
        assert_eq!(read.codecs().collect::<Vec<_>>(), [sound.codec]);
        // A later offer of ours keeps the lines in place (RFC 3264 §8).
        let again = local.offer(ours, &Codec::ALL, Direction::SendOnly);
        assert_eq!(media_lines(&again), media_lines(bytes), "no media line vanishes");
    }
}

fn media_lines(text: &[u8]) -> usize {
    let begins = usize::from(text.starts_with(b"m="));
    begins + text.windows(3).filter(|at| (at[0] == b'\n' || at[0] == b'\r') && &at[1..] == b"m=").count()
}
