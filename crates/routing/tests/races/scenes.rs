//! Scenes in which a thread is stopped: who is there at first, what the one does who is stopped, and what the others
//! do meanwhile and need.

use model::MunicipalityId;
use plan::AgentNo;
use routing::{Closed, Precedence};

use super::deeds::Deed::{self, *};
use super::deeds::Stage;
use super::plans::{FLOODED, LIMITS, Sketch, a_touchy_guard, all_can_do_all, one_stands_by};
use super::world::World;
use crate::floor::second;

/// When the one is stopped.
const NOW: i64 = 30;

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
    /// This call has an agent, or nobody is left who could take it.
    ServedOrNobodyIdles(u64),
}

/// A scene.
pub(crate) struct Scene {
    pub(crate) name: &'static str,
    plan: Sketch,
    from: Option<MunicipalityId>,
    /// Topics and municipalities that surge when it begins.
    surging: u32,
    before: &'static [(i64, Deed)],
    pub(crate) stopped: &'static [Deed],
    /// Two who are stopped at once.
    pub(crate) pairs: &'static [[Deed; 2]],
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
        surging: 0,
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
        pairs: &[[Ready(0), Ready(1)], [Ready(0), Leaves(1)], [LooksAgain(5), Leaves(2)]],
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
        surging: 0,
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
        pairs: &[[Joins(4, 0), Joins(5, 1)], [Joins(4, 0), Closes(1, Closed::Paused)], [Joins(4, 0), ComesBack(9)]],
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
        surging: 0,
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
        pairs: &[[Joins(4, 0), Joins(5, 0)], [ComesBack(9), Closes(0, Closed::Paused)]],
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
        surging: 0,
        before: &[
            (1, Closes(1, Closed::Wrap)),
            (2, Ready(0)),
            (3, Joins(1, 0)),
            (4, ComesBack(1)),
            (5, LetsGo(1)),
            (6, Ready(0)),
        ],
        stopped: &[Closes(1, Closed::Off), Ready(1), LooksAgain(1), Leaves(1)],
        pairs: &[[Closes(1, Closed::Off), LooksAgain(1)]],
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
        surging: 1,
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
        pairs: &[[Ticks, Leaves(5)], [Joins(4, 0), Ready(0)]],
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
        surging: 0,
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
        pairs: &[[Ticks, Joins(4, 0)], [Ticks, Closes(3, Closed::Off)]],
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
        assert_eq!(
            stage.world.core.figures().surging,
            self.surging,
            "{} is not the scene it is meant to be",
            self.name
        );
        stage
    }
}
