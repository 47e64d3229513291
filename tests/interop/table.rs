//! The table of `docs/phones.md`, client × feature: read, compared with what was just seen, written anew with `PHONES=write`.
//! Knows only the table's own lines.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::cells::FEATURES;
use crate::clients::{CLIENTS, Client};

/// What a cell says of a feature that isn't tried with a client.
pub(crate) const NOT_TRIED: &str = "–";
/// What it says of one that was seen to work, and of one that was seen not to.
const WORKS: &str = "yes";
const FAILS: &str = "no";
/// The table stands between these.
const BEGIN: &str = "<!-- written by tests/interop -->";
const END: &str = "<!-- end -->";

/// Tests of several clients end at once.
static PEN: Mutex<()> = Mutex::new(());

/// The table as it stands.
pub(crate) struct Table {
    /// The columns' titles.
    pub(crate) clients: Vec<String>,
    /// The rows: title, then a cell for each client.
    rows: Vec<(String, Vec<String>)>,
}

impl Table {
    /// The rows' titles.
    pub(crate) fn features(&self) -> Vec<&str> {
        self.rows.iter().map(|(feature, _)| feature.as_str()).collect()
    }

    /// What a cell says.
    pub(crate) fn cell(&self, client: &str, feature: &str) -> &str {
        let column = self.clients.iter().position(|one| one == client);
        let row = self.rows.iter().find(|(one, _)| one == feature);
        column.zip(row).and_then(|(column, (_, cells))| cells.get(column)).map_or("", String::as_str)
    }
}

/// Reads the table.
pub(crate) fn read() -> Table {
    let text = std::fs::read_to_string(path()).expect("docs/phones.md is there");
    let inside = text.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END)).expect("the table has its marks").0;
    let mut lines = inside.lines().filter(|line| line.starts_with('|')).map(cells_of);
    let clients = lines.next().map(|mut line| line.split_off(1)).unwrap_or_default();
    let rows = lines.skip(1).map(|mut line| (line.remove(0), line)).collect();
    Table { clients, rows }
}

fn cells_of(line: &str) -> Vec<String> {
    line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

/// Holds a client's column against what was just seen, or writes it.
pub(crate) fn compare(client: &Client, seen: &[(&str, Result<(), String>)]) {
    let _alone = PEN.lock().unwrap_or_else(PoisonError::into_inner);
    let seen: BTreeMap<&str, &Result<(), String>> = seen.iter().map(|(feature, result)| (*feature, result)).collect();
    let cell = |feature: &str| match seen.get(feature) {
        None => NOT_TRIED,
        Some(Ok(())) => WORKS,
        Some(Err(_)) => FAILS,
    };
    let table = read();
    if std::env::var("PHONES").as_deref() == Ok("write") {
        return write(&table, client, &cell);
    }
    let mut wrong = Vec::new();
    for feature in &FEATURES {
        let (told, now) = (table.cell(client.name, feature.name), cell(feature.name));
        if told != now {
            let why = seen.get(feature.name).and_then(|result| result.as_ref().err()).map_or("", String::as_str);
            wrong.push(format!("{}: {}: docs/phones.md says `{told}`, it is `{now}` {why}", client.name, feature.name));
        }
    }
    assert!(wrong.is_empty(), "\n{}\nPHONES=write writes the table anew.", wrong.join("\n"));
}

fn write<'a>(table: &Table, client: &Client, cell: &impl Fn(&'a str) -> &'a str) {
    let mut lines = vec![line("", CLIENTS.iter().map(|one| one.name))];
    lines.push(line("---", CLIENTS.iter().map(|_| "---")));
    for feature in &FEATURES {
        let cells = CLIENTS
            .iter()
            .map(|one| if one.name == client.name { cell(feature.name) } else { table.cell(one.name, feature.name) });
        lines.push(line(feature.name, cells));
    }
    let text = std::fs::read_to_string(path()).expect("docs/phones.md is there");
    let (before, rest) = text.split_once(BEGIN).expect("the table has its marks");
    let (_, after) = rest.split_once(END).expect("the table has its marks");
    let text = format!("{before}{BEGIN}\n{}\n{END}{after}", lines.join("\n"));
    std::fs::write(path(), text).expect("docs/phones.md can be written");
}

fn line<'a>(title: &'a str, cells: impl Iterator<Item = &'a str>) -> String {
    let cells: Vec<&str> = std::iter::once(title).chain(cells).collect();
    format!("| {} |", cells.join(" | "))
}

fn path() -> PathBuf {
    samkald_tests::top().join("docs/phones.md")
}
