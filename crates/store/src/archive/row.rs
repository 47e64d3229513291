//! A recording as the archive's database has it, and how it is looked for.
//! Knows columns; what happens to a recording is decided elsewhere.

use model::{AgentId, CallId, LineId, Moment, MunicipalityId, PersonRef, RecordingId, Tape};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, SqliteConnection};

use super::delete_on;

/// What has become of a recording.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeptState {
    /// It is being written.
    Running,
    /// It is whole.
    Whole,
    /// It ends before the talk did: the disk was full, or the node died.
    Broken,
    /// Its file is gone.
    Deleted,
}

impl KeptState {
    const ALL: [Self; 4] = [Self::Running, Self::Whole, Self::Broken, Self::Deleted];

    /// Its word, for people and machines.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Whole => "whole",
            Self::Broken => "broken",
            Self::Deleted => "deleted",
        }
    }
}

/// A recording in the archive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// Which one.
    pub recording: RecordingId,
    /// Whose voice it is.
    pub person: Option<PersonRef>,
    /// Whose it is.
    pub municipality: MunicipalityId,
    /// The line that was rung.
    pub line: LineId,
    /// Who talked to the citizen.
    pub agent: AgentId,
    /// The public key that it is sealed for.
    pub sealed_for: String,
    /// When it began.
    pub began: Moment,
    /// When it is deleted by itself.
    pub delete_on: Moment,
    /// What has become of it.
    pub state: KeptState,
    /// When it ended.
    pub ended: Option<Moment>,
    /// Of the sealed file.
    pub bytes: u64,
    /// SHA-256 of the sealed file, in hexadecimal.
    pub sha256: String,
    /// Packets that had to be left out.
    pub lost: u32,
}

/// Which recordings.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wanted {
    /// Of this call.
    pub call: Option<CallId>,
    /// Of this municipality.
    pub municipality: Option<MunicipalityId>,
    /// Of one of these persons.
    pub persons: Option<Vec<PersonRef>>,
    /// This one.
    pub recording: Option<RecordingId>,
    /// Those too whose files are gone.
    pub deleted: bool,
}

const COLUMNS: &str = "recording, person, municipality, line, agent, sealed_for, began_us, delete_on_us, state, ended_us, \
    bytes, sha256, lost";

impl Kept {
    pub(super) fn born(tape: &Tape) -> Self {
        Self {
            recording: tape.recording,
            person: tape.person,
            municipality: tape.municipality,
            line: tape.line.clone(),
            agent: tape.agent.clone(),
            sealed_for: tape.key.as_str().to_owned(),
            began: tape.began,
            delete_on: delete_on(tape.began, tape.keep_days),
            state: KeptState::Running,
            ended: None,
            bytes: 0,
            sha256: String::new(),
            lost: 0,
        }
    }

    /// What the book says of its birth; nothing of it changes later.
    pub(super) fn birth(&self) -> String {
        let person = self.person.map_or_else(|| "none".to_owned(), |person| format!("{:032x}", person.0));
        format!(
            "born {} municipality={} line={:?} agent={:?} person={person} began={} delete_on={} for={}",
            self.recording,
            self.municipality,
            self.line.as_str(),
            self.agent.as_str(),
            self.began.as_micros(),
            self.delete_on.as_micros(),
            self.sealed_for
        )
    }

    /// What the book says of its end.
    pub(super) fn ending(&self, state: KeptState) -> String {
        let ended = self.ended.map_or(0, Moment::as_micros);
        let (id, bytes, sha256, lost) = (self.recording, self.bytes, &self.sha256, self.lost);
        format!("{} {id} ended={ended} bytes={bytes} lost={lost} sha256={sha256}", state.word())
    }

    pub(super) async fn insert(&self, to: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let insert = "INSERT INTO recording (recording, call, person, municipality, line, agent, sealed_for, began_us, \
            delete_on_us, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let insert = sqlx::query(insert)
            .bind(self.recording.to_string())
            .bind(self.recording.call.to_string())
            .bind(self.person.map(|person| format!("{:032x}", person.0)))
            .bind(i64::from(self.municipality.0))
            .bind(self.line.as_str())
            .bind(self.agent.as_str())
            .bind(&self.sealed_for)
            .bind(self.began.as_micros())
            .bind(self.delete_on.as_micros())
            .bind(self.state as i64);
        insert.execute(to).await.map(drop)
    }

    /// Writes what has become of it, if its row still says `from`. False: something else did.
    pub(super) async fn update(&self, from: KeptState, to: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
        let update = "UPDATE recording SET state = $2, ended_us = $3, bytes = $4, sha256 = $5, lost = $6 \
            WHERE recording = $1 AND state = $7";
        let update = sqlx::query(update)
            .bind(self.recording.to_string())
            .bind(self.state as i64)
            .bind(self.ended.map(Moment::as_micros))
            .bind(self.bytes as i64)
            .bind(&self.sha256)
            .bind(i64::from(self.lost))
            .bind(from as i64);
        Ok(update.execute(to).await?.rows_affected() > 0)
    }

    fn read(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let wrong = |column: &str| sqlx::Error::ColumnDecode { index: column.into(), source: "can't be read".into() };
        let text: &str = row.try_get("recording")?;
        let recording = RecordingId::parse(text).ok_or_else(|| wrong("recording"))?;
        let person: Option<&str> = row.try_get("person")?;
        let person = person.map(|person| u128::from_str_radix(person, 16).map(PersonRef)).transpose();
        let state: i64 = row.try_get("state")?;
        Ok(Self {
            recording,
            person: person.map_err(|_| wrong("person"))?,
            municipality: MunicipalityId(row.try_get::<i64, _>("municipality")? as u16),
            line: LineId::new(row.try_get("line")?),
            agent: AgentId::new(row.try_get("agent")?),
            sealed_for: row.try_get("sealed_for")?,
            began: Moment::from_micros(row.try_get("began_us")?),
            delete_on: Moment::from_micros(row.try_get("delete_on_us")?),
            state: *usize::try_from(state).ok().and_then(|at| KeptState::ALL.get(at)).ok_or_else(|| wrong("state"))?,
            ended: row.try_get::<Option<i64>, _>("ended_us")?.map(Moment::from_micros),
            bytes: row.try_get::<Option<i64>, _>("bytes")?.unwrap_or(0) as u64,
            sha256: row.try_get::<Option<String>, _>("sha256")?.unwrap_or_default(),
            lost: row.try_get::<Option<i64>, _>("lost")?.unwrap_or(0) as u32,
        })
    }
}

impl Wanted {
    /// Those that are wanted, oldest first, at most so many. Asks only for what is wanted, so that the indexes serve.
    pub(super) async fn find(&self, most: usize, from: &mut SqliteConnection) -> Result<Vec<Kept>, sqlx::Error> {
        let mut question = QueryBuilder::new(format!("SELECT {COLUMNS} FROM recording WHERE true"));
        if let Some(call) = self.call {
            question.push(" AND call = ").push_bind(call.to_string());
        }
        if let Some(municipality) = self.municipality {
            question.push(" AND municipality = ").push_bind(i64::from(municipality.0));
        }
        if let Some(recording) = self.recording {
            question.push(" AND recording = ").push_bind(recording.to_string());
        }
        if let Some(persons) = &self.persons {
            let mut some = question.push(" AND person IN (").separated(", ");
            for person in persons {
                some.push_bind(format!("{:032x}", person.0));
            }
            question.push(")");
        }
        if !self.deleted {
            question.push(" AND state <> 3");
        }
        question.push(" ORDER BY began_us, recording LIMIT ").push_bind(i64::try_from(most).unwrap_or(i64::MAX));
        question.build().fetch_all(from).await?.iter().map(Kept::read).collect()
    }
}

/// What the question for those over their date says of them; the index by date serves just this.
pub(super) const IS_DUE: &str = "state IN (1, 2) AND delete_on_us <= $1";

/// Those whose date has come, oldest date first. Those that still run aren't among them.
pub(super) async fn due(now: Moment, from: &mut SqliteConnection) -> Result<Vec<Kept>, sqlx::Error> {
    let question = format!("SELECT {COLUMNS} FROM recording WHERE {IS_DUE} ORDER BY delete_on_us, recording");
    let question = sqlx::query(sqlx::AssertSqlSafe(question)).bind(now.as_micros());
    question.fetch_all(from).await?.iter().map(Kept::read).collect()
}
