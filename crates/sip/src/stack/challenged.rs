//! A trunk asks for our password: the request goes out again with the answer, below the legs, which do not notice.
//!
//! Knows to whom credentials may be shown: to the trunk whose call it is, from its own address, for its own realm, and not
//! again and again. Anybody else's challenge, a phone's above all, is a refusal like another.

use std::fmt::Write as _;

use bytes::Bytes;
use model::{Moment, TrunkId};

use super::Stack;
use super::client::Challenged;
use super::leg::Stage;
use super::marks::COOKIE;
use super::seam::StackOut;
use super::step::Step;
use super::trunks::TrunkDigest;
use crate::digest::answer;
use crate::message::{HeaderName, Method, Response, Uri};

/// Answers to challenges of one request. The second only where the first one's nonce was too old (`stale`).
pub(crate) const ANSWERS_MAX: u8 = 2;

impl Stack {
    /// A 401 or 407: true where the request went out again, so that its leg needs to hear nothing.
    pub(super) fn challenged(
        &mut self,
        branch: u64,
        response: &Response,
        from: Option<&TrunkId>,
        at: Moment,
        out: &mut Vec<StackOut>,
    ) -> bool {
        let Some(owner) = self.ground.clients.owner(branch) else { return false };
        let Some(channel) = self.ground.channels.get(&owner.bits()) else { return false };
        let trunk = channel.trunk.clone();
        let Some(digest) = trunk.settings.digest.as_ref().filter(|_| from == Some(&trunk.settings.id)) else {
            return false;
        };
        let Some(credentials) = self.credentials(branch, response, digest) else { return false };
        let mut step = Step { ground: &mut self.ground, at, out };
        if !step.try_again(branch, response, &credentials) {
            return false;
        }
        // A request inside the dialog took the next CSeq; an INVITE's papers know it themselves.
        if let Some(Stage::Talking(talking)) = self.legs.get_mut(&owner.bits()).and_then(|leg| leg.stage.as_mut()) {
            talking.dialog.local_seq += 1;
        }
        true
    }

    /// The line that answers the challenge, of those that are for our realm the first that we can; none where it was answered before.
    fn credentials(&mut self, branch: u64, response: &Response, digest: &TrunkDigest) -> Option<String> {
        let (challenges, line) = match response.status {
            401 => (HeaderName::WwwAuthenticate, HeaderName::Authorization),
            _ => (HeaderName::ProxyAuthenticate, HeaderName::ProxyAuthorization),
        };
        let cnonce = format!("{:016x}", self.ground.marks.draw());
        let Challenged { attempt, request } = self.ground.clients.challenged(branch)?;
        let (method, uri) = asked_of(&request)?;
        response.headers.auth(challenges).find_map(|challenge| {
            let stale = challenge.get("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true"));
            let fits = challenge.get("realm").as_deref() == Some(&*digest.realm);
            if !fits || attempt >= ANSWERS_MAX || (attempt > 0 && !stale) {
                return None;
            }
            let value = answer(&challenge, &digest.user, &digest.password, &method, uri.as_str(), &cnonce, 1)?;
            Some(format!("{line}: {value}"))
        })
    }
}

impl Step<'_> {
    /// Sends a request again with credentials, in a transaction of its own (RFC 3261 §22.1: with the next CSeq). False where
    /// it is being taken back.
    fn try_again(&mut self, branch: u64, response: &Response, credentials: &str) -> bool {
        let Some(Challenged { attempt, request }) = self.ground.clients.challenged(branch) else { return false };
        let mark = self.ground.marks.text(branch | u64::from(attempt + 1));
        let Some((again, cseq)) = with_credentials(&request, &mark, credentials) else { return false };
        let ack = self.ack_of_refusal(branch, response);
        let again = Bytes::from(again);
        let Some(to) =
            self.ground.clients.try_again(branch, again.clone(), cseq, ack.clone(), self.at, &mut self.ground.timers)
        else {
            return false;
        };
        if let Some(ack) = ack {
            self.send(to.clone(), ack);
        }
        self.send(to, again);
        true
    }
}

/// Method and address of a request of ours.
fn asked_of(request: &[u8]) -> Option<(Method, Uri)> {
    let line = std::str::from_utf8(request).ok()?.split("\r\n").next()?;
    let mut words = line.split(' ');
    Some((Method::read(words.next()?), Uri::parse(words.next()?).ok()?))
}

/// A request of ours, as we wrote it, with another branch, the next CSeq, and these credentials in the place of any before.
fn with_credentials(request: &[u8], mark: &str, credentials: &str) -> Option<(Vec<u8>, u32)> {
    let end = memchr::memmem::find(request, b"\r\n\r\n")?;
    let head = std::str::from_utf8(request.get(..end)?).ok()?;
    let (mut text, mut next) = (String::with_capacity(request.len() + credentials.len()), None);
    for line in head.split("\r\n") {
        if let Some(via) = line.strip_prefix("Via: ") {
            let (before, after) = via.split_once(COOKIE)?;
            write!(text, "Via: {before}{COOKIE}{mark}{}", after.get(mark.len()..)?).ok()?;
        } else if let Some(cseq) = line.strip_prefix("CSeq: ") {
            let (number, method) = cseq.split_once(' ')?;
            let number = number.parse::<u32>().ok()? + 1;
            next = Some(number);
            write!(text, "CSeq: {number} {method}\r\n{credentials}").ok()?;
        } else if line.starts_with("Authorization: ") || line.starts_with("Proxy-Authorization: ") {
            continue;
        } else {
            text.push_str(line);
        }
        text.push_str("\r\n");
    }
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(request.get(end + 2..)?);
    Some((bytes, next?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_goes_again_with_the_next_number_and_one_line_of_credentials() {
        let first = "BYE sip:a@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK000000000000000000;rport\r\nCSeq: 7 BYE\r\n\
                     Content-Length: 2\r\n\r\nhi";
        let (again, cseq) =
            with_credentials(first.as_bytes(), "000000000000000001", "Authorization: one").expect("ours");
        let (again, next) = with_credentials(&again, "000000000000000002", "Authorization: two").expect("ours");
        assert_eq!((cseq, next), (8, 9));
        assert_eq!(
            String::from_utf8(again).expect("text"),
            "BYE sip:a@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK000000000000000002;rport\r\nCSeq: 9 BYE\r\n\
             Authorization: two\r\nContent-Length: 2\r\n\r\nhi"
        );
    }
}
