//! Where a call stands, and the one door by which events reach its station.
//! Knows all stations by name; what happens in one is known only there.

use forecast::Promise;
use model::{Cause, HandedTo, Moment, MunicipalityId, Outcome, PhoneNumber, PromptName};
use plan::{AgentNo, Line, LineNo, MenuKind, Plan, Queue, QueueNo, WayOut};

use crate::arrival::WayIn;
use crate::booking::Booking;
pub(crate) use crate::bounds::{BARRED, MESSAGE_MAX, WAIT_ALARMS, agent_id};
use crate::callback::Callback;
use crate::meanwhile::Meanwhile;
use crate::recording::Consented;
use crate::voicemail::Message;
use crate::{
    Alarm, Company, Effect, Effects, Event, Opening, Party, Target, arrival, asking, booking, bot, calling_back,
    company, consent, elsewhere, farewell, greeting, handing, menu, offer, onward, recording, talk, voicemail, waiting,
};

/// The stations of a call, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stage {
    /// The municipality's greeting is being said.
    Greeting,
    /// The line asks something by keys.
    Menu(MenuKind),
    /// The citizen is asked whether the call may be recorded.
    Consent,
    /// The citizen talks with the line's bot.
    Bot,
    /// In the queue.
    Waiting,
    /// In the queue still, while an agent's phone rings.
    Offer {
        /// Whose.
        agent: AgentNo,
    },
    /// In the queue with no phone: the citizen is to be called back.
    Callback,
    /// A citizen is called back.
    CallingBack {
        /// By whom.
        agent: AgentNo,
        /// Whether the agent has answered and the citizen's phone is called; else the agent's rings.
        there: bool,
    },
    /// Citizen and agent talk.
    Talk {
        /// Who talks with the citizen.
        agent: AgentNo,
    },
    /// Somebody is called who may take the citizen over, or whom an agent calls.
    Handing {
        /// The agent who hands on and still talks; none: gone already, or nobody handed on.
        from: Option<AgentNo>,
        /// Who is called.
        to: Party,
    },
    /// The citizen (or the agent who made this call) talks with somebody who has no seat here.
    Elsewhere,
    /// The line can't serve the citizen and says so; then comes its way out.
    Onward {
        /// Where to.
        way: WayOut,
        /// What the call will have been if it ends there.
        outcome: Outcome,
        /// Why it is let go then.
        cause: Cause,
    },
    /// The citizen chooses a time to be called in.
    Booking,
    /// The citizen is asked for a message, or speaks it.
    Voicemail,
    /// A last message, then good-bye.
    Farewell {
        /// What the call will have been.
        outcome: Outcome,
        /// Why it is let go.
        cause: Cause,
    },
    /// Over; nothing reaches it any more.
    Over,
}

/// One citizen's call.
#[derive(Clone, Debug)]
pub struct Journey {
    pub(crate) stage: Stage,
    pub(crate) line: LineNo,
    /// Where it waits, or will: its line's queue, until an overflow leads to another.
    pub(crate) queue: QueueNo,
    /// The citizen's municipality, as far as the dialled number tells.
    pub(crate) municipality: Option<MunicipalityId>,
    /// Whether we have answered the citizen (music, a message, a conversation).
    pub(crate) answered: bool,
    /// Whether the answer was confirmed, so that what we play is heard.
    pub(crate) confirmed: bool,
    /// The last message, until it is being said.
    pub(crate) last_words: Option<PromptName>,
    /// When the line opens, to be said after the last message.
    pub(crate) opening: Option<Opening>,
    /// What the citizen was told of the wait.
    pub(crate) promise: Option<Promise>,
    /// Since when it waits, as far as its own words go.
    pub(crate) waits_since: Moment,
    /// Whether it was asked how long the wait may be: that is told once.
    pub(crate) wait_asked: bool,
    /// Offers in a row that failed for want of a port or a codec.
    pub(crate) failed_in_a_row: u8,
    /// Whether it rests before it goes back to its queue.
    pub(crate) resting: bool,
    /// The agent whose own call it is; none: a citizen's.
    pub(crate) own: Option<AgentNo>,
    /// Whether an agent has talked with the citizen: whatever comes after is no lost call.
    pub(crate) talked: bool,
    /// Nothing is heard from the agent's browser just now; while both talk.
    pub(crate) agent_away: bool,
    /// The line that was rung first, whose language the citizen speaks.
    pub(crate) spoken: LineNo,
    /// What has been done on the way to the queue.
    pub(crate) way_in: WayIn,
    /// A transfer that was asked for, until the queue has said whether there is room, or the colleague is ready.
    pub(crate) asked: Option<Asked>,
    /// What is told while it waits.
    pub(crate) meanwhile: Meanwhile,
    /// To whom it is being handed on.
    pub(crate) handed_to: Option<HandedTo>,
    /// Who and what is beside the two who talk.
    pub(crate) company: Option<Box<Company>>,
    /// The number that the citizen rings from, if it is one.
    pub(crate) caller: Option<PhoneNumber>,
    /// What is between the citizen and us about calling back; none: it was never offered.
    pub(crate) callback: Option<Box<Callback>>,
    /// A way out has led it to somebody outside, and what it is if nobody answers there.
    pub(crate) led_on: Option<(Outcome, Cause)>,
    /// The time that is being chosen; none: no longer, or never.
    pub(crate) booking: Option<Box<Booking>>,
    /// The citizen has agreed to be recorded; none: nothing of this call is.
    pub(crate) consented: Option<Box<Consented>>,
    /// The message that the citizen is asked for; none: not at a mailbox.
    pub(crate) message: Option<Box<Message>>,
}

/// A transfer that was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Asked {
    /// To another line; this one is the citizen's if there is no room.
    Line(LineNo),
    /// To a colleague.
    Agent(AgentNo),
}

impl Journey {
    /// A call for `line` begins: hours are asked, and the first effects written. The line was found by `plan`.
    pub fn begin(
        plan: &Plan,
        line: LineNo,
        municipality: Option<MunicipalityId>,
        at: Moment,
        out: &mut Effects,
    ) -> Self {
        arrival::begin(plan, line, municipality, None, at, out)
    }

    /// An agent calls a line: as a citizen's call, but counted apart.
    pub fn begin_own(plan: &Plan, agent: AgentNo, line: LineNo, at: Moment, out: &mut Effects) -> Self {
        arrival::begin(plan, line, plan.agents[agent.at()].home, Some(agent), at, out)
    }

    /// An agent calls a colleague's phone, or somebody outside.
    pub fn begin_out(plan: &Plan, agent: AgentNo, to: &Target, at: Moment, out: &mut Effects) -> Self {
        asking::begin(plan, agent, to, at, out)
    }

    /// One thing happened.
    pub fn on(&mut self, event: Event, plan: &Plan, at: Moment, out: &mut Effects) {
        let first = out.len();
        self.confirmed |= matches!(event, Event::CitizenConfirmed);
        if let Event::Key(_) = event {
            recording::typed(self, at, out);
        }
        if let Event::Company(event) = &event {
            company::on(self, event, plan, at, out);
        } else if let Event::Recording(event) = event {
            recording::on(self, event, out);
        } else if let Event::Alarm(alarm @ (Alarm::ThirdOver | Alarm::ListenerOver)) = event {
            company::on_alarm(self, alarm, plan, at, out);
        } else if let Event::Alarm(Alarm::TypingOver) = event {
            recording::typed_enough(self);
        } else {
            self.at_its_station(event, plan, at, out);
        }
        recording::follow(self, first, plan, out);
    }

    fn at_its_station(&mut self, event: Event, plan: &Plan, at: Moment, out: &mut Effects) {
        match self.stage.clone() {
            Stage::Consent => consent::on(self, &event, plan, at, out),
            Stage::Menu(kind) => menu::on(self, kind, &event, plan, at, out),
            Stage::Greeting => greeting::on(self, &event, plan, at, out),
            Stage::Bot => bot::on(self, &event, plan, at, out),
            Stage::Waiting => waiting::on(self, event, plan, at, out),
            Stage::Offer { agent } => offer::on(self, agent, &event, plan, at, out),
            Stage::Callback => calling_back::waits(self, event, plan, at, out),
            Stage::CallingBack { agent, there } => calling_back::on(self, (agent, there), &event, plan, at, out),
            Stage::Talk { agent } => talk::on(self, agent, &event, plan, at, out),
            Stage::Handing { from, to } => handing::on(self, from, to, &event, plan, at, out),
            Stage::Elsewhere => elsewhere::on(self, &event, out),
            Stage::Onward { way, outcome, cause } => {
                onward::on(self, (&way, (outcome, cause)), &event, (plan, at), out);
            }
            Stage::Booking => booking::on(self, &event, plan, at, out),
            Stage::Voicemail => voicemail::on(self, &event, plan, at, out),
            Stage::Farewell { outcome, cause } => farewell::on(self, outcome, cause, &event, out),
            Stage::Over => farewell::after_the_end(&event, out),
        }
    }

    pub(crate) fn line_of<'a>(&self, plan: &'a Plan) -> &'a Line {
        &plan.lines[self.line.at()]
    }

    pub(crate) fn queue_of<'a>(&self, plan: &'a Plan) -> &'a Queue {
        &plan.queues[self.queue.at()]
    }

    /// A prompt of the line as the citizen's municipality says it.
    pub(crate) fn words(&self, plan: &Plan, prompt: Option<&PromptName>) -> Option<PromptName> {
        self.line_of(plan).own_or_shared(prompt, self.municipality)
    }

    pub(crate) fn answer(&mut self, out: &mut Effects) {
        if !self.answered {
            self.answered = true;
            out.push(Effect::AnswerCitizen);
        }
    }

    pub(crate) fn company_mut(&mut self) -> &mut Company {
        self.company.get_or_insert_default()
    }
}
