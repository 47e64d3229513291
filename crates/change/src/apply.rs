//! Edits put into a plan file's table, one after the other, as if the operator had written them.
//!
//! An edit that doesn't fit is left out and told; what the plan then says as a whole is checked by its compiler. Passwords are
//! carried over as they are written.

mod agents;
mod hours;

use toml::{Table, Value};

use crate::edit::{Edit, List, VALUE_BYTES_MAX};
use crate::read::{entry, entry_mut, list_mut, text};
use crate::version::Made;

/// An edit that does not fit the plan that it is put into.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Misfit {
    /// Its place among the edits, from 0.
    pub place: usize,
    /// What is wrong and what to do, in Danish.
    pub da: String,
    /// The same in English.
    pub en: String,
}

/// Why one edit doesn't fit: in Danish and in English.
pub(crate) type Why = (String, String);

/// The base with these edits in it, and those that don't fit, which are left out.
pub fn apply(base: &Table, edits: &[Made]) -> (Table, Vec<Misfit>) {
    let mut plan = base.clone();
    let mut misfits = Vec::new();
    // A line that gets another calendar keeps its hours by hand: these come last.
    let (hours, others): (Vec<_>, Vec<_>) =
        edits.iter().enumerate().partition(|(_, made)| made.wish.edit.is_of_hours());
    for (place, made) in others.into_iter().chain(hours) {
        if let Err(why) = one((&mut plan, base), &made.wish.edit, &made.why) {
            misfits.push(misfit(place, made, why));
        }
    }
    (plan, misfits)
}

/// An edit that doesn't fit, with who made it.
pub(crate) fn misfit(place: usize, made: &Made, (da, en): Why) -> Misfit {
    let (who, version) = (&made.who, made.version);
    Misfit {
        place,
        da: format!("{da} (ændring af {who} i version {version})"),
        en: format!("{en} (changed by {who} in version {version})"),
    }
}

fn one((plan, base): (&mut Table, &Table), edit: &Edit, why: &str) -> Result<(), Why> {
    match edit {
        Edit::Hours { of, open, from, until } => hours::for_a_time((plan, base), of, (*open, from, until), why),
        Edit::Day { of, date, open } => hours::on_a_day((plan, base), of, (date, open), why),
        Edit::Week { of, day, open } => hours::every_week((plan, base), of, day, open),
        Edit::Skill { agent, topic, level } => agents::skill(plan, agent, topic, *level),
        Edit::Set { list, id, field, value } => set((plan, base), (*list, id), field, value.as_deref()),
        Edit::Add { list, id, entry } => add((plan, base), *list, id, entry),
        Edit::Remove { list, id } => remove(plan, *list, id),
        // Sounds lie in folders, not in the plan; that the plan's prompts are all there is checked where they are loaded.
        Edit::Prompt { name, .. } => prompt(name),
    }
}

/// One setting of an entry.
fn set(
    (plan, base): (&mut Table, &Table),
    (list, id): (List, &str),
    field: &str,
    value: Option<&str>,
) -> Result<(), Why> {
    if list.kept_from_hands().contains(&field) {
        return Err((
            format!("{field} ændres ikke i hånden; ret den i planens fil og kør 'samkald plan reload'"),
            format!("{field} is not changed by hand; change it in the plan file and run 'samkald plan reload'"),
        ));
    }
    let value = value.map(|value| parsed(field, value)).transpose()?;
    value.iter().try_for_each(|value| names_no_calendar_by_hand(base, value))?;
    let entry = match list {
        List::Agents => agents::own_entry(plan, id)?,
        List::Lines
        | List::Queues
        | List::Calendars
        | List::Menus
        | List::Announcements
        | List::Directory
        | List::WrapUpCodes => entry_mut(plan, list.name(), id).ok_or_else(|| unknown(list, id))?,
    };
    match value {
        Some(value) => entry.insert(field.to_owned(), value),
        None => entry.remove(field),
    };
    Ok(())
}

/// A value as it would stand in the file.
fn parsed(field: &str, value: &str) -> Result<Value, Why> {
    let fits = value.len() <= VALUE_BYTES_MAX && !field.is_empty() && field.bytes().all(is_of_a_name);
    let table = if fits { format!("{field} = {value}").parse::<Table>().ok() } else { None };
    let alone = table.filter(|table| table.len() == 1).and_then(|mut table| table.remove(field));
    alone.ok_or_else(|| {
        (
            format!("værdien af {field} kan ikke læses; skriv den som i planens fil, fx '\"tekst\"', 60 eller true"),
            format!("the value of {field} can't be read; write it as in the plan file: '\"text\"', 60 or true"),
        )
    })
}

const fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn add((plan, base): (&mut Table, &Table), list: List, id: &str, written: &str) -> Result<(), Why> {
    if !list.grows_by_hand() {
        return Err(only_in_the_file(list));
    }
    if entry(plan, list.name(), id).is_some() {
        return Err((
            format!("der er allerede \"{id}\" i {}; vælg et andet id", list.name()),
            format!("{} has \"{id}\" already; take another id", list.name()),
        ));
    }
    let read = if written.len() <= VALUE_BYTES_MAX { written.parse::<Table>().ok() } else { None };
    let mut entry = read.ok_or_else(|| {
        (
            format!("\"{id}\" kan ikke læses; skriv dens linjer som i planens fil"),
            format!("\"{id}\" can't be read; write its lines as in the plan file"),
        )
    })?;
    entry.insert("id".to_owned(), Value::String(id.to_owned()));
    entry.values().try_for_each(|value| names_no_calendar_by_hand(base, value))?;
    list_mut(plan, list.name()).ok_or_else(|| unknown(list, id))?.push(Value::Table(entry));
    Ok(())
}

/// What is made for a line's hours by hand goes with them: nothing else may lean on it, or be called so.
fn names_no_calendar_by_hand(base: &Table, value: &Value) -> Result<(), Why> {
    match value {
        Value::String(text) if hours::is_by_hand(text) && entry(base, "calendars", text).is_none() => Err((
            format!(
                "\"{text}\" kan ikke bruges: navne på .hand er til åbningstider ændret i hånden; vælg et andet navn"
            ),
            format!("\"{text}\" can't be used: names in .hand are for hours changed by hand; take another name"),
        )),
        Value::Array(all) => all.iter().try_for_each(|one| names_no_calendar_by_hand(base, one)),
        Value::Table(table) => table.values().try_for_each(|one| names_no_calendar_by_hand(base, one)),
        Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => Ok(()),
    }
}

fn remove(plan: &mut Table, list: List, id: &str) -> Result<(), Why> {
    if !list.grows_by_hand() {
        return Err(only_in_the_file(list));
    }
    let all = list_mut(plan, list.name()).ok_or_else(|| unknown(list, id))?;
    let before = all.len();
    all.retain(|entry| entry.as_table().and_then(|entry| text(entry, "id")) != Some(id));
    if all.len() == before { Err(unknown(list, id)) } else { Ok(()) }
}

fn only_in_the_file(list: List) -> Why {
    let name = list.name();
    (
        format!("{name} oprettes og slettes kun i planens fil"),
        format!("{name} are made and deleted in the plan file only"),
    )
}

/// A prompt's name has its language, and maybe one municipality's folder.
fn prompt(name: &str) -> Result<(), Why> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let parts: Vec<&str> = name.split('/').collect();
    let fits = (1..=2).contains(&parts.len())
        && name.len() <= 96
        && parts.iter().all(|part| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain));
    if fits {
        return Ok(());
    }
    Err((
        "en lyd hedder fx greeting.da eller 0751/greeting.da (a-z, A-Z, 0-9, _ - .)".to_owned(),
        "a sound is called greeting.da or 0751/greeting.da, say (a-z, A-Z, 0-9, _ - .)".to_owned(),
    ))
}

/// What is named is not there.
pub(crate) fn unknown(list: List, id: &str) -> Why {
    let name = list.name();
    (format!("der er ingen \"{id}\" i {name}"), format!("{name} has no \"{id}\""))
}
