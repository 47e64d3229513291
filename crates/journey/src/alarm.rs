//! The times that stations set.
//! Knows what each is for; when one is due is its station's.

/// The times that stations set. At most one of each runs in a call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Alarm {
    /// A greeting takes longer than any message may.
    GreetingOver,
    /// An unanswered wait is answered into music.
    Unanswered,
    /// The longest wait is over.
    WaitOver,
    /// Look for an agent again: a bar or a reserve has ended.
    LookAgain,
    /// The ring time and a grace are over, and the leg has not said so itself.
    RingOver,
    /// A last message takes longer than any message may.
    FarewellOver,
    /// The third party's ring time and a grace are over.
    ThirdOver,
    /// The supervisor's ring time and a grace are over.
    ListenerOver,
    /// Who waits is told again how it stands.
    Announce,
    /// Another queue may take who waits.
    MoveOn,
    /// Who waits is told something beside place and time.
    Meanwhile,
    /// The question for consent takes longer than any message may, or nobody has answered it.
    ConsentOver,
    /// The citizen's last key was a while ago.
    TypingOver,
    /// A question about calling back was not answered; or the time in which a promise is kept is over.
    CallbackOver,
    /// The talk with the bot takes longer than the line allows.
    BotOver,
    /// At a mailbox something takes longer than it may: the room, the words, the message, the keeping.
    MessageOver,
    /// Nothing was heard of who speaks a message.
    QuietOver,
}
