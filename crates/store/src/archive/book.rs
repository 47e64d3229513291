//! The archive's book: what happened to recordings and who looked at them, each entry chained to the one before.
//!
//! Whoever changes, takes out or puts in an entry breaks the chain there. Entries hold ids, names of agents and officials,
//! and reasons without personal numbers. Knows text and links; nothing of files.

use std::fmt::Write as _;

use aws_lc_rs::digest::{Context, SHA256};
use model::Moment;
use sqlx::{Row, SqliteConnection};

/// Longest name of who asks, and longest reason, in characters.
const WHO_MAX: usize = 100;
const WHY_MAX: usize = 500;

/// Who asks for something, why, and when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    who: String,
    why: String,
    at: Moment,
}

/// Nobody looks at or deletes recordings without a name and a reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("say who asks (1 to {WHO_MAX} characters) and why (1 to {WHY_MAX} characters), without control characters")]
pub struct BadAsked;

impl Asked {
    /// Personal numbers in the reason are masked.
    pub fn new(who: &str, why: &str, at: Moment) -> Result<Self, BadAsked> {
        let fits = |text: &str, most: usize| {
            !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
        };
        if !fits(who, WHO_MAX) || !fits(why, WHY_MAX) {
            return Err(BadAsked);
        }
        Ok(Self { who: who.trim().to_owned(), why: model::mask_cpr(why.trim()).into_owned(), at })
    }

    /// The house itself, by its rules.
    pub(super) fn by_rule(why: &str, at: Moment) -> Self {
        Self { who: "samkald".to_owned(), why: why.to_owned(), at }
    }

    pub(super) const fn at(&self) -> Moment {
        self.at
    }

    /// As an entry tells it.
    pub(super) fn words(&self, what: &str) -> String {
        format!("{what} who={:?} why={:?}", self.who, self.why)
    }
}

/// An entry as it lies in the book.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) number: i64,
    pub(super) at: Moment,
    pub(super) what: String,
    pub(super) link: String,
}

/// Writes an entry; within a transaction that began as the only writing one.
pub(super) async fn write(to: &mut SqliteConnection, at: Moment, what: &str) -> Result<(), sqlx::Error> {
    let last = sqlx::query("SELECT entry_no, link FROM entry ORDER BY entry_no DESC LIMIT 1");
    let last = last.fetch_optional(&mut *to).await?;
    let (number, before) = match last {
        Some(row) => (row.try_get::<i64, _>("entry_no")? + 1, row.try_get::<String, _>("link")?),
        None => (1, String::new()),
    };
    let insert = sqlx::query("INSERT INTO entry (entry_no, at_us, what, link) VALUES ($1, $2, $3, $4)");
    let insert = insert.bind(number).bind(at.as_micros()).bind(what).bind(link(&before, number, at, what));
    insert.execute(to).await.map(drop)
}

/// All entries in order.
pub(super) async fn read(from: &mut SqliteConnection) -> Result<Vec<Entry>, sqlx::Error> {
    let rows = sqlx::query("SELECT entry_no, at_us, what, link FROM entry ORDER BY entry_no").fetch_all(from).await?;
    let entry = |row: &sqlx::sqlite::SqliteRow| {
        Ok(Entry {
            number: row.try_get("entry_no")?,
            at: Moment::from_micros(row.try_get("at_us")?),
            what: row.try_get("what")?,
            link: row.try_get("link")?,
        })
    };
    rows.iter().map(entry).collect()
}

/// What chains an entry to the one before.
pub(super) fn link(before: &str, number: i64, at: Moment, what: &str) -> String {
    let mut context = Context::new(&SHA256);
    context.update(before.as_bytes());
    context.update(&number.to_be_bytes());
    context.update(&at.as_micros().to_be_bytes());
    context.update(what.as_bytes());
    hex(context.finish().as_ref())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
