//! Planted bugs: wrongdoings at a seam of the heart, each the kind of mistake that somebody once made. A world with one
//! of them must be found broken. Without the feature `planted-bugs` no world can have one. Knows no invariant.

use std::collections::BTreeMap;

use centre::{CallNoticeWhat, Input, Output};
use media::{MediaCommand, MediaEvent};
use model::{Cause, Fact, LegCommand, What};
use plan::AgentNo;
use routing::reference::Break;
use routing::{Reply, Request};

use crate::lot::Lot;

/// How seldom a wrongdoing happens where it could.
const ONE_IN: usize = 20;

macro_rules! bugs {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// Everything that can be done wrong on purpose.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Bug { $($(#[$doc])* $name),+ }
        impl Bug {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];
        }
    };
}

bugs! {
    /// A release of a seat never reaches the core.
    ReleaseLost,
    /// A match never reaches its call.
    MatchLost,
    /// A match reaches its call twice.
    MatchDoubled,
    /// A caller who left still stands in the queue.
    LeaveLost,
    /// A conversation is never told to the core.
    CommitLost,
    /// A citizen whose offer failed falls out of the line.
    ReturnLost,
    /// A seat that should be closed stays open.
    CloseLost,
    /// A caller is given a wait that others don't have.
    QueueJumper,
    /// A shard is woken half a minute late.
    WakeupLate,
    /// Two facts of one call change places.
    FactsSwapped,
    /// A fact is lost.
    FactLost,
    /// A fact comes twice.
    FactDoubled,
    /// A call gets a second outcome.
    OutcomeDoubled,
    /// The packet workers are not told to close.
    SocketsKept,
    /// What the packet workers closed is not noticed.
    ClosedUnheard,
    /// The phone rings on after the caller has left.
    RingsOn,
    /// A citizen is not let go.
    CitizenKept,
    /// An offer never reaches the desk.
    OfferedLost,
    /// The end of an offer never reaches the desk.
    WithdrawnLost,
    /// The conversation never reaches the desk.
    TalkingLost,
    /// The end of a conversation never reaches the desk.
    OverLost,
    /// A desk's request is not answered.
    AnswerLost,
    /// A desk's decline never reaches the call, and the phone rings on.
    DeclineLost,
    /// All shards use the same ports.
    PortsShared,
    /// The core: the last in line comes first.
    LastComeFirstServed,
    /// The core: anyone will do.
    SkillIgnored,
    /// The core: who declined is asked again at once.
    BarsForgotten,
    /// The core: a citizen whose offer failed goes to the end of the line.
    BackOfTheLine,
    /// The core: an agent who becomes ready doesn't look for a call.
    SeatDoesNotLook,
    /// The core: a call that comes doesn't look for an agent.
    CallDoesNotLook,
    /// The core: the dearest agent gets the call.
    DearestAgent,
    /// The core: a queue takes more than it may.
    QueueWithoutBound,
    /// The core: a full queue's overflow is forgotten.
    OverflowForgotten,
    /// The core: an old release frees a new claim.
    StaleReleaseFrees,
    /// The core: an agent kept for a scarce class is kept for ever.
    ReserveNeverEnds,
    /// The core: nobody is kept for a scarce class.
    ReserveForgotten,
    /// The core: tokens of the surge guard are taken when there are none.
    TokenDebt,
    /// The core: the token of an offer that failed is lost.
    TokenNotGivenBack,
    /// The core: who chooses among calls does not ask for levels.
    LevelIgnored,
    /// The core: calls beyond the surge guard get the last idle agents.
    NobodyKeptIdle,
    /// The core: a queue's last step is its first.
    StepIgnored,
    /// The core: a step that begins wakes nobody.
    StepNotLookedAt,
    /// The core: whose citizens an agent may take is not asked.
    MembershipIgnored,
    /// The core: an overdue call is as any.
    OverduePassedOver,
    /// A citizen is promised a minute, whatever is expected.
    PromiseShort,
}

impl Bug {
    /// The rule of the core that is broken; then the slow matcher runs, with that rule left out.
    pub(crate) const fn rule(self) -> Option<Break> {
        Some(match self {
            Self::LastComeFirstServed => Break::LastComeFirstServed,
            Self::SkillIgnored => Break::SkillIgnored,
            Self::BarsForgotten => Break::BarsForgotten,
            Self::BackOfTheLine => Break::BackOfTheLine,
            Self::SeatDoesNotLook => Break::SeatDoesNotLook,
            Self::CallDoesNotLook => Break::CallDoesNotLook,
            Self::DearestAgent => Break::DearestAgent,
            Self::QueueWithoutBound => Break::QueueWithoutBound,
            Self::OverflowForgotten => Break::OverflowForgotten,
            Self::StaleReleaseFrees => Break::StaleReleaseFrees,
            Self::ReserveNeverEnds => Break::ReserveNeverEnds,
            Self::ReserveForgotten => Break::ReserveForgotten,
            Self::TokenDebt => Break::TokenDebt,
            Self::TokenNotGivenBack => Break::TokenNotGivenBack,
            Self::LevelIgnored => Break::LevelIgnored,
            Self::NobodyKeptIdle => Break::NobodyKeptIdle,
            Self::StepIgnored => Break::StepIgnored,
            Self::StepNotLookedAt => Break::StepNotLookedAt,
            Self::MembershipIgnored => Break::MembershipIgnored,
            Self::OverduePassedOver => Break::OverduePassedOver,
            Self::ReleaseLost
            | Self::MatchLost
            | Self::MatchDoubled
            | Self::LeaveLost
            | Self::CommitLost
            | Self::ReturnLost
            | Self::CloseLost
            | Self::QueueJumper
            | Self::WakeupLate
            | Self::FactsSwapped
            | Self::FactLost
            | Self::FactDoubled
            | Self::OutcomeDoubled
            | Self::SocketsKept
            | Self::ClosedUnheard
            | Self::RingsOn
            | Self::CitizenKept
            | Self::OfferedLost
            | Self::WithdrawnLost
            | Self::TalkingLost
            | Self::OverLost
            | Self::AnswerLost
            | Self::DeclineLost
            | Self::PortsShared
            | Self::PromiseShort => return None,
        })
    }
}

/// The wrongdoer of a world; mostly there is none.
#[derive(Debug)]
pub(crate) struct Spoil {
    bug: Option<Bug>,
    lot: Lot,
    held: Option<Fact>,
    released: BTreeMap<AgentNo, Request>,
}

impl Spoil {
    pub(crate) fn new(bug: Option<Bug>, seed: u64) -> Self {
        Self { bug, lot: Lot::new(seed, 9), held: None, released: BTreeMap::new() }
    }

    pub(crate) fn bug(&self) -> Option<Bug> {
        if cfg!(feature = "planted-bugs") { self.bug } else { None }
    }

    fn strikes(&mut self, bug: Bug) -> bool {
        self.bug() == Some(bug) && self.lot.one_in(ONE_IN)
    }

    /// In any world: a release that was carried out before, when its agent is next claimed or ready.
    pub(crate) fn old_release(&mut self, request: &Request) -> Option<Request> {
        match request {
            Request::SeatRelease { agent, .. } => {
                self.released.insert(*agent, *request);
                None
            }
            Request::Join(_) | Request::SeatReady { .. } if self.lot.one_in(10) => {
                let drawn = self.lot.below(self.released.len().max(1));
                self.released.values().nth(drawn).copied()
            }
            Request::Join(_)
            | Request::LookForAgent { .. }
            | Request::Leave { .. }
            | Request::Return { .. }
            | Request::Commit { .. }
            | Request::SeatReady { .. }
            | Request::SeatClose { .. }
            | Request::Estimate { .. }
            | Request::Tick => None,
        }
    }

    pub(crate) fn request(&mut self, request: Request) -> Option<Request> {
        let lost = match request {
            Request::SeatRelease { .. } => self.strikes(Bug::ReleaseLost),
            Request::Leave { .. } => self.strikes(Bug::LeaveLost),
            Request::Commit { .. } => self.strikes(Bug::CommitLost),
            Request::Return { .. } => self.strikes(Bug::ReturnLost),
            Request::SeatClose { .. } => self.strikes(Bug::CloseLost),
            Request::Join(mut new) if self.strikes(Bug::QueueJumper) => {
                new.since = new.since - std::time::Duration::from_secs(300);
                return Some(Request::Join(new));
            }
            Request::Join(_)
            | Request::LookForAgent { .. }
            | Request::SeatReady { .. }
            | Request::Estimate { .. }
            | Request::Tick => false,
        };
        (!lost).then_some(request)
    }

    pub(crate) fn reply(&mut self, reply: Reply) -> [Option<Reply>; 2] {
        if !matches!(reply, Reply::Matched { .. }) {
            return [Some(reply), None];
        }
        if self.strikes(Bug::MatchLost) {
            return [None, None];
        }
        [Some(reply), self.strikes(Bug::MatchDoubled).then_some(reply)]
    }

    /// What a shard puts out, as it reaches the hands.
    pub(crate) fn output(&mut self, output: Output) -> [Option<Output>; 2] {
        let lost = match &output {
            Output::Fact(fact) => return self.fact(fact.clone()),
            Output::Media(MediaCommand::Close { .. }) => self.strikes(Bug::SocketsKept),
            Output::Leg(LegCommand::HangUp { cause: Cause::CallerGone, .. }) => self.strikes(Bug::RingsOn),
            Output::Leg(LegCommand::HangUp { leg, .. }) if leg.side() == model::LegSide::Inbound => {
                self.strikes(Bug::CitizenKept)
            }
            Output::DeskAnswer(_) => self.strikes(Bug::AnswerLost),
            Output::ToShard(_, input) => self.mail_is_lost(input),
            Output::Leg(_) | Output::Media(_) | Output::Core(_) | Output::Person(_) | Output::DeskEvent(_) => false,
        };
        [(!lost).then_some(output), None]
    }

    fn mail_is_lost(&mut self, input: &Input) -> bool {
        match input {
            Input::FromCall(notice) => match notice.what {
                CallNoticeWhat::Offered(_) => self.strikes(Bug::OfferedLost),
                CallNoticeWhat::Withdrawn { .. } => self.strikes(Bug::WithdrawnLost),
                CallNoticeWhat::Talking => self.strikes(Bug::TalkingLost),
                CallNoticeWhat::Over { .. } => self.strikes(Bug::OverLost),
            },
            Input::FromDesk(_) => self.strikes(Bug::DeclineLost),
            Input::Leg(_)
            | Input::Media(_)
            | Input::Core(_)
            | Input::Desk(_)
            | Input::Phone { .. }
            | Input::Plan(_)
            | Input::Wakeup
            | Input::Drain => false,
        }
    }

    fn fact(&mut self, mut fact: Fact) -> [Option<Output>; 2] {
        if let What::Promised { within, .. } = &mut fact.what
            && self.strikes(Bug::PromiseShort)
        {
            *within = std::time::Duration::from_secs(60);
        }
        if let Some(held) = self.held.take() {
            return [Some(Output::Fact(fact)), Some(Output::Fact(held))];
        }
        if self.strikes(Bug::FactsSwapped) {
            self.held = Some(fact);
            return [None, None];
        }
        if self.strikes(Bug::FactLost) {
            return [None, None];
        }
        let outcome = matches!(fact.what, What::Ended { .. });
        let doubled = self.strikes(Bug::FactDoubled) || (outcome && self.strikes(Bug::OutcomeDoubled));
        let again = doubled.then(|| Output::Fact(fact.clone()));
        [Some(Output::Fact(fact)), again]
    }

    /// What reaches a shard from its hands.
    pub(crate) fn is_unheard(&mut self, input: &Input) -> bool {
        matches!(input, Input::Media(MediaEvent::Closed { .. })) && self.strikes(Bug::ClosedUnheard)
    }

    pub(crate) fn wakes_late(&self) -> bool {
        self.bug() == Some(Bug::WakeupLate)
    }

    pub(crate) fn shares_ports(&self) -> bool {
        self.bug() == Some(Bug::PortsShared)
    }
}
