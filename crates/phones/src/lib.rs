//! Scripted phones: citizens who ring and agents who answer, over real SIP and RTP.
//!
//! For `demo`, `loadtest` and tests. A reader and writer of SIP of its own, as plain as a phone's, so that it does not
//! share the server's mistakes. It knows nothing of the centre: any server of this shape can be rung.

mod agents;
mod citizens;
mod digest;
mod load;
mod message;
mod registrations;
mod report;
mod socket;
mod sound;

/// First wait before an unacknowledged message is sent again (RFC 3261, T1); doubled each time.
const T1: std::time::Duration = std::time::Duration::from_millis(500);
/// How often a message is sent again before a phone gives up.
const REPEATS_MAX: u32 = 6;

pub use agents::{Account, AgentPhones, Answering, PhoneCounts};
pub use citizens::{CitizenCounts, Citizens, Ring};
pub use load::{FreeToOffer, Load, Waiting, free_to_offer, queue_calls, waiting_calls};
pub use registrations::{Storm, StormReport, storm};
pub use report::{Latency, Report};
pub use sound::{Heard, Tone};
