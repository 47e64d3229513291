//! What a coordinator may rely on: the same seed gives the same figures, a small day comes out as counted by hand, and a bad
//! scenario is told whole. Every day here goes through the real core.

use std::collections::BTreeSet;

use model::MunicipalityId;
use whatif::scenario::{NoSuchFile, Scenario, read_scenario};
use whatif::{
    Call, CallEnd, Change, Column, Day, Figure, House, Picture, Policy, Presence, Replicated, Run, Sums, World,
    built_in, estimate, replay, rows, text,
};

/// Two agents, one class, talks of 100 s and no wrap-up: nothing is drawn that matters.
const SMALL: &str = r#"
title = "small"
[days]
replications = 2
days = 1
opens = "08:00"
closes = "09:00"
known = 0
[calls]
a_day = 4
[agents]
count = 2
topics_min = 1
topics_max = 1
primary_share = 1.0
pace_cv = 0.0
[talk]
mean_s = 100
sigma = 0.0
primary = 1.0
away = 1.0
wrap_up_s = 0
[[topics]]
id = "pas"
share = 1
[[languages]]
id = "da"
share = 1
agents = 1.0
[[municipalities]]
id = "0751"
share = 1
[[shifts]]
from = "08:00"
hours = 1
agents = 2
"#;

fn read(text: &str) -> Scenario {
    read_scenario("small.toml", |_| Ok(text.to_owned())).expect("it can be read")
}

fn call(at_s: f64, patience_s: f64) -> Call {
    let municipality = Some(MunicipalityId(751));
    Call { at_s: 28_800.0 + at_s, class: 0, municipality, luck: 1.0, patience_s, is_flooded: false }
}

fn is_near(found: f64, said: f64) -> bool {
    (found - said).abs() < 1e-6
}

/// Five calls come at 0, 10, 20, 30 and 40 s; two agents talk for 100 s each. The first two are answered at once, the third
/// waits from 20 to 100, the fourth gives up at 80, the fifth waits from 40 to 110.
#[test]
fn a_small_day_comes_out_as_counted_by_hand() {
    let scenario = read(SMALL);
    let world = World::draw(&scenario, 1);
    for policy in [Policy::Ours, Policy::Fcfs, Policy::LongestIdle, Policy::Silo, Policy::Bound] {
        let house = House::new(&scenario, &world, policy, plan::Routing::default());
        let on_duty = |person| Presence { person, from_s: 28_800.0, to_s: 32_400.0 };
        let day = Day {
            calls: vec![call(0.0, 600.0), call(10.0, 600.0), call(20.0, 600.0), call(30.0, 50.0), call(40.0, 600.0)],
            presences: vec![on_duty(0), on_duty(1)],
            closes_s: 32_400.0,
            ..Day::default()
        };
        let told = replay(&house, &day).expect("it fits");
        let ends: Vec<CallEnd> = told.calls.iter().map(|call| call.end).collect();
        let (served, lost) = (CallEnd::Served, CallEnd::Lost);
        assert_eq!(ends, [served, served, served, lost, served], "{}", policy.name());
        let waits: Vec<f64> = told.calls.iter().map(|call| call.wait_s).collect();
        let said = [0.0, 0.0, 80.0, 50.0, 70.0];
        assert!(waits.iter().zip(said).all(|(wait, said)| is_near(*wait, said)), "{} {waits:?}", policy.name());
        let sums = Replicated::new(&[Sums::of_day(1, &day, &told, 60.0)]);
        let figure = |figure| estimate(figure, &sums).expect("it has a value").value;
        assert!(is_near(figure(Figure::ServiceLevel), 40.0));
        assert!(is_near(figure(Figure::Lost), 20.0));
        assert!(is_near(figure(Figure::MeanWait), 37.5));
        assert!(is_near(figure(Figure::Own), 100.0));
        // Two talks each, 200 of 3,600 s.
        assert!(is_near(figure(Figure::Occupancy), 200.0 / 36.0) && is_near(figure(Figure::OccupancySd), 0.0));
    }
}

fn few_days(policy: Policy, seed: u64) -> Sums {
    let mut scenario = built_in("ddh-ordinary").expect("it is there").expect("it can be read");
    (scenario.seed, scenario.days) = (seed, 1);
    Run::new(scenario, policy).replication(0).expect("it fits")
}

#[test]
fn the_same_seed_gives_the_same_figures_and_another_seed_gives_others() {
    let once = few_days(Policy::Ours, 7);
    assert_eq!(once, few_days(Policy::Ours, 7));
    assert_ne!(once, few_days(Policy::Ours, 8));
}

#[test]
fn every_policy_meets_the_same_citizens() {
    let calls = |policy| few_days(policy, 7).classes.iter().map(|class| class.offered.to_bits()).collect::<Vec<_>>();
    let met: BTreeSet<_> = Policy::ALL.into_iter().map(calls).collect();
    assert_eq!(met.len(), 1);
}

#[test]
fn in_a_silo_nobody_is_answered_by_a_stranger() {
    let silo = few_days(Policy::Silo, 7);
    assert!(silo.own > 0.0 && (silo.own - silo.of_members).abs() < 0.5, "{} of {}", silo.own, silo.of_members);
    let ours = few_days(Policy::Ours, 7);
    assert!(ours.own < ours.of_members && ours.all.lost < silo.all.lost);
}

#[test]
fn more_agents_lose_fewer_calls_and_a_flood_more() {
    let mut scenario = built_in("ddh-ordinary").expect("it is there").expect("it can be read");
    scenario.days = 2;
    let lost = |changes: &[Change]| {
        let mut scenario = scenario.clone();
        for change in changes {
            change.make(&mut scenario).expect("it can be made");
        }
        Run::new(scenario, Policy::Ours).replication(0).expect("it fits").all
    };
    let as_is = lost(&[]);
    let more = lost(&[Change::agents("+6").expect("it can be read")]);
    let fewer = lost(&[Change::agents("-3").expect("it can be read")]);
    let flood = lost(&[Change::flood("topic:pas=5@10:00-13:00").expect("it can be read")]);
    let joined = lost(&[Change::new_member("0101=10%").expect("it can be read")]);
    assert_eq!((more.offered, fewer.offered), (as_is.offered, as_is.offered));
    assert!(more.lost < as_is.lost && as_is.lost < fewer.lost, "{} {} {}", more.lost, as_is.lost, fewer.lost);
    assert!(flood.offered > as_is.offered * 1.1 && flood.lost > as_is.lost);
    assert!(joined.offered > as_is.offered * 1.05 && joined.offered < as_is.offered * 1.15);
}

#[test]
fn all_faults_of_a_scenario_are_told_at_once_with_file_line_and_remedy() {
    let own = "title = \"mine\"\nbased_on = \"base.toml\"\n[days]\nopens = \"8\"\n[calls]\na_dya = 5\n";
    let base = SMALL.replace("agents = 2\n", "agents = 3\n").replace("wrap_up_s = 0", "wrap_up_s = -1");
    let faults = read_scenario("mine.toml", |name| match name {
        "mine.toml" => Ok(own.to_owned()),
        "base.toml" => Ok(base.clone()),
        _ => Err(NoSuchFile("not there".into())),
    })
    .expect_err("four faults");
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let has = |file: &str, line: &str, remedy: &str| {
        let is_it = |fault: &String| fault.starts_with(file) && fault.contains(line) && fault.contains(remedy);
        assert!(told.iter().any(is_it), "{file} {line} {remedy}: {told:#?}");
    };
    has("mine.toml", "linje 4, days.opens", "write \"08:00\"");
    has("mine.toml", "linje 6, calls.a_dya", "did you mean \"a_day\"?");
    has("base.toml", "talk.wrap_up_s", "write a number from 0 to 3600");
    has("base.toml", "shifts", "write 1 to 2");
    assert_eq!(told.len(), 4, "{told:#?}");
}

#[test]
fn files_that_build_on_each_other_in_a_circle_are_told() {
    let faults = read_scenario("a.toml", |_| Ok("based_on = \"a.toml\"".to_owned())).expect_err("a circle");
    assert!(faults[0].to_string().contains("in a circle"), "{}", faults[0]);
}

#[test]
fn the_answer_can_be_read_and_seen() {
    let column = |policy: Policy| Column { name: policy.name().into(), sums: Replicated::new(&[few_days(policy, 1)]) };
    let columns = [column(Policy::Ours), column(Policy::Fcfs)];
    let shown = text(&columns, &rows(&columns), 60.0);
    assert!(shown.contains("SL60 %") && shown.contains("against the first") && shown.contains("fcfs"), "{shown}");
    for picture in Picture::ALL {
        let svg = picture.svg("a title", &columns, 60.0).expect("it can be drawn");
        assert!(svg.starts_with("<svg") && svg.contains("a title") && svg.contains("fcfs"), "{}", picture.name());
        let png = picture.png("a title", &columns, 60.0).expect("it can be drawn");
        assert!(png.starts_with(b"\x89PNG") && png.len() > 2_000, "{}: {} bytes", picture.name(), png.len());
    }
}
