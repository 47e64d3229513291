//! The one table of citizens' numbers: filled from the spool's person files, read for a desk, emptied when it must be.
//! Knows no fact; nothing else refers to a row but by its `person_ref`.

use model::{Caller, CallerText, Moment, PersonRecord, PersonRef, PhoneNumber};
use sqlx::Row;

use super::{Database, DatabaseError};

const INSERT: &str =
    "INSERT INTO person (person, number, other, seen_us) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";

/// What is to be forgotten. No figure, hash or token changes by it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Forget {
    /// One person of one call.
    Person(PersonRef),
    /// A number, wherever it rang.
    Number(PhoneNumber),
    /// Everyone who rang before this moment (retention).
    SeenBefore(Moment),
}

impl Database {
    /// Who stands behind a reference; none when forgotten or never known.
    pub async fn person(&self, person: PersonRef) -> Result<Option<PersonRecord>, DatabaseError> {
        let question = sqlx::query("SELECT number, other, seen_us FROM person WHERE person = $1");
        let row = question.bind(person.0.to_be_bytes().to_vec()).fetch_optional(&self.readers).await?;
        let Some(row) = row else { return Ok(None) };
        let caller = match (row.try_get::<Option<&str>, _>("number")?, row.try_get::<Option<&str>, _>("other")?) {
            (Some(number), _) => {
                Caller::Number(PhoneNumber::from_kept(number).map_err(|_| DatabaseError::BadRow("person"))?)
            }
            (None, Some(text)) => Caller::Text(CallerText::new(text)),
            (None, None) => Caller::Withheld,
        };
        Ok(Some(PersonRecord { person, caller, seen_at: Moment::from_micros(row.try_get("seen_us")?) }))
    }

    /// References that stand for a number, the newest first, at most so many: each of its calls has one.
    pub async fn persons_of(&self, number: &PhoneNumber, most: u32) -> Result<Vec<PersonRef>, DatabaseError> {
        let text = "SELECT person FROM person WHERE number = $1 ORDER BY seen_us DESC, person LIMIT $2";
        let question = sqlx::query_scalar::<_, Vec<u8>>(text);
        let persons = question.bind(number.reveal().to_owned()).bind(i64::from(most)).fetch_all(&self.readers).await?;
        let person = |bytes: Vec<u8>| Some(PersonRef(u128::from_be_bytes(bytes.try_into().ok()?)));
        persons.into_iter().map(|bytes| person(bytes).ok_or(DatabaseError::BadRow("person"))).collect()
    }

    /// Writes persons; who is there already stays as it is.
    pub(crate) async fn carry_persons(&self, persons: &[PersonRecord]) -> Result<(), DatabaseError> {
        let mut transaction = self.writer.begin().await?;
        for record in persons {
            let (number, other) = match &record.caller {
                Caller::Withheld => (None, None),
                Caller::Number(number) => (Some(number.reveal()), None),
                Caller::Text(text) => (None, Some(text.reveal())),
            };
            let insert = sqlx::query(INSERT).bind(record.person.0.to_be_bytes().to_vec());
            let insert = insert.bind(number).bind(other).bind(record.seen_at.as_micros());
            insert.execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Deletes persons; how many. Only the filler calls it, after it has carried those that were on their way.
    pub(crate) async fn forget(&self, forget: &Forget) -> Result<u64, DatabaseError> {
        let deletion = match forget {
            Forget::Person(person) => {
                sqlx::query("DELETE FROM person WHERE person = $1").bind(person.0.to_be_bytes().to_vec())
            }
            Forget::Number(number) => {
                sqlx::query("DELETE FROM person WHERE number = $1").bind(number.reveal().to_owned())
            }
            Forget::SeenBefore(moment) => sqlx::query("DELETE FROM person WHERE seen_us < $1").bind(moment.as_micros()),
        };
        Ok(deletion.execute(&self.writer).await?.rows_affected())
    }
}
