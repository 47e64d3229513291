//! The words of the house: ids as types, numbers that mask themselves, moments, legs, facts, outcomes.
//!
//! Every other crate may use this one. It knows nothing of SIP messages, SQL, protobuf or tokio,
//! and holds no rule: only what things are called and how they are written down.

#![deny(clippy::iter_over_hash_type)]

mod agent;
mod because;
mod bot;
mod called_back;
mod caller;
mod cpr;
mod fact;
mod ids;
mod in_call;
mod leg;
mod leg_command;
mod moment;
mod note;
mod number;
mod outcome;
mod plan_change;
mod promise;
mod recorded;
mod recording;
mod seen;
mod sound_path;
mod voicemail;

pub use agent::{AgentState, PauseReason};
pub use because::{Because, Excluded, Lane, Other, Rival, Score};
pub use bot::{BotEnd, BotFact};
pub use called_back::CallbackFact;
pub use caller::{Caller, CallerText, PersonRecord, PersonRef};
pub use cpr::mask_cpr;
pub use fact::{About, Fact, FactId, HandedTo, MenuAnswer, OfferEnd, OfferedWhy, OverflowWhy, What, WrapUp};
pub use ids::{
    AgentId, AnnouncementId, CallId, DecisionNo, Language, LegId, LegSide, LineId, MailboxId, MenuId, MunicipalityId,
    PromptName, QueueId, ShardNo, TopicId, TrunkId,
};
pub use in_call::{Hearer, InCall, InCallFact, Listening, ThirdStage};
pub use leg::{AgentCall, Arrival, CalledParty, LegEnd, LegEvent, Refusal, TransferTo};
pub use leg_command::{Cause, LegCommand, Presentation};
pub use moment::Moment;
pub use note::{NOTE_CHARS_MAX, Note, NoteText, NoteTooLong};
pub use number::{BadNumber, Dialled, PhoneNumber};
pub use outcome::{Outcome, Party, WaitingStage};
pub use plan_change::{CHANGE_TEXT_BYTES_MAX, CHANGED_MAX, ChangeHow, ChangedSetting, PlanChange, change_text};
pub use promise::{BookedSlot, Promise, PromiseChange};
pub use recorded::{RecordingFact, RecordingPause, RecordingShown};
pub use recording::{BadRecordingKey, RecordingId, RecordingKey, Tape};
pub use seen::Seen;
pub use sound_path::{SoundFault, SoundPath, SoundTestEnd};
pub use voicemail::{MailTo, Message, MessageState, MessageTape, VoicemailFact, VoicemailWhat};
