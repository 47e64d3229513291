//! Questions about calls that are over: lists, tables by interval, agents' times. Every answer is bounded.
//! Knows SQL and rows; makes no figure of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::TryStreamExt;
use model::{
    AgentId, CallId, Dialled, Language, LineId, Moment, MunicipalityId, Outcome, Party, PersonRef, QueueId, TopicId,
    TrunkId, WrapUp,
};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use tally::{AgentTimes, Cell, Counts, EndedCall, Promise, Sheet, Slice, Step, Targets};

use super::{Database, DatabaseError};

/// Calls that one list holds at most (a page, and one more to see whether it goes on); ask on with the last one's place.
const LIST_MAX: u32 = 1_001;
/// Calls that one table counts at most, the earliest first: three years of a large hotline.
const TABLE_CALLS_MAX: i64 = 1_000_000;

const LIST: &str = "SELECT * FROM call WHERE arrived_us >= $1 AND arrived_us < $2 \
    AND (CAST($3 AS TEXT) IS NULL OR line = $3) AND (CAST($4 AS TEXT) IS NULL OR agent = $4) \
    AND (arrived_us < $5 OR (arrived_us = $5 AND call_id < $6)) ORDER BY arrived_us DESC, call_id DESC LIMIT $7";
const TABLE: &str =
    "SELECT * FROM call WHERE arrived_us >= $1 AND arrived_us < $2 ORDER BY arrived_us, call_id LIMIT $3";
const TIMES: &str = "SELECT agent, SUM(ready_us) AS ready_us, SUM(offered_us) AS offered_us, \
    SUM(talking_us) AS talking_us, SUM(wrap_up_us) AS wrap_up_us, SUM(paused_us) AS paused_us, \
    SUM(own_call_us) AS own_call_us \
    FROM agent_time WHERE quarter_us >= $1 AND quarter_us < $2 GROUP BY agent ORDER BY agent";

/// Which calls are wanted, newest first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallsWanted {
    /// Arrived at this moment or later.
    pub from: Moment,
    /// Arrived before this moment.
    pub to: Moment,
    /// Only of this line.
    pub line: Option<LineId>,
    /// Only those that this agent talked with.
    pub agent: Option<AgentId>,
    /// Only older than this one: arrival and id of the last call of the list before.
    pub older_than: Option<(Moment, CallId)>,
    /// How many at most; 1 to 1,001.
    pub calls_max: u32,
}

impl Database {
    /// A list of calls that are over.
    pub async fn calls(&self, wanted: &CallsWanted) -> Result<Vec<EndedCall>, DatabaseError> {
        let (older_us, older_id) = match wanted.older_than {
            Some((arrived, call)) => (arrived.as_micros(), call.bits().to_be_bytes().to_vec()),
            None => (i64::MAX, Vec::new()),
        };
        let question = sqlx::query(LIST)
            .bind(wanted.from.as_micros())
            .bind(wanted.to.as_micros())
            .bind(wanted.line.as_deref())
            .bind(wanted.agent.as_deref())
            .bind(older_us)
            .bind(older_id)
            .bind(wanted.calls_max.clamp(1, LIST_MAX));
        let rows = question.fetch_all(&self.readers).await?;
        rows.iter().map(read_call).collect()
    }

    /// A table of calls that are over and began in `from .. to`, counted by the same rules as the live figures.
    pub async fn sheet(
        &self,
        from: Moment,
        to: Moment,
        step: Step,
        slice: Slice,
        targets: &Targets,
    ) -> Result<Sheet, DatabaseError> {
        let mut sheet = Sheet::new(step, slice);
        self.for_each_call(from, to, |call| sheet.add_call(call, targets)).await?;
        Ok(sheet)
    }

    /// The same by quarter, queue, line and municipality, for tables of any other shape.
    pub async fn cells(
        &self,
        from: Moment,
        to: Moment,
        targets: &Targets,
    ) -> Result<BTreeMap<Cell, Counts>, DatabaseError> {
        let mut cells: BTreeMap<Cell, Counts> = BTreeMap::new();
        let count = |call: &EndedCall| {
            cells.entry(Cell::of(call)).or_default().add(call, &targets.of(call.queue.as_ref()));
        };
        self.for_each_call(from, to, count).await?;
        Ok(cells)
    }

    async fn for_each_call(
        &self,
        from: Moment,
        to: Moment,
        mut each: impl FnMut(&EndedCall),
    ) -> Result<(), DatabaseError> {
        let question = sqlx::query(TABLE).bind(from.as_micros()).bind(to.as_micros()).bind(TABLE_CALLS_MAX);
        let mut rows = question.fetch(&self.readers);
        while let Some(row) = rows.try_next().await? {
            each(&read_call(&row)?);
        }
        Ok(())
    }

    /// How long agents were what, in quarters that begin in `from .. to`.
    pub async fn agent_times(&self, from: Moment, to: Moment) -> Result<BTreeMap<AgentId, AgentTimes>, DatabaseError> {
        let question = sqlx::query(TIMES).bind(from.as_micros()).bind(to.as_micros());
        let rows = question.fetch_all(&self.readers).await?;
        rows.iter().map(read_times).collect()
    }
}

/// As it stands in the table.
pub(crate) fn party_name(party: Party) -> &'static str {
    match party {
        Party::Citizen => "citizen",
        Party::Agent => "agent",
        Party::Third => "third",
        Party::Centre => "centre",
    }
}

fn read_times(row: &SqliteRow) -> Result<(AgentId, AgentTimes), DatabaseError> {
    let us = |column: &str| row.try_get::<i64, _>(column).map(|us| us as u64);
    let times = AgentTimes {
        ready_us: us("ready_us")?,
        offered_us: us("offered_us")?,
        talking_us: us("talking_us")?,
        wrap_up_us: us("wrap_up_us")?,
        paused_us: us("paused_us")?,
        own_call_us: us("own_call_us")?,
    };
    Ok((AgentId::new(row.try_get("agent")?), times))
}

fn read_call(row: &SqliteRow) -> Result<EndedCall, DatabaseError> {
    let text = |column: &str| row.try_get::<Option<&str>, _>(column);
    let at = |column: &str| row.try_get::<Option<i64>, _>(column).map(|us| us.map(Moment::from_micros));
    let bad = || DatabaseError::BadRow("call");
    let person: Option<&[u8]> = row.try_get("person")?;
    let municipality: Option<i32> = row.try_get("municipality")?;
    Ok(EndedCall {
        call: CallId::from_bits(bits(row.try_get("call_id")?).ok_or_else(bad)?),
        arrived: Moment::from_micros(row.try_get("arrived_us")?),
        ended: Moment::from_micros(row.try_get("ended_us")?),
        trunk: TrunkId::new(row.try_get("trunk")?),
        dialled: Dialled::from_kept(row.try_get("dialled")?).map_err(|_| bad())?,
        person: person.map(|id| bits(id).ok_or_else(bad)).transpose()?.map(PersonRef),
        line: text("line")?.map(LineId::new),
        municipality: municipality.map(|code| MunicipalityId(code as u16)),
        topic: text("topic")?.map(TopicId::new),
        language: text("language")?.map(Language::new),
        queue: text("queue")?.map(QueueId::new),
        queued: at("queued_us")?,
        left_queue: at("left_queue_us")?,
        promise: promise(at("promised_us")?, row.try_get("promised_within_us")?),
        answered: at("answered_us")?,
        talking: at("talking_us")?,
        hung_up: at("hung_up_us")?,
        hung_up_by: text("hung_up_by")?.map(|name| party(name).ok_or_else(bad)).transpose()?,
        agent: text("agent")?.map(AgentId::new),
        offers: row.try_get("offers")?,
        wrap_up: Duration::from_micros(row.try_get::<i64, _>("wrap_up_us")? as u64),
        wrap_ups_to_come: 0,
        written: WrapUp {
            topic: text("written_topic")?.map(TopicId::new),
            code: text("written_code")?.map(Arc::from),
            solved: row.try_get("solved")?,
            // The facts alone hold what else was written.
            ..WrapUp::default()
        },
        outcome: outcome(row.try_get("outcome")?).ok_or_else(bad)?,
        // Rows of the first versions know of one conversation, and of no transfer.
        talk: row.try_get::<Option<i64>, _>("talk_us")?.map(|us| Duration::from_micros(us as u64)),
        transfers: row.try_get::<Option<u32>, _>("transfers")?.unwrap_or_default(),
        left_after_transfer: row.try_get::<Option<bool>, _>("left_after_transfer")?.unwrap_or_default(),
        own: None,
    })
}

fn promise(at: Option<Moment>, within_us: Option<i64>) -> Option<Promise> {
    Some(Promise { at: at?, within: Duration::from_micros(within_us? as u64) })
}

fn party(name: &str) -> Option<Party> {
    [Party::Citizen, Party::Agent, Party::Third, Party::Centre].into_iter().find(|party| party_name(*party) == name)
}

fn outcome(name: &str) -> Option<Outcome> {
    Outcome::ALL.into_iter().find(|outcome| outcome.name() == name)
}

pub(crate) fn bits(bytes: &[u8]) -> Option<u128> {
    bytes.try_into().ok().map(u128::from_be_bytes)
}
