//! Coordinators change queues, skills, hours, sounds and menus by the command line under 50 calls a second, and take each change
//! back: no call is dropped, and each meets the plan that was in force when it rang.
//!
//! Knows the commands and the facts that are told afterwards; nothing of the program's inside.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use model::{About, CallId, Moment, What};
use phones::Load;
use samkald_tests::told::Told;
use samkald_tests::{RunningCentre, program, top};

const TOKEN: &str = "karins-token-karins-token";
/// Calls on 7000, beside which everything is changed: 50 a second.
const CALLS: u64 = 50 * 32;
/// So long calls come under each plan that they are to meet.
const A_WHILE: Duration = Duration::from_secs(3);

/// What one citizen met, as the facts tell it.
#[derive(Default)]
struct Call {
    arrived: Moment,
    dialled: String,
    met: Vec<What>,
}

/// A change, when it was asked for, and when it was taken back.
struct Span {
    version: u64,
    asked: Moment,
    back_asked: Moment,
    back_version: u64,
}

struct Coordinator<'c> {
    centre: &'c RunningCentre,
    version: u64,
    longest: Duration,
}

impl Coordinator<'_> {
    /// One command that makes one version.
    fn does(&mut self, words: &[&str]) -> Moment {
        let (began, asked) = (Instant::now(), now());
        let mut command = Command::new(program());
        command.env("SAMKALD_SERVER", format!("http://{}", self.centre.http())).env("SAMKALD_TOKEN", TOKEN);
        let output = command.args(words).args(["--why", "prøve"]).output().expect("the program can be started");
        let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        self.version += 1;
        let in_force = format!("Version {} gælder nu", self.version);
        assert!(said.contains(&in_force), "samkald {words:?}:\n{said}{told}{}", self.centre.log());
        self.longest = self.longest.max(began.elapsed());
        asked
    }

    /// Some commands, something meanwhile, and back to where it was.
    fn does_and_undoes(&mut self, commands: &[&[&str]], meanwhile: impl FnOnce()) -> Span {
        let before = self.version.to_string();
        let asked: Vec<Moment> = commands.iter().map(|words| self.does(words)).collect();
        let version = self.version;
        meanwhile();
        let back_asked = self.does(&["plan", "rollback", &before]);
        Span { version, asked: asked[0], back_asked, back_version: self.version }
    }

    /// Rings a number before the change, under it, and after it.
    fn is_met(&mut self, number: &str, commands: &[&[&str]]) {
        let centre = self.centre;
        centre.rings(number);
        self.does_and_undoes(commands, || {
            centre.rings(number);
        });
        centre.rings(number);
    }
}

fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    Moment::from_micros(since.as_micros() as i64)
}

#[test]
fn queues_skills_hours_sounds_and_menus_change_under_calls_and_each_call_meets_the_plan_of_its_arrival() {
    let first = format!("[administration]\ncoordinators = [{{ name = \"Karin\", token = \"{TOKEN}\" }}]\n\n");
    let centre = RunningCentre::of_the_bench_with(&first);
    let calls = begin_calls(&centre);
    std::thread::sleep(A_WHILE);
    let sound = top().join("crates/media-net/prompts/closed.da.opus").display().to_string();
    let mut karin = Coordinator { centre: &centre, version: 1, longest: Duration::ZERO };
    let queue =
        karin.does_and_undoes(&[&["lines", "set", "7000", "queue", "\"7020\""]], || std::thread::sleep(A_WHILE));
    let two = ["--agent", "agent0001", "--agent", "agent0002", "--topic"];
    let other = [&["skills", "set"], &two[..], &["bench-7001", "--level", "1"]].concat();
    let none = [&["skills", "remove"], &two[..], &["bench-7000"]].concat();
    let skills = karin.does_and_undoes(&[&other, &none], || std::thread::sleep(A_WHILE));
    karin.is_met("7020", &[&["hours", "close", "--line", "7020", "--for", "2h"]]);
    let upload = ["prompts", "upload", "hilsen.da", &sound];
    karin.is_met("7101", &[&upload, &["lines", "set", "7101", "greeting", "\"hilsen\""]]);
    let choice = "choices = [{ key = \"1\", line = \"7000\" }]";
    let menu = ["plan", "menus", "add", "emner", "--entry", "prompt = \"closed\"", "--entry", choice];
    karin.is_met("7101", &[&menu, &["lines", "set", "7101", "topic_menu", "\"emner\""]]);
    let longest = karin.longest;

    let calls = calls.join().expect("no panic");
    assert_eq!(calls.failed(), 0, "{calls:?}\n{}", centre.log());
    let ended = |facts: &[Told]| facts.iter().filter(|told| matches!(told.fact.what, What::Ended { .. })).count();
    let facts = centre.facts_until(|facts| ended(facts) as u64 >= CALLS + 9);
    println!("{} good calls, {} failed, the slowest command took {longest:?}", calls.good, calls.failed());
    let (all, changed) = (calls_of(&facts), changes_of(&facts));
    load_met_its_plan(&all, &changed, &queue);
    nobody_without_the_skill_was_offered(&facts, &changed, &skills);
    let met = |number: &str, what: fn(&What) -> bool| -> Vec<bool> {
        let of_it = all.values().filter(|call| call.dialled == number);
        let mut of_it: Vec<&Call> = of_it.collect();
        of_it.sort_by_key(|call| call.arrived);
        of_it.iter().map(|call| call.met.iter().any(what)).collect()
    };
    assert_eq!(met("7020", |what| matches!(what, What::FoundClosed { .. })), [false, true, false]);
    let greeted = met("7101", |what| matches!(what, What::GreetingBegan));
    assert_eq!(greeted, [false, true, false, false, false, false]);
    let waited = met("7101", |what| matches!(what, What::Queued { .. }));
    assert_eq!(waited[3..], [true, false, true], "who is asked by a menu doesn't wait yet");
    centre.nothing_is_left();
}

fn begin_calls(centre: &RunningCentre) -> std::thread::JoinHandle<phones::Report> {
    let ip = centre.net.centre();
    let load = Load {
        server: centre.sip(),
        trunk_at: SocketAddr::new(ip, 0),
        agents_at: SocketAddr::new(ip, 26_000),
        number: "7000".into(),
        rate: 50.0,
        calls: CALLS,
        talk: Duration::from_millis(500),
        ring: Duration::ZERO,
        sound: false,
    };
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(phones::queue_calls(&load, |_| ())).expect("calls")
    })
}

fn calls_of(facts: &[Told]) -> BTreeMap<CallId, Call> {
    let mut all: BTreeMap<CallId, Call> = BTreeMap::new();
    for Told { fact, .. } in facts {
        let About::Call { call, .. } = fact.about else { continue };
        let call = all.entry(call).or_default();
        if let What::CallArrived { dialled, .. } = &fact.what {
            (call.arrived, call.dialled) = (fact.at, dialled.as_str().to_owned());
        }
        call.met.push(fact.what.clone());
    }
    all
}

/// When each version was in force everywhere.
fn changes_of(facts: &[Told]) -> BTreeMap<u64, Moment> {
    let version = |what: &What| if let What::PlanChanged(change) = what { Some(change.version) } else { None };
    facts.iter().filter_map(|told| Some((version(&told.fact.what)?, told.fact.at))).collect()
}

/// Where a call begins to wait.
fn queue_of(what: &What) -> Option<&str> {
    if let What::Queued { queue, .. } = what { Some(queue.as_str()) } else { None }
}

/// Who rang before the change was asked for, or after it was taken back, waits in the one queue; who rang under it in the other.
fn load_met_its_plan(all: &BTreeMap<CallId, Call>, changed: &BTreeMap<u64, Moment>, span: &Span) {
    let (in_force, back) = (changed[&span.version], changed[&span.back_version]);
    let (mut before, mut under, mut after) = (0, 0, 0);
    for (id, call) in all.iter().filter(|(_, call)| call.dialled == "7000") {
        let queue = call.met.iter().find_map(queue_of);
        if call.arrived < span.asked {
            before += 1;
            assert_eq!(queue, Some("7000"), "{id:?} rang before the change");
        } else if call.arrived > in_force && call.arrived < span.back_asked {
            under += 1;
            assert_eq!(queue, Some("7020"), "{id:?} rang under the change");
        } else if call.arrived > back {
            after += 1;
            assert_eq!(queue, Some("7000"), "{id:?} rang after it was taken back");
        }
    }
    println!("{before} calls before the queue was changed, {under} under the change, {after} after it was taken back");
    assert!(before > 0 && under > 0 && after > 0, "calls come under each plan");
}

/// While two agents have not the skill they are offered none of these calls, and before and after they are.
fn nobody_without_the_skill_was_offered(facts: &[Told], changed: &BTreeMap<u64, Moment>, span: &Span) {
    let (in_force, back) = (changed[&span.version], changed[&span.back_version]);
    let offered = |what: &What| matches!(what, What::Offered { agent, .. } if ["agent0001", "agent0002"].contains(&agent.as_str()));
    let offers = facts.iter().filter(|told| offered(&told.fact.what));
    let offers: Vec<Moment> = offers.map(|told| told.fact.at).collect();
    let wrong = offers.iter().filter(|at| **at > in_force && **at < span.back_asked).count();
    println!("{} offers to the two agents, {wrong} of them while they had not the skill", offers.len());
    assert_eq!(wrong, 0);
    assert!(offers.iter().any(|at| *at < span.asked) && offers.iter().any(|at| *at > back), "{offers:?}");
}
