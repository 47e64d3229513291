//! Writes a batch in one transaction, together with how far the spool is carried: twice is the same as once.
//! Knows batches and rows; doesn't know when it is called, or how often.

use std::sync::LazyLock;

use sqlx::{Sqlite, SqliteConnection, Transaction};
use tally::EndedCall;

use super::batch::{Batch, FactRow, us};
use super::statements::ManyRows;
use super::{Database, DatabaseError};
use crate::spool::SpoolId;

static FACTS: LazyLock<ManyRows> = LazyLock::new(|| {
    let head = "INSERT INTO fact (fact_no, fact_id, at_us, kind, call_id, agent_id, body)";
    ManyRows::new(head, 7, "ON CONFLICT DO NOTHING", &[256, 16, 1])
});

static CALLS: LazyLock<ManyRows> = LazyLock::new(|| {
    let head = "INSERT INTO call (call_id, arrived_us, ended_us, outcome, trunk, dialled, person, line, municipality, \
                topic, language, queue, queued_us, answered_us, talking_us, hung_up_us, hung_up_by, agent, offers, \
                wrap_up_us, written_topic, written_code, solved, promised_us, promised_within_us, talk_us, transfers, \
                left_after_transfer, left_queue_us)";
    ManyRows::new(head, 29, "ON CONFLICT DO NOTHING", &[64, 8, 1])
});

static AGENT_TIMES: LazyLock<ManyRows> = LazyLock::new(|| {
    let head = "INSERT INTO agent_time (agent, quarter_us, ready_us, offered_us, talking_us, wrap_up_us, paused_us, \
                own_call_us)";
    let tail = "ON CONFLICT (agent, quarter_us) DO UPDATE SET ready_us = agent_time.ready_us + excluded.ready_us, \
                offered_us = agent_time.offered_us + excluded.offered_us, \
                talking_us = agent_time.talking_us + excluded.talking_us, \
                wrap_up_us = agent_time.wrap_up_us + excluded.wrap_up_us, \
                paused_us = agent_time.paused_us + excluded.paused_us, \
                own_call_us = agent_time.own_call_us + excluded.own_call_us";
    ManyRows::new(head, 8, tail, &[32, 1])
});

const CARRIED: &str = "INSERT INTO carried (spool, fact_no) VALUES ($1, $2) \
                       ON CONFLICT (spool) DO UPDATE SET fact_no = excluded.fact_no";

impl Database {
    /// How far this spool has been carried; 0: nothing yet.
    pub(crate) async fn carried(&self, spool: SpoolId) -> Result<u64, DatabaseError> {
        let question = sqlx::query_scalar("SELECT fact_no FROM carried WHERE spool = $1").bind(spool.0 as i64);
        let carried: Option<i64> = question.fetch_optional(&self.writer).await?;
        Ok(carried.unwrap_or(0) as u64)
    }

    /// Writes everything, or nothing.
    pub(crate) async fn carry(&self, spool: SpoolId, batch: &Batch) -> Result<(), DatabaseError> {
        let mut transaction = self.writer.begin().await?;
        write_batch(&mut transaction, batch).await?;
        let mark = sqlx::query(CARRIED).bind(spool.0 as i64).bind(batch.carried as i64);
        mark.execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }
}

async fn write_batch(transaction: &mut Transaction<'_, Sqlite>, batch: &Batch) -> Result<(), DatabaseError> {
    for (text, rows) in FACTS.pieces(&batch.facts) {
        insert_facts(transaction, text, rows).await?;
    }
    for (text, rows) in CALLS.pieces(&batch.calls) {
        insert_calls(transaction, text, rows).await?;
    }
    insert_agent_times(transaction, batch).await?;
    for (call, span) in &batch.later_wrap_up {
        let update = sqlx::query("UPDATE call SET wrap_up_us = wrap_up_us + $2 WHERE call_id = $1");
        let update = update.bind(call.bits().to_be_bytes().to_vec()).bind(span.as_micros() as i64);
        update.execute(&mut **transaction).await?;
    }
    for (call, written) in &batch.later_written {
        let update =
            sqlx::query("UPDATE call SET written_topic = $2, written_code = $3, solved = $4 WHERE call_id = $1");
        let update = update.bind(call.bits().to_be_bytes().to_vec()).bind(written.topic.as_deref());
        let update = update.bind(written.code.as_deref()).bind(written.solved);
        update.execute(&mut **transaction).await?;
    }
    Ok(())
}

async fn insert_facts(to: &mut SqliteConnection, text: &'static str, rows: &[FactRow]) -> Result<(), sqlx::Error> {
    let mut insert = sqlx::query(text);
    for row in rows {
        insert = insert.bind(row.no).bind(&row.id[..]).bind(row.at_us).bind(row.kind);
        insert = insert.bind(row.call.as_ref().map(|id| &id[..])).bind(row.agent.as_deref()).bind(&row.body[..]);
    }
    insert.execute(to).await.map(drop)
}

async fn insert_calls(to: &mut SqliteConnection, text: &'static str, rows: &[EndedCall]) -> Result<(), sqlx::Error> {
    let mut insert = sqlx::query(text);
    for row in rows {
        insert = insert.bind(row.call.bits().to_be_bytes().to_vec());
        insert = insert.bind(row.arrived.as_micros()).bind(row.ended.as_micros()).bind(row.outcome.name());
        insert = insert.bind(row.trunk.as_str()).bind(row.dialled.as_str());
        insert = insert.bind(row.person.map(|person| person.0.to_be_bytes().to_vec()));
        insert = insert.bind(row.line.as_deref()).bind(row.municipality.map(|code| i32::from(code.0)));
        insert = insert.bind(row.topic.as_deref()).bind(row.language.as_deref()).bind(row.queue.as_deref());
        insert = insert.bind(us(row.queued)).bind(us(row.answered)).bind(us(row.talking)).bind(us(row.hung_up));
        insert = insert.bind(row.hung_up_by.map(super::calls::party_name)).bind(row.agent.as_deref());
        insert = insert.bind(row.offers).bind(row.wrap_up.as_micros() as i64);
        insert = insert.bind(row.written.topic.as_deref()).bind(row.written.code.as_deref()).bind(row.written.solved);
        insert = insert.bind(us(row.promise.map(|promise| promise.at)));
        insert = insert.bind(row.promise.map(|promise| promise.within.as_micros() as i64));
        insert = insert.bind(row.talk.map(|talk| talk.as_micros() as i64));
        insert = insert.bind(row.transfers).bind(row.left_after_transfer).bind(us(row.left_queue));
    }
    insert.execute(to).await.map(drop)
}

async fn insert_agent_times(to: &mut SqliteConnection, batch: &Batch) -> Result<(), sqlx::Error> {
    let rows: Vec<_> = batch.agent_times.iter().collect();
    for (text, rows) in AGENT_TIMES.pieces(&rows) {
        let mut insert = sqlx::query(text);
        for ((agent, quarter), times) in rows {
            insert = insert.bind(agent.as_str()).bind(quarter.start().as_micros());
            insert = insert.bind(times.ready_us as i64).bind(times.offered_us as i64).bind(times.talking_us as i64);
            insert = insert.bind(times.wrap_up_us as i64).bind(times.paused_us as i64);
            insert = insert.bind(times.own_call_us as i64);
        }
        insert.execute(&mut *to).await?;
    }
    Ok(())
}
