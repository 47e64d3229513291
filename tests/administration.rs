//! Coordinators at the command line of a real centre: hours, skills, sounds, others' lines, two at once, and the way back.
//! Each command is started as a person starts it, with the program's own help as the only manual.

use std::process::{Command, Output};

use samkald_tests::{RunningCentre, program, top};

const KARIN: &str = "karins-token-karins-token";
const KNUD: &str = "knuds-token-knuds-token-1";
/// Of Odense.
const OLE: &str = "oles-token-oles-token-123";

/// The little centre, whose line "flytning" belongs to Aarhus.
fn centre() -> RunningCentre {
    let coordinators = format!(
        "[administration]\ncoordinators = [\n    {{ name = \"Karin\", token = \"{KARIN}\" }},\n    \
         {{ name = \"Knud\", token = \"{KNUD}\" }},\n    {{ name = \"Ole\", token = \"{OLE}\", municipality = \"0461\" }},\n]\n\n[plan]\ntopics"
    );
    let of_aarhus = "title = \"Flytning\"\nmunicipality = \"0751\"\nnumbers";
    RunningCentre::with_plan_changed(
        "calls",
        &[("[plan]\ntopics", &coordinators), ("title = \"Flytning\"\nnumbers", of_aarhus)],
    )
}

fn samkald(centre: &RunningCentre, token: &str, words: &str) -> Output {
    let (flags, why) = words.split_once(" --why ").map_or((words, None), |(flags, why)| (flags, Some(why)));
    let mut command = command(centre, token);
    command.args(flags.split(' '));
    if let Some(why) = why {
        command.args(["--why", why]);
    }
    command.output().expect("the program can be started")
}

fn command(centre: &RunningCentre, token: &str) -> Command {
    let mut command = Command::new(program());
    command.env("SAMKALD_SERVER", format!("http://{}", centre.http())).env("SAMKALD_TOKEN", token);
    command.env_remove("SAMKALD_CONFIG");
    command
}

fn done(centre: &RunningCentre, token: &str, words: &str) -> String {
    let output = samkald(centre, token, words);
    let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "samkald {words}:\n{said}{told}{}", centre.log());
    said.into_owned()
}

fn refused(centre: &RunningCentre, token: &str, words: &str) -> String {
    let output = samkald(centre, token, words);
    assert_eq!(output.status.code(), Some(1), "samkald {words}: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_coordinator_closes_a_line_gives_three_agents_a_skill_uploads_a_sound_and_undoes_it_all() {
    let mut centre = centre();
    assert!(done(&centre, KARIN, "hours show").contains("pas       altid åben"));
    let closed = "hours close --line pas --until 2099-12-24T12:00 --why strømafbrydelse";
    assert!(done(&centre, KARIN, closed).contains("Version 2 gælder nu"));
    let board = done(&centre, KARIN, "hours show");
    assert!(board.contains("pas       lukket, åbner ikke") && board.contains("flytning  altid åben"), "{board}");

    assert!(done(&centre, KARIN, "plan walk 70201000").contains("Her er lukket"));
    assert!(done(&centre, KARIN, "plan walk 70201001").contains("En agent tager opkaldet."));

    let who = "--agent anna --agent bo --agent carla --topic ingen --level 5";
    done(&centre, KARIN, &format!("skills grant {who} --until 2099-12-24T20:00 --why travlt"));
    for agent in ["anna", "bo", "carla"] {
        assert!(done(&centre, KARIN, &format!("skills show {agent}")).contains("ingen = 5"));
    }

    let sound = top().join("crates/media-net/prompts/closed.da.opus");
    let upload = format!("prompts upload greeting.da {} --why ny-hilsen", sound.display());
    done(&centre, KARIN, &upload);
    let heard = centre.data().join("heard.opus");
    done(&centre, KARIN, &format!("prompts listen greeting.da {}", heard.display()));
    assert_eq!(std::fs::read(&heard).expect("fetched"), std::fs::read(&sound).expect("there"));

    let differences = samkald(&centre, KARIN, "plan diff 1 0");
    let told = String::from_utf8_lossy(&differences.stdout).into_owned();
    for setting in ["lines[\"pas\"].calendar", "agents[\"anna\"].skills.ingen", "prompts[\"greeting.da\"]"] {
        assert!(told.contains(setting), "{told}");
    }
    assert!(done(&centre, KARIN, "plan rollback 1 --why alt er som før").contains("Version 5 gælder nu"));
    assert!(done(&centre, KARIN, "hours show").contains("pas       altid åben"));
    assert!(!done(&centre, KARIN, "skills show anna").contains("ingen"));
    assert!(done(&centre, KARIN, "plan walk 70201000").contains("En agent tager opkaldet."));

    centre.kill_hard();
    centre.start_again();
    let versions = done(&centre, KARIN, "plan versions");
    let newest = versions.lines().next().unwrap_or_default();
    assert!(newest.contains("Karin") && newest.contains("alt er som før (tilbage til 1)"), "{versions}");
    assert_eq!(versions.lines().count(), 5, "{versions}");
    centre.nothing_is_left();
}

#[test]
fn another_municipalitys_line_a_shared_one_and_a_stranger_are_refused_in_plain_words() {
    let centre = centre();
    let close = |line: &str| format!("hours close --line {line} --until 2099-12-24T12:00 --why prøve");
    let told = refused(&centre, OLE, &close("flytning"));
    assert!(told.contains("Afvist") && told.contains("tilhører kommune 0751"), "{told}");
    assert!(refused(&centre, OLE, &close("pas")).contains("er fælles"));
    assert!(refused(&centre, "nobodys-token-nobodys-token", &close("pas")).contains("SAMKALD_TOKEN"));
    assert!(refused(&centre, KARIN, &close("skat")).contains("der er ingen \"skat\" i lines"));
    assert_eq!(done(&centre, OLE, "plan versions").lines().count(), 1, "nothing was changed");
}

#[test]
fn of_two_coordinators_at_once_the_second_is_shown_the_firsts_change() {
    let centre = centre();
    done(&centre, KARIN, "queues set pas wrap_up_s 10 --based-on 1 --why nyt-system");
    let second = refused(&centre, KNUD, "queues set pas wrap_up_s 20 --based-on 1 --why ny-aftale");
    assert!(second.contains("Karin") && second.contains("version 2") && second.contains("nyt-system"), "{second}");
    done(&centre, KNUD, "queues set flytning wrap_up_s 20 --based-on 1 --why ny-aftale");
    let tried = done(&centre, KNUD, "queues set pas wrap_up_s 20 --dry-run --why ny-aftale");
    assert!(tried.contains("10 → 20") && tried.contains("Intet er ændret"), "{tried}");
}

#[test]
fn a_change_survives_the_nodes_death_and_the_plan_files_own_changes() {
    let mut centre = centre();
    done(&centre, KARIN, "queues set pas target_s 30 --why ny aftale");
    centre.kill_hard();
    let settings = std::fs::read_to_string(centre.settings()).expect("its settings");
    let other =
        settings.replace("title = \"Plads til en\"\nwaiting_max = 1", "title = \"Plads til en\"\nwaiting_max = 2");
    assert_ne!(other, settings);
    std::fs::write(centre.settings(), other).expect("changed by the operator");
    centre.start_again();
    let shown = done(&centre, KARIN, "queues show");
    assert!(shown.contains("target_s = 30") && shown.contains("waiting_max = 2"), "{shown}");
    let newest = done(&centre, KARIN, "plan versions --limit 1 --changes");
    assert!(newest.contains("file") && newest.contains("queues[\"en\"].waiting_max"), "{newest}");
}

#[test]
fn a_plan_under_which_the_centre_died_twice_is_in_quarantine_and_calls_are_taken_under_the_one_before() {
    let mut centre = centre();
    done(&centre, KARIN, "lines set pas title \"Giftig\" --why nyt-navn");
    for _ in 0..2 {
        assert!(done(&centre, KARIN, "lines show pas").contains("Giftig"), "one death may be the machine's");
        centre.kill_hard();
        centre.start_again();
    }
    assert!(!done(&centre, KARIN, "lines show pas").contains("Giftig"));
    let versions = done(&centre, KARIN, "plan versions");
    assert!(versions.lines().next().is_some_and(|newest| newest.contains("karantæne")), "{versions}");
    assert!(centre.log().contains("it is in quarantine"), "{}", centre.log());
    // Somebody who knows better takes it up all the same.
    done(&centre, KARIN, "plan rollback 2 --why det var maskinen");
    assert!(done(&centre, KARIN, "lines show pas").contains("Giftig"));
}

#[test]
fn a_coordinator_tries_a_change_on_a_line_of_their_own_first_and_takes_it_back() {
    let centre = centre();
    let tried = done(&centre, KARIN, "queues set pas wrap_up_s 10 --try-on pas --try-for 10m --why ny-aftale");
    assert!(tried.contains("Prøves nu på linjen pas i 10 min"), "{tried}");
    assert!(!done(&centre, KARIN, "queues show pas").contains("wrap_up_s = 10"), "it doesn't count for all");
    assert!(refused(&centre, OLE, "plan take-back --why prøve").contains("er fælles"));
    assert!(
        refused(&centre, KNUD, "queues set pas wrap_up_s 20 --try-on pas --why mere").contains("prøves på linjen pas")
    );
    done(&centre, KNUD, "queues set pas target_s 30 --why uden-at-vente");
    assert!(done(&centre, KARIN, "plan take-back --why borgerne-klager").contains("alt er som før"));
    let shown = done(&centre, KARIN, "queues show pas");
    assert!(shown.contains("target_s = 30") && !shown.contains("wrap_up_s = 10"), "{shown}");
    assert!(refused(&centre, KARIN, "plan take-back --why igen").contains("ingen plan prøves"));
}
