//! What facts teach: shares of calls, talk times, agents' pace, patience; and the queueing formulas beside them.
//!
//! Folds facts into what is expected of each half-hour ([`Outlook`]). Knows nothing of calls in progress, of plans or
//! of storage; reads no clock.

#![deny(clippy::iter_over_hash_type)]

mod book;
mod erlang;
mod erlang_a;
mod follow;
mod half_hour;
mod learner;
mod outlook;
mod pace;
mod promise;
mod rates;
mod waiting_time;

pub use erlang::{ERLANG_AGENTS_MAX, Steady, erlang_c};
pub use erlang_a::erlang_a;
pub use follow::LearnerHealth;
pub use half_hour::next_half_hour;
pub use learner::Learner;
pub use outlook::{ClassOutlook, Outlook};
pub use promise::{Announcement, Promise, Situation, Tone};
pub use waiting_time::{CALLBACK_ABOVE, WAIT_MAX, blended_wait, expected_wait, lane_wait};
