//! What coordinators ask, read from their messages into words of the house.
//! Knows both; decides nothing.

use std::time::Duration;

use change::{Asked, Coordinator, Edit, HoursOf, List, Wish};

use tonic::{Code, Status};

use crate::proto::administration as pb;
use crate::refusal::{Refusal, told};

/// How long a trial may be, in seconds.
const TRIAL_S: std::ops::RangeInclusive<u32> = 10..=86_400;

/// A change that is asked for, and whether it is only tried.
pub(super) fn reason(reason: Option<pb::Reason>, who: &Coordinator) -> (Asked, bool) {
    let reason = reason.unwrap_or_default();
    let based_on = (reason.based_on != 0).then_some(reason.based_on);
    (Asked { who: who.clone(), why: reason.why, based_on }, reason.dry_run)
}

/// On which line, and for how long, a change is tried first.
pub(crate) fn trial(line: &str, seconds: u32) -> Result<Option<(String, Duration)>, Status> {
    if line.is_empty() {
        return Ok(None);
    }
    if !TRIAL_S.contains(&seconds) {
        let da = "en prøve varer 10 sekunder til 24 timer, fx --for 5m";
        return Err(told(Code::InvalidArgument, "BAD_TRIAL", da, "a trial lasts 10 s to 24 hours"));
    }
    Ok(Some((line.to_owned(), Duration::from_secs(seconds.into()))))
}

/// All edits, or the refusal of the first that says nothing.
pub(super) fn wishes(edits: Vec<pb::Edit>) -> Result<Vec<Wish>, Refusal> {
    if edits.is_empty() || edits.len() > change::EDITS_PER_CHANGE_MAX {
        return Err(Refusal::BadEdit);
    }
    edits.into_iter().map(wish).collect()
}

/// The list of that name.
pub(super) fn list(name: &str) -> Result<List, Refusal> {
    List::of_name(name).ok_or(Refusal::BadEdit)
}

fn wish(edit: pb::Edit) -> Result<Wish, Refusal> {
    use pb::edit::What;
    let until_ms = (edit.until_unix_ms != 0).then_some(edit.until_unix_ms);
    let edit = match edit.what.ok_or(Refusal::BadEdit)? {
        What::Hours(hours) => {
            Edit::Hours { of: hours_of(hours.of)?, open: hours.open, from: hours.from, until: hours.until }
        }
        What::Day(day) => Edit::Day { of: hours_of(day.of)?, date: day.date, open: day.open },
        What::Weekday(week) => Edit::Week { of: hours_of(week.of)?, day: week.day, open: week.open },
        What::Skill(skill) => {
            let level = u8::try_from(skill.level).map_err(|_| Refusal::BadEdit)?;
            Edit::Skill { agent: skill.agent, topic: skill.topic, level: (level != 0).then_some(level) }
        }
        What::Set(set) => {
            let value = Some(set.value).filter(|value| !value.is_empty());
            Edit::Set { list: list(&set.list)?, id: set.id, field: set.field, value }
        }
        What::Add(add) => Edit::Add { list: list(&add.list)?, id: add.id, entry: add.entry },
        What::Remove(remove) => Edit::Remove { list: list(&remove.list)?, id: remove.id },
        What::TakeBackPrompt(name) => Edit::Prompt { name, sound: None },
    };
    Ok(Wish { edit, until_ms })
}

fn hours_of(of: Option<pb::HoursOf>) -> Result<HoursOf, Refusal> {
    match of.and_then(|of| of.of).ok_or(Refusal::BadEdit)? {
        pb::hours_of::Of::Line(line) => Ok(HoursOf::Line(line)),
        pb::hours_of::Of::Calendar(calendar) => Ok(HoursOf::Calendar(calendar)),
    }
}
