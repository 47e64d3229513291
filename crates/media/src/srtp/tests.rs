//! Protected sound both ways, the vectors of the RFCs, and what a stranger's packets do: nothing.
//! Knows no socket: those are in `media-net/tests/encrypted`.

use proptest::prelude::*;

use super::*;
use crate::{SrtpKey, SrtpSuite};

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|two| u8::from_str_radix(std::str::from_utf8(two).expect("ASCII"), 16).expect("hex")).collect()
}

fn key(suite: SrtpSuite, seed: u8) -> SrtpKey {
    let bytes: Vec<u8> = (0..suite.key_and_salt_bytes() as u8).map(|n| n.wrapping_mul(7).wrapping_add(seed)).collect();
    SrtpKey::new(suite, &bytes).expect("its length")
}

fn pair(suite: SrtpSuite) -> (Srtp, Srtp) {
    let (one, other) = (key(suite, 1), key(suite, 99));
    let turned = SdesKeys { ours: other.clone(), theirs: one.clone() };
    (Srtp::new(&SdesKeys { ours: one, theirs: other }), Srtp::new(&turned))
}

fn packet(sequence: u16, ssrc: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x80, 8];
    bytes.extend(sequence.to_be_bytes());
    bytes.extend(u32::from(sequence).wrapping_mul(160).to_be_bytes());
    bytes.extend(ssrc.to_be_bytes());
    bytes.extend(payload);
    bytes
}

fn sealed(srtp: &mut Srtp, packet: &[u8]) -> Option<Vec<u8>> {
    let mut out = [0; 1500];
    srtp.protect(packet, &mut out).map(|sealed| sealed.to_vec())
}

fn opened(srtp: &mut Srtp, sealed: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = sealed.to_vec();
    let length = srtp.unprotect(&mut bytes)?;
    bytes.truncate(length);
    Some(bytes)
}

#[test]
fn session_keys_are_those_of_rfc_3711_b_3() {
    let master = hex("E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6");
    let key = SrtpKey::new(SrtpSuite::AesCm128Sha1Tag80, &master).expect("its length");
    for (label, expected) in [
        (0, "C61E7A93744F39EE10734AFE3FF7A087"),
        (2, "30CBBC08863D8C85D49DB34A9AE1"),
        (1, "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"),
    ] {
        let mut derived = vec![0; expected.len() / 2];
        guard::derive(&key, label, &mut derived);
        assert_eq!(derived, hex(expected), "label {label}");
    }
}

#[test]
fn a_known_packet_becomes_the_known_bytes() {
    // libsrtp's reference packet: AES_CM_128_HMAC_SHA1_80, round 0.
    let master = hex("E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6");
    let key = SrtpKey::new(SrtpSuite::AesCm128Sha1Tag80, &master).expect("its length");
    let mut srtp = Srtp::new(&SdesKeys { ours: key.clone(), theirs: key });
    let plain = hex("800f1234decafbadcafebabeabababababababababababababababab");
    let expected = hex("800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb");
    assert_eq!(sealed(&mut srtp, &plain).as_deref(), Some(&*expected));
    assert_eq!(opened(&mut srtp, &expected), Some(plain));
}

#[test]
fn voice_and_reports_come_through_every_suite_and_look_like_noise_on_the_way() {
    for suite in SrtpSuite::ALL {
        let (mut here, mut there) = pair(suite);
        let plain = packet(65_530, 7, &[0xd5; 160]);
        let protected = sealed(&mut here, &plain).expect("sealed");
        assert_eq!(protected[..12], plain[..12], "the header stays readable");
        assert!(!protected[12..172].windows(4).any(|four| four == [0xd5; 4]), "{suite:?}");
        assert_eq!(opened(&mut there, &protected), Some(plain), "{suite:?}");
        assert_eq!(opened(&mut there, &protected), None, "played again: {suite:?}");
        let report: Vec<u8> = [0x80, 201, 0, 7].into_iter().chain(0..28).collect();
        let mut out = [0; 100];
        let mut protected = here.protect_report(&report, &mut out).expect("sealed").to_vec();
        let mut again = protected.clone();
        let length = there.unprotect_report(&mut protected).expect("authentic");
        assert_eq!(protected[..length], report, "{suite:?}");
        assert_eq!(there.unprotect_report(&mut again), None, "played again: {suite:?}");
    }
}

#[test]
fn sound_goes_on_over_the_edge_of_sequence_numbers_with_losses_and_late_packets() {
    for suite in SrtpSuite::ALL {
        let (mut here, mut there) = pair(suite);
        let all: Vec<Vec<u8>> = (65_500..66_000_u32)
            .map(|n| sealed(&mut here, &packet(n as u16, 7, &n.to_be_bytes())).expect("sealed"))
            .collect();
        let mut order: Vec<usize> = (0..all.len()).filter(|n| n % 17 != 3).collect();
        order.chunks_mut(5).for_each(<[usize]>::reverse);
        for place in order {
            let plain = opened(&mut there, &all[place]).expect("authentic");
            assert_eq!(plain[12..], (65_500 + place as u32).to_be_bytes(), "{suite:?}");
        }
    }
}

#[test]
fn one_number_is_never_used_for_two_packets() {
    let (mut here, _) = pair(SrtpSuite::AeadAes256Gcm);
    assert!(sealed(&mut here, &packet(9, 7, b"one")).is_some());
    assert_eq!(sealed(&mut here, &packet(9, 7, b"two")), None);
    assert!(sealed(&mut here, &packet(10, 7, b"two")).is_some());
}

#[test]
fn the_same_keys_again_go_on_and_a_new_key_begins_anew() {
    let (mut here, mut there) = pair(SrtpSuite::AesCm128Sha1Tag80);
    let first = sealed(&mut here, &packet(1, 7, b"hej")).expect("sealed");
    assert!(opened(&mut there, &first).is_some());
    let keys = there.keys.clone();
    there.settle(&keys);
    assert_eq!(opened(&mut there, &first), None, "still known");
    let anew = SdesKeys { theirs: key(SrtpSuite::AesCm128Sha1Tag80, 33), ..keys };
    there.settle(&anew);
    let mut other = Srtp::new(&SdesKeys { ours: anew.theirs.clone(), theirs: anew.ours.clone() });
    let second = sealed(&mut other, &packet(1, 7, b"hej")).expect("sealed");
    assert!(opened(&mut there, &second).is_some());
    let back = sealed(&mut there, &packet(5, 8, b"hej")).expect("our own key is the old one");
    assert!(opened(&mut here, &back).is_some());
}

#[test]
fn ten_thousand_bad_packets_change_nothing_and_the_call_goes_on() {
    for suite in SrtpSuite::ALL {
        let (mut here, mut there) = pair(suite);
        let good: Vec<Vec<u8>> =
            (0..200).map(|n| sealed(&mut here, &packet(n, 7, &[n as u8; 160])).expect("sealed")).collect();
        assert!(opened(&mut there, &good[0]).is_some());
        for n in 0..10_000_usize {
            let mut bad = good[1 + n % 199].clone();
            match n % 5 {
                0 => bad[n % 172] ^= 1 << (n % 8),
                1 => bad.truncate(n % bad.len()),
                2 => bad[2..4].copy_from_slice(&(n as u16).to_be_bytes()),
                3 => bad[8..12].copy_from_slice(&(n as u32).to_be_bytes()),
                _ => bad.fill(n as u8),
            }
            if good.contains(&bad) {
                continue;
            }
            assert_eq!(opened(&mut there, &bad), None, "{suite:?} {n}");
            assert_eq!(there.unprotect_report(&mut bad), None, "{suite:?} {n}");
        }
        for (n, good) in good.iter().enumerate().skip(1) {
            assert!(opened(&mut there, good).is_some(), "{suite:?} {n}");
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_refused_without_a_panic(
        suite in prop::sample::select(SrtpSuite::ALL.to_vec()), bytes in prop::collection::vec(any::<u8>(), 0..200)
    ) {
        let (mut here, mut there) = pair(suite);
        prop_assert_eq!(there.unprotect(&mut bytes.clone()), None);
        prop_assert_eq!(there.unprotect_report(&mut bytes.clone()), None);
        if let Some(protected) = sealed(&mut here, &bytes) {
            prop_assert_eq!(opened(&mut there, &protected), Some(bytes));
        }
    }
}
