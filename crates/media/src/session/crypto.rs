//! Keys in session descriptions: `a=crypto` (RFC 4568), read and written.
//!
//! A line that asks for something that we don't do is passed over, as its §5.1.2 says; so are lines beyond the bound.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sdp_types::Media;

use crate::{SrtpKey, SrtpSuite};

/// Lines of one media line that are read; more are passed over.
const CRYPTO_LINES_MAX: usize = 16;
/// Digits of a tag (RFC 4568 §9.1).
const TAG_DIGITS_MAX: usize = 9;

/// One `a=crypto` line that we can do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Crypto {
    /// Its number, which the answer repeats.
    pub(crate) tag: u32,
    /// What its writer sends with.
    pub(crate) key: SrtpKey,
}

impl Crypto {
    /// Those of a media line that we can do, in its order.
    pub(super) fn all(media: &Media) -> Vec<Self> {
        media.get_attribute_values("crypto").flatten().take(CRYPTO_LINES_MAX).filter_map(Self::read).collect()
    }

    /// `1 AES_CM_128_HMAC_SHA1_80 inline:BASE64|2^20`, with session parameters after it.
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split_ascii_whitespace();
        let (tag, suite, keys) = (parts.next()?, parts.next()?, parts.next()?);
        if tag.len() > TAG_DIGITS_MAX || !tag.bytes().all(|byte| byte.is_ascii_digit()) || !parts.all(is_harmless) {
            return None;
        }
        let suite = SrtpSuite::ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(suite))?;
        let (method, inline) = keys.split_at_checked("inline:".len())?;
        let mut inline = inline.split('|');
        let key = inline.next().filter(|_| method.eq_ignore_ascii_case("inline:"))?;
        // A lifetime is longer than any call; several keys, told apart by an MKI, we don't do (nor does any phone).
        if inline.any(|part| part.contains(':') || part.contains(';')) {
            return None;
        }
        let key = SrtpKey::new(suite, &STANDARD.decode(key).ok()?)?;
        Some(Self { tag: tag.parse().ok()?, key })
    }

    /// The attribute's value.
    pub(super) fn text(&self) -> String {
        format!("{} {} inline:{}", self.tag, self.key.suite.name(), STANDARD.encode(self.key.key_and_salt()))
    }
}

/// The number that a suite has in our own offers.
pub(super) fn our_tag(suite: SrtpSuite) -> u32 {
    SrtpSuite::ALL.iter().position(|known| *known == suite).map_or(0, |place| place as u32 + 1)
}

/// A session parameter that changes nothing for us: a hint of the replay window, or one that may be left unheeded.
fn is_harmless(parameter: &str) -> bool {
    parameter.starts_with('-') || parameter.get(..4).is_some_and(|name| name.eq_ignore_ascii_case("WSH="))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm";

    fn read(text: &str) -> Option<Crypto> {
        Crypto::read(text)
    }

    #[test]
    fn a_line_of_a_phone_is_read_and_written_the_same() {
        let line = format!("1 AES_CM_128_HMAC_SHA1_80 {KEY}");
        let crypto = read(&line).expect("readable");
        assert_eq!((crypto.tag, crypto.key.suite), (1, SrtpSuite::AesCm128Sha1Tag80));
        assert_eq!(crypto.key.key(), b"123456789ABCDE01");
        assert_eq!(crypto.text(), line);
        for more in ["|2^20", "|1048576", "|2^31 WSH=128", " -FANCY=1"] {
            assert_eq!(read(&format!("{line}{more}")).as_ref(), Some(&crypto), "{more}");
        }
    }

    #[test]
    fn what_we_could_not_keep_to_is_passed_over() {
        for bad in [
            String::new(),
            "1".into(),
            "1 AES_CM_128_HMAC_SHA1_80".into(),
            format!("x AES_CM_128_HMAC_SHA1_80 {KEY}"),
            format!("1234567890 AES_CM_128_HMAC_SHA1_80 {KEY}"),
            format!("1 F8_128_HMAC_SHA1_80 {KEY}"),
            format!("1 AES_256_CM_HMAC_SHA1_80 {KEY}"),
            "1 AES_CM_128_HMAC_SHA1_80 inline:AAAA".into(),
            "1 AES_CM_128_HMAC_SHA1_80 inline:ææææ".into(),
            format!("1 AES_CM_128_HMAC_SHA1_80 {KEY}|2^20|1:4"),
            format!("1 AES_CM_128_HMAC_SHA1_80 {KEY}|2^20;{KEY}"),
            format!("1 AES_CM_128_HMAC_SHA1_80 {KEY} UNENCRYPTED_SRTP"),
            format!("1 AES_CM_128_HMAC_SHA1_80 {KEY} KDR=4"),
            format!("1 AES_CM_128_HMAC_SHA1_80 æ{KEY}"),
        ] {
            assert_eq!(read(&bad), None, "{bad}");
        }
    }
}
