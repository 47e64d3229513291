//! The meeting place of everything that happens: leg events, sound events, matches and desk commands come in as
//! [`Input`]s; commands, facts and messages go out as [`Output`]s. Pure: no clock, no sockets, no locks, no await.
//!
//! One `Centre` is one shard: single-threaded, plain `&mut`. It holds no rule of a call (that is `journey`) and
//! none of matching (that is `routing`): it knows who is who.

#![deny(clippy::iter_over_hash_type)]

mod arrange;
mod arrivals;
mod because;
mod bot;
mod call;
mod called_back;
mod carry;
mod centre;
mod claims;
mod company;
mod decided;
mod desk;
mod desk_own;
mod desk_pause;
mod desk_sound;
mod desk_wrap_up;
mod desks;
mod earlier;
mod floor;
mod handing_on;
mod input;
mod keys;
mod leg_sound;
mod meant;
mod notes;
mod offer_shown;
mod output;
mod outward;
mod own_calls;
mod promise_book;
mod promises;
mod proof;
mod queueing;
mod recall;
mod ringing;
mod room;
mod sound;
mod sound_test;
mod tape;
mod timers;
mod together;
mod told;
mod traced;
mod transfers;
mod voicemail;
mod wish;

pub use because::because;
pub use carry::{Hands, Matching, carry_out, carry_outbox};
pub use centre::{Centre, CentreSettings, Counts, SrtpRules, Why};
pub use decided::Decided;
pub use desks::desk_shard;
pub use earlier::{CallIsOver, EarlierCall, NumberKey, REMEMBERED_FOR};
pub use input::{
    CallNotice, CallNoticeWhat, ColleagueAnswer, DeskCommand, DeskNotice, DeskNoticeWhat, DeskRequest, DeskState,
    Input, OwnNotice, OwnNoticeWhat, RequestNo, SuperviseRequest, Wanted,
};
pub use journey::Supervision;
pub use offer_shown::OfferShown;
pub use output::{DeskAnswer, DeskDone, DeskEvent, DeskRefusal, DeskSnapshot, Output, Shown};
pub use proof::{ProveSound, TalkSound};
pub use wish::InCallWish;
