//! Scenes in which a thread is stopped: who is there at first, what the one does who is stopped, and what the others
//! do meanwhile and need.

use std::time::Duration;

use forecast::Outlook;
use model::MunicipalityId;
use plan::{AgentNo, Municipality, Plan, StandbyRule};
use routing::{Closed, Limits, Precedence};

use super::deeds::Deed::{self, *};
use super::deeds::Stage;
use super::world::World;
use crate::floor::{plan, second};

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
/// When the one is stopped.
const NOW: i64 = 30;

/// A plan and what is expected.
pub(crate) type Sketch = fn() -> (Plan, Outlook);

/// What the others must have got while the one stands still.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Need {
    /// An answer to each request.
    Answers,
    /// This agent has a call.
    Gets(u32),
    /// This call has an agent.
    Served(u64),
    /// Nobody who could take a call is left idle (but one whom the stopped one is making ready).
    NobodyIdles,
}

/// A scene.
pub(crate) struct Scene {
    pub(crate) name: &'static str,
    plan: Sketch,
    from: Option<MunicipalityId>,
    before: &'static [(i64, Deed)],
    pub(crate) stopped: &'static [Deed],
    pub(crate) others: &'static [(&'static [Deed], Need)],
}

const GRANTED: Precedence = Precedence::Granted;
const FRONT: Precedence = Precedence::Front;
const FOR_AGENT_0: Precedence = Precedence::Preferred { agent: AgentNo(0), until: second(60) };
const ONCE_FOR_AGENT_0: Precedence = Precedence::Preferred { agent: AgentNo(0), until: second(20) };
const ONCE_FOR_AGENT_1: Precedence = Precedence::Preferred { agent: AgentNo(1), until: second(20) };

pub(crate) const SCENES: [Scene; 6] = [
    Scene {
        name: "calls wait",
        plan: all_can_do_all,
        from: None,
        before: &[
            (1, Ready(2)),
            (2, Joins(9, 0)),
            (3, Joins(1, 0)),
            (4, Joins(2, 0)),
            (5, Joins(3, 1)),
            (6, JoinsAs(5, ONCE_FOR_AGENT_0)),
        ],
        stopped: &[
            Ready(0),
            Joins(4, 0),
            JoinsAs(4, GRANTED),
            JoinsAs(4, FRONT),
            JoinsAs(4, FOR_AGENT_0),
            LooksAgain(1),
            LooksAgain(5),
            Leaves(1),
            Leaves(9),
            ComesBack(9),
            Commits(9),
            LetsGo(9),
            Closes(0, Closed::Paused),
            Closes(2, Closed::Paused),
            AsksHowLong(2),
            Ticks,
            Swaps,
        ],
        others: &[
            (&[Ready(1)], Need::Gets(1)),
            (&[Ready(3), Ready(1)], Need::Gets(1)),
            (&[Joins(6, 0)], Need::Answers),
            (&[Joins(6, 1), Ready(1)], Need::Gets(1)),
            (&[Leaves(2), Ready(1)], Need::Gets(1)),
            (&[LetsGo(9), Ready(2)], Need::Gets(2)),
            (&[ComesBack(9), LetsGo(9)], Need::Answers),
            (&[Closes(1, Closed::Off)], Need::Answers),
            (&[LooksAgain(3), AsksHowLong(3)], Need::Answers),
            (&[Ticks], Need::Answers),
            (&[Swaps], Need::Answers),
        ],
    },
    Scene {
        name: "two agents idle",
        plan: all_can_do_all,
        from: None,
        before: &[(1, Ready(2)), (2, Joins(9, 0)), (3, Ready(0)), (4, Ready(1))],
        stopped: &[
            Joins(4, 0),
            JoinsAs(4, GRANTED),
            JoinsAs(4, FOR_AGENT_0),
            ComesBack(9),
            Leaves(9),
            Commits(9),
            LetsGo(9),
            Ready(0),
            Closes(0, Closed::Paused),
            Ticks,
            Swaps,
        ],
        others: &[
            (&[Joins(6, 0)], Need::Served(6)),
            (&[Joins(6, 0), Joins(7, 1)], Need::NobodyIdles),
            (&[LetsGo(9), Ready(2), Joins(6, 0)], Need::Served(6)),
            (&[Closes(1, Closed::Paused), Ready(1)], Need::Answers),
            (&[Ticks], Need::Answers),
            (&[Swaps], Need::Answers),
        ],
    },
    Scene {
        name: "one agent idle",
        plan: all_can_do_all,
        from: None,
        before: &[(1, Ready(2)), (2, Joins(9, 0)), (3, Ready(0))],
        stopped: &[
            Joins(4, 0),
            JoinsAs(4, GRANTED),
            JoinsAs(4, FRONT),
            JoinsAs(4, FOR_AGENT_0),
            ComesBack(9),
            Ready(0),
            Closes(0, Closed::Paused),
        ],
        others: &[
            (&[Joins(6, 0)], Need::NobodyIdles),
            (&[Joins(6, 0), Joins(7, 1)], Need::NobodyIdles),
            (&[Joins(6, 0), Ready(1)], Need::Served(6)),
            (&[Ready(1), Joins(6, 0)], Need::Served(6)),
            (&[Closes(0, Closed::Paused)], Need::Answers),
            (&[Closes(0, Closed::Paused), Ready(0)], Need::Answers),
        ],
    },
    Scene {
        name: "one is barred",
        plan: all_can_do_all,
        from: None,
        before: &[
            (1, Closes(1, Closed::Wrap)),
            (2, Ready(0)),
            (3, Joins(1, 0)),
            (4, ComesBack(1)),
            (5, LetsGo(1)),
            (6, Ready(0)),
        ],
        stopped: &[Closes(1, Closed::Off), Ready(1), LooksAgain(1), Leaves(1)],
        others: &[
            (&[Joins(6, 0)], Need::NobodyIdles),
            (&[Ready(3), Joins(6, 0), Joins(7, 1)], Need::NobodyIdles),
            (&[Closes(0, Closed::Paused), Ready(0)], Need::Answers),
        ],
    },
    Scene {
        name: "a flood",
        plan: a_touchy_guard,
        from: Some(FLOODED),
        before: &[
            (1, Ready(2)),
            (2, Joins(9, 0)),
            (22, Joins(1, 0)),
            (23, Joins(2, 0)),
            (24, Joins(3, 0)),
            (25, Joins(5, 0)),
            (26, Joins(8, 1)),
            (27, JoinsAs(10, ONCE_FOR_AGENT_1)),
        ],
        stopped: &[
            Joins(4, 0),
            JoinsAs(4, GRANTED),
            Ready(0),
            LooksAgain(3),
            LooksAgain(10),
            Leaves(5),
            Leaves(9),
            ComesBack(9),
            Ticks,
            Swaps,
        ],
        others: &[
            (&[Joins(6, 0)], Need::Answers),
            (&[Ready(3)], Need::Answers),
            (&[Ready(1), Ready(3)], Need::Gets(1)),
            (&[Leaves(2), Leaves(8)], Need::Answers),
            (&[LetsGo(9), Closes(2, Closed::Off)], Need::Answers),
            (&[Ticks], Need::Answers),
            (&[Swaps], Need::Answers),
        ],
    },
    Scene {
        name: "on standby",
        plan: one_stands_by,
        from: None,
        before: &[
            (1, Ready(3)),
            (1, Ready(2)),
            (2, Joins(9, 0)),
            (3, Joins(1, 0)),
            (4, Joins(2, 0)),
            (5, Joins(5, 0)),
            (6, Ticks),
        ],
        stopped: &[Ticks, Swaps, Joins(4, 0), Ready(3), Closes(3, Closed::Off)],
        others: &[
            (&[Joins(6, 0)], Need::NobodyIdles),
            (&[Ready(1)], Need::Gets(1)),
            (&[Ready(3)], Need::Answers),
            (&[Closes(3, Closed::Off), Ready(1)], Need::Gets(1)),
            (&[Ticks], Need::NobodyIdles),
            (&[Swaps], Need::Answers),
        ],
    },
];

impl Scene {
    /// The scene at its beginning.
    pub(crate) fn set(&self) -> Stage {
        let (plan, outlook) = (self.plan)();
        let world = World::new(&plan, &outlook, LIMITS);
        let mut stage = Stage { world, plan, outlook, from: self.from, at: second(0) };
        for &(at, deed) in self.before {
            stage.at = second(at);
            stage.does(deed);
        }
        stage.at = second(NOW);
        stage
    }
}

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
    plan.municipalities.insert(FLOODED, Municipality { id: FLOODED, name: "".into() });
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
