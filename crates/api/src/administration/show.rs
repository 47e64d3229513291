//! Versions, entries and hours as messages. Passwords are hidden before anything is shown.
//! Knows both shapes; no rule.

use change::{Setting, Version};
use model::Moment;
use plan::{Difference, HoursState, Line, Plan, without_secrets};
use toml::{Table, Value};

use crate::proto::administration as pb;

pub(super) fn version(version: &Version) -> pb::Version {
    pb::Version {
        number: version.number,
        at_unix_ms: version.at_ms,
        who: version.who.clone(),
        why: version.why.clone(),
        changed: version.changed.iter().cloned().map(setting).collect(),
        back_to: version.back_to.unwrap_or(0),
        edits: version.edits.len() as u32,
        quarantined: version.quarantined,
    }
}

fn setting(one: Setting) -> pb::Setting {
    pb::Setting { at: one.at, before: one.before.unwrap_or_default(), after: one.after.unwrap_or_default() }
}

pub(super) fn difference(one: Difference) -> pb::Setting {
    setting(one.into())
}

/// The entries of a list; of one id that one, or the range that it lies in.
pub(super) fn entries(plan: &Table, list: &str, id: &str) -> Vec<pb::Entry> {
    let all = plan.get(list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let of_id = |entry: &&Table| {
        let ids = || text(entry, "ids").and_then(plan::agent_range).is_some_and(|ids| ids.iter().any(|one| one == id));
        id.is_empty() || text(entry, "id") == Some(id) || ids()
    };
    all.iter().filter_map(Value::as_table).filter(of_id).map(entry).collect()
}

fn entry(entry: &Table) -> pb::Entry {
    let name = text(entry, "id").or_else(|| text(entry, "ids")).unwrap_or_default();
    let whose = text(entry, "municipality").or_else(|| text(entry, "home")).unwrap_or_default();
    let settings = without_secrets(entry.clone()).into_iter().map(|(at, value)| pb::Setting {
        at,
        before: String::new(),
        after: value.to_string(),
    });
    pb::Entry { id: name.to_owned(), municipality: whose.to_owned(), settings: settings.collect() }
}

fn text<'t>(entry: &'t Table, field: &str) -> Option<&'t str> {
    entry.get(field).and_then(Value::as_str)
}

/// One line's hours at a moment.
pub(super) fn hours(plan: &Plan, line: &Line, at: Moment) -> pb::LineHours {
    let (open, changes) = match plan.calendars[line.calendar.at()].state(at) {
        HoursState::Open { until } => (true, until),
        HoursState::Closed { opens_at } => (false, opens_at),
    };
    pb::LineHours {
        line: line.id.to_string(),
        title: line.title.to_string(),
        open,
        changes_unix_ms: changes.map_or(0, Moment::as_millis),
    }
}
