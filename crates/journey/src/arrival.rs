//! Stations 2 and 3: the line is known; is it open?
//!
//! A call that arrived before closing is served: hours are asked here and never again, unless the call goes on to another
//! line.

use model::{Moment, MunicipalityId, WaitingStage, What};
use plan::{AgentNo, HoursState, LineNo, MenuKind, Plan};

use crate::onward::{self, Unserved};
use crate::{Effect, Effects, Journey, Opening, Stage, bot, consent, greeting, menu, waiting};

pub(crate) fn begin(
    plan: &Plan,
    line: LineNo,
    municipality: Option<MunicipalityId>,
    own: Option<AgentNo>,
    at: Moment,
    out: &mut Effects,
) -> Journey {
    let mut journey = new(plan, line, municipality, own, at);
    found(&journey, plan, out);
    ask_hours(&mut journey, at, (plan, at), out);
    journey
}

/// A call of which nothing has happened yet.
pub(crate) fn new(
    plan: &Plan,
    line: LineNo,
    municipality: Option<MunicipalityId>,
    own: Option<AgentNo>,
    at: Moment,
) -> Journey {
    Journey {
        stage: Stage::Waiting,
        line,
        queue: plan.lines[line.at()].queue,
        municipality,
        answered: false,
        confirmed: false,
        last_words: None,
        opening: None,
        promise: None,
        waits_since: at,
        wait_asked: false,
        failed_in_a_row: 0,
        resting: false,
        own,
        talked: false,
        agent_away: false,
        spoken: line,
        way_in: WayIn::new(at),
        meanwhile: crate::meanwhile::Meanwhile::default(),
        asked: None,
        handed_to: None,
        company: None,
        caller: None,
        callback: None,
        booking: None,
        led_on: None,
        consented: None,
        message: None,
    }
}

/// What has been done on the way to the queue, and is done once a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct WayIn {
    /// When the call came in.
    pub(crate) arrived: Moment,
    /// The citizen hears ringing.
    pub(crate) rings: bool,
    /// A greeting was said.
    pub(crate) greeted: bool,
    /// It has stood in a queue.
    pub(crate) waited: bool,
    /// The question for consent was put.
    pub(crate) consent_asked: bool,
    /// The citizen has talked with a bot, or was to.
    pub(crate) bot_met: bool,
    /// Menus that were asked, by kind; each is once.
    pub(crate) asked: [bool; MenuKind::ALL.len()],
    /// The menu that is being asked.
    pub(crate) asking: menu::Asking,
}

impl WayIn {
    pub(crate) fn new(arrived: Moment) -> Self {
        Self {
            arrived,
            rings: false,
            greeted: false,
            waited: false,
            consent_asked: false,
            bot_met: false,
            asked: [false; MenuKind::ALL.len()],
            asking: menu::Asking::default(),
        }
    }
}

/// Which line it is, and whose citizen's.
pub(crate) fn found(journey: &Journey, plan: &Plan, out: &mut Effects) {
    let line = journey.line_of(plan);
    out.push(Effect::Note(What::LineFound {
        line: line.id.clone(),
        municipality: journey.municipality,
        topic: line.topic.clone(),
        language: line.language.clone(),
    }));
}

/// Whether the line is open at `when`: to the greeting, or to what it does with those who find it closed.
pub(crate) fn ask_hours(journey: &mut Journey, when: Moment, (plan, at): (&Plan, Moment), out: &mut Effects) {
    let line = journey.line_of(plan);
    match plan.open_for(line, journey.municipality, when) {
        HoursState::Closed { opens_at } => {
            out.push(Effect::Note(What::FoundClosed { opens_at }));
            journey.opening = opens_at.filter(|_| line.announce_opening).map(|opens| Opening { at: opens, now: at });
            onward::leave(journey, Unserved::Closed, plan, at, out);
        }
        HoursState::Open { .. } => open(journey, plan, at, out),
    }
}

fn open(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    let line = journey.line_of(plan);
    let greets = line.greeting.is_some() && !journey.way_in.greeted;
    if greets || menu::is_asked(journey, plan) || consent::is_asked(journey, plan) || bot::is_met(journey, plan) {
        journey.answer(out);
        journey.stage = Stage::Greeting;
        // Who has heard something before confirms no second time.
        if journey.confirmed {
            greeting::greet(journey, plan, at, out);
        }
        return;
    }
    match line.waiting {
        WaitingStage::Music => journey.answer(out),
        WaitingStage::Unanswered => ring(journey, out),
    }
    waiting::join(journey, plan, at, out);
}

fn ring(journey: &mut Journey, out: &mut Effects) {
    if !journey.answered && !std::mem::replace(&mut journey.way_in.rings, true) {
        out.push(Effect::RingCitizen);
    }
}
