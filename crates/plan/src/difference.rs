//! What changed from one plan to another, setting by setting, as a coordinator would say it.
//!
//! Compares what people wrote, not what it compiles to: entries of a list are found by what they are called, not by where they
//! stand. Knows nothing of files; shows no password.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

/// By what an entry of a list is called, first that it has.
const NAMES: [&str; 10] = ["id", "ids", "date", "on", "easter", "number", "numbers", "from", "after_s", "title"];
/// Settings whose values are nobody's business.
const SECRETS: [&str; 1] = ["password"];
/// What is shown in place of a secret.
const HIDDEN: &str = "hidden-here";

/// One setting that differs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Difference {
    /// The setting: `lines["pas-da"].calendar`.
    pub at: String,
    /// As it was, in TOML; none: it was not there.
    pub before: Option<String>,
    /// As it is, in TOML; none: it is gone.
    pub after: Option<String>,
}

/// All settings in which two plan files differ, in the order of their paths. An entry that came or went is one difference.
pub fn differences(before: &Table, after: &Table) -> Vec<Difference> {
    let mut found = Vec::new();
    tables("", before, after, &mut found);
    found.sort();
    found
}

fn tables(at: &str, before: &Table, after: &Table, found: &mut Vec<Difference>) {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for key in keys {
        let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
        values(&path, key, (before.get(key), after.get(key)), found);
    }
}

fn values(at: &str, key: &str, (before, after): (Option<&Value>, Option<&Value>), found: &mut Vec<Difference>) {
    match (before, after) {
        (before, after) if before == after => {}
        (Some(Value::Table(before)), Some(Value::Table(after))) => tables(at, before, after, found),
        (Some(Value::Array(before)), Some(Value::Array(after))) if are_named(before) && are_named(after) => {
            entries(at, &by_name(before), &by_name(after), found);
        }
        // A list that came or went as a whole is told entry by entry, too.
        (Some(Value::Array(before)), None) if are_named(before) => {
            entries(at, &by_name(before), &BTreeMap::new(), found);
        }
        (None, Some(Value::Array(after))) if are_named(after) => {
            entries(at, &BTreeMap::new(), &by_name(after), found);
        }
        (before, after) => {
            let shown = |value: &Value| shown(key, value);
            found.push(Difference { at: at.to_owned(), before: before.map(shown), after: after.map(shown) });
        }
    }
}

type Named<'v> = BTreeMap<String, &'v Table>;

fn entries(at: &str, before: &Named<'_>, after: &Named<'_>, found: &mut Vec<Difference>) {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for name in names {
        let at = format!("{at}[{name}]");
        match (before.get(name), after.get(name)) {
            (Some(before), Some(after)) => tables(&at, before, after, found),
            (before, after) => {
                let shown = |table: &&Table| shown("", &Value::Table((*table).clone()));
                found.push(Difference { at, before: before.map(shown), after: after.map(shown) });
            }
        }
    }
}

/// Whether all entries are tables, which have names or places.
fn are_named(entries: &[Value]) -> bool {
    !entries.is_empty() && entries.iter().all(Value::is_table)
}

/// Entries by their names; those of one name by how many of it stood before them.
fn by_name(entries: &[Value]) -> Named<'_> {
    let mut named = Named::new();
    for table in entries.iter().filter_map(Value::as_table) {
        let name = NAMES.iter().find_map(|key| table.get(*key)).map_or_else(|| "?".to_owned(), Value::to_string);
        let place = (1..).map(|n| if n == 1 { name.clone() } else { format!("{name} ({n})") });
        let free = place.into_iter().find(|name| !named.contains_key(name)).unwrap_or(name);
        named.insert(free, table);
    }
    named
}

/// A value as it is written, without anybody's secrets.
fn shown(key: &str, value: &Value) -> String {
    hidden(key, value.clone()).to_string()
}

/// A plan file's table, or an entry of it, in which every password is hidden.
pub fn without_secrets(table: Table) -> Table {
    match hidden("", Value::Table(table)) {
        Value::Table(table) => table,
        Value::String(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Datetime(_)
        | Value::Array(_) => Table::new(),
    }
}

fn hidden(key: &str, value: Value) -> Value {
    match value {
        _ if SECRETS.contains(&key) => Value::String(HIDDEN.to_owned()),
        Value::Table(table) => {
            let hidden = table.into_iter().map(|(key, value)| {
                let value = hidden(&key, value);
                (key, value)
            });
            Value::Table(hidden.collect())
        }
        Value::Array(entries) => Value::Array(entries.into_iter().map(|value| hidden(key, value)).collect()),
        Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = r#"
        [[lines]]
        id = "pas-da"
        calendar = "hotline"
        numbers = ["70201000"]
        [[lines]]
        id = "flytning-da"
        calendar = "hotline"
        [[agents]]
        id = "anna"
        password = "hemmeligt"
        skills = { pas = 1 }
        [routing]
        cover_weight = 600
    "#;

    fn told(changed: impl Fn(&str) -> String) -> Vec<(String, String, String)> {
        let table = |text: &str| text.parse::<Table>().expect("TOML");
        let or_none = |side: Option<String>| side.unwrap_or_else(|| "-".to_owned());
        let found = differences(&table(PLAN), &table(&changed(PLAN)));
        found.into_iter().map(|one| (one.at, or_none(one.before), or_none(one.after))).collect()
    }

    fn one(at: &str, before: &str, after: &str) -> Vec<(String, String, String)> {
        vec![(at.to_owned(), before.to_owned(), after.to_owned())]
    }

    #[test]
    fn a_changed_setting_is_told_by_the_name_of_its_line() {
        let jul = |plan: &str| plan.replacen("\"hotline\"", "\"jul\"", 1);
        assert_eq!(told(jul), one("lines[\"pas-da\"].calendar", "\"hotline\"", "\"jul\""));
        let number = |plan: &str| plan.replace("[\"70201000\"]", "[\"70201000\", \"70201001\"]");
        assert_eq!(told(number), one("lines[\"pas-da\"].numbers", "[\"70201000\"]", "[\"70201000\", \"70201001\"]"));
        let weight = |plan: &str| plan.replace("cover_weight = 600", "");
        assert_eq!(told(weight), one("routing.cover_weight", "600", "-"));
    }

    #[test]
    fn the_order_of_lines_says_nothing() {
        let turned = |plan: &str| {
            let (first, second) = (plan.find("[[lines]]").expect("one"), plan.rfind("[[lines]]").expect("two"));
            let end = plan.find("[[agents]]").expect("agents");
            [&plan[..first], &plan[second..end], &plan[first..second], &plan[end..]].concat()
        };
        assert_eq!(told(turned), []);
    }

    #[test]
    fn a_line_that_comes_or_goes_is_one_difference() {
        let without =
            |plan: &str| plan.replace("[[lines]]\n        id = \"flytning-da\"\n        calendar = \"hotline\"", "");
        let gone = told(without);
        assert_eq!((gone.len(), &*gone[0].0, &*gone[0].2), (1, "lines[\"flytning-da\"]", "-"));
        let with = |plan: &str| format!("{plan}\n[[queues]]\nid = \"pas\"\n");
        assert_eq!(told(with), one("queues[\"pas\"]", "-", "{ id = \"pas\" }"));
    }

    #[test]
    fn a_password_is_never_shown() {
        let other = |plan: &str| plan.replace("hemmeligt", "endnu hemmeligere");
        assert_eq!(told(other), one("agents[\"anna\"].password", "\"hidden-here\"", "\"hidden-here\""));
        let gone = told(|plan| plan.replace("[[agents]]", "[[others]]"));
        assert!(
            gone.iter().all(|(_, before, after)| !before.contains("hemmeligt") && !after.contains("hemmeligt")),
            "{gone:?}"
        );
    }
}
