//! Hours changed by hand: for a time, on a day, or every week; of a calendar, or of one line that shares its calendar.
//!
//! A line's own hours stand in a calendar made for it, on top of the one that it has. Knows how calendars are written; what they
//! mean at a moment is the plan's matter.

use toml::{Table, Value};

use super::{Why, unknown};
use crate::edit::{HoursOf, List};
use crate::read::{entry, entry_mut, list_mut, text};

/// What the calendar made for a line is called: the line's id, and this.
const BY_HAND: &str = ".hand";
/// So much of the line's id: an id has 64 characters at most, with `.hand` and a number behind it.
const LINE_CHARS_MAX: usize = 64 - BY_HAND.len() - 4;
/// Lines whose ids begin alike for so long, of whom each still gets a calendar; a plan has fewer lines.
const SAME_NAMES_MAX: usize = 9_999;
/// Which calendar needs no description, and so can't be built on.
const ALWAYS: &str = "always";
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Calendars on each other that are followed when a week is sought.
const BASES_MAX: usize = 8;

pub(super) fn for_a_time(
    (plan, base): (&mut Table, &Table),
    of: &HoursOf,
    (open, from, until): (bool, &str, &str),
    why: &str,
) -> Result<(), Why> {
    let id = calendar_of((plan, base), of)?;
    let mut change = Table::new();
    change.insert("from".to_owned(), Value::String(from.to_owned()));
    change.insert("until".to_owned(), Value::String(until.to_owned()));
    change.insert("open".to_owned(), Value::Boolean(open));
    change.insert("why".to_owned(), Value::String(why.to_owned()));
    list_of(plan, &id, "changes")?.push(Value::Table(change));
    Ok(())
}

pub(super) fn on_a_day(
    (plan, base): (&mut Table, &Table),
    of: &HoursOf,
    (date, open): (&str, &[String]),
    why: &str,
) -> Result<(), Why> {
    let id = calendar_of((plan, base), of)?;
    list_of(plan, &id, "closed")?.retain(|day| day.as_str() != Some(date));
    let days = list_of(plan, &id, "days")?;
    days.retain(|day| day.as_table().and_then(|day| text(day, "date")) != Some(date));
    let mut day = Table::new();
    day.insert("date".to_owned(), Value::String(date.to_owned()));
    day.insert("open".to_owned(), spans(open));
    day.insert("why".to_owned(), Value::String(why.to_owned()));
    days.push(Value::Table(day));
    Ok(())
}

pub(super) fn every_week(
    (plan, base): (&mut Table, &Table),
    of: &HoursOf,
    day: &str,
    open: &[String],
) -> Result<(), Why> {
    if !WEEKDAYS.contains(&day) {
        return Err((
            format!("\"{day}\" er ingen ugedag; skriv mon til sun"),
            format!("\"{day}\" is no weekday: mon to sun"),
        ));
    }
    let id = calendar_of((plan, base), of)?;
    let mut week = week_of(plan, &id);
    week.insert(day.to_owned(), spans(open));
    let calendar = entry_mut(plan, "calendars", &id).ok_or_else(|| unknown(List::Calendars, &id))?;
    calendar.insert("week".to_owned(), Value::Table(week));
    Ok(())
}

/// Whether a name is one of those calendars'.
pub(super) fn is_by_hand(name: &str) -> bool {
    name.trim_end_matches(|one: char| one.is_ascii_digit()).ends_with(BY_HAND)
}

fn spans(open: &[String]) -> Value {
    Value::Array(open.iter().cloned().map(Value::String).collect())
}

/// The calendar to change; a line gets one of its own.
fn calendar_of((plan, base): (&mut Table, &Table), of: &HoursOf) -> Result<String, Why> {
    match of {
        HoursOf::Calendar(id) => {
            entry(plan, "calendars", id).ok_or_else(|| unknown(List::Calendars, id))?;
            Ok(id.clone())
        }
        HoursOf::Line(line) => of_line((plan, base), line),
    }
}

/// The calendar made for a line; one that stands in the file is not, whatever it is called.
fn of_line((plan, base): (&mut Table, &Table), line: &str) -> Result<String, Why> {
    let no_line = || unknown(List::Lines, line);
    let now = text(entry(plan, "lines", line).ok_or_else(no_line)?, "calendar").unwrap_or(ALWAYS).to_owned();
    if is_by_hand(&now) && entry(base, "calendars", &now).is_none() {
        return Ok(now);
    }
    let kept: String = line.chars().take(LINE_CHARS_MAX).collect();
    let names = std::iter::once(format!("{kept}{BY_HAND}")).chain((2..).map(|nth| format!("{kept}{BY_HAND}{nth}")));
    let is_free = |name: &String| entry(plan, "calendars", name).is_none();
    let own = names.take(SAME_NAMES_MAX).find(is_free).ok_or_else(no_line)?;
    let mut calendar = Table::new();
    calendar.insert("id".to_owned(), Value::String(own.clone()));
    if now == ALWAYS {
        let all_day = || spans(&["00:00-24:00".to_owned()]);
        let week = WEEKDAYS.iter().map(|day| ((*day).to_owned(), all_day())).collect();
        calendar.insert("week".to_owned(), Value::Table(week));
    } else {
        calendar.insert("based_on".to_owned(), Value::String(now));
    }
    list_mut(plan, "calendars").ok_or_else(no_line)?.push(Value::Table(calendar));
    let entry = entry_mut(plan, "lines", line).ok_or_else(no_line)?;
    entry.insert("calendar".to_owned(), Value::String(own.clone()));
    Ok(own)
}

fn list_of<'t>(plan: &'t mut Table, calendar: &str, list: &str) -> Result<&'t mut Vec<Value>, Why> {
    let found = entry_mut(plan, "calendars", calendar).and_then(|calendar| list_mut(calendar, list));
    found.ok_or_else(|| unknown(List::Calendars, calendar))
}

/// The week that counts for a calendar: its own, or the nearest that it is based on.
fn week_of(plan: &Table, calendar: &str) -> Table {
    let mut id = calendar;
    for _ in 0..BASES_MAX {
        let Some(calendar) = entry(plan, "calendars", id) else { break };
        let week = calendar.get("week").and_then(Value::as_table);
        let spoken = |week: &&Table| week.values().any(|day| day.as_array().is_some_and(|spans| !spans.is_empty()));
        if let Some(week) = week.filter(spoken) {
            return week.clone();
        }
        let Some(base) = text(calendar, "based_on") else { break };
        id = base;
    }
    Table::new()
}
