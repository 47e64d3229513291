//! Legs and sockets as they should be: commands only to what lives, one end for each, every port given back.
//! Knows the contracts of the signalling shell and of the packet workers, whom the parties play.

use std::collections::{BTreeMap, BTreeSet};

use media::{MediaCommand, MediaEvent, Place};
use model::{AgentId, Cause, LegCommand, LegEvent, LegId, LegSide, ShardNo};

use crate::watch::Check;

/// What is shown on a phone whose sound is tested.
const SOUND_TEST: &str = "Lydprøve";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Leg {
    /// Rings: a citizen's before our answer, an agent's phone before its own.
    Ringing,
    Answered,
    /// We have let go of it, and its end is to come.
    Dying,
}

#[derive(Debug)]
struct Socket {
    /// Of its own; none at the browsers' port.
    port: Option<u16>,
    closing: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Wires {
    legs: BTreeMap<LegId, Leg>,
    sockets: BTreeMap<LegId, Socket>,
    ports: BTreeSet<u16>,
    /// Legs that have asked for another session and were not answered so far.
    asking: BTreeSet<LegId>,
    /// Legs that have asked for a transfer: not answered so far, or begun and not ended.
    handing: BTreeMap<LegId, Transfer>,
    /// Legs of agents' own calls, and of tests of their sound, that live.
    own: BTreeMap<LegId, AgentId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Transfer {
    Asked,
    Begun,
}

impl Wires {
    pub(crate) fn leg_event(&mut self, event: &LegEvent) {
        let leg = event.leg();
        if let LegEvent::AgentCalls(call) = event {
            self.own.insert(leg, call.agent.clone());
        }
        match event {
            LegEvent::Arrived(_) | LegEvent::AgentCalls(_) => {
                self.legs.insert(leg, Leg::Ringing);
            }
            LegEvent::Answered { .. } => {
                if let Some(known) = self.legs.get_mut(&leg).filter(|known| **known == Leg::Ringing) {
                    *known = Leg::Answered;
                }
            }
            LegEvent::Refused { .. } | LegEvent::Ended { .. } => {
                self.legs.remove(&leg);
                self.asking.remove(&leg);
                self.handing.remove(&leg);
                self.own.remove(&leg);
            }
            LegEvent::TransferAsked { .. } if self.legs.get(&leg) == Some(&Leg::Answered) => {
                self.handing.entry(leg).or_insert(Transfer::Asked);
            }
            LegEvent::SessionOffered { .. } => {
                self.asking.insert(leg);
            }
            LegEvent::TransferAsked { .. }
            | LegEvent::Ringing { .. }
            | LegEvent::Confirmed { .. }
            | LegEvent::SessionAnswered { .. }
            | LegEvent::Digit { .. } => {}
        }
    }

    pub(crate) fn leg_command(&mut self, command: &LegCommand, shard: ShardNo) -> Check {
        let leg = command.leg();
        if let LegCommand::HangUp { cause: Cause::Fault, .. } | LegCommand::Refuse { cause: Cause::Fault, .. } = command
        {
            return Err(format!("a step of {leg:?}'s call panicked, or found a fault of its own"));
        }
        if let LegCommand::CallAgent { agent, shown, .. } = command
            && &*shown.title == SOUND_TEST
        {
            self.own.insert(leg, agent.clone());
        }
        if let LegCommand::CallAgent { .. } | LegCommand::CallOut { .. } = command {
            return self.new_leg(leg, shard);
        }
        let Some(state) = self.legs.get(&leg).copied() else {
            return Err(format!("{} was told to a leg that is over: {leg:?}", name(command)));
        };
        let inbound = leg.side() == LegSide::Inbound;
        let next = match (command, state) {
            (LegCommand::Ring { .. }, Leg::Ringing) if inbound => Some(Leg::Ringing),
            (LegCommand::RingWithSound { .. }, Leg::Ringing) if inbound => Some(Leg::Ringing),
            (LegCommand::AnswerTransfer { .. } | LegCommand::TellTransfer { .. }, Leg::Answered) => {
                self.transfer(command)?;
                Some(Leg::Answered)
            }
            (LegCommand::Answer { .. }, Leg::Ringing) if inbound => Some(Leg::Answered),
            (LegCommand::Refuse { .. }, Leg::Ringing) if inbound => None,
            (LegCommand::HangUp { .. }, Leg::Ringing) if inbound => {
                return Err(format!("{leg:?} was hung up on, and it was never answered"));
            }
            (LegCommand::HangUp { .. }, Leg::Ringing | Leg::Answered) => {
                self.asking.remove(&leg);
                if self.handing.remove(&leg).is_some() {
                    return Err(format!("{leg:?} was let go of before it was told how its transfer ended"));
                }
                Some(Leg::Dying)
            }
            (LegCommand::AcceptSession { .. } | LegCommand::RejectSession { .. }, Leg::Answered) => {
                if !self.asking.remove(&leg) {
                    return Err(format!("{leg:?} got an answer to nothing"));
                }
                Some(Leg::Answered)
            }
            _ => return Err(format!("{} was told to {leg:?} while {state:?}", name(command))),
        };
        if matches!(next, None | Some(Leg::Dying)) {
            self.own.remove(&leg);
        }
        match next {
            Some(next) => self.legs.insert(leg, next),
            None => self.legs.remove(&leg),
        };
        Ok(())
    }

    /// A transfer is answered once, and told its end once, in that order.
    fn transfer(&mut self, command: &LegCommand) -> Check {
        let leg = command.leg();
        let next = match (command, self.handing.get(&leg)) {
            (LegCommand::AnswerTransfer { answer: Ok(()), .. }, Some(Transfer::Asked)) => Some(Transfer::Begun),
            // A second one beside the first is refused, and the first goes on.
            (LegCommand::AnswerTransfer { answer: Err(_), .. }, Some(Transfer::Begun)) => Some(Transfer::Begun),
            (LegCommand::AnswerTransfer { answer: Err(_), .. }, Some(Transfer::Asked))
            | (LegCommand::TellTransfer { .. }, Some(Transfer::Begun)) => None,
            _ => return Err(format!("{} was told to {leg:?}, which has not asked", name(command))),
        };
        match next {
            Some(next) => self.handing.insert(leg, next),
            None => self.handing.remove(&leg),
        };
        Ok(())
    }

    /// Agents whose phones are in a call of their own.
    pub(crate) fn own_calls(&self) -> impl Iterator<Item = &AgentId> {
        self.own.values()
    }

    /// Nothing is under way: every transfer that was asked for has had an answer.
    pub(crate) fn at_rest(&self) -> Check {
        match self.handing.iter().find(|(_, transfer)| **transfer == Transfer::Asked) {
            Some((leg, _)) => Err(format!("{leg:?} asked for a transfer and got no answer")),
            None => Ok(()),
        }
    }

    fn new_leg(&mut self, leg: LegId, shard: ShardNo) -> Check {
        let lives = self.legs.insert(leg, Leg::Ringing).is_some() || self.sockets.get(&leg).is_some_and(|s| s.closing);
        if leg.shard() != shard || leg.side() != LegSide::Outbound || lives {
            return Err(format!("{leg:?} is no new leg of shard {}", shard.0));
        }
        Ok(())
    }

    pub(crate) fn media_command(&mut self, command: &MediaCommand) -> Check {
        let leg = command.leg();
        if let MediaCommand::Open { place, .. } = command {
            let port = match place {
                Place::Pair(port) => Some(*port),
                Place::Web(_) => None,
            };
            let unfit = port.is_some_and(|port| port % 2 == 1 || !self.ports.insert(port));
            if unfit || self.sockets.insert(leg, Socket { port, closing: false }).is_some() {
                return Err(format!("{place:?} of {leg:?} is in use"));
            }
            return Ok(());
        }
        self.is_open(leg, command)?;
        match command {
            MediaCommand::Join { b, .. } => self.is_open(*b, command)?,
            MediaCommand::Mix { members, .. } => {
                members.iter().try_for_each(|member| self.is_open(member.leg, command))?;
            }
            MediaCommand::Close { .. } => {
                if let Some(socket) = self.sockets.get_mut(&leg) {
                    socket.closing = true;
                }
            }
            MediaCommand::Open { .. }
            | MediaCommand::Secure { .. }
            | MediaCommand::Settle { .. }
            | MediaCommand::Play { .. }
            | MediaCommand::Hush { .. }
            | MediaCommand::Part { .. }
            | MediaCommand::Key { .. }
            | MediaCommand::Mute { .. }
            | MediaCommand::Record { .. }
            | MediaCommand::PauseRecording { .. }
            | MediaCommand::EndRecording { .. }
            | MediaCommand::TakeMessage { .. }
            | MediaCommand::BeginMessage { .. }
            | MediaCommand::EndMessage { .. }
            | MediaCommand::Listen { .. }
            | MediaCommand::Watch { .. }
            | MediaCommand::Stream { .. }
            | MediaCommand::EndStream { .. }
            | MediaCommand::Measure { .. } => {}
        }
        Ok(())
    }

    fn is_open(&self, leg: LegId, command: &MediaCommand) -> Check {
        match self.sockets.get(&leg) {
            Some(socket) if !socket.closing => Ok(()),
            Some(_) | None => Err(format!("{command:?}: {leg:?} has no sound")),
        }
    }

    pub(crate) fn media_event(&mut self, event: &MediaEvent) {
        match event {
            MediaEvent::Closed { leg, .. } | MediaEvent::PortTaken { leg } => {
                if let Some(port) = self.sockets.remove(leg).and_then(|socket| socket.port) {
                    self.ports.remove(&port);
                }
            }
            MediaEvent::Played { .. }
            | MediaEvent::Digit { .. }
            | MediaEvent::Silent { .. }
            | MediaEvent::Comes { .. }
            | MediaEvent::Sounds { .. }
            | MediaEvent::Away { .. }
            | MediaEvent::Back { .. }
            | MediaEvent::Message { .. }
            | MediaEvent::Streamed { .. }
            | MediaEvent::RecordingFailed { .. } => {}
        }
    }

    pub(crate) fn end(&self) -> Check {
        if let Some((leg, state)) = self.legs.first_key_value() {
            return Err(format!("at the end {leg:?} is still {state:?}"));
        }
        if let Some((leg, socket)) = self.sockets.first_key_value() {
            return Err(format!("at the end {socket:?} of {leg:?} was not given back"));
        }
        if let Some(leg) = self.handing.keys().next() {
            return Err(format!("{leg:?} was never told how its transfer ended"));
        }
        match self.asking.first() {
            Some(leg) => Err(format!("{leg:?} asked for another session and was never answered")),
            None => Ok(()),
        }
    }
}

fn name(command: &LegCommand) -> &'static str {
    match command {
        LegCommand::Ring { .. } => "ring",
        LegCommand::Answer { .. } => "answer",
        LegCommand::Refuse { .. } => "refuse",
        LegCommand::CallAgent { .. } => "call",
        LegCommand::HangUp { .. } => "hang up",
        LegCommand::AcceptSession { .. } => "accept",
        LegCommand::RejectSession { .. } => "reject",
        LegCommand::RingWithSound { .. } => "ring with sound",
        LegCommand::CallOut { .. } => "call out",
        LegCommand::AnswerTransfer { .. } => "answer a transfer",
        LegCommand::TellTransfer { .. } => "tell of a transfer",
    }
}
