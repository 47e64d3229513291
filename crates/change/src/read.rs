//! Finding things in a plan file's table, by the names that people gave them.
//! Knows the shape of the file; no rule.

use toml::{Table, Value};

/// The entries of a list that are tables.
pub(crate) fn entries<'t>(plan: &'t Table, list: &str) -> impl Iterator<Item = &'t Table> + use<'t> {
    let all = plan.get(list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(Value::as_table)
}

/// The entry of that id.
pub(crate) fn entry<'t>(plan: &'t Table, list: &str, id: &str) -> Option<&'t Table> {
    entries(plan, list).find(|entry| text(entry, "id") == Some(id))
}

/// The same, to be changed.
pub(crate) fn entry_mut<'t>(plan: &'t mut Table, list: &str, id: &str) -> Option<&'t mut Table> {
    let all = plan.get_mut(list).and_then(Value::as_array_mut)?;
    all.iter_mut().filter_map(Value::as_table_mut).find(|entry| text(entry, "id") == Some(id))
}

/// A setting that is a text.
pub(crate) fn text<'t>(entry: &'t Table, field: &str) -> Option<&'t str> {
    entry.get(field).and_then(Value::as_str)
}

/// A list of entries, to be added to; made where it is missing. None where something else has its name.
pub(crate) fn list_mut<'t>(plan: &'t mut Table, list: &str) -> Option<&'t mut Vec<Value>> {
    plan.entry(list).or_insert_with(|| Value::Array(Vec::new())).as_array_mut()
}

/// The agent's entry: one of its own, or a range that it lies in.
pub(crate) fn agent<'t>(plan: &'t Table, id: &str) -> Option<&'t Table> {
    let lies_in = |entry: &&Table| text(entry, "ids").and_then(plan::agent_range).is_some_and(|ids| has(&ids, id));
    entry(plan, "agents", id).or_else(|| entries(plan, "agents").find(lies_in))
}

pub(crate) fn has(ids: &[String], id: &str) -> bool {
    ids.iter().any(|one| one == id)
}

/// A setting by the names of its entries: `lines["pas-da"].queue` for `lines[3].queue`.
pub(crate) fn named(plan: &Table, at: &str) -> String {
    let Some((list, rest)) = at.split_once('[') else { return at.to_owned() };
    let Some((place, rest)) = rest.split_once(']') else { return at.to_owned() };
    let found = place.parse::<usize>().ok().and_then(|place| plan.get(list)?.as_array()?.get(place)?.as_table());
    match found.and_then(|entry| text(entry, "id")) {
        Some(id) => format!("{list}[\"{id}\"]{rest}"),
        None => at.to_owned(),
    }
}

/// Whether one setting is the other, or a part of it.
pub(crate) fn overlap(one: &str, other: &str) -> bool {
    let within = |part: &str, whole: &str| {
        part.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    within(one, other) || within(other, one)
}
