//! Whose what is: a municipality's coordinator changes its own lines, agents, queues, calendars and sounds, and nothing shared.
//!
//! A queue, a calendar or a menu is a municipality's own when only its lines (and its entries of the directory) use it. Knows the table of the plan in which an edit
//! is made; nothing of tokens.

use toml::{Table, Value};

use crate::Refused;
use crate::edit::{Edit, HoursOf, List};
use crate::read::{agent, entries, entry, text};

/// Who changes something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coordinator {
    /// The name that stands with each change.
    pub name: String,
    /// Whose settings may be changed; none: everybody's, of the joint centre.
    pub municipality: Option<String>,
}

/// The lists whose entries have hours by a calendar.
const WITH_HOURS: [&str; 3] = ["lines", "directory", "mailboxes"];

/// Whose a setting is.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Owner {
    Member(String),
    Shared,
}

impl Coordinator {
    /// Whether a plan may be tried on a line by this coordinator.
    pub fn may_try_on(&self, line: &str, plan: &Table) -> Result<(), Refused> {
        let Some(own) = &self.municipality else { return Ok(()) };
        match of_entry(plan, List::Lines, line) {
            Owner::Member(whose) if whose == *own => Ok(()),
            Owner::Member(whose) => Err(Refused::NotYours { what: format!("lines[\"{line}\"]"), whose: Some(whose) }),
            Owner::Shared => Err(Refused::NotYours { what: format!("lines[\"{line}\"]"), whose: None }),
        }
    }

    /// Whether an edit is within what this coordinator may change, in the plan before and after the whole change.
    pub(crate) fn may(&self, edit: &Edit, before: &Table, after: &Table) -> Result<(), Refused> {
        let Some(own) = &self.municipality else { return Ok(()) };
        let owner = match edit {
            // What is new belongs to those who will use it.
            Edit::Add { list, id, .. } => of_entry(after, *list, id),
            Edit::Set { list, field, .. } if list.kept_from_members().contains(&field.as_str()) => Owner::Shared,
            Edit::Set { list, id, .. } | Edit::Remove { list, id } => of_entry(before, *list, id),
            Edit::Hours { of, .. } | Edit::Day { of, .. } | Edit::Week { of, .. } => match of {
                HoursOf::Line(line) => of_entry(before, List::Lines, line),
                HoursOf::Calendar(calendar) => of_entry(before, List::Calendars, calendar),
            },
            Edit::Skill { agent, .. } => of_entry(before, List::Agents, agent),
            Edit::Prompt { name, .. } => match name.split_once('/') {
                Some((whose, _)) => Owner::Member(whose.to_owned()),
                None => Owner::Shared,
            },
        };
        match owner {
            Owner::Member(whose) if whose == *own => names_no_others(own, edit, before, after),
            Owner::Member(whose) => Err(Refused::NotYours { what: edit.touches(), whose: Some(whose) }),
            Owner::Shared => Err(Refused::NotYours { what: edit.touches(), whose: None }),
        }
    }
}

/// An entry may lead to what is shared, but not newly to what is another's: that one could not change its own any more.
fn names_no_others(own: &str, edit: &Edit, before: &Table, after: &Table) -> Result<(), Refused> {
    let (Edit::Set { list, id, .. } | Edit::Add { list, id, .. }) = edit else { return Ok(()) };
    let named = |plan| entry(plan, list.name(), id).map(references).unwrap_or_default();
    let had = named(before);
    for (list, id) in named(after).into_iter().filter(|one| !had.contains(one)) {
        match of_entry(before, list, &id) {
            Owner::Member(whose) if whose != *own => {
                let what = format!("{}[\"{id}\"]", list.name());
                return Err(Refused::NotYours { what, whose: Some(whose) });
            }
            Owner::Member(_) | Owner::Shared => {}
        }
    }
    Ok(())
}

/// The entries that an entry names.
fn references(entry: &Table) -> Vec<(List, String)> {
    fn within(setting: &str, value: &Value, found: &mut Vec<(List, String)>) {
        match value {
            Value::String(id) => found.extend(leads_to(setting).map(|list| (list, id.clone()))),
            Value::Array(all) => all.iter().for_each(|one| within(setting, one, found)),
            Value::Table(table) => table.iter().for_each(|(setting, one)| within(setting, one, found)),
            Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {}
        }
    }
    let mut found = Vec::new();
    entry.iter().for_each(|(setting, value)| within(setting, value, &mut found));
    found
}

/// The list whose entries a setting names.
fn leads_to(setting: &str) -> Option<List> {
    match setting {
        "line" => Some(List::Lines),
        "queue" | "overflow" => Some(List::Queues),
        "calendar" | "based_on" => Some(List::Calendars),
        "agent" => Some(List::Agents),
        "choose_language" | "ask_municipality" | "topic_menu" => Some(List::Menus),
        "directory" => Some(List::Directory),
        _ => None,
    }
}

fn of_entry(plan: &Table, list: List, id: &str) -> Owner {
    match list {
        List::Lines => entry(plan, "lines", id).map_or(Owner::Shared, owner),
        List::Agents => {
            let home = agent(plan, id).and_then(|agent| text(agent, "home"));
            home.map_or(Owner::Shared, |home| Owner::Member(home.to_owned()))
        }
        List::Queues => of_users(entries(plan, "lines").filter(|line| names(line, "queue", id)), {
            entries(plan, "queues").any(|queue| names(queue, "overflow", id))
        }),
        List::Calendars => {
            let stack = built_on(plan, id);
            let uses = |entry: &&Table| {
                references(entry).iter().any(|(list, id)| *list == List::Calendars && stack.contains(&id.as_str()))
            };
            let users = WITH_HOURS.iter().flat_map(|list| entries(plan, list));
            of_users(users.filter(uses), false)
        }
        List::Menus => of_users(entries(plan, "lines").filter(|line| mentions(line, id)), false),
        List::Announcements | List::Directory | List::WrapUpCodes => {
            entry(plan, list.name(), id).map_or(Owner::Shared, owner)
        }
    }
}

fn owner(entry: &Table) -> Owner {
    text(entry, "municipality").map_or(Owner::Shared, |whose| Owner::Member(whose.to_owned()))
}

/// Theirs, if they are all of one municipality; what nobody uses is nobody's own.
fn of_users<'t>(users: impl Iterator<Item = &'t Table>, by_others_too: bool) -> Owner {
    let mut owners = users.map(owner);
    let Some(first) = owners.next().filter(|_| !by_others_too) else { return Owner::Shared };
    if owners.all(|owner| owner == first) { first } else { Owner::Shared }
}

/// A calendar and all that are based on it.
fn built_on<'t>(plan: &'t Table, id: &'t str) -> Vec<&'t str> {
    let mut stack = vec![id];
    let mut seen = 0;
    while seen < stack.len() {
        let base = stack[seen];
        let on_it = entries(plan, "calendars").filter(|calendar| names(calendar, "based_on", base));
        for next in on_it.filter_map(|calendar| text(calendar, "id")) {
            if !stack.contains(&next) {
                stack.push(next);
            }
        }
        seen += 1;
    }
    stack
}

fn names(entry: &Table, field: &str, id: &str) -> bool {
    text(entry, field) == Some(id)
}

/// Whether any setting of an entry is this id.
fn mentions(entry: &Table, id: &str) -> bool {
    fn within(value: &Value, id: &str) -> bool {
        match value {
            Value::String(text) => text == id,
            Value::Array(all) => all.iter().any(|one| within(one, id)),
            Value::Table(table) => table.values().any(|one| within(one, id)),
            Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => false,
        }
    }
    entry.values().any(|value| within(value, id))
}
