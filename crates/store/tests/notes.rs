//! What the file of notes promises: one note of an agent about a call, found by call, deleted for good.
//! Real files, each test in a folder of its own.

use std::time::Duration;

use model::{AgentId, CallId, LineId, Moment, MunicipalityId, Note, NoteText};
use store::{Notes, NotesWanted};
use tempfile::tempdir;

const DAY: Duration = Duration::from_secs(86_400);

fn note(call: u128, agent: &str, municipality: Option<u16>, day: u32, text: &str) -> Note {
    Note {
        call: CallId::from_bits(call),
        agent: AgentId::new(agent),
        municipality: municipality.map(MunicipalityId),
        line: LineId::new("pas"),
        written: Moment::EPOCH + DAY * day,
        text: NoteText::new(text).expect("short").expect("something"),
    }
}

fn all() -> NotesWanted {
    let to = Moment::EPOCH + DAY * 1_000;
    NotesWanted { from: Moment::EPOCH, to, municipality: None, call: None, notes_max: 100 }
}

fn texts(notes: &[Note]) -> Vec<&str> {
    notes.iter().map(|note| note.text.reveal()).collect()
}

#[tokio::test]
async fn a_note_is_found_by_its_call_and_survives_a_restart_and_a_second_one_takes_its_place() {
    let folder = tempdir().expect("a folder");
    let notes = Notes::new(folder.path());
    for one in [
        note(1, "anna", Some(751), 1, "første"),
        note(1, "anna", Some(751), 2, "rettet"),
        note(1, "bo", Some(751), 3, "bos"),
        note(2, "anna", None, 4, "anden"),
    ] {
        notes.keep(&one).await.expect("kept");
    }
    drop(notes);
    let notes = Notes::new(folder.path());
    assert_eq!(texts(&notes.list(&all()).await.expect("read")), ["anden", "bos", "rettet"]);
    let about = notes.about(&[CallId::from_bits(1), CallId::from_bits(9)]).await.expect("read");
    assert_eq!(about, [note(1, "bo", Some(751), 3, "bos"), note(1, "anna", Some(751), 2, "rettet")]);
    assert_eq!(notes.about(&[]).await.expect("read"), []);
    let own = NotesWanted { municipality: Some(MunicipalityId(751)), ..all() };
    assert_eq!(texts(&notes.list(&own).await.expect("read")), ["bos", "rettet"]);
}

#[tokio::test]
async fn what_is_deleted_or_over_its_date_stands_nowhere_in_the_file_any_more() {
    let folder = tempdir().expect("a folder");
    let notes = Notes::new(folder.path());
    for one in [note(1, "anna", Some(751), 1, "HEMMELIGT-EN"), note(2, "anna", Some(751), 5, "HEMMELIGT-TO")] {
        notes.keep(&one).await.expect("kept");
    }
    assert_eq!(notes.delete(CallId::from_bits(2), Some(MunicipalityId(461))).await.expect("asked"), 0, "another's");
    assert_eq!(notes.delete(CallId::from_bits(2), Some(MunicipalityId(751))).await.expect("asked"), 1);
    nowhere(folder.path(), b"HEMMELIGT-TO");
    notes.keep(&note(1, "anna", Some(751), 1, "rettet")).await.expect("kept");
    nowhere(folder.path(), b"HEMMELIGT-EN");
    assert_eq!(notes.sweep(Moment::EPOCH + DAY * 3).await.expect("asked"), 1);
    assert_eq!(notes.list(&all()).await.expect("read"), []);
    nowhere(folder.path(), b"rettet");
}

fn nowhere(folder: &std::path::Path, text: &[u8]) {
    for file in std::fs::read_dir(folder).expect("the folder").map(|file| file.expect("a file").path()) {
        let bytes = std::fs::read(&file).expect("a file");
        assert!(!bytes.windows(text.len()).any(|piece| piece == text), "{}", file.display());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_of_notes_is_for_nobody_but_the_nodes_own_user() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempdir().expect("a folder");
    Notes::new(folder.path()).keep(&note(1, "anna", None, 1, "x")).await.expect("kept");
    for file in std::fs::read_dir(folder.path()).expect("the folder").map(|file| file.expect("a file")) {
        assert_eq!(file.metadata().expect("there").permissions().mode() & 0o077, 0, "{:?}", file.file_name());
    }
}
