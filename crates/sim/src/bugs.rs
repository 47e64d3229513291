//! The names of the planted bugs: everything that `spoil`, or the slow matcher with a rule left out, can do wrong on
//! purpose. Knows no invariant, and none of the places where they strike.

use routing::reference::Break;

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
    /// That a colleague's question became a citizen's call never reaches the desk.
    TakenOverLost,
    /// That an agent's phone makes a call never reaches the desk.
    OwnCallUnheard,
    /// The end of an agent's own call never reaches the desk.
    OwnCallNeverOver,
    /// A recording goes on while it should pause.
    PauseUnheard,
    /// A recording goes on after its talk.
    RecordsOn,
    /// The phone that asked for a transfer is not told what became of it.
    TransferUntold,
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
            | Self::TakenOverLost
            | Self::OwnCallUnheard
            | Self::OwnCallNeverOver
            | Self::PauseUnheard
            | Self::RecordsOn
            | Self::TransferUntold
            | Self::PortsShared
            | Self::PromiseShort => return None,
        })
    }
}
