//! The archive by what an official, a citizen and an auditor notice of it: sealed, found, deleted, gone on its date, untouched.
//! Opens what was sealed with the `age` crate, which had no part in the sealing.

use std::io::Read;
use std::path::Path;

use model::{AgentId, CallId, LineId, MunicipalityId, PersonRef, Tape};

use super::*;

mod mishaps;

const DAY: Duration = Duration::from_secs(86_400);

fn at(day: u32) -> Moment {
    Moment::from_secs(1_795_000_000) + DAY * day
}

fn tape(call: u128, person: u128, key: &RecordingKey) -> Tape {
    Tape {
        recording: RecordingId { call: CallId::from_bits(call), number: 1 },
        person: Some(PersonRef(person)),
        municipality: MunicipalityId(751),
        line: LineId::new("borgerservice"),
        agent: AgentId::new("anna"),
        key: key.clone(),
        keep_days: 30,
        began: at(0),
    }
}

fn asked(day: u32) -> Asked {
    Asked::new("Bente Borger", "aktindsigt, sag 17", at(day)).expect("a name and a reason")
}

fn private_folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o700)).tempdir().expect("a folder")
}

struct Attic {
    archive: Archive,
    folder: tempfile::TempDir,
    key: RecordingKey,
    secret: String,
}

impl Attic {
    async fn new() -> Self {
        let folder = private_folder();
        let (key, secret) = make_recording_key().expect("a key");
        Self { archive: Archive::open(folder.path()).await.expect("opens"), folder, key, secret }
    }

    async fn record(&self, call: u128, person: u128) -> RecordingId {
        let tape = tape(call, person, &self.key);
        let mut open = self.archive.begin(&tape).await.expect("begins");
        open.write(b"what was said").expect("room");
        open.whole(at(0) + Duration::from_secs(90), 0).await.expect("kept");
        tape.recording
    }

    fn sealed(&self, recording: RecordingId) -> Vec<u8> {
        fs::read(self.archive.file(recording)).expect("a file")
    }

    fn names(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder.path()).expect("a folder");
        let names = names.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.filter(|name| !name.starts_with(DATABASE_FILE)).collect();
        names.sort();
        names
    }

    /// What was deleted, and what still runs.
    async fn delete(&self, wanted: &Wanted) -> (Vec<RecordingId>, Vec<RecordingId>) {
        let deleted = self.archive.delete(wanted, &asked(1)).await.expect("rows");
        assert!(deleted.fault.is_none(), "{deleted:?}");
        (deleted.gone, deleted.running)
    }

    async fn swept(&self, now: Moment) -> usize {
        let swept = self.archive.sweep(now).await.expect("rows");
        assert!(swept.fault.is_none(), "{swept:?}");
        swept.gone.len()
    }

    async fn closed(&self, now: Moment) -> usize {
        let (closed, fault) = self.archive.close_cut(now).await.expect("rows");
        assert!(fault.is_none(), "{fault:?}");
        closed
    }

    async fn listed(&self) -> Vec<Kept> {
        let wanted = Wanted { deleted: true, ..Wanted::default() };
        self.archive.list(&wanted, &asked(1)).await.expect("rows").kept
    }

    /// Something in the database goes wrong, or is right again.
    async fn sql(&self, text: &'static str) {
        sqlx::query(text).execute(&self.archive.rows).await.expect("done");
    }

    async fn verified(&self) -> Result<usize, Misfit> {
        self.archive.verify().await.expect("readable").map(|verified| verified.files)
    }
}

fn contains(path: &Path, text: &str) -> bool {
    fs::read(path).expect("a file").windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn a_recording_lies_sealed_under_its_number_and_only_its_municipality_opens_it() {
    let attic = Attic::new().await;
    let recording = attic.record(1, 10).await;
    assert_eq!(attic.names(), [format!("{recording}.ogg.age")]);
    assert!(!contains(&attic.archive.file(recording), "what was said"));
    let identity: age::x25519::Identity = attic.secret.parse().expect("a secret key");
    let sealed = attic.sealed(recording);
    let decryptor = age::Decryptor::new(&sealed[..]).expect("an age file");
    let mut plain = String::new();
    let mut reader = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).expect("its key");
    reader.read_to_string(&mut plain).expect("whole");
    assert_eq!(plain, "what was said");
    assert_eq!(attic.verified().await, Ok(1));
}

#[tokio::test]
async fn a_recording_is_gone_on_its_date_and_not_a_moment_before() {
    let attic = Attic::new().await;
    let recording = attic.record(1, 10).await;
    assert_eq!(attic.swept(at(30) - Duration::from_micros(1)).await, 0);
    assert_eq!(attic.names().len(), 1);
    assert_eq!(attic.swept(at(30)).await, 1);
    assert!(attic.names().is_empty());
    let kept = attic.listed().await;
    assert_eq!((kept[0].recording, kept[0].state), (recording, KeptState::Deleted));
    assert_eq!(attic.verified().await, Ok(0));
}

#[tokio::test]
async fn a_citizens_recordings_are_deleted_and_nobody_elses() {
    let attic = Attic::new().await;
    let (mine, also_mine, other) = (attic.record(1, 10).await, attic.record(2, 11).await, attic.record(3, 12).await);
    let persons = Some(vec![PersonRef(10), PersonRef(11)]);
    let wanted = Wanted { persons, ..Wanted::default() };
    assert_eq!(attic.delete(&wanted).await, (vec![mine, also_mine], Vec::new()));
    assert_eq!(attic.names(), [format!("{other}.ogg.age")]);
    assert!(attic.archive.fetch(mine, &asked(1)).await.is_err());
    assert_eq!(attic.verified().await, Ok(1));
}

#[tokio::test]
async fn who_looked_at_recordings_is_written_down_and_personal_numbers_are_not() {
    let attic = Attic::new().await;
    let recording = attic.record(1, 10).await;
    let asked = Asked::new("Bente Borger", "klage fra 010203-1234", at(2)).expect("a name and a reason");
    attic.archive.fetch(recording, &asked).await.expect("fetched");
    attic.archive.list(&Wanted::default(), &asked).await.expect("listed");
    let mut rows = attic.archive.rows.acquire().await.expect("a connection");
    let book = book::read(&mut rows).await.expect("readable");
    let what: Vec<&str> = book.iter().map(|entry| &*entry.what).collect();
    assert_eq!(what[2], format!("fetched {recording} who=\"Bente Borger\" why=\"klage fra ******-****\""));
    assert_eq!(what[3], "listed 1 recordings who=\"Bente Borger\" why=\"klage fra ******-****\"");
    assert_eq!(Asked::new(" ", "x", at(0)), Err(BadAsked));
    assert_eq!(Asked::new("x", "a\nborn", at(0)), Err(BadAsked));
}

#[tokio::test]
async fn a_flipped_byte_a_changed_row_and_a_missing_entry_are_told() {
    let attic = Attic::new().await;
    let (first, second) = (attic.record(1, 10).await, attic.record(2, 11).await);
    let whole = attic.sealed(first);
    let mut flipped = whole.clone();
    *flipped.last_mut().expect("bytes") ^= 1;
    fs::write(attic.archive.file(first), flipped).expect("written");
    assert_eq!(attic.verified().await, Err(Misfit::FileChanged(first)));
    fs::remove_file(attic.archive.file(first)).expect("removed");
    assert_eq!(attic.verified().await, Err(Misfit::FileGone(first)));
    fs::write(attic.archive.file(first), whole).expect("written");
    fs::write(attic.folder.path().join("other.ogg.age"), "x").expect("written");
    assert_eq!(attic.verified().await, Err(Misfit::Stranger("other.ogg.age".into())));
    fs::remove_file(attic.folder.path().join("other.ogg.age")).expect("removed");
    assert_eq!(attic.verified().await, Ok(2));
    attic
        .sql("UPDATE recording SET delete_on_us = delete_on_us + 1 WHERE person = '0000000000000000000000000000000b'")
        .await;
    assert_eq!(attic.verified().await, Err(Misfit::Row(second)));
    attic.sql("UPDATE entry SET what = replace(what, 'lost=0', 'lost=1') WHERE entry_no = 2").await;
    assert_eq!(attic.verified().await, Err(Misfit::Chain(2)));
    attic.sql("DELETE FROM entry WHERE entry_no = 2").await;
    assert_eq!(attic.verified().await, Err(Misfit::Chain(3)));
}

#[tokio::test]
async fn what_was_being_recorded_when_the_node_died_is_closed_as_broken_and_deleted_on_its_date() {
    let attic = Attic::new().await;
    let mut open = attic.archive.begin(&tape(1, 10, &attic.key)).await.expect("begins");
    open.write(&vec![7; 200_000]).expect("room");
    std::mem::forget(open);
    let recording = tape(1, 10, &attic.key).recording;
    assert_eq!(attic.names(), [format!("{recording}.part")]);
    assert_eq!(attic.closed(at(1)).await, 1);
    assert_eq!(attic.names(), [format!("{recording}.ogg.age")]);
    let kept = attic.listed().await;
    assert!(kept[0].state == KeptState::Broken && kept[0].bytes > 130_000, "{kept:?}");
    assert_eq!(attic.verified().await, Ok(1));
    assert_eq!(attic.swept(at(30)).await, 1);
    assert!(attic.names().is_empty());
}

#[tokio::test]
async fn a_recording_that_runs_can_not_be_deleted_from_under_its_talk() {
    let attic = Attic::new().await;
    let tape = tape(1, 10, &attic.key);
    let open = attic.archive.begin(&tape).await.expect("begins");
    assert_eq!(attic.delete(&Wanted::default()).await, (Vec::new(), vec![tape.recording]));
    open.whole(at(1), 0).await.expect("kept");
    assert_eq!(attic.delete(&Wanted::default()).await, (vec![tape.recording], Vec::new()));
}

#[tokio::test]
async fn a_recording_whose_file_can_not_be_had_is_none() {
    let attic = Attic::new().await;
    let tape = tape(1, 10, &attic.key);
    fs::create_dir(attic.archive.part(tape.recording)).expect("something in the way");
    assert!(attic.archive.begin(&tape).await.is_err());
    assert!(attic.listed().await.is_empty());
}
