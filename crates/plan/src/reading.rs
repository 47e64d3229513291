//! Reads a TOML file into a struct and tells all that is wrong with its form, not only the first thing.
//!
//! Serde stops at the first fault; here the faulty setting is told, taken out, and the rest is read again.
//! Used for plans and for settings. Knows nothing of either; opens no file.

mod lines;
mod words;

use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};
use toml::{Table, Value};

pub use lines::Source;

use crate::{FAULTS_MAX, Fault, Plan, PlanFile, compile};

/// Reads and compiles a plan file's text: the plan, or all that is wrong with form and content, each with its line.
pub fn read_plan(text: &str) -> Result<Plan, Vec<Fault>> {
    let source = Source::new(text);
    read_plan_table(source.table()?, "").map_err(|mut faults| {
        source.give_lines(&mut faults);
        faults
    })
}

/// The same for a plan that is a table of a larger file; `prefix` (`plan.`) is put before the path of each fault.
pub fn read_plan_table(table: Table, prefix: &str) -> Result<Plan, Vec<Fault>> {
    let (file, mut faults) = read::<PlanFile>(table, prefix);
    match compile(&file) {
        Ok(plan) if faults.is_empty() => return Ok(plan),
        Ok(_) => {}
        // What could not be read is missing now; that it is missing is not told too.
        Err(found) => {
            let unread = faults.clone();
            let found = found.into_iter().map(|fault| Fault { at: format!("{prefix}{}", fault.at), ..fault });
            faults.extend(found.filter(|fault| !unread.iter().any(|told| told.overlaps(fault))));
        }
    }
    Err(faults)
}

/// Reads a table into a `T`. What does not fit is told and left at its default. `prefix` (`plan.`, or nothing) is put
/// before the path of each fault.
pub fn read<T: DeserializeOwned + Default>(mut table: Table, prefix: &str) -> (T, Vec<Fault>) {
    let mut faults = Vec::new();
    while faults.len() < FAULTS_MAX {
        let error = match serde_path_to_error::deserialize::<_, T>(table.clone()) {
            Ok(value) => return (value, faults),
            Err(error) => error,
        };
        let (da, en) = words::of(error.inner().message());
        faults.push(Fault::new(format!("{prefix}{}", written(error.path())), da, en));
        if !take_out(&mut table, error.path()) {
            break;
        }
    }
    (T::default(), faults)
}

/// A path as it is told: `lines[3].queue`.
fn written(path: &Path) -> String {
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => text.extend(["[", &index.to_string(), "]"]),
            Segment::Map { key } if text.is_empty() => text.push_str(key),
            Segment::Map { key } => text.extend([".", key]),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    text
}

/// Takes a setting out of the table: of a list of tables the entry is emptied, any other list goes as a whole.
fn take_out(table: &mut Table, path: &Path) -> bool {
    let mut keys: Vec<&Segment> =
        path.iter().filter(|segment| matches!(segment, Segment::Seq { .. } | Segment::Map { .. })).collect();
    let Some(Segment::Map { .. }) = keys.first() else { return false };
    let mut root = Value::Table(std::mem::take(table));
    let done = loop {
        let Some(last) = keys.pop() else { break false };
        let parent = keys.iter().try_fold(&mut root, |value, segment| step(value, segment));
        match (parent, last) {
            (Some(Value::Table(parent)), Segment::Map { key }) => break parent.remove(key).is_some(),
            (Some(Value::Array(entries)), Segment::Seq { index }) if entries.iter().any(Value::is_table) => {
                entries[*index] = Value::Table(Table::new());
                break true;
            }
            _ => {}
        }
    };
    if let Value::Table(rest) = root {
        *table = rest;
    }
    done
}

fn step<'v>(value: &'v mut Value, segment: &Segment) -> Option<&'v mut Value> {
    match segment {
        Segment::Seq { index } => value.get_mut(*index),
        Segment::Map { key } => value.get_mut(key.as_str()),
        Segment::Enum { .. } | Segment::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<(String, Option<u32>)> {
        let faults = read_plan(text).expect_err("a faulty plan");
        faults.into_iter().map(|fault| (fault.at, fault.line)).collect()
    }

    #[test]
    fn all_faults_of_form_and_content_are_told_at_once_with_their_lines() {
        let told = faults(
            "[[queues]]\nid = \"pas\"\ntitel = \"Pas\"\nwrap_up_s = \"ti\"\nwaiting_max = 0\n\n\
             [[lines]]\nid = \"linje\"\ntitle = \"Pas\"\nwaiting = \"musik\"\nnumbers = [\"7000\", 7001]\nwait_max_s = 60\n",
        );
        let at = |path: &str, line: u32| assert!(told.contains(&(path.to_owned(), Some(line))), "{path} {told:?}");
        at("queues[0].titel", 3);
        at("queues[0].wrap_up_s", 4);
        at("queues[0].waiting_max", 5);
        at("lines[0].waiting", 10);
        at("lines[0].numbers[1]", 11);
        at("lines[0].queue", 7);
    }

    #[test]
    fn a_setting_that_could_not_be_read_is_not_told_as_missing_too() {
        let told = faults("[[lines]]\nid = \"linje\"\ntitle = 5\n");
        assert_eq!(told.iter().filter(|(at, _)| at == "lines[0].title").count(), 1);
    }

    #[test]
    fn every_slip_against_toml_is_told_with_its_line() {
        let told = faults("[[lines]]\nid = \ntitle = 'x\n");
        assert!(told.iter().any(|(_, line)| *line == Some(2)), "{told:?}");
        assert!(told.iter().any(|(_, line)| *line == Some(3)), "{told:?}");
    }

    #[test]
    fn a_misspelt_setting_gets_the_right_one_suggested() {
        let told = read_plan("[[lines]]\nidd = \"x\"\n[[agnets]]\nid = \"x\"\n").expect_err("a faulty plan");
        let text = told.iter().map(ToString::to_string).collect::<String>();
        assert!(text.contains("mente du \"id\"?") && text.contains("mente du \"agents\"?"), "{text}");
    }

    #[test]
    fn a_table_of_the_wrong_kind_is_told_without_end_or_panic() {
        for text in ["lines = 5", "lines = [5]", "lines = [[5]]", "agents = [{ skills = [1] }]", "lines = [{}, 5, {}]"]
        {
            assert!(!faults(text).is_empty(), "{text}");
        }
    }
}
