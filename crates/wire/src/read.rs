//! Bytes into a fact. Whatever the bytes are, the answer is a fact or a [`BadFact`] that says what is wrong.
//! Knows every kind that ever was; holds no rule about what may follow what.

use std::sync::Arc;
use std::time::Duration;

use model::{
    About, AgentId, AgentState, CallId, DecisionNo, Dialled, Fact, FactId, HandedTo, Language, LineId, Moment,
    MunicipalityId, OverflowWhy, PauseReason, PersonRef, QueueId, TopicId, TrunkId, What, WrapUp,
};
use prost::Message;

use crate::because::read_because;
use crate::bits::{offer_end_from, outcome_from, overflow_from, party_from, why_from};
use crate::called_back::read_callback;
use crate::in_call::read_in_call;
use crate::menu::read_menu;
use crate::plan_change::read_plan_change;
use crate::recorded::read_recording;
use crate::v1;

/// The bytes are no fact that this version can read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadFact {
    /// Not protobuf, or not of this message.
    #[error("not readable as protobuf: {0}")]
    Malformed(#[from] prost::DecodeError),
    /// A kind of fact that was added after this version.
    #[error("a kind of fact that this version does not know")]
    UnknownKind,
    /// An id that is not 16 bytes long, or absent where it must be.
    #[error("the field {0} is not an id of 16 bytes")]
    BadId(&'static str),
    /// A number that is not in its list.
    #[error("the field {0} has a value that this version does not know")]
    BadValue(&'static str),
}

/// Reads a fact.
pub fn decode(bytes: &[u8]) -> Result<Fact, BadFact> {
    from_proto(v1::Fact::decode(bytes)?)
}

/// Reads a fact from the API's message.
pub fn from_proto(fact: v1::Fact) -> Result<Fact, BadFact> {
    Ok(Fact {
        id: FactId(bits(&fact.id, "id")?),
        at: Moment::from_micros(fact.at_us),
        about: match fact.about {
            Some(v1::fact::About::Call(about)) => About::Call { call: call_id(&about.call_id)?, seq: about.seq },
            Some(v1::fact::About::Agent(about)) => About::Agent { agent: AgentId::new(&about.agent), seq: about.seq },
            None => About::Node,
        },
        what: what(fact.what.ok_or(BadFact::UnknownKind)?)?,
    })
}

fn what(what: v1::fact::What) -> Result<What, BadFact> {
    use v1::fact::What as Wire;
    Ok(match what {
        Wire::CallArrived(it) => What::CallArrived {
            trunk: TrunkId::new(&it.trunk),
            dialled: Dialled::from_kept(&it.dialled).map_err(|_| BadFact::BadValue("dialled"))?,
            person: optional(&it.person, "person")?.map(PersonRef),
        },
        Wire::LineFound(it) => What::LineFound {
            line: LineId::new(&it.line),
            municipality: it.municipality.map(municipality).transpose()?,
            topic: TopicId::new(&it.topic),
            language: Language::new(&it.language),
        },
        Wire::RangBefore(it) => {
            What::RangBefore { ago: Duration::from_secs(60 * u64::from(it.ago_min)), talked: it.talked }
        }
        Wire::LedOn(it) => What::LedOn { entry: it.entry.as_str().into() },
        Wire::FoundClosed(it) => What::FoundClosed { opens_at: it.opens_at_us.map(Moment::from_micros) },
        Wire::GreetingBegan(_) => What::GreetingBegan,
        Wire::Queued(it) => What::Queued {
            queue: QueueId::new(&it.queue),
            since: Moment::from_micros(it.since_us),
            overflow: overflow(it.overflow)?,
        },
        Wire::Offered(it) => What::Offered {
            agent: AgentId::new(&it.agent),
            decision: DecisionNo(it.decision),
            why: why_from(it.why).ok_or(BadFact::BadValue("offered.why"))?,
            because: it.because.as_ref().map(read_because).transpose()?.map(Box::new),
        },
        Wire::OfferEnded(it) => What::OfferEnded {
            agent: AgentId::new(&it.agent),
            why: offer_end_from(it.why).ok_or(BadFact::BadValue("offer_ended.why"))?,
        },
        Wire::Answered(it) => What::Answered { agent: AgentId::new(&it.agent) },
        Wire::Talking(it) => What::Talking { agent: AgentId::new(&it.agent) },
        Wire::HungUp(it) => What::HungUp { by: party_from(it.by).ok_or(BadFact::BadValue("by"))? },
        Wire::Ended(it) => What::Ended { outcome: outcome_from(it.outcome).ok_or(BadFact::BadValue("outcome"))? },
        Wire::AgentBecame(it) => {
            What::AgentBecame { state: state(&it)?, call: optional(&it.call_id, "call_id")?.map(CallId::from_bits) }
        }
        Wire::WrapUpExtended(it) => What::WrapUpExtended { call: call_id(&it.call_id)? },
        Wire::WrappedUp(it) => What::WrappedUp { call: call_id(&it.call_id)?, wrap_up: wrap_up(&it) },
        Wire::NodeStarted(it) => What::NodeStarted { version: Arc::from(it.version) },
        Wire::NodeDraining(_) => What::NodeDraining,
        Wire::NodeStopped(_) => What::NodeStopped,
        Wire::Promised(it) => What::Promised {
            within: Duration::from_secs(60 * u64::from(it.within_min)),
            expected: Duration::from_micros(it.expected_us),
            ahead: it.ahead,
        },
        Wire::TransferBegan(it) => What::TransferBegan { by: AgentId::new(&it.by), to: handed_to(it.to)? },
        Wire::Transferred(it) => What::Transferred { by: AgentId::new(&it.by), to: handed_to(it.to)? },
        Wire::TransferFailed(it) => {
            What::TransferFailed { why: offer_end_from(it.why).ok_or(BadFact::BadValue("transfer_failed.why"))? }
        }
        Wire::AgentLost(it) => What::AgentLost { agent: AgentId::new(&it.agent) },
        Wire::OwnCall(it) => What::OwnCall { agent: AgentId::new(&it.agent), to: handed_to(it.to)? },
        Wire::Connected(_) => What::Connected,
        Wire::Bounced(it) => What::Bounced { by: AgentId::new(&it.by), line: LineId::new(&it.line) },
        Wire::InCall(it) => What::InCall(read_in_call(it)?),
        Wire::PlanChanged(it) => What::PlanChanged(Box::new(read_plan_change(it)?)),
        Wire::Recording(it) => What::Recording(read_recording(it)?),
        Wire::Bot(it) => What::Bot(crate::bot::read_bot(it)?),
        Wire::Voicemail(it) => What::Voicemail(crate::voicemail::read_voicemail(&it)?),
        Wire::MenuChosen(it) => read_menu(&it)?,
        Wire::Callback(it) => What::Callback(read_callback(it)?),
    })
}

pub(crate) fn handed_to(it: Option<v1::HandedTo>) -> Result<HandedTo, BadFact> {
    let it = it.ok_or(BadFact::BadValue("to"))?;
    Ok(match optional(&it.person, "person")? {
        Some(person) => HandedTo::Outside(PersonRef(person)),
        None if !it.agent.is_empty() => HandedTo::Agent(AgentId::new(&it.agent)),
        None => HandedTo::Line(LineId::new(&it.line)),
    })
}

fn wrap_up(it: &v1::WrappedUp) -> WrapUp {
    let text = |text: &Option<String>| text.as_deref().map(Arc::from);
    WrapUp {
        topic: it.topic.as_deref().map(TopicId::new),
        code: text(&it.code),
        solved: it.solved,
        topic_code: text(&it.topic_code),
        referred_to: text(&it.referred_to),
        guide: text(&it.guide),
        role: text(&it.role),
    }
}

fn state(it: &v1::AgentBecame) -> Result<AgentState, BadFact> {
    Ok(match v1::AgentState::try_from(it.state) {
        Ok(v1::AgentState::Off) => AgentState::Off,
        Ok(v1::AgentState::Ready) => AgentState::Ready,
        Ok(v1::AgentState::Offered) => AgentState::Offered,
        Ok(v1::AgentState::Talking) => AgentState::Talking,
        Ok(v1::AgentState::WrapUp) => AgentState::WrapUp,
        Ok(v1::AgentState::Paused) => AgentState::Paused(reason(it)?),
        Ok(v1::AgentState::Unspecified) | Err(_) => return Err(BadFact::BadValue("state")),
    })
}

fn reason(it: &v1::AgentBecame) -> Result<PauseReason, BadFact> {
    Ok(match v1::PauseReason::try_from(it.reason) {
        Ok(v1::PauseReason::Chosen) => PauseReason::Chosen(Arc::from(it.chosen.as_str())),
        Ok(v1::PauseReason::NoAnswer) => PauseReason::NoAnswer,
        Ok(v1::PauseReason::PhoneGone) => PauseReason::PhoneGone,
        Ok(v1::PauseReason::BusyElsewhere) => PauseReason::BusyElsewhere,
        Ok(v1::PauseReason::OwnCall) => PauseReason::OwnCall,
        Ok(v1::PauseReason::SoundTest) => PauseReason::SoundTest,
        Ok(v1::PauseReason::SoundUnproven) => PauseReason::SoundUnproven,
        Ok(v1::PauseReason::Unspecified) | Err(_) => return Err(BadFact::BadValue("reason")),
    })
}

/// Zero: no overflow led there, or the fact is older than the field.
fn overflow(why: i32) -> Result<Option<OverflowWhy>, BadFact> {
    if why == 0 { Ok(None) } else { overflow_from(why).map(Some).ok_or(BadFact::BadValue("queued.overflow")) }
}

fn municipality(code: u32) -> Result<MunicipalityId, BadFact> {
    u16::try_from(code).map(MunicipalityId).map_err(|_| BadFact::BadValue("municipality"))
}

fn call_id(bytes: &[u8]) -> Result<CallId, BadFact> {
    bits(bytes, "call_id").map(CallId::from_bits)
}

fn optional(bytes: &[u8], field: &'static str) -> Result<Option<u128>, BadFact> {
    if bytes.is_empty() { Ok(None) } else { bits(bytes, field).map(Some) }
}

pub(crate) fn bits(bytes: &[u8], field: &'static str) -> Result<u128, BadFact> {
    bytes.try_into().map(u128::from_be_bytes).map_err(|_| BadFact::BadId(field))
}
