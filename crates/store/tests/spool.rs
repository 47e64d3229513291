//! What the spool promises: gapless numbers, nothing acknowledged is lost, nothing is there twice.
//! Real files, each test in a folder of its own.

mod calls;

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::mpsc::channel;

use calls::{call, good_call, note, open_call, replayed, save};
use model::{About, What};
use store::{Spool, SpoolError, SpoolOptions};
use tally::{Append, Full};
use tempfile::tempdir;

fn open(folder: &Path) -> (Spool, store::Recovered) {
    Spool::open(folder, SpoolOptions::default()).expect("the spool opens")
}

fn small_segments() -> SpoolOptions {
    SpoolOptions { segment_bytes_max: 2_000, ..SpoolOptions::default() }
}

fn segment_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(folder.join("spool")).expect("a folder").map(|one| one.expect("a file").path()).collect();
    files.retain(|path| path.to_string_lossy().contains("/facts-"));
    files.sort();
    files
}

#[test]
fn numbers_are_gapless_and_go_on_after_a_restart() {
    let folder = tempdir().expect("a folder");
    let id = {
        let (spool, recovered) = open(folder.path());
        assert_eq!((recovered.last_no, recovered.facts), (0, 0));
        for no in 1..=5 {
            save(&spool, vec![note(no), note(no + 100)]);
        }
        spool.id()
    };
    let (spool, recovered) = open(folder.path());
    assert_eq!((recovered.last_no, recovered.facts, recovered.cut_bytes, recovered.missing), (10, 10, 0, 0));
    save(&spool, vec![note(200)]);
    let numbers: Vec<_> = replayed(&spool).into_iter().map(|(no, _)| no).collect();
    assert_eq!(numbers, (1..=11).collect::<Vec<_>>());
    assert_eq!(spool.id(), id);
}

#[test]
fn a_new_spool_beside_an_old_database_numbers_above_it() {
    let folder = tempdir().expect("a folder");
    let options = SpoolOptions { numbers_above: 500, ..SpoolOptions::default() };
    let (spool, _) = Spool::open(folder.path(), options).expect("the spool opens");
    assert_eq!(spool.oldest_no(), 501);
    save(&spool, vec![note(1)]);
    assert_eq!(replayed(&spool)[0].0, 501);
}

#[test]
fn a_tail_torn_at_any_byte_is_cut_and_what_was_whole_stays() {
    let folder = tempdir().expect("a folder");
    let (ends, bytes) = {
        let (spool, _) = open(folder.path());
        let file = || segment_files(folder.path())[0].clone();
        let ends: Vec<u64> = (1..=4)
            .map(|no| {
                save(&spool, vec![note(no)]);
                fs::metadata(file()).expect("a file").len()
            })
            .collect();
        (ends, fs::read(file()).expect("a file"))
    };
    let file = segment_files(folder.path())[0].clone();
    for length in 0..=bytes.len() {
        for other in segment_files(folder.path()) {
            fs::remove_file(other).expect("it goes");
        }
        fs::write(&file, &bytes[..length]).expect("it can be written");
        let whole = ends.iter().filter(|end| **end <= length as u64).count() as u64;
        let (spool, recovered) = open(folder.path());
        assert_eq!((recovered.last_no, recovered.missing), (whole, 0), "torn at {length}");
        save(&spool, vec![note(77)]);
        let facts = replayed(&spool);
        assert_eq!(facts.len() as u64, whole + 1, "torn at {length}");
        assert_eq!(facts.last(), Some(&(whole + 1, note(77))));
    }
}

#[test]
fn a_byte_changed_by_the_disk_is_found_wherever_it_is() {
    let folder = tempdir().expect("a folder");
    {
        let (spool, _) = open(folder.path());
        save(&spool, vec![note(1), note(2), note(3)]);
    }
    let file = segment_files(folder.path())[0].clone();
    let sound = fs::read(&file).expect("a file");
    for at in (32..sound.len()).step_by(3) {
        let mut changed = sound.clone();
        changed[at] ^= 0x10;
        fs::write(&file, &changed).expect("it can be written");
        let (spool, recovered) = open(folder.path());
        assert!(recovered.last_no < 3 && recovered.cut_bytes > 0, "changed at {at}");
        let expected: Vec<_> = (1..=recovered.last_no).map(|no| (no, note(no))).collect();
        assert_eq!(replayed(&spool), expected, "changed at {at}");
    }
}

#[test]
fn a_second_process_on_the_same_folder_is_refused_with_a_clear_word() {
    let folder = tempdir().expect("a folder");
    let (_spool, _) = open(folder.path());
    match Spool::open(folder.path(), SpoolOptions::default()) {
        Err(error @ SpoolError::InUse(_)) => assert!(error.to_string().contains("another process")),
        other => panic!("{:?}", other.map(|(_, recovered)| recovered)),
    }
}

#[test]
fn a_segment_of_another_spool_is_refused() {
    let (ours, theirs) = (tempdir().expect("a folder"), tempdir().expect("a folder"));
    for folder in [&ours, &theirs] {
        let (spool, _) = open(folder.path());
        save(&spool, vec![note(1)]);
    }
    let stray = segment_files(theirs.path())[0].clone();
    fs::copy(stray, ours.path().join("spool/facts-00000000000000000009.log")).expect("a copy");
    assert!(matches!(Spool::open(ours.path(), SpoolOptions::default()), Err(SpoolError::Foreign(_))));
}

#[test]
fn facts_are_read_on_from_any_number_over_many_segments() {
    let folder = tempdir().expect("a folder");
    let (spool, _) = Spool::open(folder.path(), small_segments()).expect("the spool opens");
    for no in 1..=200 {
        save(&spool, vec![note(no)]);
    }
    assert!(segment_files(folder.path()).len() > 3);
    for after in [0, 1, 57, 199] {
        let raw = spool.read_after(after, 40).expect("it can be read");
        let numbers: Vec<_> = raw.iter().map(|(no, _)| no).collect();
        assert_eq!(numbers, (after + 1..=200.min(after + 40)).collect::<Vec<_>>());
    }
    assert!(spool.read_after(200, 40).expect("it can be read").is_empty());
}

#[test]
fn when_too_much_waits_the_sender_is_told_and_keeps_its_facts() {
    let folder = tempdir().expect("a folder");
    let options = SpoolOptions { facts_waiting_max: 10, ..SpoolOptions::default() };
    let (spool, _) = Spool::open(folder.path(), options).expect("the spool opens");
    let many = Append { facts: (1..=10).map(note).collect(), ..Append::default() };
    let Err(Full(back)) = spool.door().append(many) else { panic!("it should have been refused") };
    assert_eq!((back.facts.len(), spool.status().refused), (10, 1));
    save(&spool, vec![note(1)]);
    assert_eq!(spool.status().last_saved, 1);
}

#[test]
fn acknowledgements_come_in_order_and_only_for_what_can_be_read_back() {
    let folder = tempdir().expect("a folder");
    let (spool, _) = open(folder.path());
    let (told, heard) = channel();
    for no in 1..=500u64 {
        let (told, door) = (told.clone(), spool.door());
        let when_saved: tally::WhenSaved = Box::new(move || told.send((no, door.status().last_saved)).expect("heard"));
        spool
            .door()
            .append(Append { facts: vec![note(no)], when_saved: Some(when_saved), ..Append::default() })
            .expect("room");
    }
    for expected in 1..=500 {
        let (no, saved) = heard.recv().expect("all are told");
        assert_eq!(no, expected);
        assert!(saved >= no);
    }
    assert!(spool.status().flushes < 500, "they went in groups");
}

#[test]
fn subscribers_see_every_fact_once_and_one_that_breaks_harms_nobody() {
    let folder = tempdir().expect("a folder");
    let (spool, _) = open(folder.path());
    let (told, heard) = channel();
    spool.door().subscribe(Box::new(|_| panic!("a subscriber with a fault")));
    spool.door().subscribe(Box::new(move |facts| {
        facts.iter().for_each(|fact| told.send(fact.fact_no).expect("heard"));
        if facts.iter().any(|fact| fact.fact_no >= 3) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }));
    for no in 1..=5 {
        save(&spool, vec![note(no)]);
    }
    assert_eq!(heard.iter().collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn a_fact_that_is_far_too_long_is_dropped_and_counted_and_takes_no_number() {
    let folder = tempdir().expect("a folder");
    let (spool, _) = open(folder.path());
    let mut monster = note(1);
    monster.what = What::NodeStarted { version: "x".repeat(70_000).into() };
    save(&spool, vec![monster, note(2)]);
    assert_eq!((spool.status().too_long, replayed(&spool)), (1, vec![(1, note(2))]));
}

#[test]
fn segments_go_when_they_are_carried_but_open_calls_are_kept() {
    let folder = tempdir().expect("a folder");
    let still_open = |one| one == call(1);
    {
        let (spool, _) = Spool::open(folder.path(), small_segments()).expect("the spool opens");
        save(&spool, open_call(1, 0));
        for no in 2..=40 {
            save(&spool, good_call(no, no * 100));
        }
        let before = segment_files(folder.path()).len();
        spool.release(200, still_open).expect("they can go");
        spool.release(430, still_open).expect("they can go");
        assert!(segment_files(folder.path()).len() < before);
        assert!(spool.oldest_no() > 200);
    }
    let (spool, recovered) = open(folder.path());
    assert_eq!((recovered.last_no, recovered.missing), (3 + 39 * 12, 0));
    let facts = replayed(&spool);
    let of_open =
        |(_, fact): &&(u64, model::Fact)| matches!(fact.about, About::Call { call: one, .. } if one == call(1));
    assert_eq!(facts.iter().filter(of_open).count(), 3, "all facts of the open call, once");
    let mut numbers: Vec<_> = facts.iter().map(|(no, _)| *no).collect();
    numbers.dedup();
    assert!(numbers.is_sorted() && numbers.len() == facts.len());
    spool.release(u64::MAX, |_| false).expect("they can go");
    assert_eq!(segment_files(folder.path()).len(), 1, "the newest stays: it knows the number");
}
