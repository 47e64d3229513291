//! Planted bugs: wrongdoings at a seam of the heart, each the kind of mistake that somebody once made. A world with one
//! of them must be found broken. Without the feature `planted-bugs` no world can have one. Knows no invariant.

use std::collections::BTreeMap;

use centre::{CallNoticeWhat, Input, Output, OwnNoticeWhat};
use media::{MediaCommand, MediaEvent};
use model::{Cause, Fact, LegCommand, What};
use plan::AgentNo;
use routing::{Reply, Request};

use crate::bugs::Bug;
use crate::lot::Lot;

/// How seldom a wrongdoing happens where it could.
const ONE_IN: usize = 20;

/// The wrongdoer of a world; mostly there is none.
#[derive(Debug)]
pub(crate) struct Spoil {
    bug: Option<Bug>,
    lot: Lot,
    held: Option<Fact>,
    released: BTreeMap<AgentNo, Request>,
}

impl Spoil {
    pub(crate) fn new(bug: Option<Bug>, seed: u64) -> Self {
        Self { bug, lot: Lot::new(seed, 9), held: None, released: BTreeMap::new() }
    }

    pub(crate) fn bug(&self) -> Option<Bug> {
        if cfg!(feature = "planted-bugs") { self.bug } else { None }
    }

    fn strikes(&mut self, bug: Bug) -> bool {
        self.bug() == Some(bug) && self.lot.one_in(ONE_IN)
    }

    /// In any world: a release that was carried out before, when its agent is next claimed or ready.
    pub(crate) fn old_release(&mut self, request: &Request) -> Option<Request> {
        match request {
            Request::SeatRelease { agent, .. } => {
                self.released.insert(*agent, *request);
                None
            }
            Request::Join(_) | Request::SeatReady { .. } if self.lot.one_in(10) => {
                let drawn = self.lot.below(self.released.len().max(1));
                self.released.values().nth(drawn).copied()
            }
            Request::Join(_)
            | Request::LookForAgent { .. }
            | Request::MoveOn { .. }
            | Request::Leave { .. }
            | Request::Return { .. }
            | Request::Commit { .. }
            | Request::SeatReady { .. }
            | Request::SeatClose { .. }
            | Request::Estimate { .. }
            | Request::Tick => None,
        }
    }

    pub(crate) fn request(&mut self, request: Request) -> Option<Request> {
        let lost = match request {
            Request::SeatRelease { .. } => self.strikes(Bug::ReleaseLost),
            Request::Leave { .. } => self.strikes(Bug::LeaveLost),
            Request::Commit { .. } => self.strikes(Bug::CommitLost),
            Request::Return { .. } => self.strikes(Bug::ReturnLost),
            Request::SeatClose { .. } => self.strikes(Bug::CloseLost),
            Request::Join(mut new) if self.strikes(Bug::QueueJumper) => {
                new.since = new.since - std::time::Duration::from_secs(300);
                return Some(Request::Join(new));
            }
            Request::Join(_)
            | Request::LookForAgent { .. }
            | Request::MoveOn { .. }
            | Request::SeatReady { .. }
            | Request::Estimate { .. }
            | Request::Tick => false,
        };
        (!lost).then_some(request)
    }

    pub(crate) fn reply(&mut self, reply: Reply) -> [Option<Reply>; 2] {
        if !matches!(reply, Reply::Matched { .. }) {
            return [Some(reply), None];
        }
        if self.strikes(Bug::MatchLost) {
            return [None, None];
        }
        [Some(reply), self.strikes(Bug::MatchDoubled).then_some(reply)]
    }

    /// What a shard puts out, as it reaches the hands.
    pub(crate) fn output(&mut self, output: Output) -> [Option<Output>; 2] {
        let lost = match &output {
            Output::Fact(fact) => return self.fact(fact.clone()),
            Output::Media(MediaCommand::Close { .. }) => self.strikes(Bug::SocketsKept),
            Output::Media(MediaCommand::PauseRecording { paused: true, .. }) => self.bug() == Some(Bug::PauseUnheard),
            Output::Media(MediaCommand::EndRecording { .. }) => self.bug() == Some(Bug::RecordsOn),
            Output::Leg(LegCommand::HangUp { cause: Cause::CallerGone, .. }) => self.strikes(Bug::RingsOn),
            Output::Leg(LegCommand::HangUp { leg, .. }) if leg.side() == model::LegSide::Inbound => {
                self.strikes(Bug::CitizenKept)
            }
            Output::Leg(LegCommand::AnswerTransfer { .. } | LegCommand::TellTransfer { .. }) => {
                self.strikes(Bug::TransferUntold)
            }
            Output::DeskAnswer(_) => self.strikes(Bug::AnswerLost),
            Output::ToShard(_, input) => self.mail_is_lost(input),
            Output::Leg(_)
            | Output::Media(_)
            | Output::Core(_)
            | Output::Person(_)
            | Output::Promise(_)
            | Output::DeskEvent(_) => false,
        };
        [(!lost).then_some(output), None]
    }

    fn mail_is_lost(&mut self, input: &Input) -> bool {
        match input {
            Input::FromCall(notice) => match notice.what {
                CallNoticeWhat::Offered(_) => self.strikes(Bug::OfferedLost),
                CallNoticeWhat::Withdrawn { .. } => self.strikes(Bug::WithdrawnLost),
                CallNoticeWhat::Talking => self.strikes(Bug::TalkingLost),
                CallNoticeWhat::Over { .. } => self.strikes(Bug::OverLost),
                CallNoticeWhat::InCall(_) | CallNoticeWhat::NotHandedOn { .. } => false,
                CallNoticeWhat::Heard(_) => false,
                CallNoticeWhat::TakenOver(_) => self.bug() == Some(Bug::TakenOverLost),
            },
            Input::FromDesk(_) => self.strikes(Bug::DeclineLost),
            Input::OwnCall(notice) => match notice.what {
                OwnNoticeWhat::Begins => self.strikes(Bug::OwnCallUnheard),
                OwnNoticeWhat::Asks => false,
                OwnNoticeWhat::Over => self.strikes(Bug::OwnCallNeverOver),
            },
            Input::FromColleague(_)
            | Input::Supervises(_)
            | Input::Leg(_)
            | Input::Media(_)
            | Input::Core(_)
            | Input::Desk(_)
            | Input::Phone { .. }
            | Input::PhoneSpeaks { .. }
            | Input::BrowserCame(_)
            | Input::CallIsOver(_)
            | Input::Plan(_)
            | Input::PlanIsEverywhere
            | Input::TakeUp(..)
            | Input::SlotAsked { .. }
            | Input::PromiseAsked(_)
            | Input::PromiseTakenUp(_)
            | Input::PromiseOver(_)
            | Input::ForCall(..)
            | Input::Wakeup
            | Input::TestSound { .. }
            | Input::Drain => false,
        }
    }

    fn fact(&mut self, mut fact: Fact) -> [Option<Output>; 2] {
        if let What::Promised { within, .. } = &mut fact.what
            && self.strikes(Bug::PromiseShort)
        {
            *within = std::time::Duration::from_secs(60);
        }
        if let Some(held) = self.held.take() {
            return [Some(Output::Fact(fact)), Some(Output::Fact(held))];
        }
        if self.strikes(Bug::FactsSwapped) {
            self.held = Some(fact);
            return [None, None];
        }
        if self.strikes(Bug::FactLost) {
            return [None, None];
        }
        let outcome = matches!(fact.what, What::Ended { .. });
        let doubled = self.strikes(Bug::FactDoubled) || (outcome && self.strikes(Bug::OutcomeDoubled));
        let again = doubled.then(|| Output::Fact(fact.clone()));
        [Some(Output::Fact(fact)), again]
    }

    /// What reaches a shard from its hands.
    pub(crate) fn is_unheard(&mut self, input: &Input) -> bool {
        matches!(input, Input::Media(MediaEvent::Closed { .. })) && self.strikes(Bug::ClosedUnheard)
    }

    pub(crate) fn wakes_late(&self) -> bool {
        self.bug() == Some(Bug::WakeupLate)
    }

    pub(crate) fn shares_ports(&self) -> bool {
        self.bug() == Some(Bug::PortsShared)
    }
}
