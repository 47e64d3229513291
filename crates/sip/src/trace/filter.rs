//! What a trace is about: one call, one number, or one agent.
//!
//! Knows where in a message these may stand; which legs belong together is told by the shards.

use model::{AgentId, CallId, Dialled};

use super::seen::{Said, user_of};
use crate::message::{AuthParams, Uri};

/// What a trace is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Filter {
    /// One call, with all its legs.
    Call(CallId),
    /// Calls from or to a number, however it is written. A caller who withheld their number is not found by it.
    Number(Dialled),
    /// An agent: registrations, calls to their phones and from them, and the citizens' legs of these.
    Agent(AgentId),
}

impl Filter {
    /// For the log and the list: what it is about, without a person's number.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Call(_) => "call",
            Self::Number(_) => "number",
            Self::Agent(_) => "agent",
        }
    }

    /// Whether a message itself says that it belongs here; what belongs to a call is known only by its leg.
    pub(super) fn finds(&self, said: &Said) -> bool {
        match self {
            Self::Call(_) => false,
            Self::Number(number) => finds_number(number, said),
            Self::Agent(agent) => finds_agent(agent, said),
        }
    }

    /// Whether a leg of this call, agent and parties belongs here.
    pub(super) fn takes(&self, call: Option<CallId>, agent: Option<&AgentId>, parties: [&str; 2]) -> bool {
        match self {
            Self::Call(wanted) => call == Some(*wanted),
            Self::Agent(wanted) => agent == Some(wanted),
            Self::Number(wanted) => parties.into_iter().filter_map(user_of).any(|user| is_number(wanted, &user)),
        }
    }
}

fn finds_number(number: &Dialled, said: &Said) -> bool {
    let is = |user: Option<String>| user.is_some_and(|user| is_number(number, &user));
    is(said.request_uri().and_then(user_of_uri))
        || is(said.user_in("To", "t"))
        || is(said.user_in("From", "f"))
        || (!withheld(said) && is(said.user_in("P-Asserted-Identity", "")))
}

fn finds_agent(agent: &AgentId, said: &Said) -> bool {
    let is = |user: Option<String>| user.is_some_and(|user| user == agent.as_str());
    let proved = || {
        let value = said.header("Authorization", "")?;
        Some(AuthParams::read(value)?.get("username")?.into_owned())
    };
    is(said.request_uri().and_then(user_of_uri))
        || is(said.user_in("To", "t"))
        || is(said.user_in("From", "f"))
        || is(proved())
}

/// Whether the caller asked that their number be withheld (RFC 3323 §4.2, RFC 3325 §9.3).
pub(super) fn withheld(said: &Said) -> bool {
    let privacy = said.header("Privacy", "").unwrap_or("");
    privacy.split(';').any(|word| ["id", "user", "header"].iter().any(|one| word.trim().eq_ignore_ascii_case(one)))
}

fn user_of_uri(uri: &str) -> Option<String> {
    Uri::parse(uri).ok()?.user_unescaped().map(std::borrow::Cow::into_owned)
}

fn is_number(number: &Dialled, user: &str) -> bool {
    let digits = user.split(';').next().unwrap_or("");
    Dialled::parse(digits).is_ok_and(|found| found == *number)
}
