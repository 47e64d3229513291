//! Which runs the proofs need, and what is claimed of them (proofs 7, 8, 9, 10 and 11).
//! Knows the bounds of docs/routing.md; doesn't know how runs are carried out.

use std::collections::BTreeMap;

use routing::TooBig;

use super::claims::Claim;
use crate::figures::{Estimate, Figure, Replicated, estimate, estimate_difference};
use crate::house::House;
use crate::policy::Policy;
use crate::replay::replay;
use crate::run::Run;

/// One run that the proofs need.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Need {
    /// A built-in scenario's name.
    pub scenario: &'static str,
    /// The policy.
    pub policy: Policy,
    /// Whether the queues' surge guard is on.
    pub surge_guard: bool,
}

const BENCHMARK: &str = "benchmark";
/// The three floods of the page, with their letters.
const FLOODS: [(&str, &str); 3] = [("A", "flood-topic"), ("B", "flood-total"), ("C", "flood-municipality")];

const fn need(scenario: &'static str, policy: Policy) -> Need {
    Need { scenario, policy, surge_guard: true }
}

/// All of them.
pub fn needs() -> Vec<Need> {
    let mut all: Vec<Need> = Policy::ALL.into_iter().map(|policy| need(BENCHMARK, policy)).collect();
    all.push(Need { surge_guard: false, ..need(BENCHMARK, Policy::Ours) });
    for (_, flood) in FLOODS {
        all.extend([need(flood, Policy::Fcfs), need(flood, Policy::Ours)]);
    }
    all
}

/// What is claimed of the runs; one that is missing fails its claims.
pub fn judge(runs: &BTreeMap<Need, Replicated>) -> Vec<Claim> {
    let none = Replicated::default();
    let of = |need: Need| runs.get(&need).unwrap_or(&none);
    let (ours, fcfs) = (of(need(BENCHMARK, Policy::Ours)), of(need(BENCHMARK, Policy::Fcfs)));
    let off = of(Need { surge_guard: false, ..need(BENCHMARK, Policy::Ours) });
    let mut claims = benchmark(ours, fcfs);
    for (letter, flood) in FLOODS {
        claims.extend(isolation(letter, of(need(flood, Policy::Ours)), letter != "C"));
    }
    claims.extend(neutral(ours, off));
    claims.extend(promises("normal days", ours));
    for (letter, flood) in FLOODS {
        claims.extend(promises(&format!("flood {letter}"), of(need(flood, Policy::Ours))));
    }
    claims
}

const AT_LEAST: fn(f64) -> (f64, f64) = |least| (least, f64::INFINITY);
const AT_MOST: fn(f64) -> (f64, f64) = |most| (f64::NEG_INFINITY, most);

fn benchmark(ours: &Replicated, fcfs: &Replicated) -> Vec<Claim> {
    let more = |figure| estimate_difference(figure, ours, fcfs);
    let chance = estimate(Figure::Own, fcfs);
    let times = estimate(Figure::Own, ours).zip(chance).map(|(own, chance)| Estimate {
        value: own.value / chance.value,
        half: own.half.map(|half| half / chance.value),
    });
    vec![
        Claim::new(7, "SL60: points above fcfs", more(Figure::ServiceLevel), AT_LEAST(2.0)),
        Claim::new(7, "lost: points above fcfs", more(Figure::Lost), AT_MOST(0.0)),
        Claim::new(7, "worst class: points above fcfs", more(Figure::WorstClass), AT_LEAST(10.0)),
        Claim::new(7, "occupancy sd", estimate(Figure::OccupancySd, ours), AT_MOST(0.11)).digits(3),
        Claim::new(7, "own share, times chance (as under fcfs)", times, AT_LEAST(3.0)),
    ]
}

fn isolation(letter: &str, ours: &Replicated, of_topic: bool) -> Vec<Claim> {
    let found = |figure| estimate(figure, ours);
    let mut claims = vec![
        Claim::new(8, format!("flood {letter}: bystanders' SL60 %"), found(Figure::Bystanders), AT_LEAST(75.0)),
        Claim::new(8, format!("flood {letter}: bystanders lost %"), found(Figure::BystandersLost), AT_MOST(12.0)),
    ];
    if of_topic {
        let what = format!("flood {letter}: flooded topic served ÷ forecast");
        claims.push(Claim::new(8, what, found(Figure::FloodService), AT_LEAST(1.15)));
    }
    let what = format!("flood {letter}: days with its level above 0 after 45 min, %");
    claims.push(Claim::new(8, what, found(Figure::LateSurge), AT_MOST(0.0)).goal());
    claims
}

fn neutral(ours: &Replicated, off: &Replicated) -> Vec<Claim> {
    let guard = estimate_difference(Figure::ServiceLevel, ours, off);
    vec![
        Claim::new(9, "normal day: SL60 with the guard − without, points", guard, (-0.3, 0.3)),
        Claim::new(
            9,
            "municipalities' greatest distance from the mean, points",
            estimate(Figure::Spread, ours),
            AT_MOST(2.0),
        ),
        Claim::new(9, "Jain's index over municipalities", estimate(Figure::Jain, ours), AT_LEAST(0.999)).digits(5),
    ]
}

fn promises(when: &str, ours: &Replicated) -> Vec<Claim> {
    let found = |figure| estimate(figure, ours);
    vec![
        Claim::new(11, format!("{when}: told wait, RRMSE"), found(Figure::PromiseError), AT_MOST(1.1)).goal(),
        Claim::new(11, format!("{when}: told wait, bias %"), found(Figure::PromiseBias), (-15.0, 15.0)).goal(),
        Claim::new(11, format!("{when}: first announcement kept %"), found(Figure::PromiseKept), (75.0, 85.0)).goal(),
    ]
}

/// Proof 10: replays the first days of a run twice; the share of assignments that agree, in %.
pub fn same_assignments(run: &Run, days: u32) -> Result<Claim, TooBig> {
    let seed = run.seed(0);
    let world = run.world(seed);
    let (mut all, mut same) = (0, 0);
    for number in 0..days {
        let day = run.day(&world, seed, number);
        let [one, other] = [(); 2].map(|()| {
            let house = House::new(&run.scenario, &world, run.policy, run.routing);
            replay(&house, &day)
        });
        let (one, other) = (one?.assigned, other?.assigned);
        all += one.len().max(other.len());
        same += one.iter().zip(&other).filter(|(one, other)| one == other).count();
    }
    let found = (all > 0).then(|| Estimate { value: same as f64 / all as f64 * 100.0, half: None });
    let what = format!("the same log gives the same assignments ({all} of them), %");
    Ok(Claim::new(10, what, found, (100.0, 100.0)))
}
