//! The API: gRPC for desks, supervision and statistics, and a few plain HTTP pages for operators, all on one port.
//!
//! Mirror types and one mapping of refusals to statuses. Knows the centre's seam, the plan and the figures;
//! no SQL, no SIP, no rule of a call. The node builds its [`Doors`] and hands events in.

mod administration;
mod api;
mod badges;
mod desk;
mod doors;
mod http;
mod mirror;
mod notes;
mod operation;
mod password;
pub mod proto;
mod refusal;
mod sound;
mod statistics;
mod supervision;
#[cfg(test)]
mod testing;
mod voicemail;

pub use administration::{Coordinators, Deciding, Denied, TryWhat};
pub use api::Api;
pub use doors::{CentreDoor, Condition, Decided, Doors, House, Leaks, MailboxFull};
pub use http::{Encryption, ServeFault, SocketDoor, SocketRoute, Upgraded, serve, sockets};
pub use notes::{NoteBook, NotesAsked, NotesFault};
pub use operation::{
    BanShown, BeginFault, Edge, PhoneShown, TraceAbout, TraceAsked, TraceBegun, TraceMessage, TraceShown, TraceTold,
    TraceWatch, TrunkShown, Unmasked,
};
pub use refusal::{DANISH_KEY, ENGLISH_KEY, REASON_KEY, Refusal};
pub use sound::{ForPages, IceLogin, IceServer, PageDoor};
pub use statistics::{
    Archive, ArchiveFault, CallAsked, CallRow, EventsFrom, IntervalRow, IntervalsAsked, Key, KeyKind,
};
pub use supervision::Board;
pub use voicemail::{Mailroom, MailroomFault, MessagesAsked};
