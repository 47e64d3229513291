//! Questions about facts: behind a number (for streams that go on where they stopped), and of one call.
//! Knows numbers and bytes; doesn't know what a fact means.

use model::{CallId, Fact};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use tally::NumberedFact;

use super::{Database, DatabaseError};
use crate::spool::{Spool, decode_all};

/// Facts that one answer holds at most; ask on with the last one's number.
const FACTS_MAX: usize = 5_000;

const AFTER: &str = "SELECT fact_no, body FROM fact WHERE fact_no > $1 ORDER BY fact_no LIMIT $2";
const OF_CALL: &str = "SELECT fact_no, body FROM fact WHERE call_id = $1 ORDER BY fact_no LIMIT $2";

impl Database {
    /// Facts behind `fact_no`, ascending, at most 5,000: from the spool while it has them, else from the table. Empty: there are
    /// none yet. What a newer version wrote is left out.
    pub async fn facts_after(
        &self,
        spool: &Spool,
        fact_no: u64,
        facts_max: usize,
    ) -> Result<Vec<NumberedFact>, DatabaseError> {
        let facts_max = facts_max.clamp(1, FACTS_MAX);
        if fact_no + 1 >= spool.oldest_no() {
            return Ok(decode_all(&spool.read_after(fact_no, facts_max)?));
        }
        let question = sqlx::query(AFTER).bind(fact_no as i64).bind(facts_max as i64);
        let rows = question.fetch_all(&self.readers).await?;
        if rows.is_empty() {
            // The table ends before the spool begins (it was restored from an older copy): go on with what there is.
            return Ok(decode_all(&spool.read_after(spool.oldest_no() - 1, facts_max)?));
        }
        Ok(rows.iter().filter_map(|row| read_fact(row).transpose()).collect::<Result<_, _>>()?)
    }

    /// Facts of the table alone behind `fact_no`, ascending, at most 5,000: for programs beside a running node, which has the
    /// spool. Empty: there are none yet. What a newer version wrote is left out, so ask on with the number that comes with them.
    pub async fn carried_after(&self, fact_no: u64) -> Result<(Vec<NumberedFact>, u64), DatabaseError> {
        let question = sqlx::query(AFTER).bind(fact_no as i64).bind(FACTS_MAX as i64);
        let rows = question.fetch_all(&self.readers).await?;
        let last = match rows.last() {
            Some(row) => row.try_get::<i64, _>("fact_no")? as u64,
            None => fact_no,
        };
        let facts = rows.iter().filter_map(|row| read_fact(row).transpose()).collect::<Result<_, _>>()?;
        Ok((facts, last))
    }

    /// The facts of one call, ascending, at most 5,000.
    pub async fn facts_of_call(&self, call: CallId) -> Result<Vec<NumberedFact>, DatabaseError> {
        let question = sqlx::query(OF_CALL).bind(call.bits().to_be_bytes().to_vec()).bind(FACTS_MAX as i64);
        let rows = question.fetch_all(&self.readers).await?;
        Ok(rows.iter().filter_map(|row| read_fact(row).transpose()).collect::<Result<_, _>>()?)
    }
}

fn read_fact(row: &SqliteRow) -> Result<Option<NumberedFact>, sqlx::Error> {
    let fact_no: i64 = row.try_get("fact_no")?;
    let fact: Option<Fact> = wire::decode(row.try_get("body")?).ok();
    Ok(fact.map(|fact| NumberedFact { fact_no: fact_no as u64, fact }))
}
