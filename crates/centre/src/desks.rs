//! The desks of a shard: what reaches them from agents, phones, calls and the core.
//!
//! Knows which request is possible in which stage; what a desk then does is its own (`desk`).

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{LegId, Moment, PauseReason, ShardNo, SoundTestEnd};
use plan::{AgentNo, Plan, ReadyRule};

use crate::centre::Centre;
use crate::desk::{Desk, Next, Seat, Stage, Step};
use crate::input::{
    CallNotice, CallNoticeWhat, ColleagueAnswer, DeskCommand, DeskNotice, DeskNoticeWhat, DeskRequest, Input,
    OwnNotice, OwnNoticeWhat, RequestNo, SuperviseRequest, Wanted,
};
use crate::output::{DeskAnswer, DeskDone, DeskRefusal, Output};
use crate::wish::InCallWish;

/// The shard in which an agent's desk lives.
pub const fn desk_shard(agent: AgentNo, shards: u8) -> ShardNo {
    ShardNo((agent.0 % shards as u32) as u8)
}

/// How the core took a change of a seat.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SeatAnswer {
    /// Open, nobody waits for it.
    Idle,
    /// Closed as asked.
    Closed,
    /// A claim was faster.
    Held,
}

pub(crate) fn of_shard(plan: &Plan, shard: ShardNo, shards: u8) -> BTreeMap<AgentNo, Desk> {
    let numbered = plan.agents.iter().enumerate().map(|(no, agent)| (AgentNo(no as u32), agent));
    numbered.filter(|(no, _)| desk_shard(*no, shards) == shard).map(|(no, agent)| (no, Desk::new(no, agent))).collect()
}

pub(crate) fn open(centre: &mut Centre, at: Moment, out: &mut Vec<Output>) {
    let agents: Vec<AgentNo> = centre.desks.keys().copied().collect();
    for agent in agents {
        with(centre, agent, at, out, |desk, step| {
            if desk.rule() == ReadyRule::FromTheStart {
                desk.go_ready(step);
            }
        });
    }
}

pub(crate) fn on_phone(centre: &mut Centre, agent: AgentNo, reachable: bool, at: Moment, out: &mut Vec<Output>) {
    with(centre, agent, at, out, |desk, step| desk.phone(reachable, step));
}

/// Another browser of the agent's has come: the call that is talked to there hears of it.
pub(crate) fn on_browser(centre: &mut Centre, agent: AgentNo, at: Moment, out: &mut Vec<Output>) {
    with(centre, agent, at, out, |desk, step| {
        if let Stage::Talking { generation, shown } = &desk.stage {
            let (call, generation, what) = (shown.call, *generation, DeskNoticeWhat::BrowserCame);
            ask_call(DeskNotice { call, agent, generation, what }, step);
        }
    });
}

pub(crate) fn on_timer(centre: &mut Centre, agent: AgentNo, at: Moment, out: &mut Vec<Output>) {
    with(centre, agent, at, out, Desk::time_over);
}

pub(crate) fn on_seat(centre: &mut Centre, agent: AgentNo, answer: SeatAnswer, at: Moment, out: &mut Vec<Output>) {
    with(centre, agent, at, out, |desk, step| {
        // `Held`: the claim's call will say `Offered`, and then it is declined.
        if desk.stage == Stage::Ready(Seat::Closing) && answer == SeatAnswer::Closed {
            desk.go_on(step);
        }
    });
}

/// A call tells what became of the agent's seat.
pub(crate) fn on_notice(centre: &mut Centre, notice: CallNotice, at: Moment, out: &mut Vec<Output>) {
    let CallNotice { agent, generation, what } = notice;
    with(centre, agent, at, out, |desk, step| match what {
        CallNoticeWhat::Offered(shown) => {
            let call = shown.call;
            if !desk.offered(generation, shown, step) {
                ask_call(DeskNotice { call, agent, generation, what: DeskNoticeWhat::Decline }, step);
            }
        }
        CallNoticeWhat::Withdrawn { why } => desk.withdrawn(generation, why, step),
        CallNoticeWhat::Talking => desk.talking(generation, step),
        CallNoticeWhat::TakenOver(shown) => desk.taken_over(generation, shown, step),
        CallNoticeWhat::NotHandedOn { why } => desk.not_handed_on(generation, why, step),
        CallNoticeWhat::InCall(now) => desk.in_call(generation, now, step),
        CallNoticeWhat::Heard(sound) => desk.was_heard(generation, sound, step),
        CallNoticeWhat::Over { wrap_up } => desk.over(generation, wrap_up, step),
    });
}

/// A call of an agent's own tells or asks.
pub(crate) fn on_own_call(centre: &mut Centre, notice: OwnNotice, at: Moment, out: &mut Vec<Output>) {
    let OwnNotice { agent, leg, what } = notice;
    with(centre, agent, at, out, |desk, step| match what {
        OwnNoticeWhat::Begins => desk.own_begins(leg, step),
        OwnNoticeWhat::Asks => {
            let free = desk.is_asked(leg, step);
            let answer = Input::FromColleague(ColleagueAnswer { leg, free });
            step.out.push(Output::ToShard(leg.shard(), Box::new(answer)));
        }
        OwnNoticeWhat::Over => desk.own_over(leg, step),
    });
}

/// A phone is called, to test its sound.
pub(crate) fn on_sound_test(centre: &mut Centre, (agent, leg): (AgentNo, LegId), at: Moment, out: &mut Vec<Output>) {
    with(centre, agent, at, out, |desk, step| desk.is_tested(leg, step));
}

/// How that ended.
pub(crate) fn on_sound_tested(
    centre: &mut Centre,
    (agent, leg): (AgentNo, LegId),
    end: SoundTestEnd,
    at: Moment,
    out: &mut Vec<Output>,
) {
    with(centre, agent, at, out, |desk, step| desk.tested(leg, end, step));
}

/// An agent's desk asks for something.
pub(crate) fn on_request(centre: &mut Centre, request: DeskRequest, at: Moment, out: &mut Vec<Output>) {
    let DeskRequest { request, agent, command } = request;
    let (draining, plan) = (centre.draining, Arc::clone(&centre.plan));
    with(centre, agent, at, out, |desk, step| {
        let after_saved = matches!(command, DeskCommand::WrapUp(_));
        let result = match command {
            DeskCommand::LogIn if draining => Err(DeskRefusal::Draining),
            DeskCommand::InCall(wish) => match wish_in_call(desk, request, wish, step) {
                // The call answers.
                Ok(()) => return,
                Err(refusal) => Err(refusal),
            },
            DeskCommand::Supervise { call, what } => {
                let wish = SuperviseRequest { request, by: agent, call, what };
                let shard = call.shard_of(step.settings.shards);
                return step.out.push(Output::ToShard(shard, Box::new(Input::Supervises(wish))));
            }
            DeskCommand::LogIn
            | DeskCommand::SetState(_)
            | DeskCommand::SetNextState(_)
            | DeskCommand::Decline
            | DeskCommand::HangUp
            | DeskCommand::WrapUp(_)
            | DeskCommand::ExtendWrapUp
            | DeskCommand::LogOut
            | DeskCommand::TestSound
            | DeskCommand::Snapshot => carry_out(desk, command, &plan, step),
        };
        step.out.push(Output::DeskAnswer(DeskAnswer { request, result, after_saved }));
    });
}

fn carry_out(desk: &mut Desk, command: DeskCommand, plan: &Plan, step: &mut Step<'_>) -> Result<DeskDone, DeskRefusal> {
    match command {
        DeskCommand::LogIn => log_in(desk, step),
        DeskCommand::SetState(wanted) => set_state(desk, &wanted, step)?,
        DeskCommand::SetNextState(wanted) => set_next_state(desk, &wanted)?,
        DeskCommand::Decline => decline(desk, step)?,
        DeskCommand::HangUp => hang_up(desk, step)?,
        DeskCommand::WrapUp(wrap_up) => {
            desk.writes_down(wrap_up, plan, step)?;
        }
        DeskCommand::ExtendWrapUp => desk.extend_wrap_up(plan, step)?,
        DeskCommand::LogOut => leave(desk, Next::Off, step),
        DeskCommand::TestSound => desk.wants_test(step)?,
        // Answered by the call.
        DeskCommand::InCall(_) | DeskCommand::Supervise { .. } => return Err(DeskRefusal::NotTalking),
        DeskCommand::Snapshot => return Ok(DeskDone::Snapshot(Box::new(desk.snapshot()))),
    }
    Ok(DeskDone::Done)
}

fn log_in(desk: &mut Desk, step: &mut Step<'_>) {
    if desk.stage == Stage::Off {
        desk.pause(PauseReason::Chosen("login".into()), step);
    } else if desk.next == Some(Next::Off) {
        desk.next = None;
    }
}

fn set_state(desk: &mut Desk, wanted: &Wanted, step: &mut Step<'_>) -> Result<(), DeskRefusal> {
    match (&desk.stage, wanted) {
        (Stage::Off, _) => Err(DeskRefusal::NotLoggedIn),
        (Stage::Talking { .. }, _) => Err(DeskRefusal::Talking),
        (Stage::Paused(_) | Stage::WrapUp { .. }, Wanted::Ready) if !desk.reachable => Err(DeskRefusal::PhoneGone),
        // That comes after it.
        (Stage::Paused(PauseReason::SoundTest), Wanted::Ready) => Ok(()),
        (Stage::Paused(_) | Stage::WrapUp { .. }, Wanted::Ready) => {
            desk.go_ready_by_test(step);
            Ok(())
        }
        (Stage::Ready(Seat::Closing) | Stage::Offered { .. }, Wanted::Ready) => {
            desk.next = Some(Next::Ready);
            Ok(())
        }
        (Stage::Ready(Seat::Open | Seat::Resting), Wanted::Ready) => Ok(()),
        (_, Wanted::Paused(_)) => {
            leave(desk, Next::from(wanted), step);
            Ok(())
        }
    }
}

/// A pause or the end of duty: at once where the seat is closed, else as soon as it is.
pub(crate) fn leave(desk: &mut Desk, next: Next, step: &mut Step<'_>) {
    match desk.stage.clone() {
        Stage::Off => {}
        Stage::Ready(Seat::Open) => desk.close_seat(next, step),
        Stage::Ready(Seat::Closing) | Stage::Talking { .. } => desk.next = Some(next),
        Stage::Offered { generation, shown } => {
            desk.next = Some(next);
            let (call, agent) = (shown.call, desk.agent);
            ask_call(DeskNotice { call, agent, generation, what: DeskNoticeWhat::Decline }, step);
        }
        Stage::Ready(Seat::Resting) | Stage::WrapUp { .. } | Stage::Paused(_) => {
            desk.next = Some(next);
            desk.go_on(step);
        }
    }
}

fn set_next_state(desk: &mut Desk, wanted: &Wanted) -> Result<(), DeskRefusal> {
    match desk.stage {
        Stage::Talking { .. } | Stage::WrapUp { .. } => {
            desk.next = Some(Next::from(wanted));
            Ok(())
        }
        Stage::Off => Err(DeskRefusal::NotLoggedIn),
        Stage::Ready(_) | Stage::Offered { .. } | Stage::Paused(_) => Err(DeskRefusal::NotTalking),
    }
}

fn decline(desk: &Desk, step: &mut Step<'_>) -> Result<(), DeskRefusal> {
    let Stage::Offered { generation, shown } = &desk.stage else { return Err(DeskRefusal::NothingOffered) };
    let what = DeskNoticeWhat::Decline;
    ask_call(DeskNotice { call: shown.call, agent: desk.agent, generation: *generation, what }, step);
    Ok(())
}

fn hang_up(desk: &Desk, step: &mut Step<'_>) -> Result<(), DeskRefusal> {
    let Stage::Talking { generation, shown } = &desk.stage else { return Err(DeskRefusal::NotTalking) };
    let what = DeskNoticeWhat::HangUp;
    ask_call(DeskNotice { call: shown.call, agent: desk.agent, generation: *generation, what }, step);
    Ok(())
}

fn wish_in_call(desk: &Desk, request: RequestNo, wish: InCallWish, step: &mut Step<'_>) -> Result<(), DeskRefusal> {
    let Stage::Talking { generation, shown } = &desk.stage else { return Err(DeskRefusal::NotTalking) };
    let what = DeskNoticeWhat::Wishes(request, wish);
    ask_call(DeskNotice { call: shown.call, agent: desk.agent, generation: *generation, what }, step);
    Ok(())
}

fn ask_call(notice: DeskNotice, step: &mut Step<'_>) {
    let shard = notice.call.shard_of(step.settings.shards);
    step.out.push(Output::ToShard(shard, Box::new(Input::FromDesk(notice))));
}

pub(crate) fn with(
    centre: &mut Centre,
    agent: AgentNo,
    at: Moment,
    out: &mut Vec<Output>,
    act: impl FnOnce(&mut Desk, &mut Step<'_>),
) {
    let Centre { settings, counters, timers, desks, .. } = centre;
    if let Some(desk) = desks.get_mut(&agent) {
        act(desk, &mut Step { settings, counters, timers, at, out });
    }
}
