//! What a page is told, as messages, and which leg a page means.
//! Knows both forms; doesn't know when something is told.

use bytes::Bytes;
use model::LegId;
use page::{Tells, Told};

use crate::proto::desk as pb;
use crate::proto::desk::open_response;
use crate::refusal::Refusal;

/// Longest session description, in bytes: a browser's with every codec has a third of that.
const SESSION_BYTES_MAX: usize = 16 * 1024;
/// Longest candidate, in bytes.
const CANDIDATE_BYTES_MAX: usize = 1_024;

/// As a page is told.
pub(crate) fn told(tells: &Tells) -> pb::OpenResponse {
    let leg = format!("{:016x}", tells.leg.bits());
    let told = match &tells.told {
        Told::Rings { offer, shown } => {
            open_response::Told::Rings(pb::Rings { leg, sdp: text(offer), title: shown.title.to_string() })
        }
        Told::Called { number } => open_response::Told::Called(pb::Called { leg, number: *number }),
        Told::Taken => open_response::Told::Taken(pb::Taken { leg }),
        Told::GoesOn => open_response::Told::GoesOn(pb::GoesOn { leg }),
        Told::Accepted { number, session } => {
            open_response::Told::Accepted(pb::Accepted { leg, number: *number, sdp: text(session) })
        }
        Told::Rejected { number } => open_response::Told::Rejected(pb::Rejected { leg, number: *number }),
        Told::Over => open_response::Told::Over(pb::Over { leg }),
    };
    pb::OpenResponse { told: Some(told) }
}

/// Our own descriptions are ASCII.
fn text(session: &Bytes) -> String {
    String::from_utf8_lossy(session).into_owned()
}

/// The leg that a page means.
pub(crate) fn leg(text: &str) -> Result<LegId, Refusal> {
    let digits = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bits = digits.then(|| u64::from_str_radix(text, 16).ok()).flatten();
    bits.map(LegId::from_bits).ok_or(Refusal::UnknownLeg)
}

/// A session description that is worth reading; what it says is read where sessions are known.
pub(crate) fn session(sdp: String) -> Result<Bytes, Refusal> {
    let fits = sdp.starts_with("v=0") && sdp.len() <= SESSION_BYTES_MAX;
    if fits { Ok(Bytes::from(sdp)) } else { Err(Refusal::BadSession) }
}

/// A candidate, or the word that there are no more.
pub(crate) fn check_candidate(candidate: &str) -> Result<(), Refusal> {
    let looks_so = candidate.is_empty() || candidate.starts_with("candidate:");
    if looks_so && candidate.len() <= CANDIDATE_BYTES_MAX { Ok(()) } else { Err(Refusal::BadSession) }
}
