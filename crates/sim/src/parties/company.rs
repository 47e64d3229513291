//! What agents do beside talking: hold, mute, ask somebody, bring all together, hand over; and supervisors, who listen.
//! Knows what a desk offers; presses it whether it makes sense just now or not.

use centre::{DeskCommand, InCallWish, Supervision};
use model::{AgentState, AnnouncementId, Hearer, Listening};

use crate::parties::town::Town;

impl Town {
    /// A key of the conversation, or a supervisor's.
    pub(crate) fn beside_a_talk(&mut self, agent: usize) -> Option<DeskCommand> {
        let talks = self.agents[agent].state == AgentState::Talking;
        if talks && !self.lot.one_in(6) { Some(DeskCommand::InCall(self.wish())) } else { self.supervises() }
    }

    fn wish(&mut self) -> InCallWish {
        match self.lot.below(22) {
            0 => InCallWish::Hold,
            1 => InCallWish::Resume,
            2 => InCallWish::Mute(true),
            3 => InCallWish::Mute(false),
            4..8 => InCallWish::Ask(self.somebody()),
            8..10 => InCallWish::Conference,
            10 => InCallWish::Back,
            11 => InCallWish::PauseRecording(true),
            12 => InCallWish::PauseRecording(false),
            13..16 => InCallWish::Announce(self.announcement(), self.hearer()),
            16 => InCallWish::StopAnnouncement,
            17 | 18 => InCallWish::HandOn(self.somebody()),
            19 | 20 => InCallWish::Toggle,
            _ => InCallWish::HandOver,
        }
    }

    /// One of the town's, and now and then one that nobody knows.
    fn announcement(&mut self) -> AnnouncementId {
        if self.lot.one_in(8) { "nobody-knows-it".into() } else { "notice".into() }
    }

    fn hearer(&mut self) -> Hearer {
        if self.lot.one_in(2) { Hearer::Citizen } else { Hearer::Agent }
    }

    /// In the call of an agent who talks now, or has just talked.
    fn supervises(&mut self) -> Option<DeskCommand> {
        let drawn = self.lot.below(self.agents.len());
        let call = self.agents[drawn].call?;
        let what = match self.lot.below(10) {
            0..3 => Supervision::TakePart(Listening::Listen),
            3..5 => Supervision::TakePart(Listening::Whisper),
            5 => Supervision::TakePart(Listening::Join),
            6 => Supervision::TakeOver,
            7 => Supervision::Announce(self.announcement(), self.hearer()),
            8 => Supervision::StopAnnouncement,
            _ => Supervision::Stop,
        };
        Some(DeskCommand::Supervise { call, what })
    }
}
