//! Calls that agents' phones make: who asks must be proved, and where it leads is read as a literal target, nothing more.
//!
//! Knows passwords' proofs, our own names and what a user part may be. Whether that number or colleague exists, and whether
//! the agent may call it, is the centre's to know.

use model::{AgentCall, AgentId, BadNumber, CalledParty, Dialled, LegEvent, LegId, Moment};

use super::Stack;
use super::arriving::NewCall;
use super::seam::StackOut;
use super::settings::StackSettings;
use super::step::Asked;
use crate::message::{Scheme, Uri};

/// Legs of one agent at once, those included on which we call the phone; a further call of the phone gets 486. Two are a
/// talk and a question to a colleague; the others are calls that are just ending.
const AGENT_LEGS_MAX: u32 = 4;
/// The same for a call to an emergency number, which also passes `legs_max` by as many: a bound for a phone run wild.
const AGENT_EMERGENCY_LEGS_MAX: u32 = 8;
/// Emergency calls that a shard carries beyond `legs_max`.
pub(super) const EMERGENCY_LEGS_EXTRA: usize = 64;
/// Longest id of an agent, in characters.
const AGENT_CHARS_MAX: usize = 64;

/// Whose a leg is, as long as it lives.
pub(super) struct Owner {
    pub(super) agent: AgentId,
    /// Whether it counts in the table of whereabouts.
    counted: bool,
    /// The Call-ID that stands there, of a call that the phone made.
    call_id: Option<Box<str>>,
}

impl Stack {
    /// An INVITE outside any dialog from somebody who is no trunk by address.
    pub(super) fn place(&mut self, asked: &Asked<'_>, at: Moment, out: &mut Vec<StackOut>) {
        let Some(agent) = self.proved(asked, at, out) else { return };
        if let Some(trunk) = self.ground.settings.trunks.by_login(&agent) {
            let trunk = trunk.settings.id.clone();
            return self.invite(asked, trunk, at, out);
        }
        match self.placed(asked, &agent) {
            Ok((to, urgent)) => self.begin_placed(asked, agent, to, urgent, at, out),
            Err(status) => self.step(at, out).refuse(asked, status, |_| {}),
        }
    }

    /// Whom an agent's phone calls, and whether it is an emergency; or with which status it is refused.
    fn placed(&self, asked: &Asked<'_>, agent: &AgentId) -> Result<(CalledParty, bool), u16> {
        let headers = &asked.request.headers;
        // Who has proved to be one agent may not speak in another's name.
        let from = headers.from().and_then(|from| from.uri().ok());
        if from.as_ref().and_then(Uri::user_unescaped).is_none_or(|user| *user != *agent.as_str()) {
            return Err(403);
        }
        // A call of ours that a phone sent back to us, its From tag unchanged.
        if self.ground.marks.read_tag(headers.from_tag()).is_some() {
            return Err(482);
        }
        // Nobody may take over a dialog of ours from outside it (RFC 3891 §3: no match).
        if headers.other("Replaces").is_some() {
            return Err(481);
        }
        if !is_ours(&asked.request.uri, &self.ground.settings) {
            return Err(404);
        }
        let to = called_party(&asked.request.uri)?;
        if to == CalledParty::Agent(agent.clone()) {
            return Err(482);
        }
        let urgent = match &to {
            CalledParty::Number(number) => {
                self.ground.settings.emergency.contains(number) || self.ground.bindings.is_emergency(number)
            }
            CalledParty::Agent(_) => false,
        };
        let legs_max = if urgent { AGENT_EMERGENCY_LEGS_MAX } else { AGENT_LEGS_MAX };
        if self.ground.settings.whereabouts.legs_of(agent) >= legs_max {
            return Err(486);
        }
        Ok((to, urgent))
    }

    fn begin_placed(
        &mut self,
        asked: &Asked<'_>,
        agent: AgentId,
        to: CalledParty,
        urgent: bool,
        at: Moment,
        out: &mut Vec<StackOut>,
    ) {
        let (owner, call_id) = (agent.clone(), asked.request.headers.call_id());
        let call =
            NewCall { urgent, told: move |leg, offer| Ok(LegEvent::AgentCalls(AgentCall { leg, agent, to, offer })) };
        if let Some(leg) = self.begin_call(asked, call, at, out) {
            self.reached_back(leg, asked);
            self.belongs_to(leg, owner, Some(call_id));
        }
    }

    /// From now on that leg is an agent's.
    pub(super) fn belongs_to(&mut self, leg: LegId, agent: AgentId, call_id: Option<&str>) {
        let (places, shard) = (&self.ground.settings.whereabouts, self.ground.marks.shard());
        let counted = places.enter(&agent, shard);
        if let Some(call_id) = call_id {
            places.begin_call(call_id, shard);
        }
        self.owners.insert(leg.bits(), Box::new(Owner { agent, counted, call_id: call_id.map(Box::from) }));
    }

    /// That leg is over.
    pub(super) fn belongs_to_nobody(&mut self, bits: u64) {
        let Some(owner) = self.owners.remove(&bits) else { return };
        let places = &self.ground.settings.whereabouts;
        if owner.counted {
            places.leave(&owner.agent);
        }
        if let Some(call_id) = owner.call_id {
            places.end_call(&call_id);
        }
    }
}

/// Whom an address of ours names: a number where it can be read as one, else an agent's id. Anything else has no other
/// meaning here: 404, or 484 where nothing is written.
pub(super) fn called_party(uri: &Uri) -> Result<CalledParty, u16> {
    let user = uri.user_unescaped().ok_or(484_u16)?;
    match Dialled::parse(&user) {
        Ok(number) => Ok(CalledParty::Number(number)),
        Err(BadNumber::Empty) => Err(484),
        Err(BadNumber::TooLong | BadNumber::NotDigits) if is_agent_id(&user) => {
            Ok(CalledParty::Agent(AgentId::new(&user)))
        }
        Err(BadNumber::TooLong | BadNumber::NotDigits) => Err(404),
    }
}

fn is_agent_id(user: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    user.len() <= AGENT_CHARS_MAX && user.bytes().all(plain) && user.bytes().any(|byte| byte.is_ascii_alphanumeric())
}

/// Whether a URI is one of ours: a telephone number, or an address at one of our names. Nothing leaves for another one.
pub(super) fn is_ours(uri: &Uri, settings: &StackSettings) -> bool {
    match uri.scheme() {
        Scheme::Tel => true,
        Scheme::Sip | Scheme::Sips => settings.is_our_name(uri.host_text()),
        Scheme::Other => false,
    }
}
