//! Agents' phones and the talks on them: they ring, are answered, declined, busy, deaf or dead, hold and resume, hang
//! up or vanish. Knows the contract of an outbound leg: it ends with one `Refused` or one `Ended`.

use std::time::Duration;

use centre::{DeskCommand, Input};
use model::{LegCommand, LegEnd, LegEvent, LegId, LegSide, Moment, Refusal, ShardNo};

use crate::parties::Session;
use crate::parties::agenda::Happening;
use crate::parties::citizens::SESSION_TIMER;
use crate::parties::town::{Party, Stage, Town};

/// Timer B: a phone that never says anything is given up after this.
const STACK_GIVES_UP: Duration = Duration::from_secs(32);

impl Town {
    pub(crate) fn leg_is_told(&mut self, command: &LegCommand, at: Moment) {
        let leg = command.leg();
        if leg.side() == LegSide::Inbound {
            return self.citizen_is_told(leg, command, at);
        }
        match command {
            LegCommand::CallAgent { agent, shown, ring_time_max, .. } => {
                self.called_again += u64::from(shown.goes_on);
                let agent = self.plan.agents_by_id.get(agent).map(|agent| agent.at());
                self.phone_is_called(leg, agent, *ring_time_max, at);
            }
            LegCommand::CallOut { ring_time_max, .. } => self.phone_is_called(leg, None, *ring_time_max, at),
            LegCommand::HangUp { .. } => self.phone_is_let_go(leg, at),
            LegCommand::AcceptSession { .. } => self.session_accepted(leg, at),
            LegCommand::Ring { .. }
            | LegCommand::RingWithSound { .. }
            | LegCommand::AnswerTransfer { .. }
            | LegCommand::TellTransfer { .. }
            | LegCommand::Answer { .. }
            | LegCommand::Refuse { .. }
            | LegCommand::RejectSession { .. } => {}
        }
    }

    /// An agent's phone; without an agent one outside.
    fn phone_is_called(&mut self, leg: LegId, agent: Option<usize>, ring_time_max: Duration, at: Moment) {
        let party =
            Party { stage: Stage::Ringing, version: 0, agent, offerless: false, vanished: false, heard_silent: false };
        self.legs.insert(leg, party);
        if agent.is_some_and(|agent| !self.agents[agent].registered) {
            let soon = self.lot.millis(0, 5);
            return self.soon(at, soon, Happening::PhoneRefuses(leg, 0, Refusal::Unreachable));
        }
        if self.trouble() {
            return self.phone_is_trouble(leg, ring_time_max, at);
        }
        let rings = self.lot.millis(0, 60);
        self.soon(at, rings, Happening::PhoneRings(leg, 0));
        let answers = self.lot.millis(60, 9_000);
        self.soon(at, answers, Happening::PhoneAnswers(leg, 0, Some(Session::Both)));
        // The same for every phone: the stack cancels it when its ring time is over.
        self.soon(at, ring_time_max, Happening::PhoneRefuses(leg, 0, Refusal::NoAnswer));
        if self.lot.one_in(12) {
            self.somebody_hangs_up(at, answers);
        }
    }

    fn phone_is_trouble(&mut self, leg: LegId, ring_time_max: Duration, at: Moment) {
        let (soon, later) = (self.lot.millis(0, 60), self.lot.millis(0, 6_000));
        let refuses = |why| Happening::PhoneRefuses(leg, 0, why);
        match self.lot.below(12) {
            0..2 => self.soon(at, later, refuses(Refusal::Declined)),
            2..4 => self.soon(at, soon, refuses(Refusal::Busy)),
            4..6 => {
                self.soon(at, soon, Happening::PhoneRings(leg, 0));
                self.soon(at, ring_time_max, refuses(Refusal::NoAnswer));
            }
            6 => self.soon(at, soon, refuses(Refusal::Unreachable)),
            7 => self.soon(at, STACK_GIVES_UP.min(ring_time_max), refuses(Refusal::Unreachable)),
            8 => self.soon(at, soon, refuses(Refusal::NotAcceptable)),
            9 => {
                let session = *self.lot.pick(&[Session::Foreign, Session::Nonsense]);
                self.soon(at, later, Happening::PhoneAnswers(leg, 0, Some(session)));
                self.soon(at, ring_time_max, refuses(Refusal::NoAnswer));
            }
            10 => {
                self.soon(at, later, Happening::PhoneAnswers(leg, 0, None));
                self.soon(at, ring_time_max, refuses(Refusal::NoAnswer));
            }
            // Nothing at all, not even a time-out: the journey's own grace must end it.
            _ => {}
        }
    }

    /// A citizen hangs up in the very moment in which a phone is answered.
    fn somebody_hangs_up(&mut self, at: Moment, span: Duration) {
        let citizens =
            self.legs.iter().filter(|(leg, party)| leg.side() == LegSide::Inbound && party.stage != Stage::Dying);
        let citizens: Vec<(LegId, u32)> = citizens.map(|(leg, party)| (*leg, party.version)).take(64).collect();
        if !citizens.is_empty() {
            let (leg, version) = *self.lot.pick(&citizens);
            self.soon(at, span, Happening::Ends(leg, version, LegEnd::HungUp));
        }
    }

    fn phone_is_let_go(&mut self, leg: LegId, at: Moment) {
        let Some(party) = self.legs.get(&leg) else { return };
        if party.stage == Stage::Ringing {
            let version = self.replan(leg);
            if let Some(party) = self.legs.get_mut(&leg) {
                party.stage = Stage::Dying;
            }
            let heard = self.lot.millis(0, 200);
            self.soon(at, heard, Happening::PhoneRefuses(leg, version, Refusal::NoAnswer));
        } else {
            self.is_let_go(leg, at);
        }
    }

    pub(crate) fn phone_rings(&mut self, leg: LegId, version: u32) -> Option<(ShardNo, Input)> {
        let party = self.party(leg, version).filter(|party| party.stage == Stage::Ringing)?;
        let is_outside = party.agent.is_none();
        let session = (is_outside && self.lot.one_in(3)).then(|| Session::Both.text());
        Some((leg.shard(), Input::Leg(LegEvent::Ringing { leg, session })))
    }

    pub(crate) fn phone_answers(
        &mut self,
        leg: LegId,
        version: u32,
        session: Option<Session>,
    ) -> Option<(ShardNo, Input)> {
        let party = self.party(leg, version).filter(|party| party.stage == Stage::Ringing)?;
        party.stage = Stage::Answered;
        party.version += 1;
        let session = session.map(Session::text).unwrap_or_default();
        Some((leg.shard(), Input::Leg(LegEvent::Answered { leg, session })))
    }

    pub(crate) fn phone_refuses(&mut self, leg: LegId, version: u32, why: Refusal) -> Option<(ShardNo, Input)> {
        self.party(leg, version).filter(|party| matches!(party.stage, Stage::Ringing | Stage::Dying))?;
        self.legs.remove(&leg);
        Some((leg.shard(), Input::Leg(LegEvent::Refused { leg, why })))
    }

    /// Citizen and agent hear each other: what will become of it is drawn now.
    pub(crate) fn talk_begins(&mut self, citizen: LegId, phone: LegId, at: Moment) {
        let (stays, version) = (self.lot.one_in(10), self.replan(phone));
        let citizens =
            if stays { self.legs.get(&citizen).map_or(0, |party| party.version) } else { self.replan(citizen) };
        for leg in [citizen, phone] {
            if let Some(party) = self.legs.get_mut(&leg) {
                party.stage = Stage::Talking;
            }
        }
        let mean = self.habits.talk;
        let length = self.lot.around(mean);
        let (c, p) = ((citizen, citizens), (phone, version));
        let chance = self.habits.hands_on;
        if self.lot.percent(chance) && self.legs.get(&phone).is_some_and(|party| party.agent.is_some()) {
            self.soon(at, length / 3, Happening::HandsOn(p.0, p.1));
        }
        if self.trouble() && self.lot.one_in(2) {
            self.soon(at, length / 3, Happening::GoesAway(p.0, p.1));
        }
        if self.trouble() {
            return self.talk_is_trouble(c, p, length, at);
        }
        match self.lot.below(10) {
            0..5 => self.soon(at, length, Happening::Ends(c.0, c.1, LegEnd::HungUp)),
            5..8 => self.soon(at, length, Happening::Ends(p.0, p.1, LegEnd::HungUp)),
            _ => {
                if let Some(agent) = self.legs.get(&phone).and_then(|party| party.agent) {
                    self.soon(at, length, Happening::AgentDoes(agent, DeskCommand::HangUp));
                }
            }
        }
        // Whatever was meant to end it, somebody does.
        self.soon(at, length * 2 + Duration::from_secs(5), Happening::Ends(c.0, c.1, LegEnd::HungUp));
    }

    fn talk_is_trouble(&mut self, c: (LegId, u32), p: (LegId, u32), length: Duration, at: Moment) {
        let (one, other) = if self.lot.one_in(2) { (c, p) } else { (p, c) };
        match self.lot.below(8) {
            0 => {
                self.soon(at, length, Happening::Ends(c.0, c.1, LegEnd::HungUp));
                self.soon(at, length, Happening::Ends(p.0, p.1, LegEnd::HungUp));
            }
            1..3 => self.soon(at, length / 2, Happening::Vanishes(one.0, one.1)),
            3 => {
                self.soon(at, length / 2, Happening::Vanishes(one.0, one.1));
                self.soon(at, length / 2, Happening::Vanishes(other.0, other.1));
            }
            4 => self.soon(at, length, Happening::Ends(one.0, one.1, LegEnd::Lost)),
            _ => {
                self.soon(at, length / 4, Happening::Reinvites(one.0, one.1, Some(Session::Hold)));
                let then =
                    *self.lot.pick(&[Some(Session::Both), None, Some(Session::Nonsense), Some(Session::Inactive)]);
                self.soon(at, length / 2, Happening::Reinvites(one.0, one.1, then));
                self.soon(at, length / 2, Happening::Reinvites(other.0, other.1, then));
            }
        }
        self.soon(at, length * 2 + SESSION_TIMER, Happening::Ends(c.0, c.1, LegEnd::HungUp));
        self.soon(at, length * 2 + SESSION_TIMER * 2, Happening::Ends(c.0, c.1, LegEnd::Lost));
        let lasts = length * 2 + Duration::from_secs(40);
        self.soon(at, lasts, Happening::Ends(other.0, other.1, LegEnd::HungUp));
    }

    pub(crate) fn reinvites(
        &mut self,
        leg: LegId,
        version: u32,
        session: Option<Session>,
        _at: Moment,
    ) -> Option<(ShardNo, Input)> {
        let party = self.party(leg, version)?;
        if party.vanished || party.stage != Stage::Talking {
            return None;
        }
        party.offerless = session.is_none();
        Some((leg.shard(), Input::Leg(LegEvent::SessionOffered { leg, offer: session.map(Session::text) })))
    }

    /// Our side of a new session: where the offer was left to us, it is answered.
    pub(crate) fn session_accepted(&mut self, leg: LegId, at: Moment) {
        let Some(party) = self.legs.get(&leg) else { return };
        if party.offerless {
            let (version, soon) = (party.version, self.lot.millis(0, 200));
            self.soon(at, soon, Happening::AnswersSession(leg, version));
        }
    }

    pub(crate) fn answers_session(&mut self, leg: LegId, version: u32) -> Option<(ShardNo, Input)> {
        let session = *self.lot.pick(&[Session::Both, Session::Both, Session::Hold, Session::Nonsense]);
        let party = self.party(leg, version).filter(|party| party.stage == Stage::Talking)?;
        party.offerless = false;
        Some((leg.shard(), Input::Leg(LegEvent::SessionAnswered { leg, session: session.text() })))
    }
}
