//! The tables of `docs/phones.md`: read, compared with what was just seen, written anew with `PHONES=write`.
//! Knows only a table's own lines.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// What a cell says of a feature that isn't tried with a client.
pub(crate) const NOT_TRIED: &str = "–";
/// What it says of one that was seen to work, and of one that was seen not to.
const WORKS: &str = "yes";
const FAILS: &str = "no";
/// A table stands between its own mark and this.
const END: &str = "<!-- end -->";

/// Which table, and what belongs in it.
pub(crate) struct Sheet {
    /// What stands before it.
    pub(crate) mark: &'static str,
    /// The columns' titles.
    pub(crate) columns: Vec<&'static str>,
    /// The rows' titles.
    pub(crate) rows: Vec<&'static str>,
}

/// Tests of several clients end at once.
static PEN: Mutex<()> = Mutex::new(());

/// The table as it stands.
pub(crate) struct Table {
    /// The columns' titles.
    pub(crate) columns: Vec<String>,
    /// The rows: title, then a cell for each column.
    rows: Vec<(String, Vec<String>)>,
}

impl Table {
    /// The rows' titles.
    pub(crate) fn titles(&self) -> Vec<&str> {
        self.rows.iter().map(|(row, _)| row.as_str()).collect()
    }

    /// What a cell says.
    pub(crate) fn cell(&self, column: &str, row: &str) -> &str {
        let column = self.columns.iter().position(|one| one == column);
        let row = self.rows.iter().find(|(one, _)| one == row);
        column.zip(row).and_then(|(column, (_, cells))| cells.get(column)).map_or("", String::as_str)
    }
}

impl Sheet {
    /// Reads the table.
    pub(crate) fn read(&self) -> Table {
        let text = std::fs::read_to_string(path()).expect("docs/phones.md is there");
        let inside = text.split_once(self.mark).and_then(|(_, rest)| rest.split_once(END));
        let inside = inside.expect("the table has its marks").0;
        let mut lines = inside.lines().filter(|line| line.starts_with('|')).map(cells_of);
        let columns = lines.next().map(|mut line| line.split_off(1)).unwrap_or_default();
        let rows = lines.skip(1).map(|mut line| (line.remove(0), line)).collect();
        Table { columns, rows }
    }

    /// Holds the cells of a column that were tried against what was just seen.
    pub(crate) fn compare_some(&self, column: &str, seen: &[(&str, Result<(), String>)]) {
        let table = self.read();
        for (row, result) in seen {
            let (told, now) = (table.cell(column, row), if result.is_ok() { WORKS } else { FAILS });
            let why = result.as_ref().err().map_or("", String::as_str);
            assert_eq!(told, now, "docs/phones.md, {row} calls {column}: {why}");
        }
    }

    /// Holds a column against what was just seen, or writes it.
    pub(crate) fn compare(&self, column: &str, seen: &[(&str, Result<(), String>)]) {
        let _alone = PEN.lock().unwrap_or_else(PoisonError::into_inner);
        let seen: BTreeMap<&str, &Result<(), String>> = seen.iter().map(|(row, result)| (*row, result)).collect();
        let cell = |row: &str| match seen.get(row) {
            None => NOT_TRIED,
            Some(Ok(())) => WORKS,
            Some(Err(_)) => FAILS,
        };
        let table = self.read();
        if std::env::var("PHONES").as_deref() == Ok("write") {
            return self.write(&table, column, &cell);
        }
        let mut wrong = Vec::new();
        for row in &self.rows {
            let (told, now) = (table.cell(column, row), cell(row));
            if told != now {
                let why = seen.get(row).and_then(|result| result.as_ref().err()).map_or("", String::as_str);
                wrong.push(format!("{column}: {row}: docs/phones.md says `{told}`, it is `{now}` {why}"));
            }
        }
        assert!(wrong.is_empty(), "\n{}\nPHONES=write writes the table anew.", wrong.join("\n"));
    }

    fn write<'a>(&'a self, table: &Table, column: &str, cell: &impl Fn(&'a str) -> &'a str) {
        let mut lines = vec![line("", self.columns.iter().copied())];
        lines.push(line("---", self.columns.iter().map(|_| "---")));
        for row in &self.rows {
            let cells = self.columns.iter().map(|one| if *one == column { cell(row) } else { table.cell(one, row) });
            lines.push(line(row, cells));
        }
        put(self.mark, &lines);
    }
}

/// Puts lines of figures behind their mark, with `PHONES=write`.
pub(crate) fn write_lines(mark: &str, lines: &[String]) {
    let _alone = PEN.lock().unwrap_or_else(PoisonError::into_inner);
    if std::env::var("PHONES").as_deref() == Ok("write") {
        put(mark, lines);
    }
}

fn put(mark: &str, lines: &[String]) {
    let text = std::fs::read_to_string(path()).expect("docs/phones.md is there");
    let (before, rest) = text.split_once(mark).expect("the table has its marks");
    let (_, after) = rest.split_once(END).expect("the table has its marks");
    let text = format!("{before}{mark}\n{}\n{END}{after}", lines.join("\n"));
    std::fs::write(path(), text).expect("docs/phones.md can be written");
}

fn cells_of(line: &str) -> Vec<String> {
    line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

fn line<'a>(title: &'a str, cells: impl Iterator<Item = &'a str>) -> String {
    let cells: Vec<&str> = std::iter::once(title).chain(cells).collect();
    format!("| {} |", cells.join(" | "))
}

fn path() -> PathBuf {
    samkald_tests::top().join("docs/phones.md")
}
