//! The phone's side of digest authentication (RFC 2617, MD5 with qop=auth), written apart from the server's.
//! Knows one challenge at a time; keeps no password.

use md5::{Digest, Md5};

/// What a phone needs to answer a challenge.
pub(crate) struct Secret<'a> {
    pub(crate) user: &'a str,
    pub(crate) password: &'a str,
}

/// The Authorization header that answers an MD5 challenge; none when it asks for something that we don't speak.
pub(crate) fn answer(challenge: &str, secret: &Secret<'_>, method: &str, uri: &str) -> Option<String> {
    let of = |name: &str| parameter(challenge, name);
    if of("algorithm").is_some_and(|algorithm| !algorithm.eq_ignore_ascii_case("MD5")) {
        return None;
    }
    let (realm, nonce) = (of("realm")?, of("nonce")?);
    let (cnonce, count) = (format!("{:08x}", rand::random::<u32>()), "00000001");
    let ha1 = hex(&format!("{}:{realm}:{}", secret.user, secret.password));
    let ha2 = hex(&format!("{method}:{uri}"));
    let response = hex(&format!("{ha1}:{nonce}:{count}:{cnonce}:auth:{ha2}"));
    let user = secret.user;
    Some(format!(
        "Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", \
         algorithm=MD5, cnonce=\"{cnonce}\", qop=auth, nc={count}"
    ))
}

fn parameter<'a>(challenge: &'a str, name: &str) -> Option<&'a str> {
    challenge.trim_start_matches("Digest").split(',').find_map(|part| {
        let (found, value) = part.split_once('=')?;
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

fn hex(text: &str) -> String {
    let hash: [u8; 16] = Md5::digest(text.as_bytes()).into();
    format!("{:032x}", u128::from_be_bytes(hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 2617 §3.5, but for the client's own nonce.
    #[test]
    fn the_hash_is_the_one_of_the_rfc() {
        let ha1 = hex("Mufasa:testrealm@host.com:Circle Of Life");
        let ha2 = hex("GET:/dir/index.html");
        let nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
        assert_eq!(hex(&format!("{ha1}:{nonce}:00000001:0a4f113b:auth:{ha2}")), "6629fae49393a05397450978507c4ef1");
    }

    #[test]
    fn a_challenge_that_we_dont_speak_is_not_answered() {
        let secret = Secret { user: "a", password: "b" };
        let challenge = "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256";
        assert_eq!(answer(challenge, &secret, "REGISTER", "sip:r"), None);
    }
}
