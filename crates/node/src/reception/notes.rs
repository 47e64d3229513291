//! Agents' notes in the running node: the API's questions to where they are kept, and their deletion by age.
//! Knows two databases, that of persons and that of notes; who may read what the API knows.

use std::time::Duration;

use api::{NoteBook, NotesAsked, NotesFault};
use futures::future::BoxFuture;
use model::{CallId, MunicipalityId, Note, PhoneNumber};
use store::{CALLS_OF_A_NUMBER_MAX, Database, DatabaseError, Notes, NotesWanted};
use tokio::runtime::Runtime;
use tracing::{info, warn};

use crate::clock::Clock;
use crate::settings::Settings;

/// Between two looks at what is over its date.
const SWEEP: Duration = Duration::from_secs(3_600);
/// Notes are kept for so many of these.
const DAY: Duration = Duration::from_secs(86_400);

/// Agents' notes.
pub(crate) struct Noted {
    notes: Notes,
    database: Database,
}

impl Noted {
    /// Makes them ready, and deletes now and each hour what is too old.
    pub(crate) fn open(settings: &Settings, clock: Clock, office: &Runtime, database: Database) -> Self {
        let _inside = office.enter();
        let notes = Notes::new(&settings.node.data_dir);
        office.spawn(look_after(notes.clone(), clock, DAY * settings.notes_keep_days));
        Self { notes, database }
    }
}

async fn look_after(notes: Notes, clock: Clock, keep: Duration) {
    loop {
        match notes.sweep(clock.now() - keep).await {
            Ok(0) => {}
            Ok(notes) => info!(notes, "notes were deleted on their date"),
            Err(fault) => {
                metrics::counter!("samkald_notes_sweep_failures_total").increment(1);
                warn!(%fault, "notes that are over their date can't be deleted; tried again within the hour");
            }
        }
        tokio::time::sleep(SWEEP).await;
    }
}

impl NoteBook for Noted {
    fn keep(&self, note: Note) -> BoxFuture<'_, Result<(), NotesFault>> {
        Box::pin(async move { self.notes.keep(&note).await.map_err(|fault| away(&fault)) })
    }

    fn of_number(&self, number: PhoneNumber) -> BoxFuture<'_, Result<Vec<Note>, NotesFault>> {
        Box::pin(async move {
            let persons = self.database.persons_of(&number, CALLS_OF_A_NUMBER_MAX).await;
            let persons = persons.map_err(|fault| away(&fault))?;
            // A person's reference is its call's number.
            let calls = persons.iter().map(|person| CallId::from_bits(person.0));
            let calls: Vec<CallId> = calls.collect();
            self.notes.about(&calls).await.map_err(|fault| away(&fault))
        })
    }

    fn list(&self, asked: NotesAsked) -> BoxFuture<'_, Result<Vec<Note>, NotesFault>> {
        let NotesAsked { from, to, municipality, call, limit } = asked;
        let wanted = NotesWanted { from, to, municipality, call, notes_max: limit };
        Box::pin(async move { self.notes.list(&wanted).await.map_err(|fault| away(&fault)) })
    }

    fn delete(&self, call: CallId, municipality: Option<MunicipalityId>) -> BoxFuture<'_, Result<u64, NotesFault>> {
        Box::pin(async move { self.notes.delete(call, municipality).await.map_err(|fault| away(&fault)) })
    }
}

fn away(fault: &DatabaseError) -> NotesFault {
    warn!(%fault, "agents' notes can't be reached");
    NotesFault
}
