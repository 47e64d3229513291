//! One citizen's call from arrival to farewell, one file a station.
//!
//! A station takes an [`Event`] and returns what should happen as [`Effect`]s; it never calls the next one, and
//! knows no SIP, no other call, and not which agent is best. The order of the stations is this module list and [`Stage`].

#![deny(clippy::iter_over_hash_type)]

mod announcing; // 8   something is played to one side
mod arrival; //   2, 3  which line, is it open
mod asking; //    8     an agent asks to hand the citizen on, or calls somebody
mod booking; //   3, 5  a time to be called in
mod bot; //       4     the line's bot
mod callback; //  5     the citizen may choose to be called back
mod calling_back; // 5, 6, 7  in the queue with no phone, then called
mod company; //   8     hold, somebody asked and added, a supervisor
mod consent; //   4     may the call be recorded?
mod elsewhere; // 8     the citizen talks with somebody to whom an agent handed on
mod farewell; //  –     a last message, then good-bye
mod greeting; //  4     the municipality's words
mod handing; //   8     an agent hands the citizen on
mod meanwhile; // 5     what else a waiting citizen is told
mod menu; //      4     language, municipality, topic
mod moving_on; // 5     another queue may take who waits
mod number_asked; // 5  … at which number
mod offer; //     6, 7  an agent's phone rings
mod onward; //    3, 5  a line that can't serve says so, and leads on
mod outward; //   3, 5  a line that can't serve leads to somebody outside
mod promised; //  5     the promise, as it is kept over a restart
mod recording; // 8     what of the conversation is recorded
mod supervising; // 8   a supervisor listens, whispers, joins, takes over
mod talk; //      8, 9  the conversation and its end
mod telling; //   5     what a waiting citizen is told
mod voicemail; // 3-5   a message for the municipality
mod waiting; //   5     the queue, music or ringing

mod alarm;
mod beside;
mod bounds;
mod ends;
mod event;
mod known;
mod stage;
mod tone;

pub use alarm::Alarm;
pub use asking::handed_to;
pub use beside::{Company, CompanyEvent, Denied, Listener, Supervision, Wish};
pub use bot::BotEvent;
pub use calling_back::{CallbackEvent, NotGranted};
pub use consent::Consent;
pub use event::{Effect, Effects, Event, Party, Target};
pub use promised::Promised;
pub use recording::{Recording, RecordingEvent};
pub use stage::{Journey, Stage};
pub use tone::{Opening, Said, Tone};
pub use voicemail::MessageEvent;
