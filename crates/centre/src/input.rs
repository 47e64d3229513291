//! Everything that can reach the heart. A log of `(moment, input)` is a complete replay of a shard.
//! Knows no time: the moment comes beside each input.

use std::sync::Arc;
use std::time::Duration;

use journey::Supervision;
use media::MediaEvent;
use model::{
    AgentState, BookedSlot, CallId, InCall, LegEvent, LegId, Moment, OfferEnd, PhoneNumber, Promise, SoundPath, WrapUp,
};
use plan::{AgentNo, LineNo};
use routing::Generation;

use crate::decided::Decided;
use crate::earlier::CallIsOver;
pub(crate) use crate::offer_shown::OfferShown;
use crate::proof::TalkSound;
use crate::wish::InCallWish;

/// One thing that reaches a shard.
#[derive(Clone, Debug)]
pub enum Input {
    /// Something happened to a leg.
    Leg(LegEvent),
    /// The packet workers tell something.
    Media(MediaEvent),
    /// The routing core answers, or a match was found by any shard for a call of ours.
    Core(routing::Reply),
    /// An agent's desk asks for something. Goes to the desk's shard.
    Desk(DeskRequest),
    /// An agent's phone can be reached now, or no longer. Goes to the desk's shard.
    Phone {
        /// Whose.
        agent: AgentNo,
        /// Whether it has a contact that can be called.
        reachable: bool,
    },
    /// An agent's phone registered as a browser (over a WebSocket), or no longer. Goes to every shard, before the desk hears
    /// that it can be reached.
    PhoneSpeaks {
        /// Whose.
        agent: AgentNo,
        /// Whether it speaks WebRTC.
        web: bool,
    },
    /// A browser of the agent's has registered that was not there before. Goes to the desk's shard, after `PhoneSpeaks`.
    BrowserCame(AgentNo),
    /// A desk wants its agent's sound tested, as soon as what goes on now is done. Goes to the desk's own shard.
    TestSound {
        /// Whose.
        agent: AgentNo,
    },
    /// A call tells a desk what became of the agent's seat. Goes to the desk's shard.
    FromCall(CallNotice),
    /// A desk asks something of the call that it holds. Goes to the call's shard.
    FromDesk(DeskNotice),
    /// A supervisor's desk asks something of anybody's conversation. Goes to the call's shard.
    Supervises(SuperviseRequest),
    /// A call of an agent's own tells or asks a desk. Goes to the desk's shard.
    OwnCall(OwnNotice),
    /// A desk says whether its phone may be called by a colleague. Goes to the call's shard.
    FromColleague(ColleagueAnswer),
    /// A citizen's call is over, whose number is remembered for a while. Goes to every shard.
    CallIsOver(Box<CallIsOver>),
    /// A new plan is in force from now on. Calls that are here keep the one that they came under.
    Plan(Box<Decided>),
    /// Every shard has taken that plan in: what it brings may begin. Goes to every shard.
    PlanIsEverywhere,
    /// A promise of a node that has ended is to be kept, on this line. Goes to the call's shard, before any new call.
    TakeUp(Box<Promise>, LineNo),
    /// A call asks for a line's first free time. Goes to the shard that keeps the book; answered by `ForCall`.
    SlotAsked {
        /// Which call.
        call: CallId,
        /// Which line.
        line: LineNo,
        /// From when on.
        from: Moment,
    },
    /// A call asks whether it may promise to call back. Goes to the shard that keeps the book; answered by `ForCall`.
    PromiseAsked(PromiseAsked),
    /// A promise was taken up. Goes to the same.
    PromiseTakenUp(PromiseAsked),
    /// A promise is kept, or has ended in another way. Goes to the same.
    PromiseOver(CallId),
    /// Something that another shard has found out for a call.
    ForCall(CallId, journey::Event),
    /// The moment asked for by `next_wakeup` has come.
    Wakeup,
    /// Take no new calls; let those that are here finish.
    Drain,
}

/// Pairs a desk's request with its answer; made by the API's edge.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RequestNo(pub u64);

/// An agent's desk asks for something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeskRequest {
    /// Comes back in the answer.
    pub request: RequestNo,
    /// Whose desk.
    pub agent: AgentNo,
    /// What is asked.
    pub command: DeskCommand,
}

/// Everything that a desk can ask.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DeskCommand {
    /// Come on duty; paused until a state is set. Harmless when already logged in.
    LogIn,
    /// Become ready, or pause. While an offer rings, a pause declines it; while talking it is refused (`SetNextState`).
    SetState(Wanted),
    /// What to become after this conversation and its wrap-up.
    SetNextState(Wanted),
    /// Decline the call that rings.
    Decline,
    /// Hang up on the call that is talked to.
    HangUp,
    /// Write down what the call was about, and end the wrap-up.
    WrapUp(WrapUp),
    /// Take more time for the wrap-up, once.
    ExtendWrapUp,
    /// Go off duty. Declines what rings; during a conversation it counts from its end on.
    LogOut,
    /// Something beside ending the conversation that is talked to. Answered by the call.
    InCall(InCallWish),
    /// Take part in a colleague's conversation as a supervisor, on this agent's phone, who need not be on duty.
    Supervise {
        /// Which call.
        call: CallId,
        /// How.
        what: Supervision,
    },
    /// Call the agent's phone, and find out whether the agent is heard.
    TestSound,
    /// Tell the whole state, as a stream's first message.
    Snapshot,
}

/// A supervisor asks something of a conversation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SuperviseRequest {
    /// Comes back in the answer.
    pub request: RequestNo,
    /// Whose phone it is that listens.
    pub by: AgentNo,
    /// Which call.
    pub call: CallId,
    /// What is asked.
    pub what: Supervision,
}

/// What an agent can choose to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// Takes the next call.
    Ready,
    /// Takes none, for this reason (a code from the plan).
    Paused(Arc<str>),
}

/// A call tells a desk what became of its seat. Each names the claim, so that a late one changes nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallNotice {
    /// Whose desk.
    pub agent: AgentNo,
    /// Which claim.
    pub generation: Generation,
    /// What happened.
    pub what: CallNoticeWhat,
}

/// What became of a seat.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CallNoticeWhat {
    /// The agent's phone is being called.
    Offered(Box<OfferShown>),
    /// The offer is over without a conversation; the seat is released.
    Withdrawn {
        /// Why, which decides what the agent becomes.
        why: OfferEnd,
    },
    /// Citizen and agent are joined.
    Talking,
    /// The agent talks with this citizen now, whom a colleague has handed on; the claim is the same.
    TakenOver(Box<OfferShown>),
    /// Nobody has taken over the citizen; the agent talks on with them.
    NotHandedOn {
        /// Why.
        why: OfferEnd,
    },
    /// Something beside the conversation is as it wasn't before.
    InCall(Box<InCall>),
    /// What the agent's sound was like in the conversation; told before its end.
    Heard(TalkSound),
    /// The conversation is over; the seat is released.
    Over {
        /// How long this queue's wrap-up lasts; zero: none.
        wrap_up: Duration,
    },
}

/// A call of an agent's own tells or asks a desk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OwnNotice {
    /// Whose desk.
    pub agent: AgentNo,
    /// The leg to that agent's phone, by which the desk knows the call.
    pub leg: LegId,
    /// What.
    pub what: OwnNoticeWhat,
}

/// What a call of an agent's own tells or asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OwnNoticeWhat {
    /// The agent's phone has made a call.
    Begins,
    /// A colleague calls: is the phone free? Answered by `FromColleague`; if so it is taken from then on.
    Asks,
    /// It is over.
    Over,
}

/// Whether a phone may be called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ColleagueAnswer {
    /// The leg that is to be called.
    pub leg: LegId,
    /// Whether its phone is free.
    pub free: bool,
}

/// A promise that is asked for, or kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PromiseAsked {
    /// For which call.
    pub call: CallId,
    /// Whom it promises to call.
    pub number: PhoneNumber,
    /// On which line.
    pub line: LineNo,
    /// When; none: when it is their turn.
    pub slot: Option<BookedSlot>,
}

/// A desk asks something of the call that it holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeskNotice {
    /// Which call.
    pub call: CallId,
    /// Who asks.
    pub agent: AgentNo,
    /// By which claim.
    pub generation: Generation,
    /// What is asked.
    pub what: DeskNoticeWhat,
}

/// What a desk can ask of a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DeskNoticeWhat {
    /// Stop ringing; the agent does not take it.
    Decline,
    /// End the conversation.
    HangUp,
    /// Something beside it, which the call answers.
    Wishes(RequestNo, InCallWish),
    /// Another browser of the agent's has come, in which the talk can go on if its own is lost.
    BrowserCame,
}

/// What a desk is, in full: the first message of a stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeskState {
    /// What the agent is.
    pub state: AgentState,
    /// Since when.
    pub since: Moment,
    /// The call that is offered, talked to or wrapped up.
    pub call: Option<Box<OfferShown>>,
    /// When the wrap-up ends by itself.
    pub wrap_up_until: Option<Moment>,
    /// What comes after the conversation, if the agent has said so.
    pub next: Option<Wanted>,
    /// Whether the phone can be reached.
    pub phone: bool,
    /// What is beside the conversation.
    pub in_call: InCall,
    /// What is known of the phone's sound.
    pub sound: SoundPath,
}
