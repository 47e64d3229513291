//! `samkald whatif --proofs`: the runs that the proofs need, the page's table beside what was found, and each claim's verdict.
//! Knows how to run and print; what is claimed stands in the crate `whatif`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use whatif::{
    Claim, Column, ErlangCase, Need, Policy, Replicated, Run, Verdict, erlang_claims, judge, needs, rows,
    same_assignments, text,
};

use super::{Told, WhatifArgs, columns, replay};

/// Days that proof 10 replays twice.
const REPLAYED_TWICE_DAYS: u32 = 5;

/// Runs all, prints all; fails when a claim that is no goal does not hold.
pub(super) fn prove(args: &WhatifArgs) -> Told<ExitCode> {
    let needs = needs();
    let one = run(args, &needs[0])?.scenario.replications;
    let bar = replay::bar(u64::from(one) * (needs.len() as u64 + 2), false);
    let mut runs: BTreeMap<Need, Replicated> = BTreeMap::new();
    for need in &needs {
        bar.set_message(format!("{} {}", need.scenario, need.policy.name()));
        let run = run(args, need)?;
        let replication = |number| run.replication(number).map_err(|big| big.to_string());
        runs.insert(*need, replay::replications(run.scenario.replications, args.threads, &bar, replication)?);
    }
    bar.set_message("Erlang");
    let seed = args.seed.unwrap_or(1) * 1_000;
    let erlang = |case: ErlangCase| {
        let replication = |number: u32| case.replication(seed + u64::from(number)).map_err(|big| big.to_string());
        replay::replications(one, args.threads, &bar, replication)
    };
    let mut claims = erlang_claims(&erlang(ErlangCase::A)?, &erlang(ErlangCase::C)?);
    claims.extend(judge(&runs));
    let benchmark = Need { scenario: "benchmark", policy: Policy::Ours, surge_guard: true };
    claims.push(same_assignments(&run(args, &benchmark)?, REPLAYED_TWICE_DAYS).map_err(|big| big.to_string())?);
    claims.sort_by_key(|claim| claim.proof);
    bar.finish_and_clear();
    tables(&needs, &runs, args)?;
    Ok(verdicts(&claims))
}

fn run(args: &WhatifArgs, need: &Need) -> Told<Run> {
    let mut scenario = columns::named(need.scenario)?;
    scenario.seed = args.seed.unwrap_or(scenario.seed);
    scenario.replications = args.replications.unwrap_or(scenario.replications).clamp(2, 10_000);
    scenario.days = args.days.unwrap_or(scenario.days).clamp(1, 10_000);
    scenario.queues.surge_guard = need.surge_guard;
    Ok(Run::new(scenario, need.policy))
}

/// One table for each scenario, with its policies side by side; the first column is first come, first served.
fn tables(needs: &[Need], runs: &BTreeMap<Need, Replicated>, args: &WhatifArgs) -> Told<()> {
    let mut scenarios: Vec<&str> = needs.iter().map(|need| need.scenario).collect();
    scenarios.dedup();
    for scenario in scenarios {
        let mut here: Vec<&Need> = needs.iter().filter(|need| need.scenario == scenario && need.surge_guard).collect();
        here.sort_by_key(|need| need.policy != Policy::Fcfs);
        let column = |need: &&Need| Column { name: need.policy.name().to_owned(), sums: runs[*need].clone() };
        let columns: Vec<Column> = here.iter().map(column).collect();
        let shape = run(args, here[0])?.scenario;
        println!("{}: {} × {} days, seed {}", shape.title, shape.replications, shape.days, shape.seed);
        println!("{}", text(&columns, &rows(&columns), shape.queues.target_s));
    }
    Ok(())
}

fn verdicts(claims: &[Claim]) -> ExitCode {
    for claim in claims {
        println!("{claim}");
    }
    let failed = claims.iter().filter(|claim| !claim.is_goal && claim.verdict() == Verdict::Fails).count();
    let missed = claims.iter().filter(|claim| claim.is_goal && claim.verdict() == Verdict::Fails).count();
    println!("\n{} claims: {failed} do not hold, {missed} goals are not reached", claims.len());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
