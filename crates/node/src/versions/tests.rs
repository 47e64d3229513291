//! What operators and coordinators find when sounds are refused, plans are tried on a line, and programs die under a plan.
//! Knows a data folder and a centre that takes over whatever it is told; nothing runs.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use api::{Deciding as _, TryWhat};
use change::{Edit, List, Wish};
use store::Unproven;

use super::*;

const PLAN: &str = "[plan]\ntopics = [{ id = \"pas\", title = \"Pas\" }]\nlanguages = [{ id = \"da\", title = \"dansk\" }]\n\
    queues = [{ id = \"pas\", title = \"Pas\" }]\n[[plan.lines]]\nid = \"pas\"\ntitle = \"Pas\"\nnumbers = [\"7000\"]\ntopic = \"pas\"\n\
    language = \"da\"\nqueue = \"pas\"\ncalendar = \"always\"\nwait_max_s = 3600\n";

/// A centre that does as it is told, and notes which versions came into force.
#[derive(Default)]
struct Centre {
    in_force: Mutex<Vec<u64>>,
    trying: AtomicBool,
    refuses: AtomicBool,
}

impl TakesOver for Centre {
    fn take_over(&self, _: Plan, note: Note) -> Result<(), (String, String)> {
        if self.refuses.load(Ordering::Relaxed) {
            return Err(("lyden er i stykker".to_owned(), "the sound is broken".to_owned()));
        }
        self.trying.store(false, Ordering::Relaxed);
        self.in_force.lock().expect("no panic").push(note.version);
        Ok(())
    }

    fn try_on(&self, _: &LineId, _: Duration, _: Plan, _: Note) -> Result<(), (String, String)> {
        self.trying.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn take_back(&self, _: &str, _: &str) -> Result<(), (String, String)> {
        self.trying.store(false, Ordering::Relaxed);
        Ok(())
    }

    fn is_trying(&self) -> bool {
        self.trying.load(Ordering::Relaxed)
    }
}

struct House {
    versions: Arc<Versions>,
    centre: Arc<Centre>,
}

/// A start of the program on that folder, with that plan file.
fn started(data: &Path, plan: &str) -> House {
    let text = format!("[node]\ndata_dir = \"{}\"\n{plan}", data.display());
    let settings = Settings::of_test(&text).unwrap_or_else(|faults| panic!("{faults}"));
    let (versions, _, starting) = Versions::take_up(&settings).expect("it starts");
    starting.has_started();
    let centre = Arc::new(Centre::default());
    versions.hand_over_to(centre.clone());
    House { versions, centre }
}

fn karin() -> Asked {
    let who = Coordinator { name: "Karin".to_owned(), municipality: None };
    Asked { who, why: "ny stemme".to_owned(), based_on: None }
}

fn music(value: &str) -> Vec<Wish> {
    let (id, field, value) = ("pas".to_owned(), "music".to_owned(), Some(format!("\"{value}\"")));
    vec![Wish { edit: Edit::Set { list: List::Lines, id, field, value }, until_ms: None }]
}

/// What lies in a folder of the versions'.
fn lying(data: &Path, part: &str) -> Vec<String> {
    let all = std::fs::read_dir(data.join("plan").join(part)).expect("a folder");
    let mut names: Vec<String> =
        all.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_sound_is_kept_only_if_its_change_came_into_force_and_only_the_one_in_force_has_a_folder() {
    let data = tempfile::tempdir().expect("a folder");
    let House { versions, centre } = started(data.path(), PLAN);
    let of_aarhus = Asked { who: Coordinator { municipality: Some("0751".to_owned()), ..karin().who }, ..karin() };
    assert!(matches!(versions.upload(&of_aarhus, "greeting.da", b"RIFF1", false), Err(Denied::Refused(_))));
    versions.upload(&karin(), "greeting.da", b"RIFF1", true).expect("it would be");
    assert_eq!(lying(data.path(), "sounds").len(), 0, "a dry run and a refused one leave nothing");
    centre.refuses.store(true, Ordering::Relaxed);
    assert!(matches!(versions.upload(&karin(), "greeting.da", b"RIFF1", false), Err(Denied::NotTaken(..))));
    assert_eq!((lying(data.path(), "sounds").len(), lying(data.path(), "prompts").len()), (0, 0));
    centre.refuses.store(false, Ordering::Relaxed);
    for sound in [b"RIFF1", b"RIFF2"] {
        versions.upload(&karin(), "greeting.da", sound, false).expect("in force");
    }
    assert_eq!(lying(data.path(), "sounds").len(), 2, "both can be gone back to");
    let now = versions.number_in_force().to_string();
    assert_eq!(lying(data.path(), "prompts"), [now]);
}

#[test]
fn what_is_tried_on_a_line_counts_for_all_when_its_time_is_over_and_what_was_changed_meanwhile_at_once() {
    let data = tempfile::tempdir().expect("a folder");
    let House { versions, centre } = started(data.path(), PLAN);
    let minute = Duration::from_secs(60);
    versions.try_on(&karin(), TryWhat::Edits(music("jazz")), "pas", minute).expect("it is tried");
    assert_eq!(versions.number_in_force(), 1, "it doesn't count yet");
    assert!(versions.try_on(&karin(), TryWhat::Edits(music("rock")), "pas", minute).is_err(), "one at a time");
    let id = "pas".to_owned();
    let title = Edit::Set { list: List::Lines, id, field: "title".to_owned(), value: Some("\"Pas og ID\"".to_owned()) };
    versions.change(&karin(), &[Wish { edit: title, until_ms: None }], false).expect("a trial holds nobody up");
    assert!(centre.is_trying(), "the trial goes on");
    versions.look_after_trial(now());
    versions.look_after_trial(now() + minute);
    let (version, table) = versions.in_force();
    assert_eq!((version.edits.len(), centre.is_trying()), (2, false));
    let line = table["lines"].as_array().and_then(|lines| lines[0].as_table()).expect("the line");
    assert_eq!((line["music"].as_str(), line["title"].as_str()), (Some("jazz"), Some("Pas og ID")));
    let known: Vec<u64> = centre.in_force.lock().expect("no panic").clone();
    assert!(known.len() == 2 && known.is_sorted(), "{known:?}");
}

#[test]
fn a_members_trial_is_short_and_gives_way_to_the_joint_centres() {
    let data = tempfile::tempdir().expect("a folder");
    let aarhus = "municipalities = [{ id = \"0751\", name = \"Aarhus\" }]\nqueues =";
    let plan = PLAN.replace("queues =", aarhus) + "municipality = \"0751\"\n";
    let House { versions, centre } = started(data.path(), &plan);
    let joint = karin();
    let of_aarhus = Coordinator { name: "Anna".to_owned(), municipality: Some("0751".to_owned()) };
    let member = Asked { who: of_aarhus, ..karin() };
    let hour = Duration::from_secs(3_600);
    let trial = |asked: &Asked, sound: &str, span| versions.try_on(asked, TryWhat::Edits(music(sound)), "pas", span);
    assert!(trial(&member, "jazz", hour * 2).is_err(), "others wait meanwhile");
    trial(&member, "jazz", hour).expect("it is tried");
    assert!(trial(&member, "rock", hour).is_err(), "one at a time");
    trial(&joint, "rock", hour * 2).expect("the joint centre's comes first");
    assert!(centre.is_trying());
    assert!(trial(&member, "jazz", hour).is_err(), "and not the other way round");
}

#[test]
fn what_was_taken_back_by_hand_or_because_calls_failed_never_counts() {
    let data = tempfile::tempdir().expect("a folder");
    let House { versions, centre } = started(data.path(), PLAN);
    let try_it = || versions.try_on(&karin(), TryWhat::Edits(music("jazz")), "pas", Duration::from_secs(60));
    try_it().expect("it is tried");
    versions.take_back(&karin()).expect("it was tried");
    try_it().expect("the line is free again");
    centre.take_back("samkald", "calls failed").expect("as the centre does by itself");
    versions.look_after_trial(now());
    versions.look_after_trial(now() + Duration::from_secs(120));
    assert_eq!((versions.number_in_force(), centre.in_force.lock().expect("no panic").len()), (1, 0));
    try_it().expect("the line is free again");
}

#[test]
fn a_version_under_which_the_program_died_by_a_bug_is_not_taken_up_again_and_what_it_was_is_shown() {
    let data = tempfile::tempdir().expect("a folder");
    let house = started(data.path(), PLAN);
    house.versions.change(&karin(), &music("jazz"), false).expect("in force");
    house.versions.died_by_a_bug();
    drop(house);
    let House { versions, .. } = started(data.path(), PLAN);
    assert_eq!(versions.number_in_force(), 1);
    assert!(versions.versions(0, 10)[0].quarantined, "a person sees it, and may take it up all the same");
    let back = versions.roll_back(&karin(), 2, false).expect("they may").number;
    assert_eq!((back, versions.number_in_force()), (3, 3));
}

#[test]
fn a_version_under_which_the_program_died_twice_is_not_taken_up_a_third_time_even_from_the_plan_file() {
    let data = tempfile::tempdir().expect("a folder");
    drop(started(data.path(), PLAN));
    let other = PLAN.replace("3600", "1800");
    let wait = |house: &House| house.versions.in_force().1["lines"][0]["wait_max_s"].as_integer();
    for times in 0..2 {
        let house = started(data.path(), &other);
        assert_eq!(wait(&house), Some(1_800), "death {times}: it may be the machine's");
    }
    let house = started(data.path(), &other);
    assert_eq!(wait(&house), Some(3_600));
    drop(house);
    assert_eq!(wait(&started(data.path(), &other)), Some(3_600), "nor a fourth time");
    let mended = PLAN.replace("3600", "900");
    assert_eq!(wait(&started(data.path(), &mended)), Some(900), "another file is another plan");
}

#[test]
fn a_plan_file_is_not_to_blame_for_an_edit_by_hand_under_which_the_program_died() {
    let data = tempfile::tempdir().expect("a folder");
    let house = started(data.path(), PLAN);
    house.versions.change(&karin(), &music("jazz"), false).expect("in force");
    house.versions.died_by_a_bug();
    drop(house);
    let wait = |text: &str| {
        let house = started(data.path(), text);
        house.versions.stops_well();
        house.versions.in_force().1["lines"][0]["wait_max_s"].as_integer()
    };
    let other = PLAN.replace("3600", "1800");
    assert_eq!((wait(PLAN), wait(&other), wait(PLAN)), (Some(3_600), Some(1_800), Some(3_600)));
}

#[test]
fn a_version_that_lived_for_a_minute_or_was_stopped_as_one_stops_a_program_has_proved_itself() {
    for stopped in [false, true] {
        let data = tempfile::tempdir().expect("a folder");
        let House { versions, .. } = started(data.path(), PLAN);
        versions.change(&karin(), &music("jazz"), false).expect("in force");
        versions.look_whether_proven(now());
        let unproven = || versions.folder.in_force().expect("readable").unproven;
        assert_eq!(unproven().map(|unproven: Unproven| unproven.deaths), Some(0), "not yet");
        if stopped {
            versions.stops_well();
        } else {
            versions.look_whether_proven(now() + proof::PROVEN_AFTER);
        }
        assert_eq!(unproven(), None);
        versions.died_by_a_bug();
        assert_eq!(started(data.path(), PLAN).versions.number_in_force(), 2, "it was not the plan's fault");
    }
}

#[test]
fn a_start_that_fails_with_a_reason_leaves_the_plan_in_force_as_it_was() {
    let data = tempfile::tempdir().expect("a folder");
    drop(started(data.path(), PLAN));
    let text = format!("[node]\ndata_dir = \"{}\"\n{}", data.path().display(), PLAN.replace("3600", "1800"));
    let settings = Settings::of_test(&text).unwrap_or_else(|faults| panic!("{faults}"));
    for _ in 0..3 {
        let (versions, _, starting) = Versions::take_up(&settings).expect("the plan is right");
        drop(starting);
        assert_eq!(versions.folder.in_force().expect("readable").version, 1, "the port was taken, say");
    }
}
