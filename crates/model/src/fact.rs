//! What happened: the closed list of facts from which every figure is folded.
//!
//! A fact carries an id made at the edge (saving it twice is harmless), the call or agent that it is
//! about with a gapless number there, and its moment. It holds no number, name or note of a person.

mod detail;

use std::sync::Arc;
use std::time::Duration;

use crate::{
    AgentId, AgentState, Because, BotFact, CallId, CallbackFact, DecisionNo, Dialled, InCallFact, Language, LineId,
    MenuId, Moment, MunicipalityId, Outcome, Party, PersonRef, PlanChange, QueueId, RecordingFact, ShardNo, TopicId,
    TrunkId, VoicemailFact,
};

pub use detail::{HandedTo, MenuAnswer, OfferEnd, OfferedWhy, OverflowWhy, WrapUp};

/// Start of the node in ms (48 bits) · shard (8) · counter (72).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FactId(pub u128);

impl FactId {
    /// The `counter`th fact of a shard of the node that started at `epoch_ms`.
    pub const fn new(epoch_ms: u64, shard: ShardNo, counter: u64) -> Self {
        Self(((epoch_ms as u128 & 0xffff_ffff_ffff) << 80) | ((shard.0 as u128) << 72) | counter as u128)
    }
}

/// Whom a fact is about, with its gapless number there (from 1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum About {
    /// A citizen's call.
    Call {
        /// Which.
        call: CallId,
        /// Gapless within the call.
        seq: u32,
    },
    /// An agent.
    Agent {
        /// Which.
        agent: AgentId,
        /// Gapless within the agent's desk since the node started.
        seq: u32,
    },
    /// The node itself.
    Node,
}

/// One thing that happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fact {
    /// Unique for ever.
    pub id: FactId,
    /// When.
    pub at: Moment,
    /// To whom.
    pub about: About,
    /// What.
    pub what: What,
}

/// Everything that can happen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// A citizen's call reached us.
    CallArrived {
        /// The trunk that brought it.
        trunk: TrunkId,
        /// The number dialled.
        dialled: Dialled,
        /// The caller, if not withheld.
        person: Option<PersonRef>,
    },
    /// The same number has rung before, and not long ago. By the number as the trunk tells it: a hint, never a proof of who rings.
    RangBefore {
        /// How long ago the last call of that number ended, in whole minutes.
        ago: Duration,
        /// Whether somebody talked with the citizen then.
        talked: bool,
    },
    /// The call's line is known: the dialled number's; once more when a menu, the citizen's municipality or a way out
    /// changes either. The last one counts.
    LineFound {
        /// Which.
        line: LineId,
        /// The municipality that was dialled or forwarded from; none when unknown.
        municipality: Option<MunicipalityId>,
        /// The line's topic.
        topic: TopicId,
        /// The line's language.
        language: Language,
    },
    /// The line is outside its opening hours.
    FoundClosed {
        /// When it opens next, if it ever does.
        opens_at: Option<Moment>,
    },
    /// The greeting began.
    GreetingBegan,
    /// The citizen talks with the line's bot, or no more.
    Bot(BotFact),
    /// The citizen may leave a message, or has.
    Voicemail(VoicemailFact),
    /// A menu was answered, or nobody did and the call goes on to a person.
    MenuChosen {
        /// Which.
        menu: MenuId,
        /// By what.
        answer: MenuAnswer,
    },
    /// The call stands in a queue. One that found all of them full has no such fact.
    Queued {
        /// Which: its line's, or the one that this one's overflow led to.
        queue: QueueId,
        /// From when its wait counts (arrival in the queue, less any credit).
        since: Moment,
        /// Why it waits there and not in the queue before; none: no overflow led there.
        overflow: Option<OverflowWhy>,
    },
    /// Nobody was free, and this is how long the wait was expected to be. Once a call; what is counted as kept.
    Promised {
        /// The promise: answered within so much from now. Whole minutes, at least one.
        within: Duration,
        /// What was expected, from now.
        expected: Duration,
        /// How many stood before it; at most 1,000 are counted.
        ahead: u32,
    },
    /// An agent's phone is being called.
    Offered {
        /// Whose.
        agent: AgentId,
        /// The decision, which can be explained.
        decision: DecisionNo,
        /// What decided.
        why: OfferedWhy,
        /// What was compared, and what kept others out; none in facts of older versions.
        because: Option<Box<Because>>,
    },
    /// An offer came to nothing; the call stands in front of its queue again.
    OfferEnded {
        /// Whose.
        agent: AgentId,
        /// Why.
        why: OfferEnd,
    },
    /// The agent's phone was answered.
    Answered {
        /// Whose.
        agent: AgentId,
    },
    /// Citizen and agent are joined.
    Talking {
        /// Who talks with the citizen.
        agent: AgentId,
    },
    /// The conversation is over.
    HungUp {
        /// By whom.
        by: Party,
    },
    /// The call is over. Exactly one of these ends every call.
    Ended {
        /// How.
        outcome: Outcome,
    },
    /// An agent hands the citizen on to somebody who is being called; agent and citizen may still talk.
    TransferBegan {
        /// The agent.
        by: AgentId,
        /// To whom.
        to: HandedTo,
    },
    /// The citizen was handed on. What follows is about the one who took over.
    Transferred {
        /// The agent, who is done with the call.
        by: AgentId,
        /// To whom.
        to: HandedTo,
    },
    /// The one who was called did not take over. The citizen talks on with the agent, or stands in front of the queue.
    TransferFailed {
        /// Why.
        why: OfferEnd,
    },
    /// The agent's phone was lost in the talk and has not come back: the agent is done with the call, and the citizen stands in front
    /// of the queue.
    AgentLost {
        /// The agent.
        agent: AgentId,
    },
    /// The citizen leads back to where they have been, or to us by a number as if it were outside. It is resolved inside: such a
    /// call goes to the line's queue, and out by no trunk.
    Bounced {
        /// The agent who hands on.
        by: AgentId,
        /// The line.
        line: LineId,
    },
    /// An agent's phone makes a call of its own. It begins such a call, in place of `CallArrived`.
    OwnCall {
        /// Whose.
        agent: AgentId,
        /// Whom it calls.
        to: HandedTo,
    },
    /// A line's way out leads the citizen to somebody outside, who is called. `Connected` or `TransferFailed` says what came of it.
    LedOn {
        /// Their entry of the directory.
        entry: Arc<str>,
    },
    /// A colleague's phone, or somebody outside, was answered and talks on this call.
    Connected,
    /// Something in a conversation beside its two.
    InCall(InCallFact),
    /// Something about the recording of the call.
    Recording(RecordingFact),
    /// Something about calling the citizen back.
    Callback(CallbackFact),
    /// An agent's state changed.
    AgentBecame {
        /// What it is now.
        state: AgentState,
        /// The call that it has to do with, for offered, talking and wrap-up.
        call: Option<CallId>,
    },
    /// An agent has written down what a call was about.
    WrappedUp {
        /// Which call.
        call: CallId,
        /// What about.
        wrap_up: WrapUp,
    },
    /// An agent takes more time for the wrap-up; once.
    WrapUpExtended {
        /// Of which call.
        call: CallId,
    },
    /// The node began to serve.
    NodeStarted {
        /// Its version.
        version: Arc<str>,
    },
    /// The node takes no new calls and lets its talks finish.
    NodeDraining,
    /// The node stopped in good order.
    NodeStopped,
    /// Another plan is in force, or is tried.
    PlanChanged(Box<PlanChange>),
}
