//! The table of transfers: how an agent hands a citizen on, to whom, what happens meanwhile, and who must have the citizen then.
//! The rules stand here once more, by hand and apart from the house's own; knows no ladder and no seconds.

/// How an agent hands a citizen on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Way {
    /// The phone's transfer (REFER), without a question.
    BlindByPhone,
    /// At the desk, without a question.
    BlindAtDesk,
    /// The phone holds the citizen, calls, and brings its two calls together (REFER with Replaces).
    AttendedByPhone,
    /// The desk asks somebody, and hands over.
    AttendedAtDesk,
    /// The desk asks somebody and lets all three talk; then the agent hangs up the phone.
    Three,
}

impl Way {
    pub(crate) const ALL: [Self; 5] =
        [Self::BlindByPhone, Self::BlindAtDesk, Self::AttendedByPhone, Self::AttendedAtDesk, Self::Three];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::BlindByPhone => "Without a question, by the phone",
            Self::BlindAtDesk => "Without a question, at the desk",
            Self::AttendedByPhone => "After a question, by the phone: hold, call, bring together",
            Self::AttendedAtDesk => "After a question, at the desk: ask, hand over",
            Self::Three => "From a conversation of three: ask, conference, hang up",
        }
    }
}

/// To whom.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum To {
    Colleague,
    Line,
    DirectoryLine,
    DirectoryColleague,
    DirectoryOutside,
}

impl To {
    pub(crate) const ALL: [Self; 5] =
        [Self::Colleague, Self::Line, Self::DirectoryLine, Self::DirectoryColleague, Self::DirectoryOutside];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Colleague => "a colleague",
            Self::Line => "a line",
            Self::DirectoryLine => "directory: a line",
            Self::DirectoryColleague => "directory: a colleague",
            Self::DirectoryOutside => "directory: outside",
        }
    }

    /// What the agent names.
    pub(crate) fn named(self) -> &'static str {
        match self {
            Self::Colleague => "bo",
            Self::Line => "70102020",
            Self::DirectoryLine => "flytteteam",
            Self::DirectoryColleague => "tolken",
            Self::DirectoryOutside => "skat",
        }
    }

    /// The leg of whoever answers there.
    pub(crate) fn leg(self) -> &'static str {
        if self == Self::DirectoryOutside { "outside" } else { "bo" }
    }

    pub(crate) fn is_line(self) -> bool {
        matches!(self, Self::Line | Self::DirectoryLine)
    }

    pub(crate) fn is_colleague(self) -> bool {
        matches!(self, Self::Colleague | Self::DirectoryColleague)
    }
}

/// What happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Case {
    Answered,
    Busy,
    NotReady,
    Closed,
    NoAnswer,
    Declined,
    CitizenLeavesWhileItRings,
    AgentLeavesThenAnswered,
    AgentLeavesThenNobody,
    HandedOverThenAnswered,
    HandedOverThenNobody,
    CitizenLeavesWhileAsked,
    AgentLeavesWhileAsked,
    TargetLeavesWhileAsked,
    BackAndForth,
    CitizenLeavesTheThree,
    TargetLeavesTheThree,
    TargetLeavesAfter,
}

impl Case {
    pub(crate) const ALL: [Self; 18] = [
        Self::Answered,
        Self::Busy,
        Self::NotReady,
        Self::Closed,
        Self::NoAnswer,
        Self::Declined,
        Self::CitizenLeavesWhileItRings,
        Self::AgentLeavesThenAnswered,
        Self::AgentLeavesThenNobody,
        Self::HandedOverThenAnswered,
        Self::HandedOverThenNobody,
        Self::CitizenLeavesWhileAsked,
        Self::AgentLeavesWhileAsked,
        Self::TargetLeavesWhileAsked,
        Self::BackAndForth,
        Self::CitizenLeavesTheThree,
        Self::TargetLeavesTheThree,
        Self::TargetLeavesAfter,
    ];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Answered => "is answered",
            Self::Busy => "is busy, or full",
            Self::NotReady => "is not ready",
            Self::Closed => "is closed",
            Self::NoAnswer => "is not answered",
            Self::Declined => "is declined at first",
            Self::CitizenLeavesWhileItRings => "the citizen leaves while it rings",
            Self::AgentLeavesThenAnswered => "the agent leaves while it rings, then it is answered",
            Self::AgentLeavesThenNobody => "the agent leaves while it rings, and nobody answers",
            Self::HandedOverThenAnswered => "handed over while it rings, then it is answered",
            Self::HandedOverThenNobody => "handed over while it rings, and nobody answers",
            Self::CitizenLeavesWhileAsked => "the citizen leaves while the two consult",
            Self::AgentLeavesWhileAsked => "the agent leaves while the two consult",
            Self::TargetLeavesWhileAsked => "whoever is asked leaves while the two consult",
            Self::BackAndForth => "the agent goes back to the citizen, asks on, and hands over",
            Self::CitizenLeavesTheThree => "the citizen leaves the three",
            Self::TargetLeavesTheThree => "whoever was added leaves the three",
            Self::TargetLeavesAfter => "whoever has taken over leaves",
        }
    }

    /// Whether somebody leaves in it: then their phone may also be lost instead of hung up.
    pub(crate) fn somebody_leaves(self) -> bool {
        !matches!(
            self,
            Self::Answered
                | Self::Busy
                | Self::NotReady
                | Self::Closed
                | Self::NoAnswer
                | Self::Declined
                | Self::HandedOverThenAnswered
                | Self::HandedOverThenNobody
                | Self::BackAndForth
        )
    }
}

/// Who has the citizen in the end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// Whoever was called.
    There,
    /// The agent who wanted to hand on.
    Back,
    /// The agent, told at once why not.
    Refused(String),
    /// Nobody: music, in the queue.
    Queue,
    /// The call is over.
    Over,
}

impl End {
    pub(crate) fn word(&self) -> String {
        match self {
            Self::There => "**there**".to_owned(),
            Self::Back => "back".to_owned(),
            Self::Refused(why) => format!("refused: {why}"),
            Self::Queue => "*queue*".to_owned(),
            Self::Over => "over".to_owned(),
        }
    }
}

/// What must come of it; none: that can't be.
pub(crate) fn right(way: Way, to: To, case: Case) -> Option<End> {
    let refused = |why: &str| Some(End::Refused(why.to_owned()));
    if matches!(way, Way::AttendedAtDesk | Way::Three) && to.is_line() {
        // A line has no phone that could be asked at the desk.
        return if case == Case::Answered {
            refused("that number or colleague cannot be called from the conversation")
        } else {
            None
        };
    }
    match way {
        Way::BlindByPhone | Way::BlindAtDesk => right_if_blind(way, to, case),
        Way::AttendedByPhone => right_if_attended_by_phone(to, case),
        Way::AttendedAtDesk | Way::Three => right_at_the_desk(way, to, case),
    }
}

fn right_if_blind(way: Way, to: To, case: Case) -> Option<End> {
    let at_desk = way == Way::BlindAtDesk;
    let refused = |phone: &str, desk: &str| Some(End::Refused((if at_desk { desk } else { phone }).to_owned()));
    match case {
        Case::Answered => Some(End::There),
        Case::AgentLeavesThenAnswered if !to.is_line() => Some(End::There),
        Case::Busy if to.is_line() => refused("full", "no room is left in that queue"),
        Case::Busy => Some(End::Back),
        Case::NotReady if to.is_colleague() => refused("busy", "the colleague is not free just now"),
        Case::Closed if to == To::Colleague => None,
        Case::Closed => refused("closed", "closed just now"),
        Case::NoAnswer if to.is_line() => Some(End::Queue),
        Case::NoAnswer => Some(End::Back),
        // A line asks again; a colleague or somebody outside was meant themselves.
        Case::Declined if to.is_line() => Some(End::There),
        Case::Declined => Some(End::Back),
        Case::CitizenLeavesWhileItRings => Some(End::Over),
        Case::AgentLeavesThenNobody if !to.is_line() => Some(End::Queue),
        Case::TargetLeavesAfter => Some(End::Over),
        Case::NotReady
        | Case::AgentLeavesThenAnswered
        | Case::AgentLeavesThenNobody
        | Case::HandedOverThenAnswered
        | Case::HandedOverThenNobody
        | Case::CitizenLeavesWhileAsked
        | Case::AgentLeavesWhileAsked
        | Case::TargetLeavesWhileAsked
        | Case::BackAndForth
        | Case::CitizenLeavesTheThree
        | Case::TargetLeavesTheThree => None,
    }
}

fn right_if_attended_by_phone(to: To, case: Case) -> Option<End> {
    match case {
        Case::Answered | Case::HandedOverThenAnswered | Case::BackAndForth => Some(End::There),
        Case::Busy | Case::NoAnswer | Case::TargetLeavesWhileAsked => Some(End::Back),
        Case::NotReady | Case::CitizenLeavesTheThree | Case::TargetLeavesTheThree => None,
        Case::Closed if to == To::Colleague => None,
        Case::Closed => Some(End::Back),
        Case::Declined if to.is_line() => Some(End::There),
        Case::Declined => Some(End::Back),
        Case::HandedOverThenNobody if to.is_line() => Some(End::Queue),
        Case::HandedOverThenNobody => Some(End::Back),
        // The phone lets go of its call with the citizen: nobody was to have them.
        Case::AgentLeavesThenAnswered | Case::AgentLeavesWhileAsked => Some(End::Over),
        Case::AgentLeavesThenNobody => None,
        Case::CitizenLeavesWhileItRings | Case::CitizenLeavesWhileAsked | Case::TargetLeavesAfter => Some(End::Over),
    }
}

fn right_at_the_desk(way: Way, to: To, case: Case) -> Option<End> {
    let three = way == Way::Three;
    match case {
        Case::Answered if three => Some(End::There),
        Case::TargetLeavesTheThree if three => Some(End::Back),
        Case::TargetLeavesAfter | Case::CitizenLeavesTheThree if three => Some(End::Over),
        _ if three => None,
        Case::Answered | Case::HandedOverThenAnswered | Case::BackAndForth => Some(End::There),
        // The agent's phone can't be in two calls: whoever was asked has the citizen.
        Case::AgentLeavesThenAnswered | Case::AgentLeavesWhileAsked => Some(End::There),
        Case::Busy | Case::NoAnswer | Case::Declined | Case::TargetLeavesWhileAsked => Some(End::Back),
        Case::Closed if to == To::Colleague => None,
        Case::Closed => Some(End::Refused("closed just now".to_owned())),
        Case::AgentLeavesThenNobody | Case::HandedOverThenNobody => Some(End::Queue),
        Case::CitizenLeavesWhileItRings | Case::CitizenLeavesWhileAsked | Case::TargetLeavesAfter => Some(End::Over),
        Case::NotReady | Case::CitizenLeavesTheThree | Case::TargetLeavesTheThree => None,
    }
}
