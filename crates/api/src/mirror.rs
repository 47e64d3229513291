//! The house's words as the API's messages, where more than one of its services says them.
//! Knows both spellings; holds no rule.

use model::{AgentState, MunicipalityId, PauseReason};

use crate::proto::desk as pb;

/// An agent's state with its reason.
pub(crate) fn state(state: &AgentState) -> pb::State {
    let (agent_state, cause, code) = match state {
        AgentState::Off => (pb::AgentState::Off, pb::PauseCause::Unspecified, ""),
        AgentState::Ready => (pb::AgentState::Ready, pb::PauseCause::Unspecified, ""),
        AgentState::Offered => (pb::AgentState::Offered, pb::PauseCause::Unspecified, ""),
        AgentState::Talking => (pb::AgentState::Talking, pb::PauseCause::Unspecified, ""),
        AgentState::WrapUp => (pb::AgentState::WrapUp, pb::PauseCause::Unspecified, ""),
        AgentState::Paused(PauseReason::Chosen(code)) => (pb::AgentState::Paused, pb::PauseCause::Chosen, &**code),
        AgentState::Paused(PauseReason::NoAnswer) => (pb::AgentState::Paused, pb::PauseCause::NoAnswer, ""),
        AgentState::Paused(PauseReason::PhoneGone) => (pb::AgentState::Paused, pb::PauseCause::PhoneGone, ""),
        AgentState::Paused(PauseReason::BusyElsewhere) => (pb::AgentState::Paused, pb::PauseCause::BusyElsewhere, ""),
        AgentState::Paused(PauseReason::OwnCall) => (pb::AgentState::Paused, pb::PauseCause::OwnCall, ""),
        AgentState::Paused(PauseReason::SoundTest) => (pb::AgentState::Paused, pb::PauseCause::SoundTest, ""),
        AgentState::Paused(PauseReason::SoundUnproven) => (pb::AgentState::Paused, pb::PauseCause::SoundUnproven, ""),
    };
    pb::State { agent_state: agent_state.into(), pause_cause: cause.into(), pause_code: code.to_owned() }
}

/// A kommunekode as four digits; empty when unknown.
pub(crate) fn municipality(id: Option<MunicipalityId>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}
