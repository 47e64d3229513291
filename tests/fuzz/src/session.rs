//! Whatever description comes: reading never panics, and our answer to one that was read has as many media lines,
//! can be read itself, speaks a codec that was offered, and is never less protected than what was agreed.

use std::net::{IpAddr, Ipv4Addr};

use media::{Codec, Direction, FarEnd, LocalSession, MediaSeed, OurSide, OurWeb, Protection, RemoteSession, Secured};
use model::{LegId, LegSide, ShardNo};

const PORT: u16 = 12_000;

/// Reads bytes as an offer and as an answer to ours, and answers what was offered: as a phone of each decision, and as a browser.
pub(crate) fn run(bytes: &[u8]) {
    let ours = ours();
    let offer = RemoteSession::parse(bytes);
    let phones = [Protection::Off, Protection::Offered, Protection::Required].map(FarEnd::Phone);
    for far in phones.into_iter().chain([FarEnd::Browser]) {
        let mut local = LocalSession::new(LegId::new(ShardNo(0), LegSide::Inbound, 1), far);
        local.offer(&ours, PORT, &Codec::ALL, Direction::SendReceive);
        if let Ok(settled) = local.answered(&ours, bytes) {
            assert!(is_allowed(far, settled.secured.as_deref()), "an answer settles what was offered: {far:?}");
        }
        if let Ok(offer) = &offer {
            answer(far, &ours, bytes, offer);
        }
    }
}

fn answer(far: FarEnd, ours: &OurSide, bytes: &[u8], offer: &RemoteSession) {
    let mut local = LocalSession::new(LegId::new(ShardNo(0), LegSide::Inbound, 1), far);
    let Ok(answered) = local.answer(ours, offer, PORT, Some(Codec::Pcma)) else { return };
    let settled = answered.settled;
    assert!(is_allowed(far, settled.secured.as_deref()), "an offer settles what is allowed: {far:?}");
    assert!(offer.codecs().any(|codec| codec == settled.sound.codec), "we speak what was offered");
    assert_eq!(media_lines(bytes), media_lines(&answered.description), "every media line is answered (RFC 3264 §6)");
    let read = RemoteSession::parse(&answered.description).expect("our own answer can be read");
    assert_eq!(read.codecs().collect::<Vec<_>>(), [settled.sound.codec]);
    // A later offer of ours keeps the lines in place (RFC 3264 §8), and can be read.
    let again = local.offer(ours, PORT, &Codec::ALL, Direction::SendOnly);
    assert_eq!(media_lines(&again), media_lines(bytes), "no media line vanishes");
    RemoteSession::parse(&again).expect("our own offer can be read");
    // The same again keeps what was agreed.
    let second = local.answer(ours, offer, PORT, Some(Codec::Pcma)).expect("what was answered once is answered again");
    assert_eq!(second.settled, settled, "nothing changed");
}

fn is_allowed(far: FarEnd, secured: Option<&Secured>) -> bool {
    match (far, secured) {
        (FarEnd::Phone(Protection::Off | Protection::Offered), None) => true,
        (FarEnd::Phone(Protection::Offered | Protection::Required), Some(Secured::Sdes(_))) => true,
        (FarEnd::Browser, Some(Secured::Web(_))) => true,
        (FarEnd::Phone(_) | FarEnd::Browser, None | Some(Secured::Sdes(_) | Secured::Web(_))) => false,
    }
}

fn ours() -> OurSide {
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let web = OurWeb { addresses: vec![(address, 8443).into()], fingerprint: [0xab; 32], tcp: true };
    OurSide { address, codecs: Codec::ALL.to_vec(), seed: MediaSeed::new([7; 32]), web: Some(web) }
}

fn media_lines(text: &[u8]) -> usize {
    let begins = usize::from(text.starts_with(b"m="));
    begins + text.windows(3).filter(|at| (at[0] == b'\n' || at[0] == b'\r') && &at[1..] == b"m=").count()
}
