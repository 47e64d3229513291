//! The archive when something goes wrong around it: a full disk, a file that stays, a working node beside who checks it.
//! Faults of the database are made with triggers, those of the disk with folders where files should be.

use std::os::unix::fs::PermissionsExt;

use super::*;

/// No row can be changed, as on a full disk.
const FULL: &str = "CREATE TRIGGER full BEFORE UPDATE ON recording BEGIN SELECT RAISE(FAIL, 'full'); END";
const ROOM: &str = "DROP TRIGGER full";

impl Attic {
    async fn begin(&self, call: u128) -> OpenRecording {
        let mut open = self.archive.begin(&tape(call, 10, &self.key)).await.expect("begins");
        open.write(b"what was said").expect("room");
        open
    }

    async fn states(&self) -> Vec<KeptState> {
        self.listed().await.iter().map(|kept| kept.state).collect()
    }

    /// Rows and book as a check reads them when it begins.
    async fn read(&self) -> (Vec<book::Entry>, Vec<Kept>) {
        let mut rows = self.archive.rows.acquire().await.expect("a connection");
        let all = Wanted { deleted: true, ..Wanted::default() };
        let kept = all.find(usize::MAX, &mut rows).await.expect("readable");
        (book::read(&mut rows).await.expect("readable"), kept)
    }
}

#[tokio::test]
async fn a_recording_whose_end_can_not_be_written_is_closed_later_and_deleted_on_its_date() {
    for whole in [true, false] {
        let attic = Attic::new().await;
        let open = attic.begin(1).await;
        attic.sql(FULL).await;
        let ended = if whole { open.whole(at(0) + DAY, 3).await } else { open.broken(at(0) + DAY).await };
        assert!(ended.is_err() && attic.states().await == [KeptState::Running]);
        let swept = attic.archive.again().sweep(at(30)).await.expect("rows");
        assert!(swept.gone.is_empty() && swept.fault.is_some(), "the disk is still full");
        attic.sql(ROOM).await;
        assert_eq!(attic.archive.again().sweep(at(2)).await.expect("rows").gone, []);
        let kept = attic.listed().await.remove(0);
        let (state, lost) = if whole { (KeptState::Whole, 3) } else { (KeptState::Broken, 0) };
        assert_eq!((kept.state, kept.lost, kept.ended), (state, lost, Some(at(1))));
        assert_eq!(attic.verified().await, Ok(1));
        assert_eq!(attic.swept(at(30)).await, 1);
        assert!(attic.names().is_empty());
    }
}

#[tokio::test]
async fn an_end_that_is_owed_is_written_before_the_next_recording_begins() {
    let attic = Attic::new().await;
    let open = attic.begin(1).await;
    attic.sql(FULL).await;
    assert!(open.whole(at(0) + DAY, 0).await.is_err());
    attic.sql(ROOM).await;
    let _next = attic.begin(2).await;
    assert_eq!(attic.states().await, [KeptState::Whole, KeptState::Running]);
}

#[tokio::test]
async fn a_file_that_can_not_be_removed_keeps_no_other_from_being_deleted() {
    let attic = Attic::new().await;
    let (stuck, other) = (attic.record(1, 10).await, attic.record(2, 10).await);
    let path = attic.archive.file(stuck);
    fs::remove_file(&path).expect("removed");
    fs::create_dir(&path).expect("a folder, which is not removed as a file is");
    let swept = attic.archive.sweep(at(30)).await.expect("rows");
    assert!(swept.gone == [other] && matches!(swept.fault, Some(ArchiveError::Disk { .. })), "{swept:?}");
    assert_eq!(attic.states().await, [KeptState::Whole, KeptState::Deleted]);
    fs::remove_dir(&path).expect("removed");
    assert_eq!(attic.swept(at(30)).await, 1);
}

#[tokio::test]
async fn what_was_cut_is_closed_past_one_that_can_not_be_and_parts_that_nobody_knows_are_removed() {
    let attic = Attic::new().await;
    for call in [1, 2] {
        std::mem::forget(attic.begin(call).await);
    }
    let bad = attic.archive.file(RecordingId { call: CallId::from_bits(1), number: 1 });
    fs::create_dir(&bad).expect("something in the way");
    let unknown = RecordingId { call: CallId::from_bits(3), number: 1 };
    fs::write(attic.archive.part(unknown), "x").expect("written");
    let (closed, fault) = attic.archive.close_cut(at(1)).await.expect("rows");
    assert!(closed == 1 && fault.is_some(), "{fault:?}");
    assert_eq!(attic.states().await, [KeptState::Running, KeptState::Broken]);
    assert!(!attic.archive.part(unknown).exists());
    fs::remove_dir(&bad).expect("removed");
    assert_eq!(attic.swept(at(2)).await, 0);
    assert_eq!(attic.states().await, [KeptState::Broken, KeptState::Broken]);
    assert_eq!(attic.verified().await, Ok(2));
}

#[tokio::test]
async fn what_is_born_ended_and_deleted_during_a_check_is_no_misfit() {
    let attic = Attic::new().await;
    let (deleted, running) = (attic.record(1, 10).await, attic.begin(2).await);
    let (entries, kept) = attic.read().await;
    let wanted = Wanted { recording: Some(deleted), ..Wanted::default() };
    assert_eq!(attic.delete(&wanted).await.0, [deleted]);
    running.whole(at(1), 0).await.expect("kept");
    attic.record(3, 12).await;
    let _born = attic.begin(4).await;
    assert_eq!(attic.archive.check(&entries, kept).await.expect("readable"), Ok(0));
    assert_eq!(attic.verified().await, Ok(2));
}

#[tokio::test]
async fn a_file_that_goes_without_being_deleted_is_told_and_what_is_no_recording_is_not() {
    let attic = Attic::new().await;
    let recording = attic.record(1, 10).await;
    fs::create_dir(attic.folder.path().join("lost+found")).expect("made");
    assert_eq!(attic.verified().await, Ok(1));
    let (entries, kept) = attic.read().await;
    fs::remove_file(attic.archive.file(recording)).expect("removed");
    let checked = attic.archive.check(&entries, kept).await.expect("readable");
    assert_eq!(checked, Err(Misfit::FileGone(recording)));
}

#[tokio::test]
async fn a_new_folder_is_ours_alone_and_one_that_others_read_is_refused_and_left_as_it_is() {
    let above = tempfile::tempdir().expect("a folder");
    let mode = |folder: &Path| fs::metadata(folder).expect("a folder").permissions().mode() & 0o777;
    let ours = above.path().join("data").join("recordings");
    Archive::open(&ours).await.expect("opens");
    assert_eq!(mode(&ours), 0o700);
    let theirs = above.path().join("theirs");
    fs::create_dir(&theirs).expect("made");
    fs::set_permissions(&theirs, fs::Permissions::from_mode(0o750)).expect("ours");
    let refused = Archive::open(&theirs).await.expect_err("the group can read it").to_string();
    assert!(refused.contains("mode 750") && refused.contains("chmod 700"), "{refused}");
    assert_eq!((mode(&theirs), Archive::is_in(&theirs)), (0o750, false));
    fs::set_permissions(&theirs, fs::Permissions::from_mode(0o500)).expect("ours");
    let _opened = Archive::open(&theirs).await;
    assert_eq!(mode(&theirs), 0o500);
}

#[tokio::test]
async fn what_is_due_is_found_by_its_index_and_a_list_that_is_cut_says_so() {
    let attic = Attic::new().await;
    attic.record(1, 10).await;
    let plan = format!("EXPLAIN QUERY PLAN SELECT * FROM recording WHERE {} ORDER BY delete_on_us", row::IS_DUE);
    let plan = sqlx::query(sqlx::AssertSqlSafe(plan)).bind(0_i64).fetch_all(&attic.archive.rows).await.expect("a plan");
    let plan: String = sqlx::Row::get(&plan[0], "detail");
    assert!(plan.contains("recording_by_date"), "{plan}");
    let listed = attic.archive.list(&Wanted::default(), &asked(1)).await.expect("rows");
    assert!(listed.kept.len() == 1 && !listed.more);
    attic
        .sql(
            "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 10001) INSERT INTO recording \
             SELECT printf('%032x-01', i), printf('%032x', i), person, municipality, line, agent, sealed_for, began_us, \
             delete_on_us, state, ended_us, bytes, sha256, lost FROM recording, n",
        )
        .await;
    let listed = attic.archive.list(&Wanted::default(), &asked(1)).await.expect("rows");
    assert!(listed.kept.len() == LISTED_MAX && listed.more);
}
