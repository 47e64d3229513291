//! The only place that carries an effect to another room: a journey's effects become commands to legs, sound,
//! the core and the desks; what comes back finds its call here.
//!
//! Knows who is who; knows no rule of a call.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use journey::{Alarm, Effect, Event};
use media::MediaCommand;
use model::{CallId, Cause, LegCommand, LegEnd, LegEvent, LegId, Moment, OfferEnd, Outcome, What};
use routing::Claim;

use crate::call::{AgentLeg, Side};
use crate::centre::Centre;
use crate::desks::desk_shard;
use crate::input::{CallNotice, CallNoticeWhat, DeskNotice, DeskNoticeWhat, Input, OwnNoticeWhat};
use crate::output::Output;
use crate::{
    arrange, bot, called_back, claims, company, earlier, keys, notes, outward, own_calls, promises, proof, queueing,
    recall, ringing, room, sound, tape, timers, together, told, transfers, voicemail,
};

/// Something happened to a leg that is here. Legs that we have let go of are known no more, and say nothing.
pub(crate) fn on_leg(centre: &mut Centre, event: LegEvent, at: Moment, out: &mut Vec<Output>) {
    let leg = event.leg();
    let Some(&call) = centre.legs.get(&leg) else { return };
    let Some(side) = centre.calls.get(&call).map(|known| known.side(leg)) else { return };
    match event {
        _ if side == Side::Returning && recall::on_leg(centre, call, &event, at, out) => {}
        LegEvent::Arrived(_) | LegEvent::AgentCalls(_) => {}
        LegEvent::Digit { digit, .. } => keys::signalled(centre, leg, digit, at, out),
        LegEvent::TransferAsked { to, .. } => transfers::asked(centre, call, leg, to, at, out),
        LegEvent::Ringing { session, .. } => own_calls::rings(centre, call, side, session.as_deref(), at, out),
        LegEvent::Answered { session, .. } if side.is_beside() => {
            company::answered(centre, (call, leg), &session, at, out);
        }
        LegEvent::Refused { .. } if side.is_beside() => company::gone(centre, (call, side), at, out),
        LegEvent::Answered { session, .. } if side == Side::Citizen => {
            called_back::answered(centre, call, &session, at, out);
        }
        LegEvent::Refused { why, .. } if side == Side::Citizen => called_back::refused(centre, call, why, at, out),
        LegEvent::Answered { session, .. } => {
            let event = sound::agent_answered(centre, call, &session, out);
            step(centre, call, event, at, out);
        }
        LegEvent::Refused { why, .. } => {
            forget_agent_leg(centre, call, out);
            step(centre, call, Event::AgentRefused(why), at, out);
        }
        LegEvent::Confirmed { session, .. } => {
            if let Some(event) = sound::citizen_confirmed(centre, call, session.as_deref(), out) {
                step(centre, call, event, at, out);
            }
        }
        LegEvent::SessionOffered { offer, .. } => sound::session_offered(centre, leg, offer.as_deref(), at, out),
        LegEvent::SessionAnswered { session, .. } => sound::session_answered(centre, leg, &session, at, out),
        LegEvent::Ended { why, .. } => ended(centre, call, (leg, side), why, at, out),
    }
}

/// A party has hung up, or is lost. Nobody is left to be told how a transfer ends that this leg has asked for.
fn ended(centre: &mut Centre, id: CallId, (leg, side): (LegId, Side), why: LegEnd, at: Moment, out: &mut Vec<Output>) {
    if let Some(call) = centre.calls.get_mut(&id) {
        call.asked = call.asked.filter(|asked| *asked != leg);
    }
    let event = match side {
        Side::Citizen => {
            voicemail::citizen_leaves(centre, id, out);
            citizen_left(centre, id, out);
            Event::CitizenGone(why)
        }
        Side::Agent | Side::Former if why == LegEnd::Lost && recall::awaits(centre, id, leg) => return,
        Side::Agent => {
            forget_agent_leg(centre, id, out);
            Event::AgentGone(why)
        }
        Side::Returning => return,
        Side::Former => {
            transfers::forget_former_leg(centre, id, out);
            Event::FormerGone
        }
        Side::Third | Side::Listener => return company::gone(centre, (id, side), at, out),
    };
    step(centre, id, event, at, out);
}

/// A desk asks something of the call that it holds; a late asker is not heard.
pub(crate) fn on_desk(centre: &mut Centre, notice: DeskNotice, at: Moment, out: &mut Vec<Output>) {
    if let DeskNoticeWhat::Wishes(request, wish) = &notice.what {
        return company::wished(centre, &notice, (*request, wish.clone()), at, out);
    }
    let Some((call, side)) = transfers::held_by(centre, &notice) else { return };
    let event = match (notice.what, side) {
        (DeskNoticeWhat::HangUp, Side::Former) => Event::FormerHangsUp,
        (DeskNoticeWhat::Decline, Side::Former) | (DeskNoticeWhat::Wishes(..), _) => return,
        (DeskNoticeWhat::BrowserCame, side) => return recall::browser_came(centre, (call, side), at, out),
        (DeskNoticeWhat::Decline, _) => Event::AgentDeclined,
        (DeskNoticeWhat::HangUp, _) => Event::AgentHangsUp,
    };
    step(centre, call, event, at, out);
}

/// A station's alarm is due.
pub(crate) fn on_alarm(centre: &mut Centre, call: CallId, alarm: Alarm, at: Moment, out: &mut Vec<Output>) {
    if let Some(known) = centre.calls.get_mut(&call) {
        known.alarms.retain(|(set, _)| *set != alarm);
    }
    step(centre, call, Event::Alarm(alarm), at, out);
}

/// One step of one call. A panic in it ends that call alone: an apology would be another step, so it is let go.
pub(crate) fn step(centre: &mut Centre, call: CallId, event: Event, at: Moment, out: &mut Vec<Output>) {
    let Some(known) = centre.calls.get_mut(&call) else { return };
    let plan = known.plan.clone();
    let mut effects = Vec::with_capacity(8);
    let stepped = catch_unwind(AssertUnwindSafe(|| known.journey.on(event, &plan, at, &mut effects)));
    match stepped {
        Ok(()) => {
            carry(centre, call, effects, at, out);
            recall::follow(centre, call, at, out);
            promises::follow(centre, call, out);
        }
        Err(_) => cut_off(centre, call, at, out),
    }
}

/// A bug in a station: the call is ended whole, with everything that it held.
fn cut_off(centre: &mut Centre, call: CallId, at: Moment, out: &mut Vec<Output>) {
    let ended = What::Ended { outcome: Outcome::Failed };
    let effects = vec![
        Effect::HangUpAgent(Cause::Fault),
        Effect::ReleaseSeat(OfferEnd::Failed),
        Effect::LeaveQueue,
        Effect::HangUpCitizen(Cause::Fault),
        Effect::Note(ended),
        Effect::Over(Outcome::Failed),
    ];
    carry(centre, call, effects, at, out);
}

/// Carries out what a step asked for, in order. What fails at once (no port, no codec) is the next step's event.
pub(crate) fn carry(centre: &mut Centre, call: CallId, effects: Vec<Effect>, at: Moment, out: &mut Vec<Output>) {
    for effect in effects {
        if let Some(event) = carry_one(centre, call, effect, at, out) {
            step(centre, call, event, at, out);
        }
    }
}

fn carry_one(centre: &mut Centre, id: CallId, effect: Effect, at: Moment, out: &mut Vec<Output>) -> Option<Event> {
    match effect {
        Effect::Note(what) => notes::of_call(centre, id, what, at, out),
        Effect::RingCitizen => {
            let leg = centre.calls.get(&id)?.citizen.leg;
            out.push(Output::Leg(LegCommand::Ring { leg }));
        }
        Effect::AnswerCitizen => return sound::answer_citizen(centre, id, at, out),
        Effect::Play(tone) => told::play(centre, id, tone, out),
        Effect::HearAgent => together::hear_agent(centre, id, out),
        Effect::Refuse(cause) => end_citizen(centre, id, |leg| LegCommand::Refuse { leg, cause }, out),
        Effect::HangUpCitizen(cause) => end_citizen(centre, id, |leg| LegCommand::HangUp { leg, cause }, out),
        Effect::JoinQueue => queueing::join(centre, id, at, out),
        Effect::TalkWithBot => return bot::talk(centre, id, out),
        Effect::LeaveBot => bot::leave(centre, id, out),
        Effect::TakeMessage(mailbox) => return voicemail::take(centre, id, mailbox, at, out),
        Effect::BeginMessage => tape::tell(centre, id, |leg| MediaCommand::BeginMessage { leg }, out),
        Effect::EndMessage { keep } => tape::tell(centre, id, |leg| MediaCommand::EndMessage { leg, keep }, out),
        Effect::ListenForVoice(on) => tape::tell(centre, id, |leg| voicemail::listen(leg, on), out),
        Effect::LeaveQueue => queueing::leave(centre, id, out),
        Effect::LookForAgent => queueing::look(centre, id, out),
        Effect::MoveOn => queueing::move_on(centre, id, out),
        Effect::EstimateWait => queueing::estimate(centre, id, out),
        Effect::RingAgent => return ringing::ring_agent(centre, id, at, out),
        Effect::HangUpAgent(cause) => hang_up_agent(centre, id, cause, out),
        Effect::ReleaseSeat(why) => queueing::release_seat(centre, id, why, out),
        Effect::ReturnToQueue { barred } => queueing::return_to_queue(centre, id, at + barred, out),
        Effect::JoinAgain { front } => queueing::join_again(centre, id, front, at, out),
        Effect::JoinSince(since) => queueing::join_kept(centre, id, since, out),
        Effect::FindSlot(from) => promises::find_slot(centre, id, from, out),
        Effect::AskForPromise { slot } => promises::ask(centre, id, slot, out),
        Effect::JoinLater => queueing::join_later(centre, id, at, out),
        Effect::AskFor(agent) => queueing::ask_for(centre, id, agent, at, out),
        Effect::Join => claims::join(centre, id, at, out),
        Effect::EndTalk { wrap_up } => claims::end_talk(centre, id, wrap_up, out),
        Effect::AnswerTransfer(answer) => transfers::answer(centre, id, answer, out),
        Effect::TellTransfer(end) => transfers::tell(centre, id, end, at, out),
        Effect::LetFormerGo { wrap_up } => transfers::let_former_go(centre, id, wrap_up, out),
        Effect::Restore => transfers::restore(centre, id),
        Effect::JoinThird => transfers::join_third(centre, id, out),
        Effect::JoinTaken => transfers::join_taken(centre, id, at, out),
        Effect::CallEntry(entry) => return outward::call_entry(centre, id, &entry, at, out),
        Effect::CallOut => return own_calls::call_out(centre, id, at, out),
        Effect::CallColleague => own_calls::ask_colleague(centre, id, out),
        Effect::CallThird => return company::call_third(centre, id, at, out),
        Effect::HangUpThird(cause) => company::hang_up(centre, id, Side::Third, cause, out),
        Effect::ThirdTakesOver => company::takes_over(centre, id, Side::Third),
        Effect::CallListener(by) => company::call_listener(centre, id, by, out),
        Effect::HangUpListener(cause) => company::hang_up(centre, id, Side::Listener, cause, out),
        Effect::ListenerTakesOver => company::takes_over(centre, id, Side::Listener),
        Effect::MuteAgent(muted) => together::mute(centre, id, muted, out),
        Effect::Arrange => arrange::arrange(centre, id, out),
        Effect::ShowInCall => company::show(centre, id, out),
        Effect::AnswerWish(result) => company::answer_wish(centre, id, result, out),
        Effect::EndCompany => company::end(centre, id, out),
        Effect::PromiseCallback => called_back::promise(centre, id),
        Effect::CallCitizen => return called_back::call_citizen(centre, id, at, out),
        Effect::JoinCitizen => called_back::join(centre, id, out),
        Effect::CitizenWaits => together::citizen_waits(centre, id, out),
        Effect::Record(recording) => return tape::record(centre, id, *recording, at, out),
        Effect::PauseRecording(paused) => {
            tape::tell(centre, id, |leg| MediaCommand::PauseRecording { leg, paused }, out);
        }
        Effect::EndRecording => tape::tell(centre, id, |leg| MediaCommand::EndRecording { leg }, out),
        Effect::ListenForKeys(in_band) => tape::tell(centre, id, |leg| MediaCommand::Listen { leg, in_band }, out),
        Effect::SetAlarm(alarm, due) => timers::set_alarm(centre, id, alarm, due),
        Effect::StopAlarm(alarm) => timers::stop_alarm(centre, id, alarm),
        Effect::Over(_) => over(centre, id, at, out),
    }
    None
}

/// Lets the citizen go in this way, unless they have gone.
pub(crate) fn end_citizen(
    centre: &mut Centre,
    id: CallId,
    how: impl FnOnce(LegId) -> LegCommand,
    out: &mut Vec<Output>,
) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    if call.citizen.alive {
        out.push(Output::Leg(how(call.citizen.leg)));
        citizen_left(centre, id, out);
    }
}

fn hang_up_agent(centre: &mut Centre, id: CallId, cause: Cause, out: &mut Vec<Output>) {
    let Some(agent) = centre.calls.get(&id).and_then(|call| call.agent.as_ref()) else { return };
    if agent.called {
        out.push(Output::Leg(LegCommand::HangUp { leg: agent.leg, cause }));
    }
    forget_agent_leg(centre, id, out);
}

pub(crate) fn notify(centre: &Centre, claim: &Claim, what: CallNoticeWhat, out: &mut Vec<Output>) {
    let notice = CallNotice { agent: claim.agent, generation: claim.generation, what };
    let shard = desk_shard(claim.agent, centre.settings.shards);
    out.push(Output::ToShard(shard, Box::new(Input::FromCall(notice))));
}

/// The citizen's leg is over, or let go: its sound is given back.
pub(crate) fn citizen_left(centre: &mut Centre, id: CallId, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    call.citizen.alive = false;
    let leg = call.citizen.leg;
    let room = call.citizen.sound.room.take();
    centre.legs.remove(&leg);
    room::close(centre, leg, room, out);
}

/// The agent's leg is over, or let go.
pub(crate) fn forget_agent_leg(centre: &mut Centre, id: CallId, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get_mut(&id) else { return };
    let (claim, Some(agent)) = (call.claim, call.agent.take()) else { return };
    proof::tell(centre, claim, &agent, out);
    forget_leg(centre, &agent, out);
}

/// A phone's leg is over, or let go: its sound is given back, and the desk is told whose phone we had asked for.
pub(crate) fn forget_leg(centre: &mut Centre, agent: &AgentLeg, out: &mut Vec<Output>) {
    centre.legs.remove(&agent.leg);
    if let Some(lent) = agent.lent {
        own_calls::tell(centre, (lent, agent.leg), OwnNoticeWhat::Over, out);
    }
    room::close(centre, agent.leg, agent.sound.room, out);
}

/// The last effect: whatever a station forgot is taken back here, so that nothing stays behind a call.
fn over(centre: &mut Centre, id: CallId, at: Moment, out: &mut Vec<Output>) {
    earlier::tell(centre, id, at, out);
    company::end(centre, id, out);
    recall::end(centre, id, out);
    hang_up_agent(centre, id, Cause::Normal, out);
    transfers::let_former_go(centre, id, Duration::ZERO, out);
    queueing::release_seat(centre, id, OfferEnd::Failed, out);
    queueing::leave(centre, id, out);
    end_citizen(centre, id, |leg| LegCommand::HangUp { leg, cause: Cause::Normal }, out);
    if let Some(mut call) = centre.calls.remove(&id) {
        promises::over(&mut centre.counters, &mut call, out);
        if let Some(agent) = call.own {
            own_calls::tell(centre, (agent, call.citizen.leg), OwnNoticeWhat::Over, out);
        }
        for (_, key) in call.alarms {
            centre.timers.stop(key);
        }
    }
}
