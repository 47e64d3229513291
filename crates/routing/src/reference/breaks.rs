//! Rules that can be left out on purpose, one at a time, to show that whoever watches the matching notices.
//! Each is the kind of mistake that somebody once made.

macro_rules! breaks {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// A rule that is broken.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Break { $($(#[$doc])* $name),+ }
        impl Break {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];
        }
    };
}

breaks! {
    /// The last in line comes first.
    LastComeFirstServed,
    /// Anyone will do.
    SkillIgnored,
    /// Who declined is asked again at once.
    BarsForgotten,
    /// A citizen whose offer failed goes to the end of the line.
    BackOfTheLine,
    /// An agent who becomes ready doesn't look for a call.
    SeatDoesNotLook,
    /// A call that comes doesn't look for an agent.
    CallDoesNotLook,
    /// Who worked last works again: the dearest agent gets the call.
    DearestAgent,
    /// A queue takes more than it may.
    QueueWithoutBound,
    /// A full queue's overflow is forgotten.
    OverflowForgotten,
    /// An old release frees a new claim.
    StaleReleaseFrees,
    /// An agent kept for a scarce class is kept for ever.
    ReserveNeverEnds,
    /// Nobody is kept for a scarce class.
    ReserveForgotten,
    /// The surge guard's tokens are taken when there are none, and owed.
    TokenDebt,
    /// Tokens of an offer that failed are lost.
    TokenNotGivenBack,
    /// An agent who chooses does not ask for levels.
    LevelIgnored,
    /// The last idle agents are given to calls beyond the surge guard.
    NobodyKeptIdle,
    /// A queue's steps don't hold: its last is its first.
    StepIgnored,
    /// A step that begins wakes nobody.
    StepNotLookedAt,
    /// Whose citizens an agent may take is not asked.
    MembershipIgnored,
    /// An overdue call is as any.
    OverduePassedOver,
    /// A call for one agent stays there for ever.
    PreferredForEver,
    /// A grant counts for nothing.
    GrantIgnored,
}
