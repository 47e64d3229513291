//! What happens between a citizen and a bot, before any person.
//! Knows how such a talk may end; not what was said in it.

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BotFact {
    /// The bot is there: both hear each other.
    Began,
    /// The talk is over, or there was none.
    Ended {
        /// Why.
        why: BotEnd,
    },
}

/// Why a citizen talks with a bot no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BotEnd {
    /// The bot wants a person to go on.
    WantsPerson,
    /// The citizen pressed the key that leads to a person.
    Key,
    /// It took longer than the line allows.
    TimeOver,
    /// The bot never came, was lost, or has closed.
    Gone,
    /// The bot says that all is done.
    Done,
    /// The citizen hung up, or was lost.
    CitizenGone,
}
