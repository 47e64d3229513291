//! Facts leave here: each gets its id, and its gapless number in its call or at its desk.
//! Knows who counts what; doesn't know what facts are for, or where they go.

use model::{About, AgentId, CallId, Fact, FactId, Moment, What};

use crate::centre::{Centre, CentreSettings, Counters};
use crate::output::Output;

/// Notes a fact about a call that is in the table.
pub(crate) fn of_call(centre: &mut Centre, call: CallId, what: What, at: Moment, out: &mut Vec<Output>) {
    let Some(known) = centre.calls.get_mut(&call) else { return };
    known.facts += 1;
    if let What::Talking { agent } = &what {
        known.talked_with = Some(agent.clone());
    }
    let about = About::Call { call, seq: known.facts };
    out.push(Output::Fact(fact(&centre.settings, &mut centre.counters, about, what, at)));
}

/// Notes the facts of a call that was refused before it came into the table.
pub(crate) fn of_refused_call(centre: &mut Centre, call: CallId, whats: Vec<What>, at: Moment, out: &mut Vec<Output>) {
    for (seq, what) in (1..).zip(whats) {
        let about = About::Call { call, seq };
        out.push(Output::Fact(fact(&centre.settings, &mut centre.counters, about, what, at)));
    }
}

/// Notes a fact about an agent.
pub(crate) fn of_agent(
    settings: &CentreSettings,
    counters: &mut Counters,
    (agent, seq): (AgentId, u32),
    what: What,
    at: Moment,
    out: &mut Vec<Output>,
) {
    out.push(Output::Fact(fact(settings, counters, About::Agent { agent, seq }, what, at)));
}

fn fact(settings: &CentreSettings, counters: &mut Counters, about: About, what: What, at: Moment) -> Fact {
    counters.facts += 1;
    Fact { id: FactId::new(settings.epoch_ms, settings.shard, counters.facts), at, about, what }
}
