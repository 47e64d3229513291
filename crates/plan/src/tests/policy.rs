//! What a plan can say of steps, overflow, standby and the constants of routing, and what it is told when it can't.
//! Each story is a few lines of a plan.

use std::time::Duration;

use super::{GROUND, fault, faults, line, plan};
use crate::{OverflowRule, Policy, QueueNo, Routing, StandbyRule, Step, StepWho};

/// The ground with its queue, and more settings for that queue.
fn queue(more: &str) -> String {
    let ground = GROUND.replace("queues = [{ id = \"pas\", title = \"Pas\" }]", "");
    format!("{ground}[[queues]]\nid = \"pas\"\ntitle = \"Pas\"\n{more}\n{}", line("pas", ""))
}

/// Queues of these ids, each with its overflow.
fn overflowing(chain: &[(&str, &str)]) -> String {
    let ground = GROUND.replace("queues = [{ id = \"pas\", title = \"Pas\" }]", "");
    let one = |(id, to): &(&str, &str)| {
        let overflow = if to.is_empty() { String::new() } else { format!("overflow = \"{to}\"\n") };
        format!("[[queues]]\nid = \"{id}\"\ntitle = \"{id}\"\n{overflow}")
    };
    format!("{ground}{}{}", chain.iter().map(one).collect::<String>(), line("pas", ""))
}

#[test]
fn a_queue_first_looks_at_home_and_then_further_away() {
    let text = "steps = [{ level_max = 2, who = \"home\" }, { after_s = 20, level_max = 2 }, { after_s = 60 }]";
    let step = |after, level_max, who| Step { after: Duration::from_secs(after), level_max, who };
    let expected = [step(0, 2, StepWho::Home), step(20, 2, StepWho::Everyone), step(60, 9, StepWho::Everyone)];
    assert_eq!(plan(&queue(text)).queues[0].steps, expected);
    assert_eq!(plan(&queue("")).queues[0].steps, [Step::ALL]);
    assert_eq!(plan(&queue("steps = []")).queues[0].steps, [Step::ALL]);
}

#[test]
fn steps_begin_at_once_and_only_widen_and_every_slip_is_told() {
    for (steps, at) in [
        ("[{ after_s = 5 }]", "after_s"),
        ("[{}, { after_s = 0 }]", "after_s"),
        ("[{}, { after_s = 30 }, { after_s = 20 }]", "after_s"),
        ("[{ level_max = 3 }, { after_s = 5, level_max = 2 }]", "level_max"),
        ("[{ level_max = 0 }]", "level_max"),
        ("[{ level_max = 10 }]", "level_max"),
        ("[{ who = \"everyone\" }, { after_s = 5, who = \"home\" }]", "who"),
        ("[{ who = \"nobody\" }]", "who"),
        ("[{ after_s = 0 }, { after_s = 86401 }]", "after_s"),
    ] {
        let told = fault(&queue(&format!("steps = {steps}"))).0;
        assert!(told.starts_with("queues[0].steps[") && told.ends_with(at), "{steps} {told}");
    }
    let told =
        faults(&queue("steps = [{ after_s = 1, level_max = 9 }, { after_s = 1, level_max = 1, who = \"home\" }]"));
    assert_eq!(told.len(), 4, "{told:?}");
    let nine = (0..9).map(|i| format!("{{ after_s = {i} }}")).collect::<Vec<_>>().join(", ");
    assert_eq!(fault(&queue(&format!("steps = [{nine}]"))).0, "queues[0].steps");
}

#[test]
fn overflow_leads_on_and_a_ring_is_told_once_with_its_way() {
    let right = plan(&overflowing(&[("pas", "b"), ("b", "c"), ("c", "")]));
    let overflows: Vec<_> = right.queues.iter().map(|queue| queue.overflow).collect();
    assert_eq!(overflows, [Some(QueueNo(1)), Some(QueueNo(2)), None]);
    let (at, en) = fault(&overflowing(&[("a", "pas"), ("pas", "b"), ("b", "c"), ("c", "pas")]));
    assert_eq!(at, "queues[1].overflow");
    assert!(en.contains("pas → b → c → pas"), "{en}");
    let (at, en) = fault(&overflowing(&[("pas", "pas")]));
    assert!(at == "queues[0].overflow" && en.contains("pas → pas"), "{at} {en}");
    let (at, en) = fault(&overflowing(&[("pas", "ab"), ("abc", "")]));
    assert!(at == "queues[0].overflow" && en.contains("did you mean \"abc\"?"), "{at} {en}");
}

#[test]
fn standby_agents_are_called_in_by_a_rule_that_says_both_bounds() {
    let agent = "[[agents]]\nid = \"a\"\npassword = \"hemmelig\"\nskills = { pas = 1 }\nstandby = true\n";
    let rule = "standby = { waiting_over = 10, wait_over_s = 180 }";
    let called = plan(&format!("{}{agent}", queue(rule)));
    assert!(called.agents[0].standby);
    assert_eq!(called.queues[0].standby, Some(StandbyRule { waiting_over: 10, wait_over: Duration::from_secs(180) }));
    assert_eq!(fault(&format!("{}{agent}", queue(""))).0, "agents[0].standby");
    assert_eq!(fault(&queue("standby = { waiting_over = 3 }")).0, "queues[0].standby.wait_over_s");
    assert_eq!(fault(&queue("standby = { wait_over_s = 30 }")).0, "queues[0].standby.waiting_over");
    assert_eq!(fault(&queue("standby = { waiting_over = 0, wait_over_s = 30 }")).0, "queues[0].standby.waiting_over");
}

#[test]
fn an_agent_serves_members_only_and_at_least_one() {
    let with = |serves: &str| {
        let agent = "[[agents]]\nid = \"a\"\npassword = \"hemmelig\"\nskills = { pas = 1 }\n";
        format!("{}{agent}serves = {serves}\n", queue(""))
    };
    let serves = plan(&with("[\"0751\", \"0730\", \"0751\"]")).agents[0].serves.clone();
    let ids: Vec<_> = serves.into_iter().flatten().map(|id| id.to_string()).collect();
    assert_eq!(ids, ["0730", "0751"]);
    assert_eq!(fault(&with("[]")).0, "agents[0].serves");
    assert_eq!(fault(&with("[\"0751\", \"0101\"]")).0, "agents[0].serves[1]");
    assert_eq!(fault(&with("[\"751\"]")).0, "agents[0].serves[0]");
}

#[test]
fn a_constant_that_is_said_counts_and_the_others_keep_their_defaults() {
    let text =
        "[routing]\npolicy = \"longest-idle\"\ncoverage_s = 300\nreserve_max_s = 0\n[routing.surge]\ntopic_on = 3\n";
    let routing = plan(&format!("{}{text}", queue(""))).routing;
    let mut expected = Routing { policy: Policy::LongestIdle, coverage_s: 300.0, ..Routing::default() };
    expected.reserve_max = Duration::ZERO;
    expected.surge.topic_on = 3.0;
    assert_eq!(routing, expected);
    assert_eq!(plan(&queue("")).routing, Routing::default());
}

#[test]
fn constants_outside_their_range_are_told_all_at_once() {
    let told =
        |text: &str| faults(&format!("{}{text}", queue(""))).into_iter().map(|fault| fault.at).collect::<Vec<_>>();
    let text = "[routing]\npolicy = \"bedst\"\ncoverage_decay = 1.5\nkept_idle_per = 0\nhome_s = -1\naway_factor = nan\n\
                [routing.surge]\ntopic_off = 1.9\nmunicipality_recent_s = 0\nleast_an_hour = \"to\"\n";
    let all = told(text);
    for at in [
        "routing.policy",
        "routing.coverage_decay",
        "routing.kept_idle_per",
        "routing.home_s",
        "routing.away_factor",
        "routing.surge.topic_off",
        "routing.surge.municipality_recent_s",
        "routing.surge.least_an_hour",
    ] {
        assert!(all.contains(&at.to_owned()), "{at} {all:?}");
    }
    assert_eq!(all.len(), 8, "{all:?}");
    assert_eq!(told("[routing]\ncoverage = 3\n"), ["routing.coverage"]);
}

#[test]
fn a_queue_says_when_calls_go_on_though_there_is_room() {
    let right = plan(&overflowing(&[("pas", "b\"\noverflow_when = { wait_over_s = 240 }\n#"), ("b", "")]));
    let rule = OverflowRule { wait_over: Some(Duration::from_secs(240)), ..OverflowRule::default() };
    assert_eq!(right.queues[0].overflow_when, Some(rule));
    assert_eq!(right.queues[1].overflow_when, None);
}

#[test]
fn a_rule_of_overflow_that_leads_nowhere_or_says_nothing_or_too_much_is_told() {
    assert_eq!(fault(&queue("overflow_when = { agents_under = 2 }")).0, "queues[0].overflow_when");
    for (rule, at) in [
        ("", ""),
        ("wait_over_s = 9", ".wait_over_s"),
        ("calls_per_agent_over = 0", ".calls_per_agent_over"),
        ("agents_under = 0", ".agents_under"),
        ("agents_under = 1001", ".agents_under"),
    ] {
        let text = overflowing(&[("pas", &format!("b\"\noverflow_when = {{ {rule} }}\n#")), ("b", "")]);
        assert_eq!(fault(&text).0, format!("queues[0].overflow_when{at}"));
    }
}
