//! What a drawn plan says of the wait beyond its queues' bounds: when calls go on to another queue though there is room, and what
//! those who wait are told.
//! Drawn from a stream of its own, so that days of older seeds stay the days that they were.

use std::sync::Arc;
use std::time::Duration;

use model::PromptName;
use plan::{Meanwhile, OverflowRule, Plan};

use crate::lot::Lot;

/// The same plan, with rules for some of the queues that overflow, and with messages on some of the lines.
pub(crate) fn draw(lot: &mut Lot, plan: &Arc<Plan>) -> Arc<Plan> {
    let mut plan = Plan::clone(plan);
    for queue in plan.queues.iter_mut().filter(|queue| queue.overflow.is_some()) {
        queue.overflow_when = draw_rule(lot);
    }
    for line in &mut plan.lines {
        line.meanwhile = draw_messages(lot);
    }
    Arc::new(plan)
}

/// None on half of the lines; the others say the same one, or two in turn.
fn draw_messages(lot: &mut Lot) -> Meanwhile {
    let names: &[&str] = match lot.below(4) {
        0 => &["guide.da"],
        1 => &["guide.da", "opening.da"],
        _ => return Meanwhile::none(),
    };
    let every = Duration::from_secs(*lot.pick(&[30, 60]));
    Meanwhile { closing: None, messages: names.iter().map(|name| PromptName::new(name)).collect(), every }
}

fn draw_rule(lot: &mut Lot) -> Option<OverflowRule> {
    let wait_over = Some(Duration::from_secs(*lot.pick(&[10, 30, 60])));
    let (calls_per_agent_over, agents_under) = (Some(*lot.pick(&[1, 3])), Some(*lot.pick(&[1, 3])));
    match lot.below(6) {
        0 => Some(OverflowRule { wait_over, ..OverflowRule::default() }),
        1 => Some(OverflowRule { calls_per_agent_over, ..OverflowRule::default() }),
        2 => Some(OverflowRule { wait_over, calls_per_agent_over, agents_under }),
        _ => None,
    }
}
