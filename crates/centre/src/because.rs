//! The core's explanation of a decision in ids, as it goes onto the offer's fact and to whoever asks.
//!
//! The core speaks of numbers of its plan; facts are read when that plan is long gone. Decides nothing.

use model::{Because, Excluded, Lane, OfferedWhy, Other, Rival, Score};
use plan::Plan;
use routing::{Explanation, LaneKind};

/// Why an offer was made. `plan` must be the one that the decision was made by.
pub fn because(explanation: &Explanation, plan: &Plan) -> Because {
    let Explanation { at, waits_since, idle_since, excluded, .. } = *explanation;
    Because {
        level: explanation.level,
        lane: lane(explanation.lane),
        score: Score::of(explanation.score),
        waited: at.since(waits_since),
        idle: at.since(idle_since),
        candidates: explanation.candidates,
        others: explanation.others.iter().flatten().filter_map(|one| other(*one, explanation.why, plan)).collect(),
        excluded: Excluded {
            barred: u32::from(excluded.barred),
            reserved: u32::from(excluded.reserved),
            step: u32::from(excluded.step),
            kept_back: u32::from(excluded.kept_back),
        },
    }
}

fn other(one: routing::Other, why: OfferedWhy, plan: &Plan) -> Option<Other> {
    let who = match why {
        OfferedWhy::BestFreeAgent => Rival::Agent(plan.agents.get(one.who as usize)?.id.clone()),
        OfferedWhy::BestWaitingCall => {
            let class = plan.classes.get(one.who as usize)?;
            Rival::Line { topic: class.topic.clone(), language: class.language.clone() }
        }
    };
    Some(Other { who, score: Score::of(one.score) })
}

const fn lane(kind: LaneKind) -> Lane {
    match kind {
        LaneKind::Normal => Lane::Normal,
        LaneKind::Granted => Lane::Granted,
        LaneKind::Front => Lane::Front,
        LaneKind::Later => Lane::Later,
        LaneKind::Diverted => Lane::Diverted,
        LaneKind::Own => Lane::Own,
    }
}
