//! What a large crowd needs beyond the small house: room, numbers to ring from, keys, phones that we call outside; and what
//! became of all calls. Holds no expectation but one: `is_clean` at the end.

use bytes::Bytes;
use centre::{Input, SrtpRules};
use media::MediaEvent;
use model::{About, CallId, Caller, Fact, LegCommand, LegEvent, LegId, Outcome, PhoneNumber, What};
use routing::Limits;

use crate::house::{House, SESSION, SMALL};

/// A line of which many may be called back.
pub(crate) const CALLBACK_PLAN: &str = r#"
municipalities = [{ id = "0751", name = "Aarhus" }]
topics = [{ id = "pas", title = "Pas" }]
languages = [{ id = "da", title = "dansk" }]
queues = [{ id = "pas", title = "Pas", waiting_max = 2000, ring_time_max_s = 20, wrap_up_s = 0, surge_guard = false }]

[[lines]]
id = "music"
title = "Pas"
numbers = ["70202020"]
topic = "pas"
language = "da"
queue = "pas"
calendar = "always"
wait_max_s = 86400
greeting = "none"
callback = { offer_over_s = 30 }
"#;

impl House {
    /// One shard with this plan, and room for so many calls.
    pub(crate) fn of_crowd(text: &str, calls_max: usize) -> Self {
        let limits = Limits { tickets: 2 * calls_max, ..SMALL };
        Self::of_size(1, text, &SrtpRules::default(), (limits, calls_max))
    }

    /// A citizen rings, whose number is known.
    pub(crate) fn rings_from(&mut self, shard: u8, number: &str, from: &str) -> LegId {
        let caller = Caller::Number(PhoneNumber::parse(from).expect("a number"));
        let leg = self.arrives_from(shard, number, (caller, SESSION));
        self.rest();
        leg
    }

    /// A key, told in the sound.
    pub(crate) fn presses(&mut self, leg: LegId, digit: char) {
        self.give(leg.shard().0, Input::Media(MediaEvent::Digit { leg, digit }));
        self.rest();
    }

    /// The call that arrived last.
    pub(crate) fn newest_call(&self) -> CallId {
        let arrived = self.told.facts.iter().rev().find(|fact| matches!(fact.what, What::CallArrived { .. }));
        match arrived.map(|fact| &fact.about) {
            Some(About::Call { call, .. }) => *call,
            Some(About::Agent { .. } | About::Node) | None => panic!("nobody has rung"),
        }
    }

    /// The phone outside that was called last.
    pub(crate) fn outside(&self) -> Option<LegId> {
        let outside = |command: &&LegCommand| matches!(command, LegCommand::CallOut { .. });
        self.told.legs.iter().rev().find(outside).map(LegCommand::leg)
    }

    /// The leg of the citizen who rang first.
    pub(crate) fn first_citizen(&self) -> LegId {
        let answered = |command: &&LegCommand| matches!(command, LegCommand::Answer { .. });
        self.told.legs.iter().find(answered).map(LegCommand::leg).expect("somebody was answered")
    }

    /// It is answered.
    pub(crate) fn answers(&mut self, leg: LegId) {
        self.leg(LegEvent::Answered { leg, session: Bytes::from_static(SESSION) });
    }
}

impl House {
    pub(crate) fn outcomes(&self) -> Vec<Outcome> {
        let ended = |fact: &Fact| if let What::Ended { outcome } = fact.what { Some(outcome) } else { None };
        self.told.facts.iter().filter_map(ended).collect()
    }

    /// Calls that were offered, in order.
    pub(crate) fn offers(&self) -> Vec<CallId> {
        let offered = |fact: &Fact| match (&fact.about, &fact.what) {
            (About::Call { call, .. }, What::Offered { .. }) => Some(*call),
            (_, _) => None,
        };
        self.told.facts.iter().filter_map(offered).collect()
    }

    /// Nothing is left behind: no call, port, ticket or claim, and each call has ended once.
    pub(crate) fn is_clean(&mut self) {
        self.rest();
        for shard in &self.shards {
            assert_eq!((shard.counts().calls, shard.counts().rtp_ports), (0, 0), "calls and ports that are left");
        }
        let figures = self.core.figures();
        assert_eq!((figures.claimed, figures.busy, figures.tickets, figures.waiting), (0, 0, 0, 0), "{figures:?}");
        let arrived = self.told.facts.iter().filter(|fact| matches!(fact.what, What::CallArrived { .. })).count();
        assert_eq!(self.outcomes().len(), arrived, "each call has one outcome");
    }
}
