//! Changing the plan by hand from the terminal: hours, skills, settings, sounds, and the versions that come of it.
//!
//! Knows the API's messages, as any client does; what may be changed, and by whom, is the centre's matter. Danish first: for
//! coordinators.

mod desk;
mod entries;
mod hours;
mod notes;
mod prompts;
mod reload;
mod skills;
mod versions;
mod voicemail;
mod when;

pub(crate) use entries::EntriesCommand;
pub(crate) use hours::{ChangeHours, now as hours_now};
pub(crate) use notes::NotesCommand;
pub(crate) use prompts::{ListenArgs, UploadArgs, listen, upload};
pub(crate) use reload::{ReloadArgs, TakeBackArgs, reload, take_back};
pub(crate) use skills::SkillsCommand;
pub(crate) use versions::{RollBackArgs, VersionsArgs, differences, plan_in_force, roll_back, versions};

pub(crate) use voicemail::VoicemailCommand;

pub(crate) use desk::LookArgs;
pub(crate) use when::wall;
