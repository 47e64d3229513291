//! What an operator finds in the folder of plans after a crash, a full disk's half file, and years of changes.
//! Knows files; nothing of plans.

use super::*;

fn folder() -> (tempfile::TempDir, PlanFolder) {
    let data = tempfile::tempdir().expect("a folder");
    let plans = PlanFolder::open(data.path()).expect("it is made");
    (data, plans)
}

#[test]
fn a_version_that_was_written_but_not_put_in_force_does_not_count_after_a_crash() {
    let (data, plans) = folder();
    assert_eq!(plans.in_force().expect("none yet"), InForce::default());
    plans.keep_version(1, "one").expect("written");
    plans.set_in_force(InForce { version: 1, last: 1, unproven: None }).expect("written");
    plans.keep_version(2, "two").expect("written");
    drop(plans);
    let plans = PlanFolder::open(data.path()).expect("it is there");
    assert_eq!(plans.in_force().expect("readable"), InForce { version: 1, last: 1, unproven: None });
    assert_eq!(plans.versions().expect("readable"), [(1, "one".to_owned()), (2, "two".to_owned())]);
}

#[test]
fn a_version_that_has_not_proved_itself_is_known_as_such_after_a_crash() {
    let (data, plans) = folder();
    let unproven = Some(Unproven { before: 6, deaths: 1 });
    plans.set_in_force(InForce { version: 7, last: 8, unproven }).expect("written");
    drop(plans);
    let plans = PlanFolder::open(data.path()).expect("it is there");
    assert_eq!(plans.in_force().expect("readable"), InForce { version: 7, last: 8, unproven });
}

#[test]
fn a_half_written_file_is_no_version() {
    let (data, plans) = folder();
    plans.keep_version(1, "one").expect("written");
    fs::write(data.path().join("plan/versions/2.new"), "tw").expect("as a crash leaves it");
    assert_eq!(plans.versions().expect("readable").len(), 1);
    fs::write(data.path().join("plan/versions/2"), b"\xff\xfe").expect("as a bad disk leaves it");
    assert_eq!(
        plans.versions().expect("readable"),
        [(1, "one".to_owned()), (2, String::new())],
        "it is not passed over"
    );
    fs::write(data.path().join("plan/in-force"), "1").expect("as nothing leaves it");
    assert!(plans.in_force().is_err(), "a torn word is not taken for another version");
}

#[test]
fn texts_and_sounds_are_found_by_what_is_in_them_and_nothing_else_of_the_disk_is() {
    let (_data, plans) = folder();
    let name = plans.keep_text("[[lines]]").expect("kept");
    assert_eq!(plans.keep_text("[[lines]]").expect("kept once"), name);
    assert_eq!(plans.text(&name).expect("there"), "[[lines]]");
    let sound = plans.keep_sound(b"RIFF").expect("kept");
    assert_eq!((plans.sound(&sound).expect("there"), plans.has_sound(&name)), (b"RIFF".to_vec(), false));
    for strange in ["../in-force", "", "/etc/passwd"] {
        assert!(plans.text(strange).is_err() && plans.sound(strange).is_err(), "{strange}");
    }
}

#[test]
fn a_version_has_its_sounds_under_the_names_of_its_prompts() {
    let (_data, plans) = folder();
    let (wav, opus) = (plans.keep_sound(b"RIFF....").expect("kept"), plans.keep_sound(b"OggS....").expect("kept"));
    let sounds = [("0751/greeting.da", &*wav), ("closed.da", &*opus)];
    for _ in 0..2 {
        let folder = plans.prompts(3, sounds.into_iter()).expect("made anew");
        assert_eq!(fs::read(folder.join("0751/greeting.da.wav")).expect("there"), b"RIFF....");
        assert_eq!(fs::read(folder.join("closed.da.opus")).expect("there"), b"OggS....");
    }
    assert!(plans.prompts(4, [("x", "../../in-force")].into_iter()).is_err());
}

#[test]
fn what_no_version_names_any_more_is_swept_away() {
    let (data, plans) = folder();
    let (kept, gone) = (plans.keep_text("kept").expect("kept"), plans.keep_text("gone").expect("kept"));
    let sound = plans.keep_sound(b"RIFF").expect("kept");
    plans.prompts(1, std::iter::empty()).expect("made");
    plans.prompts(2, [("x.da", &*sound)].into_iter()).expect("made");
    plans.sweep(&[kept.clone()].into(), &[sound.clone()].into(), &[2]).expect("swept");
    assert!(plans.text(&kept).is_ok() && plans.text(&gone).is_err() && plans.has_sound(&sound));
    let prompts = fs::read_dir(data.path().join("plan/prompts")).expect("there").count();
    assert_eq!(prompts, 1);
    plans.keep_version(1, "one").expect("written");
    plans.forget(1).and_then(|()| plans.forget(1)).expect("twice is once");
    assert_eq!(plans.versions().expect("readable"), []);
}
