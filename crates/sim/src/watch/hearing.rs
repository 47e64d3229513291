//! Who hears whom, as the packet workers were told: a supervisor who listens is heard by nobody, one who whispers by one
//! agent alone, and a citizen who has talked never sits in silence.
//! Knows commands and facts; no reason of either.

use std::collections::{BTreeMap, BTreeSet};

use media::{MediaCommand, MediaEvent, Mixed};
use model::{AgentId, InCallFact, LegCommand, LegEvent, LegId, LegSide, Listening, What};

use crate::watch::Check;

/// What is shown on a supervisor's own phone.
const SUPERVISION: &str = "Medlyt";

#[derive(Debug, Default)]
pub(crate) struct Hearing {
    hears: BTreeMap<LegId, BTreeSet<LegId>>,
    /// Legs that something is played to.
    played: BTreeSet<LegId>,
    /// Of these: legs that hear it to its end, whoever they are joined with.
    announced: BTreeSet<LegId>,
    /// Legs that talk with a bot, and hear it from its first sound on.
    bots: BTreeSet<LegId>,
    /// Legs that want to hear something.
    listening: BTreeSet<LegId>,
    /// Legs whose phones have heard our answer.
    confirmed: BTreeSet<LegId>,
    /// Legs that have talked.
    talked: BTreeSet<LegId>,
    supervisors: BTreeMap<LegId, AgentId>,
    how: BTreeMap<AgentId, Listening>,
}

impl Hearing {
    /// Who has not heard our answer so far hears nothing of us.
    pub(crate) fn leg_event(&mut self, event: &LegEvent) {
        if let LegEvent::Confirmed { leg, .. } = event {
            self.confirmed.insert(*leg);
        }
    }

    pub(crate) fn leg_command(&mut self, command: &LegCommand) {
        if let LegCommand::CallAgent { leg, agent, shown, .. } = command
            && &*shown.title == SUPERVISION
        {
            self.supervisors.insert(*leg, agent.clone());
        }
    }

    pub(crate) fn fact(&mut self, what: &What) {
        if let What::InCall(InCallFact::Supervised { by, how }) = what {
            self.how.insert(by.clone(), *how);
        } else if let What::InCall(InCallFact::SupervisionOver { by }) = what {
            self.how.remove(by);
        } else if *what == What::Connected {
            // Whoever takes over is a supervisor no more.
            self.supervisors.retain(|_, by| self.how.contains_key(by));
        }
    }

    pub(crate) fn media_command(&mut self, command: &MediaCommand) {
        match command {
            MediaCommand::Join { a, b } => {
                self.part(*a);
                self.part(*b);
                self.mix(&[Mixed { leg: *a, hears: 0b10 }, Mixed { leg: *b, hears: 0b01 }]);
            }
            MediaCommand::Mix { members, .. } => {
                members.iter().for_each(|member| self.part(member.leg));
                self.mix(members);
            }
            MediaCommand::Part { leg } => self.part(*leg),
            MediaCommand::Play { leg, list, .. } => {
                self.played.insert(*leg);
                if list.is_over_a_talk() {
                    self.announced.insert(*leg);
                } else {
                    self.announced.remove(leg);
                }
            }
            MediaCommand::Hush { leg } => {
                self.played.remove(leg);
                self.announced.remove(leg);
            }
            MediaCommand::Settle { leg, sound } => {
                if sound.send {
                    self.listening.insert(*leg);
                } else {
                    self.listening.remove(leg);
                }
            }
            MediaCommand::Stream { leg, .. } => {
                self.bots.insert(*leg);
            }
            MediaCommand::EndStream { leg } => {
                self.bots.remove(leg);
            }
            MediaCommand::Close { leg } => self.forget(*leg),
            MediaCommand::Open { .. }
            | MediaCommand::Secure { .. }
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
            | MediaCommand::Measure { .. } => {}
        }
    }

    fn mix(&mut self, members: &[Mixed]) {
        for (place, member) in members.iter().enumerate() {
            let others = members.iter().enumerate();
            let heard = others.filter(|(other, _)| *other != place && member.hears & (1 << other) != 0);
            let heard: BTreeSet<LegId> = heard.map(|(_, other)| other.leg).collect();
            if !self.announced.contains(&member.leg) {
                self.played.remove(&member.leg);
            }
            self.talked.insert(member.leg);
            self.hears.insert(member.leg, heard);
        }
    }

    /// A leg whose port is another program's has no sound.
    pub(crate) fn media_event(&mut self, event: &MediaEvent) {
        if let MediaEvent::PortTaken { leg } = event {
            self.forget(*leg);
        }
    }

    fn forget(&mut self, leg: LegId) {
        self.part(leg);
        let all = [&mut self.played, &mut self.announced, &mut self.bots, &mut self.listening, &mut self.talked];
        for legs in all.into_iter().chain([&mut self.confirmed]) {
            legs.remove(&leg);
        }
        self.supervisors.remove(&leg);
    }

    fn part(&mut self, leg: LegId) {
        self.hears.remove(&leg);
        for heard in self.hears.values_mut() {
            heard.remove(&leg);
        }
    }

    /// Nothing is under way.
    pub(crate) fn at_rest(&self) -> Check {
        for (supervisor, by) in &self.supervisors {
            let hearers: Vec<&LegId> =
                self.hears.iter().filter(|(_, heard)| heard.contains(supervisor)).map(|(leg, _)| leg).collect();
            let allowed = match self.how.get(by) {
                None | Some(Listening::Listen) => hearers.is_empty(),
                Some(Listening::Whisper) => {
                    hearers.len() <= 1 && hearers.iter().all(|leg| leg.side() == LegSide::Outbound)
                }
                Some(Listening::Join) => true,
            };
            if !allowed {
                return Err(format!("{by} supervises ({:?}), and is heard by {hearers:?}", self.how.get(by)));
            }
        }
        let is_silent = |leg: &&LegId| {
            let hears = self.hears.get(leg).is_some_and(|heard| !heard.is_empty());
            let is_told = self.played.contains(leg) || self.bots.contains(leg);
            self.confirmed.contains(leg) && self.listening.contains(leg) && !hears && !is_told
        };
        match self.talked.iter().find(is_silent) {
            Some(leg) => Err(format!("{leg:?} has talked, is still there, and hears nothing")),
            None => Ok(()),
        }
    }
}
