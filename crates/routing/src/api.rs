//! The words of the core's seam: what is asked of it, and what it answers.
//!
//! The centre never touches the core: it emits a [`Request`], the shell carries it out against the
//! shared [`crate::Core`] and hands the [`Reply`] back as an input, so each shard's log replays alone.

use std::time::Duration;

use model::{CallId, DecisionNo, Moment, MunicipalityId, OfferedWhy, OverflowWhy, ShardNo};
use plan::{AgentNo, ClassNo, QueueNo};

use crate::explain::Explanation;

/// A ticket: a place in the slab with its generation, so that an old one is never taken for a new one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TicketId(pub u64);

/// One claim of one seat: the seat's generation changes with each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Generation(pub u32);

/// What a call asks for when it joins a queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NewTicket {
    /// Whose.
    pub call: CallId,
    /// What about, in which language.
    pub class: ClassNo,
    /// Where it is to wait; when that is full, where the queue's overflow leads.
    pub queue: QueueNo,
    /// The citizen's municipality; none when unknown.
    pub municipality: Option<MunicipalityId>,
    /// Arrival − credit: what FIFO goes by.
    pub since: Moment,
    /// How it stands among the others of its class.
    pub precedence: Precedence,
}

/// How a ticket stands among the others of its class: each kind has a lane of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Precedence {
    /// In line. The surge guard may give it level 1, or a diverted lane.
    #[default]
    Normal,
    /// An authorised grant: a lane of its own, compared as any, and never held back by the surge guard.
    Granted,
    /// In front of everything: level −1. For one who was in before: no full queue turns it away.
    Front,
    /// A booked slot, or a second attempt to call someone back: level 2.
    Later,
    /// Only for this agent until then; after that like `Normal`, from when it came. No full queue turns it away.
    Preferred {
        /// Who.
        agent: AgentNo,
        /// Until when.
        until: Moment,
    },
    /// For this agent first, if they are on duty: until then as `Preferred`, after that like `Normal`, from when it came. Where they
    /// aren't, like `Normal` at once. A full queue turns it away as any.
    SameAgent {
        /// Who.
        agent: AgentNo,
        /// Until when.
        until: Moment,
    },
}

/// Tokens that a match has taken from the surge guard; given back if the offer fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Charge {
    /// None.
    #[default]
    Nothing,
    /// One of the class's topic.
    Topic,
    /// One of the citizen's municipality.
    Municipality,
}

/// A match: this seat is claimed for this ticket, and both know it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Claim {
    /// The agent.
    pub agent: AgentNo,
    /// The claim's generation: whoever releases must name it.
    pub generation: Generation,
    /// The ticket, no longer waiting.
    pub ticket: TicketId,
    /// Its call, whose shard alone may release or commit the claim.
    pub call: CallId,
    /// The decision's number.
    pub decision: DecisionNo,
    /// Which side decided.
    pub why: OfferedWhy,
    /// What it took from the surge guard.
    pub charge: Charge,
}

/// What can be asked of the core.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Request {
    /// Join a queue, then look for an agent. Replies: `Queued` or `Full`, then `Matched` or `NoMatch`.
    Join(NewTicket),
    /// Look for an agent for a waiting ticket (a bar ended, …). Replies: `Matched` (perhaps for an older ticket) or `NoMatch`;
    /// nothing for a ticket that no longer waits: its claim speaks for itself.
    LookForAgent {
        /// For whom.
        ticket: TicketId,
    },
    /// A waiting ticket goes on to where its queue's overflow leads, if its rule asks for that and another queue has room and
    /// is less pressed; then looks for an agent. Replies: `MovedOn`, then `Matched` or `NoMatch`; nothing if it stays.
    MoveOn {
        /// Which.
        ticket: TicketId,
    },
    /// Leave the queue for good; frees the ticket, also one that is taken. Reply: `Left`; nothing for an id that is no
    /// longer anyone's. A claim that the ticket belonged to is still released by `SeatRelease`.
    Leave {
        /// Whose place.
        ticket: TicketId,
    },
    /// A claim came to nothing: the ticket goes to its class's returned list, in front of the lane, with this agent
    /// barred from it until `barred_until`; then looks for an agent. Replies: `Matched` or `NoMatch` (or `Full`, if the
    /// lanes' places were used up, which joins leave room against).
    Return {
        /// Which claim.
        claim: Claim,
        /// Until when its agent is barred, unless nobody else fits.
        barred_until: Moment,
    },
    /// The claim became a conversation: the ticket is done with, the seat goes Claimed → Busy. No reply.
    Commit {
        /// The claim.
        claim: Claim,
    },
    /// A seat becomes ready and looks for a call. From the desk's shard only. Replies: `Matched` or `SeatIdle`, or
    /// `SeatHeld` when it is claimed or busy.
    SeatReady {
        /// Which.
        agent: AgentNo,
    },
    /// A seat becomes Off, Paused or Wrap. From the desk's shard only. Reply: `SeatIs` or, when a claim was faster, `SeatHeld`.
    SeatClose {
        /// Which.
        agent: AgentNo,
        /// To what.
        to: Closed,
    },
    /// The holder lets go of a claimed or busy seat: it goes to Wrap (closed for matching) with its generation raised,
    /// and the desk's shard, told by the centre, decides what comes next. No reply. A stale generation changes nothing.
    SeatRelease {
        /// Which.
        agent: AgentNo,
        /// The claim's generation.
        generation: Generation,
    },
    /// How long will a waiting ticket wait, and how many stand before it? Reply: `Estimated`; nothing for one that no
    /// longer waits.
    Estimate {
        /// Which.
        ticket: TicketId,
    },
    /// What time alone changes for many (tokens refilled, a surge over, standby agents called in or sent back) is looked
    /// after, and whoever may be matched now is. From shard 0, when `TickWanted` asked for it.
    Tick,
}

/// A closed seat's state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Closed {
    /// Not logged in.
    Off,
    /// Logged in, gets no calls.
    Paused,
    /// Wrapping up.
    Wrap,
}

/// What the core answers. Goes to the shard that is named: the asker, or the matched ticket's call's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reply {
    /// The call stands in the queue.
    Queued {
        /// Whose.
        call: CallId,
        /// Its place in the slab.
        ticket: TicketId,
        /// Where it waits: the queue that was asked for, or the one that its overflow led to.
        queue: QueueNo,
        /// Why its overflow led there; none: it waits where it asked to.
        overflow: Option<OverflowWhy>,
    },
    /// The call waits in another queue now, in the same place among the others of its class.
    MovedOn {
        /// Whose.
        call: CallId,
        /// Where.
        queue: QueueNo,
        /// From when its wait counts, as before.
        since: Moment,
        /// Why.
        overflow: OverflowWhy,
    },
    /// The queue and those that its overflow leads to (or the slab) are full; nothing was kept.
    Full {
        /// Whose.
        call: CallId,
    },
    /// A match. Goes to the shard of `claim.call`.
    Matched {
        /// The claim.
        claim: Claim,
        /// Why this agent, why now.
        because: Explanation,
    },
    /// Nobody fits now. The next thing that changes it wakes it by itself, except time: then `look_again_at` is set.
    NoMatch {
        /// For which ticket.
        ticket: TicketId,
        /// Its call.
        call: CallId,
        /// When a bar, a reserve or a step ends.
        look_again_at: Option<Moment>,
    },
    /// The place is given up.
    Left {
        /// Whose.
        call: CallId,
        /// Whether it was still waiting: false means that a claim is on its way to this shard.
        was_waiting: bool,
    },
    /// What a waiting call may be told.
    Estimated {
        /// Whose.
        call: CallId,
        /// From now, as it is expected; none when nobody is on duty who fits.
        wait: Option<Duration>,
        /// How many of its class stand before it; at most 1,000 are counted.
        ahead: u32,
    },
    /// Shard 0 is to ask for a `Tick` at that moment (a later one replaces no earlier one).
    TickWanted {
        /// When.
        at: Moment,
    },
    /// The seat is idle and nobody waits for it.
    SeatIdle {
        /// Which.
        agent: AgentNo,
    },
    /// The seat is closed as asked.
    SeatIs {
        /// Which.
        agent: AgentNo,
        /// As what.
        closed: Closed,
    },
    /// The seat is claimed or busy: its holder ends that first.
    SeatHeld {
        /// Which.
        agent: AgentNo,
    },
}

impl Reply {
    /// The shard that must hear it, if it is not the asker's own.
    pub const fn for_shard(&self, shards: u8) -> Option<ShardNo> {
        match self {
            Self::Matched { claim, .. } => Some(claim.call.shard_of(shards)),
            Self::NoMatch { call, .. } => Some(call.shard_of(shards)),
            Self::TickWanted { .. } => Some(ShardNo(0)),
            Self::Queued { .. }
            | Self::MovedOn { .. }
            | Self::Full { .. }
            | Self::Left { .. }
            | Self::Estimated { .. }
            | Self::SeatIdle { .. }
            | Self::SeatIs { .. }
            | Self::SeatHeld { .. } => None,
        }
    }
}
