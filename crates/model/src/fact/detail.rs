//! What facts say more closely: how a menu was answered, who takes over, why an offer was made or came to nothing.
//! Knows closed lists of reasons and codes of the plan; no note and no number of a person.

use std::sync::Arc;

use crate::{AgentId, LineId, PersonRef, TopicId};

/// How a citizen answered a menu.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MenuAnswer {
    /// By this key.
    Key(char),
    /// By a postal code that somebody's citizens live at. It is not kept.
    PostalCode,
    /// Not at all, or by nothing that leads anywhere.
    Nothing,
}

/// Whom an agent calls, or hands a citizen on to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HandedTo {
    /// A line: its queue.
    Line(LineId),
    /// A colleague.
    Agent(AgentId),
    /// Somebody outside, whose number lies in the table of persons.
    Outside(PersonRef),
}

/// Why a call waits in another queue than the one before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OverflowWhy {
    /// That one was full.
    Full,
    /// The call had waited there for as long as that queue lets one wait.
    Wait,
    /// Too many calls waited there for each agent.
    CallsPerAgent,
    /// Too few agents were on duty there.
    AgentsUnder,
}

/// What decided an offer, in one word; the decision's number leads to the whole explanation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OfferedWhy {
    /// The call came (or came back) and this was the best free agent.
    BestFreeAgent,
    /// The agent became free and this was the best waiting call.
    BestWaitingCall,
}

/// Why an offer came to nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OfferEnd {
    /// The agent declined, on the phone or at the desk.
    Declined,
    /// The phone was busy.
    Busy,
    /// It rang until its time was over.
    NoAnswer,
    /// The phone could not be reached.
    Unreachable,
    /// The citizen hung up meanwhile.
    CitizenGone,
    /// A fault of ours, or the agent's phone and we have no codec in common.
    Failed,
}

/// What an agent writes down after a call. Codes only: a note is personal data and lies elsewhere.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WrapUp {
    /// The topic as the agent saw it, if it differs from the line's.
    pub topic: Option<TopicId>,
    /// The outcome's code, from the plan.
    pub code: Option<Arc<str>>,
    /// Solved at once ("straksafklaret").
    pub solved: Option<bool>,
    /// What it was about, closer than a topic: a code from the plan.
    pub topic_code: Option<Arc<str>>,
    /// To whom the citizen was referred: an entry of the directory.
    pub referred_to: Option<Arc<str>>,
    /// The guide that was used: its id or address, at most 200 characters.
    pub guide: Option<Arc<str>>,
    /// Who rang: a code from the plan.
    pub role: Option<Arc<str>>,
}
