//! What a shard keeps of one call: its journey, its legs, its place in the queue, and the claim that it holds.
//!
//! Kept small: thousands wait at once. It holds no rule.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use journey::{Alarm, Journey};
use media::{FarEnd, RemoteSession};
use model::{AgentId, CallId, Caller, Dialled, LegId, Moment};
use plan::{AgentNo, Plan};
use routing::{Claim, TicketId};

use crate::arrange::Heard;
use crate::earlier::EarlierCall;
use crate::input::RequestNo;
use crate::leg_sound::LegSound;
use crate::promises;
use crate::proof::TalkSound;
use crate::timers::TimerKey;

/// One citizen's call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) id: CallId,
    /// The plan that it came under, and keeps to its end.
    pub(crate) plan: Arc<Plan>,
    pub(crate) journey: Journey,
    pub(crate) citizen: CitizenLeg,
    pub(crate) agent: Option<AgentLeg>,
    pub(crate) ticket: Option<TicketId>,
    pub(crate) claim: Option<Claim>,
    /// The last claim that came to nothing, until the call goes back to its queue by it.
    pub(crate) failed_claim: Option<Claim>,
    pub(crate) caller: Caller,
    /// The last call of the same number, if it rang not long ago.
    pub(crate) earlier: Option<Box<EarlierCall>>,
    /// The agent who talked with the citizen last.
    pub(crate) talked_with: Option<AgentId>,
    /// Who hands the citizen on, while somebody else is called: still joined with the citizen.
    pub(crate) former: Option<Box<Former>>,
    /// The leg that asked for a transfer, until it is told how that ended.
    pub(crate) asked: Option<LegId>,
    /// The call of the agent's own whose place in a line the citizen is about to take, and how long the citizen had waited
    /// before.
    pub(crate) yields: Option<(CallId, Duration)>,
    /// Whoever is beside the two who talk.
    pub(crate) beside: Option<Box<Beside>>,
    /// The agent's phone that is called anew for the talk that goes on, since its page was lost.
    pub(crate) returning: Option<Box<AgentLeg>>,
    /// The wish that is being looked at just now.
    pub(crate) wishing: Option<RequestNo>,
    /// Whom to call, on an agent's behalf.
    pub(crate) outgoing: Option<Box<Outgoing>>,
    /// The agent whose own call it is; then the "citizen's" leg is that agent's phone.
    pub(crate) own: Option<AgentNo>,
    /// From when the wait counts.
    pub(crate) queued_at: Option<Moment>,
    /// How long the citizen had waited when an agent was there.
    pub(crate) waited: Duration,
    /// Gapless number of the last fact.
    pub(crate) facts: u32,
    pub(crate) alarms: Vec<(Alarm, TimerKey)>,
    /// What was told last of the promise to call the citizen back.
    pub(crate) told: Option<Box<promises::Told>>,
    /// Whether the book of promises has, or is asked for, an entry for it.
    pub(crate) in_book: bool,
}

/// The citizen's side.
#[derive(Debug)]
pub(crate) struct CitizenLeg {
    pub(crate) leg: LegId,
    pub(crate) sound: LegSound,
    /// What the trunk offered, until it is answered; none: the offer is left to us.
    pub(crate) offer: Option<Box<RemoteSession>>,
    /// What is at the other end, as far as its sound goes.
    pub(crate) far: FarEnd,
    /// Whether the leg is still there to be let go.
    pub(crate) alive: bool,
    /// Our session, when it was described before the answer.
    pub(crate) early: Option<Bytes>,
}

/// The agent's side.
#[derive(Debug)]
pub(crate) struct AgentLeg {
    pub(crate) leg: LegId,
    pub(crate) sound: LegSound,
    /// Whether the two are joined.
    pub(crate) joined: bool,
    /// The colleague whose phone it is, where no claim says so: that desk is told when it is over.
    pub(crate) lent: Option<AgentNo>,
    /// Whether the phone has been called; not before its desk has said that it is free.
    pub(crate) called: bool,
    /// Whether the agent was heard.
    pub(crate) heard: TalkSound,
    /// When another browser of the agent's has come since.
    pub(crate) browser_came: Option<Moment>,
}

impl AgentLeg {
    /// A leg that is to be called; of somebody's whose desk must be told, where no claim says whose it is.
    pub(crate) fn new(leg: LegId, lent: Option<AgentNo>) -> Self {
        let (sound, heard) = (LegSound::default(), TalkSound::default());
        Self { leg, sound, joined: false, lent, called: false, heard, browser_came: None }
    }
}

/// An agent who hands a citizen on.
#[derive(Debug)]
pub(crate) struct Former {
    pub(crate) claim: Option<Claim>,
    /// None: hung up already.
    pub(crate) agent: Option<AgentLeg>,
}

/// The legs beside the two who talk.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    third: Option<AgentLeg>,
    listener: Option<AgentLeg>,
    /// What everybody hears since the last change.
    pub(crate) heard: Heard,
    /// The supervisor's wish, until it is known whether the phone is free.
    pub(crate) asking: Option<RequestNo>,
}

impl Beside {
    pub(crate) fn new(heard: Heard) -> Self {
        Self { heard, ..Self::default() }
    }

    pub(crate) fn legs(&self) -> (Option<&AgentLeg>, Option<&AgentLeg>) {
        (self.third.as_ref(), self.listener.as_ref())
    }

    pub(crate) fn leg(&self, side: Side) -> Option<&AgentLeg> {
        match side {
            Side::Third => self.third.as_ref(),
            Side::Listener => self.listener.as_ref(),
            Side::Citizen | Side::Agent | Side::Former | Side::Returning => None,
        }
    }

    pub(crate) fn slot(&mut self, side: Side) -> Option<&mut Option<AgentLeg>> {
        match side {
            Side::Third => Some(&mut self.third),
            Side::Listener => Some(&mut self.listener),
            Side::Citizen | Side::Agent | Side::Former | Side::Returning => None,
        }
    }
}

/// Whom to call.
#[derive(Clone, Debug)]
pub(crate) enum Outgoing {
    Outside { number: Dialled, caller: Caller, emergency: bool },
    Colleague(AgentNo),
}

impl Call {
    /// A call of which nothing is noted yet, and that has nobody but the citizen.
    pub(crate) fn new(id: CallId, plan: Arc<Plan>, journey: Journey, citizen: CitizenLeg, caller: Caller) -> Self {
        Self {
            id,
            plan,
            journey,
            citizen,
            agent: None,
            ticket: None,
            claim: None,
            failed_claim: None,
            caller,
            earlier: None,
            talked_with: None,
            former: None,
            asked: None,
            returning: None,
            yields: None,
            beside: None,
            wishing: None,
            outgoing: None,
            own: None,
            queued_at: None,
            waited: Duration::ZERO,
            facts: 0,
            alarms: Vec::new(),
            told: None,
            in_book: false,
        }
    }

    /// Whose leg it is.
    pub(crate) fn side(&self, leg: LegId) -> Side {
        if self.citizen.leg == leg {
            Side::Citizen
        } else if self.agent.as_ref().is_some_and(|agent| agent.leg == leg) {
            Side::Agent
        } else if self.returning.as_ref().is_some_and(|returning| returning.leg == leg) {
            Side::Returning
        } else {
            self.beside_side(leg).unwrap_or(Side::Former)
        }
    }

    fn beside_side(&self, leg: LegId) -> Option<Side> {
        let beside = self.beside.as_deref()?;
        let is_it = |side: &Side| beside.leg(*side).is_some_and(|known| known.leg == leg);
        [Side::Third, Side::Listener].into_iter().find(is_it)
    }

    pub(crate) fn beside_leg(&self, leg: LegId) -> Option<&AgentLeg> {
        self.beside.as_deref()?.leg(self.beside_side(leg)?)
    }

    pub(crate) fn beside_leg_mut(&mut self, leg: LegId) -> Option<&mut AgentLeg> {
        let side = self.beside_side(leg)?;
        self.beside.as_mut()?.slot(side)?.as_mut()
    }

    /// Whoever it is of those whose phones we have called.
    pub(crate) fn called_leg_mut(&mut self, leg: LegId) -> Option<&mut AgentLeg> {
        match self.side(leg) {
            Side::Citizen => None,
            Side::Agent => self.agent.as_mut(),
            Side::Returning => self.returning.as_deref_mut(),
            Side::Third | Side::Listener => self.beside_leg_mut(leg),
            Side::Former => self.former.as_mut()?.agent.as_mut().filter(|agent| agent.leg == leg),
        }
    }

    /// The agent who talks with the citizen, be it while somebody else is called who may take over.
    pub(crate) fn talking_mut(&mut self) -> Option<&mut AgentLeg> {
        let former = self.former.as_mut().and_then(|former| former.agent.as_mut());
        former.or(self.agent.as_mut()).filter(|agent| agent.joined)
    }

    /// The citizen's packets come: whoever talks with the citizen could be heard as well.
    pub(crate) fn citizen_comes(&mut self) {
        let former = self.former.as_mut().and_then(|former| former.agent.as_mut());
        former.into_iter().chain(&mut self.agent).for_each(|agent| agent.heard.citizen_comes = true);
    }

    /// The agent who talks makes room for the one who is called, and stays with the citizen meanwhile.
    pub(crate) fn step_aside(&mut self) {
        if let Some(agent) = self.agent.take() {
            self.former = Some(Box::new(Former { claim: self.claim.take(), agent: Some(agent) }));
        }
    }

    /// Who hears the citizen now.
    pub(crate) fn partner(&self) -> Option<&AgentLeg> {
        let former = self.former.as_ref().and_then(|former| former.agent.as_ref());
        former.or(self.agent.as_ref()).filter(|agent| agent.joined)
    }

    /// The sound of a leg that has room at the packet workers.
    pub(crate) fn sound_of(&mut self, leg: LegId) -> Option<&mut LegSound> {
        let sound = match self.side(leg) {
            Side::Citizen => &mut self.citizen.sound,
            Side::Agent => &mut self.agent.as_mut()?.sound,
            Side::Returning => &mut self.returning.as_mut()?.sound,
            Side::Third | Side::Listener => &mut self.beside_leg_mut(leg)?.sound,
            Side::Former => &mut self.former.as_mut()?.agent.as_mut().filter(|agent| agent.leg == leg)?.sound,
        };
        sound.room.is_some().then_some(sound)
    }
}

/// A leg's part in a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Side {
    Citizen,
    Agent,
    /// The same agent, whose phone is called anew.
    Returning,
    Former,
    Third,
    Listener,
}

impl Side {
    /// Neither of the two who talk, nor who did.
    pub(crate) fn is_beside(self) -> bool {
        matches!(self, Self::Third | Self::Listener)
    }
}
