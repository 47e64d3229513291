//! Citizens and the trunk that brings them: they ring, wait as long as they like, talk, hang up at any moment, and
//! sometimes vanish. Knows the contract of an inbound leg; knows nothing of queues.

use std::time::Duration;

use centre::Input;
use media::PlayNo;
use model::{
    Arrival, Caller, CallerText, Dialled, LegCommand, LegEnd, LegEvent, LegId, LegSide, Moment, PhoneNumber, ShardNo,
    TrunkId,
};

use crate::parties::Session;
use crate::parties::agenda::Happening;
use crate::parties::town::{Party, Stage, Town};

/// 64·T1: an answer that was not confirmed by then never will be.
const NEVER_CONFIRMED: Duration = Duration::from_secs(32);
/// A session timer notices a dead peer after this at the latest.
pub(crate) const SESSION_TIMER: Duration = Duration::from_secs(1_800);

impl Town {
    pub(crate) fn citizen_rings(&mut self, at: Moment) -> Option<(ShardNo, Input)> {
        if self.came >= self.habits.calls {
            return None;
        }
        self.came += 1;
        let between = self.habits.between;
        self.in_a_while(at, between, Happening::Rings);
        let shard = ShardNo(self.lot.below(usize::from(self.shards)) as u8);
        let leg = LegId::new(shard, LegSide::Inbound, self.came);
        let offer = self.citizens_offer();
        let party = Party {
            stage: Stage::Ringing,
            version: 0,
            agent: None,
            offerless: offer.is_none(),
            vanished: false,
            heard_silent: false,
        };
        self.legs.insert(leg, party);
        self.patience(leg, at);
        let arrival = Arrival {
            leg,
            trunk: TrunkId::new("trunk"),
            dialled: self.some_number(),
            reached_by: self.some_forwards(),
            caller: self.some_caller(),
            offer: offer.map(Session::text),
        };
        Some((shard, Input::Leg(LegEvent::Arrived(arrival))))
    }

    fn patience(&mut self, leg: LegId, at: Moment) {
        let mean = self.habits.patience;
        let patience = if self.lot.one_in(12) { self.lot.millis(0, 3_000) } else { self.lot.around(mean) };
        self.soon(at, patience, Happening::Ends(leg, 0, LegEnd::HungUp));
        if self.trouble() && self.lot.one_in(3) {
            let gone = self.lot.millis(0, 30_000);
            self.soon(at, gone, Happening::Vanishes(leg, 0));
        }
    }

    fn citizens_offer(&mut self) -> Option<Session> {
        if self.trouble() {
            return *self.lot.pick(&[None, None, Some(Session::Foreign), Some(Session::Nonsense), Some(Session::Hold)]);
        }
        Some(*self.lot.pick(&[Session::Both, Session::Alaw, Session::Ulaw]))
    }

    fn some_number(&mut self) -> Dialled {
        if self.lot.one_in(50) || self.numbers.is_empty() {
            return Dialled::parse("59999999").expect("eight digits");
        }
        let all = self.numbers.len();
        let drawn = if self.lot.one_in(10) { self.lot.below(all) } else { self.lot.below(self.lines.min(all)) };
        self.numbers[drawn].clone()
    }

    fn some_forwards(&mut self) -> Vec<Dialled> {
        let count = self.lot.below(3);
        (0..count).map(|_| self.some_number()).collect()
    }

    fn some_caller(&mut self) -> Caller {
        match self.lot.below(10) {
            0..2 => Caller::Withheld,
            2 => Caller::Text(CallerText::new("sip:anna@example.org")),
            _ => {
                let number = format!("20{:06}", self.lot.below(1_000_000));
                Caller::Number(PhoneNumber::parse(&number).expect("eight digits"))
            }
        }
    }

    /// The trunk is told something of a citizen's leg.
    pub(crate) fn citizen_is_told(&mut self, leg: LegId, command: &LegCommand, at: Moment) {
        match command {
            LegCommand::Refuse { .. } => {
                self.legs.remove(&leg);
            }
            LegCommand::Answer { .. } => self.citizen_is_answered(leg, at),
            LegCommand::HangUp { .. } => self.is_let_go(leg, at),
            LegCommand::AcceptSession { .. } => self.session_accepted(leg, at),
            LegCommand::Ring { .. }
            | LegCommand::RingWithSound { .. }
            | LegCommand::CallOut { .. }
            | LegCommand::AnswerTransfer { .. }
            | LegCommand::TellTransfer { .. }
            | LegCommand::RejectSession { .. }
            | LegCommand::CallAgent { .. } => {}
        }
    }

    fn citizen_is_answered(&mut self, leg: LegId, at: Moment) {
        let Some(party) = self.legs.get_mut(&leg) else { return };
        party.stage = Stage::Answered;
        let (version, vanished) = (party.version, party.vanished);
        if vanished || (self.trouble() && self.lot.one_in(4)) {
            self.soon(at, NEVER_CONFIRMED, Happening::Ends(leg, version, LegEnd::NeverConfirmed));
        } else {
            let hears = self.lot.millis(0, 300);
            self.soon(at, hears, Happening::Confirms(leg));
        }
    }

    pub(crate) fn citizen_confirms(&mut self, leg: LegId) -> Option<(ShardNo, Input)> {
        let party = self.legs.get(&leg).filter(|party| party.stage != Stage::Dying)?;
        let session = if party.offerless {
            let good = [Some(Session::Both), Some(Session::Alaw), Some(Session::Ulaw)];
            let bad = [None, Some(Session::Foreign), Some(Session::Nonsense)];
            let drawn = if self.trouble() { self.lot.below(3) + 3 } else { self.lot.below(3) };
            *good.iter().chain(&bad).nth(drawn)?
        } else {
            None
        };
        Some((leg.shard(), Input::Leg(LegEvent::Confirmed { leg, session: session.map(Session::text) })))
    }

    /// We hang up: the other side hears of it a little later, and sometimes it has just hung up itself.
    pub(crate) fn is_let_go(&mut self, leg: LegId, at: Moment) {
        let version = self.replan(leg);
        let why = if self.lot.one_in(10) { LegEnd::HungUp } else { LegEnd::LetGo };
        let heard = if self.trouble() { NEVER_CONFIRMED } else { self.lot.millis(0, 300) };
        if let Some(party) = self.legs.get_mut(&leg) {
            party.stage = Stage::Dying;
            self.soon(at, heard, Happening::Ends(leg, version, why));
        }
    }

    pub(crate) fn leg_ends(&mut self, leg: LegId, version: u32, why: LegEnd) -> Option<(ShardNo, Input)> {
        let party = self.party(leg, version)?;
        if party.vanished && why == LegEnd::HungUp && party.stage != Stage::Dying {
            return None;
        }
        self.legs.remove(&leg);
        Some((leg.shard(), Input::Leg(LegEvent::Ended { leg, why })))
    }

    /// From now on nothing comes: neither sound nor signalling.
    pub(crate) fn vanishes(&mut self, leg: LegId, version: u32, at: Moment) {
        let Some(party) = self.party(leg, version) else { return };
        party.vanished = true;
        self.soon(at, SESSION_TIMER, Happening::Ends(leg, version, LegEnd::Lost));
        self.watch_silence(leg, at);
    }

    pub(crate) fn was_played(&mut self, leg: LegId, play: PlayNo) -> Option<(ShardNo, Input)> {
        self.sounds.get(&leg)?;
        Some((leg.shard(), Input::Media(media::MediaEvent::Played { leg, play })))
    }
}
