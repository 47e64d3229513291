//! What a plan can say of the same agent again: how long, how patiently, and whose a citizen may be at all.
//! Plans are written as people write them; no call is made.

use std::time::Duration;

use model::{AgentId, MunicipalityId};

use super::{GROUND, fault, line, plan};
use crate::{AgentNo, SameAgent};

#[test]
fn a_line_says_nothing_and_the_manuals_defaults_count() {
    let usual = plan(&format!("{GROUND}{}", line("pas", "same_agent = {}"))).lines[0].same_agent;
    let expected = SameAgent { within: Duration::from_secs(4 * 3_600), wait: Duration::from_secs(20) };
    assert_eq!(usual, Some(expected));
    assert_eq!(plan(include_str!("../../../../config/plan-reference.toml")).lines[0].same_agent, Some(expected));
    assert_eq!(plan(&format!("{GROUND}{}", line("pas", ""))).lines[0].same_agent, None);
}

#[test]
fn settings_out_of_bounds_are_told_with_the_bounds() {
    for (written, field, bounds) in [
        ("within_min = 0", "within_min", "1 to 1440"),
        ("within_min = 1441", "within_min", "1 to 1440"),
        ("wait_s = 0", "wait_s", "1 to 120"),
        ("wait_s = 121", "wait_s", "1 to 120"),
    ] {
        let (at, said) = fault(&format!("{GROUND}{}", line("pas", &format!("same_agent = {{ {written} }}"))));
        assert_eq!(at, format!("lines[0].same_agent.{field}"));
        assert!(said.contains(bounds), "{said}");
    }
}

#[test]
fn nobody_is_kept_for_an_agent_without_the_skill_without_the_right_on_standby_or_gone_from_the_plan() {
    let mut plan = plan(include_str!("../../../../config/plan-reference.toml"));
    let (no, class) = (AgentNo(0), plan.agents[0].skills[0].0);
    let (id, aarhus) = (plan.agents[0].id.clone(), MunicipalityId(751));
    plan.agents[0].serves = Some([aarhus].into());
    plan.agents[0].standby = false;
    assert_eq!(plan.same_agent(&id, class, Some(aarhus)), Some(no));
    assert_eq!(plan.same_agent(&id, class, None), None);
    assert_eq!(plan.same_agent(&AgentId::new("nobody"), class, Some(aarhus)), None);
    plan.agents[0].standby = true;
    assert_eq!(plan.same_agent(&id, class, Some(aarhus)), None);
    plan.agents[0].standby = false;
    plan.agents[0].skills.retain(|(skill, _)| *skill != class);
    assert_eq!(plan.same_agent(&id, class, Some(aarhus)), None);
}
