//! A desk and the proof of its agent's sound: who was not heard gets no citizens until a test has passed, and is told why.
//! Knows what conversations and tests have shown; the test itself is a room of its own (`sound_test`).

use model::{LegId, PauseReason, SoundPath, SoundTestEnd};
use plan::ReadyRule;
use routing::Generation;

use crate::desk::{Desk, Stage, Step};
use crate::desks::desk_shard;
use crate::input::Input;
use crate::output::{DeskRefusal, Output, Shown};
use crate::proof::{ProveSound, TalkSound};

impl Desk {
    /// Whether citizens must wait for a proof of the agent's sound.
    pub(crate) fn must_be_proven(&self, step: &Step<'_>) -> bool {
        // Who has no desk can't be told, and has no way back.
        if self.rule() != ReadyRule::AtTheDesk {
            return false;
        }
        match (step.settings.prove_sound, self.sound) {
            (ProveSound::Off, _) | (_, SoundPath::Proven) => false,
            (ProveSound::AfterLoss, sound) => sound != SoundPath::Unproven,
            (ProveSound::Always, SoundPath::Unproven | SoundPath::Dead(_)) => true,
        }
    }

    /// Not ready before a test has passed: one that failed is tried again when the agent asks, the first one by itself.
    pub(crate) fn wait_for_proof(&mut self, step: &mut Step<'_>) {
        if self.sound == SoundPath::Unproven && !self.testing {
            self.test_and_be_ready(step);
        } else {
            let reason = if self.testing { PauseReason::SoundTest } else { PauseReason::SoundUnproven };
            self.pause(reason, step);
        }
    }

    /// The agent wants to be ready.
    pub(crate) fn go_ready_by_test(&mut self, step: &mut Step<'_>) {
        let is_free = self.reachable && self.own.is_empty() && !self.testing;
        if is_free && self.must_be_proven(step) { self.test_and_be_ready(step) } else { self.go_ready(step) }
    }

    fn test_and_be_ready(&mut self, step: &mut Step<'_>) {
        self.pause(PauseReason::SoundTest, step);
        self.ask_for_test(step);
    }

    /// The agent asks for a test.
    pub(crate) fn wants_test(&mut self, step: &mut Step<'_>) -> Result<(), DeskRefusal> {
        match self.stage {
            Stage::Off => Err(DeskRefusal::NotLoggedIn),
            Stage::Offered { .. } | Stage::Talking { .. } => Err(DeskRefusal::PhoneBusy),
            Stage::Ready(_) | Stage::WrapUp { .. } | Stage::Paused(_) if !self.reachable => Err(DeskRefusal::PhoneGone),
            Stage::Ready(_) | Stage::WrapUp { .. } | Stage::Paused(_) if self.testing || !self.own.is_empty() => {
                Err(DeskRefusal::PhoneBusy)
            }
            Stage::Ready(_) | Stage::WrapUp { .. } | Stage::Paused(_) => {
                self.ask_for_test(step);
                Ok(())
            }
        }
    }

    /// Asked of the shard, after what is happening now: a desk has no legs.
    fn ask_for_test(&mut self, step: &mut Step<'_>) {
        self.testing = true;
        let shard = desk_shard(self.agent, step.settings.shards);
        step.out.push(Output::ToShard(shard, Box::new(Input::TestSound { agent: self.agent })));
    }

    /// Whether the phone can be called for a test.
    pub(crate) fn is_free_for_a_test(&self) -> bool {
        let has_citizen = matches!(self.stage, Stage::Offered { .. } | Stage::Talking { .. });
        self.testing && self.reachable && self.own.is_empty() && !has_citizen
    }

    /// The phone is called for a test on this leg, and taken by it.
    pub(crate) fn is_tested(&mut self, leg: LegId, step: &mut Step<'_>) {
        self.own_begins(leg, step);
    }

    /// How it ended.
    pub(crate) fn tested(&mut self, leg: LegId, end: SoundTestEnd, step: &mut Step<'_>) {
        self.testing = false;
        match end {
            SoundTestEnd::Proven => self.sound = SoundPath::Proven,
            SoundTestEnd::Dead(fault) => self.sound = SoundPath::Dead(fault),
            SoundTestEnd::NotAnswered | SoundTestEnd::BrokenOff | SoundTestEnd::NotPossible => {}
        }
        self.show(Shown::SoundTested { end, sound: self.sound }, step);
        self.own_over(leg, step);
        if self.testing {
            return;
        }
        match &self.stage {
            Stage::Paused(PauseReason::SoundTest) if self.must_be_proven(step) => {
                self.pause(PauseReason::SoundUnproven, step);
            }
            Stage::Paused(PauseReason::SoundTest) => self.go_ready(step),
            Stage::Paused(PauseReason::SoundUnproven) if !self.must_be_proven(step) => self.go_ready(step),
            Stage::Off
            | Stage::Ready(_)
            | Stage::Offered { .. }
            | Stage::Talking { .. }
            | Stage::WrapUp { .. }
            | Stage::Paused(_) => {}
        }
    }

    /// What a conversation has shown of the agent's sound, told before its end.
    pub(crate) fn was_heard(&mut self, generation: Generation, sound: TalkSound, step: &mut Step<'_>) {
        let Stage::Talking { generation: held, .. } = &self.stage else { return };
        if *held != generation {
            return;
        }
        let Some(shown) = sound.shows(step.at.since(self.since), step.settings.prove_sound) else { return };
        if std::mem::replace(&mut self.sound, shown) != shown {
            self.show(Shown::Sound { sound: shown }, step);
        }
    }

    /// The phone has gone: what comes back may be another one.
    pub(crate) fn is_unproven_again(&mut self) {
        if self.sound == SoundPath::Proven {
            self.sound = SoundPath::Unproven;
        }
    }
}
