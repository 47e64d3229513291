//! A scripted shard: plays the centre's part for desks with the contract's own types, as simply as can be.
//! Knows what a desk answers; doesn't know calls, rules or time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::Duration;

use api::{Api, CentreDoor, Decided, MailboxFull};
use centre::{
    DeskAnswer, DeskCommand, DeskDone, DeskEvent, DeskRefusal, DeskRequest, DeskSnapshot, DeskState, InCallWish,
    OfferShown, Shown, Wanted,
};
use model::{
    AgentState, CallId, Caller, DecisionNo, InCall, Language, LineId, Moment, MunicipalityId, OfferedWhy, PauseReason,
    PhoneNumber, QueueId, ShardNo, SoundFault, SoundPath, SoundTestEnd, TopicId,
};
use plan::{AgentNo, Plan};

/// The call that is offered in every test.
pub(crate) const CALL: CallId = CallId::new(1_795_000_000_000, ShardNo(0), 7);
/// Now, always.
pub(crate) const NOW: Moment = Moment::from_secs(1_795_000_000);

/// The scripted shard.
pub(crate) struct ScriptedShard {
    pub(crate) api: OnceLock<Api>,
    /// While set, requests get no answer.
    pub(crate) silent: AtomicBool,
    /// What the routing core remembers.
    pub(crate) decided: Mutex<BTreeMap<DecisionNo, Decided>>,
    desks: Mutex<BTreeMap<AgentNo, Desk>>,
    asked: Mutex<Vec<DeskCommand>>,
    plan: Arc<Plan>,
}

struct Desk {
    seq: u64,
    state: DeskState,
}

impl ScriptedShard {
    pub(crate) fn new(plan: Plan) -> Self {
        Self {
            api: OnceLock::new(),
            silent: AtomicBool::new(false),
            decided: Mutex::default(),
            desks: Mutex::default(),
            asked: Mutex::default(),
            plan: Arc::new(plan),
        }
    }

    /// Every command so far, snapshots left out.
    pub(crate) fn asked(&self) -> Vec<DeskCommand> {
        self.asked.lock().expect("no test panicked").clone()
    }

    /// A call rings at the agent's phone.
    pub(crate) fn offer(&self, agent: AgentNo) {
        let offer = offer();
        self.with(agent, |desk| desk.state.call = Some(Box::new(offer.clone())));
        self.show(agent, Shown::Offered(Box::new(offer)));
        self.become_(agent, AgentState::Offered);
    }

    /// The agent answered the phone.
    pub(crate) fn talk(&self, agent: AgentNo) {
        self.show(agent, Shown::Talking { call: CALL });
        self.become_(agent, AgentState::Talking);
    }

    /// The conversation is over.
    pub(crate) fn over(&self, agent: AgentNo) {
        let until = NOW + Duration::from_secs(30);
        self.with(agent, |desk| desk.state.wrap_up_until = Some(until));
        self.show(agent, Shown::WrapUp { call: CALL, until });
        self.become_(agent, AgentState::WrapUp);
    }

    /// The phone came or went.
    pub(crate) fn phone(&self, agent: AgentNo, reachable: bool) {
        self.with(agent, |desk| desk.state.phone = reachable);
        self.show(agent, Shown::Phone { reachable });
    }

    /// An event that never reaches the API.
    pub(crate) fn lose_an_event(&self, agent: AgentNo) {
        self.with(agent, |desk| desk.seq += 1);
    }

    fn become_(&self, agent: AgentNo, state: AgentState) {
        self.with(agent, |desk| desk.state.state = state.clone());
        self.show(agent, Shown::State(state));
    }

    fn show(&self, agent: AgentNo, shown: Shown) {
        let seq = self.with(agent, |desk| {
            desk.seq += 1;
            desk.seq
        });
        self.api().on_desk_event(DeskEvent { agent, seq, at: NOW, shown });
    }

    fn with<T>(&self, agent: AgentNo, change: impl FnOnce(&mut Desk) -> T) -> T {
        let mut desks: MutexGuard<'_, _> = self.desks.lock().expect("no test panicked");
        change(desks.entry(agent).or_insert_with(|| Desk {
            seq: 0,
            state: DeskState {
                state: AgentState::Off,
                since: NOW,
                call: None,
                wrap_up_until: None,
                next: None,
                phone: true,
                in_call: InCall::default(),
                sound: SoundPath::Unproven,
            },
        }))
    }

    fn api(&self) -> &Api {
        self.api.get().expect("the stage has set it")
    }

    fn carry_out(&self, agent: AgentNo, command: DeskCommand) -> Result<DeskDone, DeskRefusal> {
        let state = self.with(agent, |desk| desk.state.state.clone());
        match command {
            DeskCommand::Snapshot => {
                let (seq, desk) = self.with(agent, |desk| (desk.seq, desk.state.clone()));
                return Ok(DeskDone::Snapshot(Box::new(DeskSnapshot { seq, desk })));
            }
            DeskCommand::LogIn if state != AgentState::Off => {}
            DeskCommand::LogIn => self.become_(agent, AgentState::Paused(PauseReason::Chosen("logget-ind".into()))),
            DeskCommand::SetState(_) if state == AgentState::Talking => return Err(DeskRefusal::Talking),
            DeskCommand::SetState(Wanted::Ready) => self.become_(agent, AgentState::Ready),
            DeskCommand::SetState(Wanted::Paused(code)) => {
                self.become_(agent, AgentState::Paused(PauseReason::Chosen(code)));
            }
            DeskCommand::SetNextState(_) | DeskCommand::HangUp if state != AgentState::Talking => {
                return Err(DeskRefusal::NotTalking);
            }
            DeskCommand::SetNextState(next) => self.with(agent, |desk| desk.state.next = Some(next)),
            DeskCommand::HangUp => self.over(agent),
            DeskCommand::Decline if state != AgentState::Offered => return Err(DeskRefusal::NothingOffered),
            DeskCommand::WrapUp(_) | DeskCommand::ExtendWrapUp if state != AgentState::WrapUp => {
                return Err(DeskRefusal::NothingToWrapUp);
            }
            DeskCommand::ExtendWrapUp => return Err(DeskRefusal::NoMoreTime),
            DeskCommand::Decline | DeskCommand::WrapUp(_) => {
                self.with(agent, |desk| (desk.state.call, desk.state.wrap_up_until) = (None, None));
                self.become_(agent, AgentState::Ready);
            }
            DeskCommand::LogOut => self.become_(agent, AgentState::Off),
            DeskCommand::InCall(_) if state != AgentState::Talking => return Err(DeskRefusal::NotTalking),
            DeskCommand::InCall(InCallWish::Hold) => {
                let now = InCall { held: true, ..InCall::default() };
                self.with(agent, |desk| desk.state.in_call = now.clone());
                self.show(agent, Shown::InCall { call: CALL, now: Box::new(now) });
            }
            DeskCommand::InCall(_) => return Err(DeskRefusal::NobodyThere),
            DeskCommand::Supervise { call, .. } if call != CALL => return Err(DeskRefusal::NoSuchTalk),
            DeskCommand::Supervise { .. } => {}
            DeskCommand::TestSound if state == AgentState::Off => return Err(DeskRefusal::NotLoggedIn),
            DeskCommand::TestSound => {
                let (end, sound) = (SoundTestEnd::Dead(SoundFault::Silent), SoundPath::Dead(SoundFault::Silent));
                self.with(agent, |desk| desk.state.sound = sound);
                self.show(agent, Shown::SoundTested { end, sound });
            }
        }
        Ok(DeskDone::Done)
    }
}

impl CentreDoor for ScriptedShard {
    fn send(&self, request: DeskRequest) -> Result<(), MailboxFull> {
        if self.silent.load(Ordering::SeqCst) {
            return Ok(());
        }
        if request.command != DeskCommand::Snapshot {
            self.asked.lock().expect("no test panicked").push(request.command.clone());
        }
        let result = self.carry_out(request.agent, request.command);
        self.api().on_desk_answer(DeskAnswer { request: request.request, result, after_saved: false });
        Ok(())
    }

    fn explain(&self, decision: DecisionNo) -> Option<Decided> {
        self.decided.lock().expect("no test panicked").get(&decision).cloned()
    }

    fn plan(&self) -> Arc<Plan> {
        self.plan.clone()
    }

    fn now(&self) -> Moment {
        NOW
    }
}

/// The call, as an agent is shown it.
fn offer() -> OfferShown {
    OfferShown {
        call: CALL,
        caller: Caller::Number(PhoneNumber::parse("+4520123456").expect("a number")),
        municipality: Some(MunicipalityId(751)),
        line: LineId::new("pas"),
        topic: TopicId::new("pas"),
        language: Language::new("da"),
        queue: QueueId::new("pas"),
        waited: Duration::from_millis(12_500),
        decision: DecisionNo(42),
        callback: false,
        earlier: None,
        why: OfferedWhy::BestWaitingCall,
    }
}
