//! Figures of several runs as one table of text, and as numbers for programs: a column a run, the difference to the first beside it.
//! Knows widths and digits; doesn't know how the figures came about.

use crate::figures::{Estimate, Figure, Replicated, estimate, estimate_difference};

/// One run's sums, under its name.
#[derive(Clone, Debug)]
pub struct Column {
    /// `ours`, `ours +5 agents` …
    pub name: String,
    /// Its replications.
    pub sums: Replicated,
}

/// One figure of all columns.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// Which.
    pub figure: Figure,
    /// Its value in each column; none where it has none.
    pub values: Vec<Option<Estimate>>,
    /// How much greater than in the first column; none for the first itself.
    pub differences: Vec<Option<Estimate>>,
}

/// All figures that have a value in at least one column.
pub fn rows(columns: &[Column]) -> Vec<Row> {
    let row = |figure: Figure| Row {
        figure,
        values: columns.iter().map(|column| estimate(figure, &column.sums)).collect(),
        differences: columns
            .iter()
            .enumerate()
            .map(|(place, column)| difference(figure, columns, place, column))
            .collect(),
    };
    Figure::ALL.into_iter().map(row).filter(|row| row.values.iter().any(Option::is_some)).collect()
}

fn difference(figure: Figure, columns: &[Column], place: usize, column: &Column) -> Option<Estimate> {
    let first = columns.first().filter(|_| place > 0)?;
    estimate_difference(figure, &column.sums, &first.sums)
}

/// The table as text: values ± half the 95 % interval; a second line holds the paired difference to the first column.
pub fn text(columns: &[Column], rows: &[Row], target_s: f64) -> String {
    let mut lines = vec![header(columns)];
    for row in rows {
        let digits = row.figure.digits();
        let mut line = format!("{:<30}", row.figure.title(target_s));
        row.values.iter().for_each(|value| line.push_str(&cell(*value, digits, false)));
        lines.push(line);
        if row.differences.iter().any(Option::is_some) {
            let mut line = format!("{:<30}", "  against the first");
            row.differences.iter().for_each(|value| line.push_str(&cell(*value, digits, true)));
            lines.push(line);
        }
    }
    lines.join("\n") + "\n"
}

fn header(columns: &[Column]) -> String {
    let names = columns.iter().map(|column| format!("{:>18}", shortened(&column.name)));
    format!("{:<30}{}", "", names.collect::<String>())
}

fn shortened(name: &str) -> String {
    name.chars().take(17).collect()
}

fn cell(value: Option<Estimate>, digits: usize, signed: bool) -> String {
    let Some(Estimate { value, half }) = value else { return format!("{:>18}", "") };
    let number = if signed { format!("{value:+.digits$}") } else { format!("{value:.digits$}") };
    match half {
        Some(half) => format!("{:>18}", format!("{number} ± {half:.digits$}")),
        None => format!("{number:>18}"),
    }
}
