//! Skills and settings of single agents, also of those who stand in the plan as a range.
//! Knows how ranges are written; which skills count is the plan's matter.

use toml::{Table, Value};

use super::{Why, unknown};
use crate::edit::List;
use crate::read::{entry, entry_mut, has, list_mut, text};

pub(super) fn skill(plan: &mut Table, agent: &str, topic: &str, level: Option<u8>) -> Result<(), Why> {
    if entry(plan, "topics", topic).is_none() {
        return Err((format!("der er intet emne \"{topic}\" i planen"), format!("the plan has no topic \"{topic}\"")));
    }
    let entry = own_entry(plan, agent)?;
    let skills = entry.entry("skills").or_insert_with(|| Value::Table(Table::new())).as_table_mut();
    let skills = skills.ok_or_else(|| unknown(List::Agents, agent))?;
    match level {
        Some(level) => skills.insert(topic.to_owned(), Value::Integer(i64::from(level))),
        None => skills.remove(topic),
    };
    Ok(())
}

/// The agent's entry. Who stands in a range gets one of the own, between those before and those after.
pub(super) fn own_entry<'t>(plan: &'t mut Table, agent: &str) -> Result<&'t mut Table, Why> {
    if entry(plan, "agents", agent).is_none() {
        take_out_of_range(plan, agent).ok_or_else(|| unknown(List::Agents, agent))?;
    }
    entry_mut(plan, "agents", agent).ok_or_else(|| unknown(List::Agents, agent))
}

fn take_out_of_range(plan: &mut Table, agent: &str) -> Option<()> {
    let all = list_mut(plan, "agents")?;
    let range_of = |value: &Value| text(value.as_table()?, "ids").and_then(plan::agent_range);
    let place = all.iter().position(|value| range_of(value).is_some_and(|ids| has(&ids, agent)))?;
    let (ids, whole) = (range_of(&all[place])?, all[place].as_table()?.clone());
    let at = ids.iter().position(|id| id == agent)?;
    let mut parts = Vec::new();
    parts.extend(ranged(&whole, &ids[..at]));
    let mut own = whole.clone();
    own.remove("ids");
    own.insert("id".to_owned(), Value::String(agent.to_owned()));
    parts.push(Value::Table(own));
    parts.extend(ranged(&whole, &ids[at + 1..]));
    all.splice(place..=place, parts);
    Some(())
}

/// The same entry for some of its agents; none for nobody.
fn ranged(whole: &Table, ids: &[String]) -> Option<Value> {
    let mut part = whole.clone();
    part.insert("ids".to_owned(), Value::String(format!("{}..{}", ids.first()?, ids.last()?)));
    Some(Value::Table(part))
}
