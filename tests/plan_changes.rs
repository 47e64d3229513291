//! The plan changes while calls run, at the whole program: hours, skills, queues, lines, agents and prompts, each second, and back.
//! Knows the settings file, SIGHUP and what a citizen's phone hears; nothing of the program's inside.

use std::fs;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use phones::Load;
use samkald_tests::RunningCentre;

/// Nobody waits longer for a plan that was decided, or for one datagram.
const PATIENCE: Duration = Duration::from_secs(20);
/// Plans, one after the other; the last of them is the first again.
const PLANS: u64 = 10;

/// The bench's settings as they are in the plan of that number: every second one shuts `7020`, gives skills and takes them, lets
/// phones ring for longer, and brings a line, a queue and agents.
fn changed(first: &str, number: u64) -> String {
    if number.is_multiple_of(2) {
        return first.to_owned();
    }
    let shut = "[[plan.calendars]]\nid = \"shut\"\nalways_closed = true\n";
    let new = format!(
        "[[plan.queues]]\nid = \"new{number}\"\ntitle = \"New\"\n[[plan.lines]]\nid = \"new{number}\"\ntitle = \"New\"\n\
         numbers = [\"8{number:03}\"]\ntopic = \"bench-7000\"\nlanguage = \"da\"\nqueue = \"new{number}\"\ncalendar = \"always\"\n\
         waiting = \"unanswered\"\nwait_max_s = 600\ngreeting = \"none\"\n[[plan.agents]]\nid = \"extra{number}\"\n\
         password = \"extra-secret\"\nskills = {{ bench-7000 = 9 }}\n"
    );
    let of_7020 = "queue = \"7020\"\ncalendar = \"always\"";
    assert!(first.contains(of_7020), "the bench has that line");
    let first = first
        .replace(of_7020, "queue = \"7020\"\ncalendar = \"shut\"")
        .replace("skills = { bench-7020 = 1 }", "skills = { bench-7020 = 2, bench-7000 = 5 }")
        .replace("skills = { bench-7000 = 1 }", "skills = { bench-7000 = 3 }")
        .replace("title = \"7000\"\nwaiting_max", "title = \"7000\"\nring_time_max_s = 25\nwaiting_max");
    format!("{first}{shut}{new}")
}

#[test]
fn the_plan_changes_each_second_under_calls_and_is_taken_back_and_no_call_is_dropped_or_led_astray() {
    let centre = RunningCentre::of_the_bench();
    let first = fs::read_to_string(centre.settings()).expect("the settings are there");
    let ip = centre.net.centre();
    let load = Load {
        server: centre.sip(),
        trunk_at: SocketAddr::new(ip, 0),
        agents_at: SocketAddr::new(ip, 26_000),
        number: "7000".into(),
        rate: 50.0,
        calls: 50 * (PLANS + 2),
        talk: Duration::from_millis(500),
        ring: Duration::ZERO,
        sound: false,
    };
    let calls = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(phones::queue_calls(&load, |_| ())).expect("calls")
    });
    let mut longest = Duration::ZERO;
    let begun = centre.metric("samkald_plan_version", &[]);
    for number in 1..=PLANS {
        let next = Instant::now() + Duration::from_secs(1);
        write(&centre, &changed(&first, number));
        let asked = Instant::now();
        centre.ask_to_read_again();
        let is_in_force = || (centre.metric("samkald_plan_version", &[]) >= begun + number as f64).then_some(());
        assert!(samkald_tests::until(PATIENCE, is_in_force).is_some(), "plan {number}\n{}", centre.log());
        longest = longest.max(asked.elapsed());
        assert_eq!(centre.rings("7020"), number.is_multiple_of(2), "plan {number}");
        assert_eq!(centre.rings(&format!("8{:03}", number | 1)), !number.is_multiple_of(2), "plan {number}");
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    let calls = calls.join().expect("no panic");
    println!("{} good calls, {} failed, the slowest change took {longest:?}", calls.good, calls.failed());
    assert_eq!(calls.failed(), 0, "{calls:?}\n{}", centre.log());
    assert!(centre.metric("samkald_calls_total", &["failed"]) < 0.5, "{}", centre.log());
    centre.nothing_is_left();
}

#[test]
fn a_plan_with_faults_is_refused_with_all_of_them_and_the_present_one_stays_in_force() {
    let centre = RunningCentre::of_the_bench();
    let first = fs::read_to_string(centre.settings()).expect("the settings are there");
    let wrong =
        first.replace("queue = \"7020\"\n", "queue = \"702O\"\n").replace("wait_max_s = 86400", "wait_max_s = 0");
    let begun = centre.metric("samkald_plan_version", &[]);
    write(&centre, &wrong);
    centre.ask_to_read_again();
    let told = |text: &str| centre.log().contains(text).then_some(());
    assert!(samkald_tests::until(PATIENCE, || told("702O")).is_some(), "{}", centre.log());
    assert!(told("wait_max_s").is_some(), "all faults at once: {}", centre.log());
    assert!(centre.metric("samkald_plan_version", &[]) < begun + 0.5);
    write(&centre, &changed(&first, 1));
    centre.ask_to_read_again();
    let is_in_force = || (centre.metric("samkald_plan_version", &[]) >= begun + 0.5).then_some(());
    assert!(samkald_tests::until(PATIENCE, is_in_force).is_some(), "{}", centre.log());
}

#[test]
fn a_plan_is_tried_on_one_line_first_where_new_calls_meet_it_and_taken_back_or_in_force_for_all_in_the_end() {
    let centre = RunningCentre::of_the_bench();
    let first = fs::read_to_string(centre.settings()).expect("the settings are there");
    let begun = centre.metric("samkald_plan_version", &[]);
    write(&centre, &changed(&first, 1));
    let said = reload(&centre, &["reload", "--try-on", "7020", "--for", "10m", "--why", "prøve"]);
    assert!(said.contains("Prøves nu på linjen 7020"), "{said}");
    assert_eq!((centre.rings("7020"), centre.rings("8001")), (false, false), "on that line alone");
    reload(&centre, &["take-back", "--why", "alligevel ikke"]);
    assert!(centre.rings("7020"), "as before the trial");
    assert!(centre.metric("samkald_plan_version", &[]) < begun + 0.5);
    reload(&centre, &["reload", "--try-on", "7020", "--for", "10s", "--why", "igen"]);
    let for_all = || (centre.metric("samkald_plan_version", &[]) > begun + 0.5).then_some(());
    assert!(samkald_tests::until(2 * PATIENCE, for_all).is_some(), "{}", centre.log());
    assert_eq!((centre.rings("7020"), centre.rings("8001")), (false, true));
}

/// `samkald plan …`, as an operator says it.
fn reload(centre: &RunningCentre, words: &[&str]) -> String {
    let mut command = std::process::Command::new(samkald_tests::program());
    command.env("SAMKALD_SERVER", format!("http://{}", centre.http())).env_remove("SAMKALD_TOKEN").arg("plan");
    let output = command.args(words).output().expect("the program can be started");
    let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "samkald plan {words:?}:\n{said}{told}{}", centre.log());
    said.into_owned()
}

/// In one piece, as editors do.
fn write(centre: &RunningCentre, settings: &str) {
    let beside = centre.settings().with_extension("new");
    fs::write(&beside, settings).expect("a file can be written");
    fs::rename(&beside, centre.settings()).expect("it can take the place");
}
