//! The small centres that shuttle's tests run: plans, what is expected, and how big the core is.
//! Only plans and outlooks; knows no thread.

use std::time::Duration;

use forecast::Outlook;
use model::MunicipalityId;
use plan::{Municipality, Plan, StandbyRule};
use routing::Limits;

use crate::floor::plan;

pub(crate) const AGENTS: u32 = 4;
pub(crate) const LIMITS: Limits = Limits {
    tickets: 24,
    seats: AGENTS as usize,
    classes: 2,
    queues: 2,
    explanations: 2,
    void_bar_holds: Duration::from_secs(1),
};
/// A member, and where a flood comes from.
pub(crate) const FLOODED: MunicipalityId = MunicipalityId(101);

/// A plan and what is expected.
pub(crate) type Sketch = fn() -> (Plan, Outlook);

/// Two classes, and four agents who can do both.
pub(crate) fn all_can_do_all() -> (Plan, Outlook) {
    let skills: [&[(u32, u8)]; AGENTS as usize] = [&[(0, 1), (1, 1)]; AGENTS as usize];
    (plan(2, &skills), Outlook::unknown())
}

/// Two classes, and four agents of whom two can do one of them only.
pub(crate) fn some_can_do_some() -> (Plan, Outlook) {
    let skills: [&[(u32, u8)]; AGENTS as usize] = [&[(0, 1)], &[(1, 1)], &[(0, 2), (1, 1)], &[(0, 1), (1, 2)]];
    (plan(2, &skills), Outlook::unknown())
}

/// A few calls from one municipality are a flood; one agent is kept for the others.
pub(crate) fn a_touchy_guard() -> (Plan, Outlook) {
    let (mut plan, mut outlook) = all_can_do_all();
    plan.municipalities.insert(FLOODED, Municipality { id: FLOODED, name: "".into(), recordings: None });
    plan.routing.kept_idle_per = 2;
    let surge = &mut plan.routing.surge;
    surge.municipality_on = 0.0;
    surge.municipality_burst = Duration::ZERO;
    surge.municipality_recent = Duration::from_secs(600);
    surge.municipality_refill = 20.0;
    outlook.days_known = 30;
    (plan, outlook)
}

/// Agent 3 stands by for the first queue.
pub(crate) fn one_stands_by() -> (Plan, Outlook) {
    let (mut plan, outlook) = all_can_do_all();
    plan.agents[3].standby = true;
    plan.queues[0].standby = Some(StandbyRule { waiting_over: 0, wait_over: Duration::from_secs(5) });
    (plan, outlook)
}
