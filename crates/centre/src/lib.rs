//! The meeting place of everything that happens: leg events, sound events, matches and desk commands come in as
//! [`Input`]s; commands, facts and messages go out as [`Output`]s. Pure: no clock, no sockets, no locks, no await.

mod input;
mod output;

pub use input::{
    CallNotice, CallNoticeWhat, DeskCommand, DeskNotice, DeskNoticeWhat, DeskRequest, DeskState, Input, OfferShown,
    RequestNo, Wanted,
};
pub use output::{DeskAnswer, DeskDone, DeskEvent, DeskRefusal, DeskSnapshot, Output, Shown};
