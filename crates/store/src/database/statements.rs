//! SQL texts of many rows, made once: a statement that puts in a hundred rows costs little more than one that puts in one.
//! Knows placeholders; doesn't know which table is meant.

/// An INSERT in several sizes, largest first.
pub(crate) struct ManyRows {
    pub(crate) sizes: Vec<(usize, &'static str)>,
}

impl ManyRows {
    /// `head` names table and columns, `tail` says what to do on conflict; sizes descend and end with 1. Called once for each
    /// statement in the life of the process: the texts are never freed.
    pub(crate) fn new(head: &str, columns: usize, tail: &str, sizes: &[usize]) -> Self {
        let text = |rows| -> &'static str { Box::leak(insert(head, columns, tail, rows).into_boxed_str()) };
        Self { sizes: sizes.iter().map(|rows| (*rows, text(*rows))).collect() }
    }

    /// Cuts `all` into pieces that have a statement, and hands each with its text on.
    pub(crate) fn pieces<'a, T>(&self, all: &'a [T]) -> Vec<(&'static str, &'a [T])> {
        let mut rest = all;
        let mut pieces = Vec::new();
        for (rows, text) in &self.sizes {
            while rest.len() >= *rows {
                let (piece, after) = rest.split_at(*rows);
                pieces.push((*text, piece));
                rest = after;
            }
        }
        pieces
    }
}

fn insert(head: &str, columns: usize, tail: &str, rows: usize) -> String {
    let mut text = format!("{head} VALUES ");
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            // `$1` is a name to SQLite, and is looked for among all names at each binding: with a thousand of them that
            // costs more than the insert itself. `?` has no name.
            text.push_str(if column == 0 { "?" } else { ",?" });
        }
        text.push(')');
    }
    text.push(' ');
    text.push_str(tail);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_into_the_sizes_that_have_a_statement() {
        let many = ManyRows::new("INSERT INTO t (a, b)", 2, "ON CONFLICT DO NOTHING", &[3, 1]);
        let pieces: Vec<_> = many.pieces(&[1, 2, 3, 4]).into_iter().map(|(_, piece)| piece.len()).collect();
        assert_eq!(pieces, [3, 1]);
        assert_eq!(many.sizes[1].1, "INSERT INTO t (a, b) VALUES (?,?) ON CONFLICT DO NOTHING");
        assert!(many.sizes[0].1.contains("(?,?),(?,?)"));
    }
}
