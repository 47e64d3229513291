//! The packet workers: they open and close ports, play prompts, join legs, and notice silence.
//! Knows the contract of `media::MediaCommand`; makes no sound.

use std::time::Duration;

use centre::Input;
use media::{MediaCommand, MediaEvent, MessageTold, PlayNo, StreamEvent, Traffic};
use model::{LegEnd, LegId, Moment, ShardNo};

use crate::parties::agenda::Happening;
use crate::parties::town::{Sounding, Town};

impl Town {
    pub(crate) fn worker_is_told(&mut self, command: &MediaCommand, at: Moment) {
        match command {
            MediaCommand::Open { leg, .. } => self.opens(*leg, at),
            MediaCommand::Play { leg, play, list } => {
                self.may_press(*leg, list, at);
                self.plays(*leg, *play, list.is_once(), at);
            }
            MediaCommand::Join { a, b } => self.talk_begins_or_resumes(*a, *b, at),
            MediaCommand::Mix { members, .. } => {
                members.iter().for_each(|member| self.takes_part(member.leg, at));
            }
            MediaCommand::Watch { leg, silence_max } => {
                if let Some(sound) = self.sounds.get_mut(leg) {
                    sound.watch = *silence_max;
                    sound.watches += 1;
                    self.watch_silence(*leg, at);
                }
            }
            MediaCommand::Measure { leg, loud: Some(_) } => self.measures(*leg, at),
            MediaCommand::Record { leg, tape } => self.is_recorded(*leg, tape.recording, at),
            MediaCommand::TakeMessage { leg, .. } => self.message_is_asked_for(*leg, at),
            MediaCommand::EndMessage { leg, keep: true } => self.message_is_kept(*leg, at),
            MediaCommand::Stream { leg, .. } => self.bot_is_called(*leg, at),
            MediaCommand::Close { leg } => {
                let soon = self.lot.millis(0, 400);
                self.soon(at, soon, Happening::Closed(*leg));
            }
            MediaCommand::Secure { .. }
            | MediaCommand::Settle { .. }
            | MediaCommand::Hush { .. }
            | MediaCommand::Part { .. }
            | MediaCommand::Key { .. }
            | MediaCommand::Mute { .. }
            | MediaCommand::PauseRecording { .. }
            | MediaCommand::EndRecording { .. }
            | MediaCommand::BeginMessage { .. }
            | MediaCommand::EndMessage { keep: false, .. }
            | MediaCommand::Listen { .. }
            | MediaCommand::EndStream { .. }
            | MediaCommand::Measure { loud: None, .. } => {}
        }
    }

    /// A bot mostly comes, and sends most citizens to a person after a while; some it serves, and some it loses. What it says when
    /// nobody listens any more changes nothing.
    fn bot_is_called(&mut self, leg: LegId, at: Moment) {
        let (began, ended) = (self.lot.millis(20, 3_000), self.lot.millis(10, 40_000));
        if !self.lot.one_in(6) {
            self.soon(at, began, Happening::Streamed(leg, StreamEvent::Began));
        }
        let what = *self.lot.pick(&[StreamEvent::WantsPerson, StreamEvent::WantsEnd, StreamEvent::Gone]);
        self.soon(at + began, ended, Happening::Streamed(leg, what));
    }

    /// There is mostly room for a message.
    fn message_is_asked_for(&mut self, leg: LegId, at: Moment) {
        let soon = self.lot.millis(1, 120);
        let what = if self.trouble() { MessageTold::Failed } else { MessageTold::Ready };
        self.soon(at, soon, Happening::OfMessage(leg, what));
    }

    /// It mostly is.
    fn message_is_kept(&mut self, leg: LegId, at: Moment) {
        let soon = self.lot.millis(1, 900);
        let what = if self.trouble() { MessageTold::Failed } else { MessageTold::Kept };
        self.soon(at, soon, Happening::OfMessage(leg, what));
    }

    /// An agent is mostly heard; in a test of the sound some hang up at any moment.
    fn measures(&mut self, leg: LegId, at: Moment) {
        use crate::parties::town::Stage;
        // Some speak too late, or only when nobody listens any more; in the evening all are quick.
        let latest = if self.closing_time { 2_500 } else { 9_000 };
        let (comes, sounds) = (self.lot.millis(0, 300), self.lot.millis(250, latest));
        let dumb = self.trouble();
        if !(dumb && self.lot.one_in(2)) {
            self.soon(at, comes, Happening::Comes(leg));
        }
        if !dumb {
            self.soon(at, sounds, Happening::Sounds(leg));
        }
        let alone = self.legs.get(&leg).filter(|party| party.stage == Stage::Answered && party.agent.is_some());
        if let Some(version) = alone.map(|party| party.version).filter(|_| self.lot.one_in(6) && !self.closing_time) {
            let length = self.lot.millis(0, 12_000);
            self.soon(at, length, Happening::Ends(leg, version, LegEnd::HungUp));
        }
    }

    /// A worker tells something of a leg that it has.
    pub(crate) fn tells(&mut self, leg: LegId, event: MediaEvent) -> Option<(ShardNo, Input)> {
        self.sounds.get(&leg)?;
        Some((leg.shard(), Input::Media(event)))
    }

    /// A phone that has just answered is heard with others, or hears them: some day it hangs up, or vanishes.
    fn takes_part(&mut self, leg: LegId, at: Moment) {
        use crate::parties::town::Stage;
        let Some(party) = self.legs.get_mut(&leg).filter(|party| party.stage == Stage::Answered) else { return };
        party.stage = Stage::Talking;
        let (version, mean) = (party.version, self.habits.talk);
        let length = self.lot.around(mean);
        let ends = if self.trouble() {
            Happening::Vanishes(leg, version)
        } else {
            Happening::Ends(leg, version, LegEnd::HungUp)
        };
        self.soon(at, length, ends);
    }

    fn opens(&mut self, leg: LegId, at: Moment) {
        self.sounds.insert(leg, Sounding::default());
        if self.trouble() && self.lot.one_in(6) {
            let soon = self.lot.millis(0, 80);
            self.soon(at, soon, Happening::PortTaken(leg));
        }
    }

    fn plays(&mut self, leg: LegId, play: PlayNo, once: bool, at: Moment) {
        let Some(sound) = self.sounds.get_mut(&leg) else { return };
        sound.play = play;
        if !once {
            return;
        }
        let length = match self.lot.below(20) {
            0 => Duration::ZERO,
            1 => self.lot.millis(8_000, 130_000),
            _ => self.lot.millis(500, 8_000),
        };
        self.soon(at, length, Happening::Played(leg, play));
    }

    fn talk_begins_or_resumes(&mut self, citizen: LegId, phone: LegId, at: Moment) {
        // Talking: resumed, or handed on. Ringing: its sound is heard before it is answered.
        use crate::parties::town::Stage;
        let answered = self.legs.get(&phone).is_some_and(|party| party.stage == Stage::Answered);
        if answered {
            self.talk_begins(citizen, phone, at);
        }
    }

    /// A leg that has vanished is silent when its watch says so, once.
    pub(crate) fn watch_silence(&mut self, leg: LegId, at: Moment) {
        let vanished = self.legs.get(&leg).is_some_and(|party| party.vanished);
        let Some(sound) = self.sounds.get(&leg).filter(|sound| vanished || sound.left) else { return };
        if let Some(silence_max) = sound.watch {
            let watches = sound.watches;
            self.soon(at, silence_max, Happening::Silent(leg, watches));
        }
    }

    pub(crate) fn is_silent(&mut self, leg: LegId, watches: u32) -> Option<(ShardNo, Input)> {
        let sound = self.sounds.get_mut(&leg).filter(|sound| sound.watches == watches)?;
        if std::mem::take(&mut sound.left) {
            return Some((leg.shard(), Input::Media(MediaEvent::Silent { leg })));
        }
        let party = self.legs.get_mut(&leg).filter(|party| party.vanished && !party.heard_silent)?;
        party.heard_silent = true;
        Some((leg.shard(), Input::Media(MediaEvent::Silent { leg })))
    }

    pub(crate) fn port_is_taken(&mut self, leg: LegId) -> Option<(ShardNo, Input)> {
        self.sounds.remove(&leg)?;
        Some((leg.shard(), Input::Media(MediaEvent::PortTaken { leg })))
    }

    pub(crate) fn was_closed(&mut self, leg: LegId) -> Option<(ShardNo, Input)> {
        self.sounds.remove(&leg)?;
        Some((leg.shard(), Input::Media(MediaEvent::Closed { leg, traffic: Traffic::default() })))
    }
}
