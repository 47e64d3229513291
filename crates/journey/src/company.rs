//! Station 8, beside the two who talk: the citizen on hold, somebody asked and added, a supervisor who listens.
//!
//! Whoever goes, nobody is left behind: an agent who hangs up leaves the citizen to whoever was asked; a third party who
//! goes leaves the citizen on hold, or with the agent. Who hears whom follows from [`Company`] alone.

use model::{Cause, InCallFact, Moment, ThirdStage, What};
use plan::{AgentNo, Plan};

use crate::handing::join_third;
use crate::offer::RING_GRACE;
use crate::stage::agent_id;
use crate::supervising::{end_supervision, listener_answered, listener_gone, supervise};
use crate::{
    Alarm, Company, CompanyEvent, Denied, Effect, Effects, Journey, Party, Stage, Wish, announcing, recording, talk,
    waiting,
};

pub(crate) fn on(journey: &mut Journey, event: &CompanyEvent, plan: &Plan, at: Moment, out: &mut Effects) {
    let first = out.len();
    happens(journey, event, plan, at, out);
    // Who is put together anew hears no music any more.
    if matches!(journey.stage, Stage::Talk { .. }) && out[first..].contains(&Effect::Arrange) {
        talk::music_if_agent_is_away(journey, plan, out);
    }
}

fn happens(journey: &mut Journey, event: &CompanyEvent, plan: &Plan, at: Moment, out: &mut Effects) {
    if let CompanyEvent::Wishes(Wish::PauseRecording(pause)) = event {
        let answer = recording::wished(journey, *pause);
        return out.push(Effect::AnswerWish(answer));
    }
    if *event == CompanyEvent::AnnouncementOver {
        return announcing::over(journey, out);
    }
    let wished = matches!(event, CompanyEvent::Wishes(_) | CompanyEvent::Supervises(..));
    let talks = match journey.stage {
        // While a transfer is being asked for nothing new begins.
        Stage::Talk { agent } if !wished || journey.asked.is_none() => Some(agent),
        Stage::Talk { .. } | Stage::Waiting | Stage::Offer { .. } | Stage::Handing { .. } => None,
        Stage::Callback | Stage::CallingBack { .. } => None,
        Stage::Greeting | Stage::Menu(_) | Stage::Consent | Stage::Bot | Stage::Elsewhere => None,
        Stage::Booking | Stage::Voicemail | Stage::Onward { .. } | Stage::Farewell { .. } | Stage::Over => None,
    };
    let Some(agent) = talks else {
        if wished {
            out.push(Effect::AnswerWish(Err(Denied::NotTalking)));
        }
        return;
    };
    match event {
        CompanyEvent::Wishes(wish) => {
            let answer = grant(journey, agent, wish, plan, at, out);
            out.push(Effect::AnswerWish(answer));
        }
        CompanyEvent::Supervises(by, what) => supervise(journey, agent, (*by, what), plan, at, out),
        CompanyEvent::ThirdAnswered => third_answered(journey, out),
        CompanyEvent::ThirdRefused | CompanyEvent::ThirdGone => third_gone(journey, out),
        CompanyEvent::ListenerAnswered => listener_answered(journey, plan, out),
        CompanyEvent::ListenerRefused | CompanyEvent::ListenerGone => listener_gone(journey, plan, out),
        // Wherever the call stands, and done before.
        CompanyEvent::AnnouncementOver => {}
    }
}

fn grant(
    journey: &mut Journey,
    agent: AgentNo,
    wish: &Wish,
    plan: &Plan,
    at: Moment,
    out: &mut Effects,
) -> Result<(), Denied> {
    let stage = journey.company.as_ref().and_then(|company| company.third.as_ref()).map(|(_, stage)| *stage);
    match wish {
        Wish::Hold if stage.is_some() => return Err(Denied::ThirdThere),
        Wish::Resume if stage.is_some() => return Err(Denied::ThirdThere),
        Wish::Hold => hold(journey, true, out),
        Wish::Resume => hold(journey, false, out),
        Wish::Mute(muted) => {
            let company = journey.company_mut();
            if std::mem::replace(&mut company.muted, *muted) != *muted {
                out.push(Effect::MuteAgent(*muted));
            }
        }
        Wish::Ask(_) if stage.is_some() => return Err(Denied::ThirdThere),
        Wish::Ask(to) => {
            let company = journey.company_mut();
            company.third = Some((to.clone(), ThirdStage::Called));
            company.held = false;
            let by = agent_id(plan, agent);
            out.push(note(InCallFact::Asks { by, to: to.clone() }));
            out.push(Effect::SetAlarm(Alarm::ThirdOver, at + plan.dialling.ring_time_max + RING_GRACE));
            out.push(Effect::CallThird);
        }
        Wish::Toggle => toggle(journey, out)?,
        Wish::Conference if !is_asked(stage) => return Err(Denied::NobodyThere),
        Wish::Conference => {
            hears_again(journey, out);
            if let Some((_, stage)) = &mut journey.company_mut().third {
                *stage = ThirdStage::Joined;
            }
            out.push(note(InCallFact::Conferenced));
        }
        Wish::Back | Wish::HandOver if stage.is_none() => return Err(Denied::NobodyThere),
        Wish::Back => {
            hears_again(journey, out);
            out.push(Effect::HangUpThird(Cause::Normal));
            forget_third(journey, out);
        }
        // Of the recording alone, and answered before.
        Wish::PauseRecording(_) => return Err(Denied::NotRecorded),
        Wish::Announce(what, to) => announcing::begin(journey, (agent, what, *to), plan, out)?,
        Wish::StopAnnouncement => announcing::cut(journey, out),
        Wish::HandOver => {
            hand_over(journey, agent, plan, at, out);
            return Ok(());
        }
    }
    changed(journey, out);
    Ok(())
}

/// Whether somebody was asked who is there, and not joined so far.
fn is_asked(stage: Option<ThirdStage>) -> bool {
    matches!(stage, Some(ThirdStage::Asked | ThirdStage::Aside))
}

/// The agent turns to the citizen, or back to whoever was asked.
fn toggle(journey: &mut Journey, out: &mut Effects) -> Result<(), Denied> {
    let third = journey.company.as_mut().and_then(|company| company.third.as_mut());
    let Some((_, stage)) = third else { return Err(Denied::NobodyThere) };
    let (to, fact) = match stage {
        ThirdStage::Asked => (ThirdStage::Aside, InCallFact::Resumed),
        ThirdStage::Aside => (ThirdStage::Asked, InCallFact::Held),
        ThirdStage::Called | ThirdStage::Joined => return Err(Denied::NobodyThere),
    };
    *stage = to;
    journey.company_mut().told_held = fact == InCallFact::Held;
    out.push(note(fact));
    Ok(())
}

/// Whoever was put on hold by turning to somebody else is not any more.
fn hears_again(journey: &mut Journey, out: &mut Effects) {
    if std::mem::take(&mut journey.company_mut().told_held) {
        out.push(note(InCallFact::Resumed));
    }
}

fn hold(journey: &mut Journey, held: bool, out: &mut Effects) {
    let before = std::mem::replace(&mut journey.company_mut().held, held);
    if before != held {
        out.push(note(if held { InCallFact::Held } else { InCallFact::Resumed }));
    }
}

/// The agent is done, and whoever was asked or added has the citizen; if they still are called, the citizen hears music
/// meanwhile. False: nobody was asked.
pub(crate) fn hand_over(journey: &mut Journey, agent: AgentNo, plan: &Plan, at: Moment, out: &mut Effects) -> bool {
    let Some((to, stage)) = journey.company.as_mut().and_then(|company| company.third.take()) else { return false };
    journey.talked = true;
    journey.handed_to = Some(to.clone());
    out.push(Effect::StopAlarm(Alarm::ThirdOver));
    out.push(Effect::ThirdTakesOver);
    part(journey, plan, out);
    if stage == ThirdStage::Called {
        out.push(Effect::Note(What::TransferBegan { by: agent_id(plan, agent), to: to.clone() }));
    }
    out.push(Effect::Note(What::Transferred { by: agent_id(plan, agent), to }));
    out.push(Effect::LetFormerGo { wrap_up: journey.queue_of(plan).wrap_up });
    match stage {
        ThirdStage::Asked | ThirdStage::Aside | ThirdStage::Joined => join_third(journey, out),
        ThirdStage::Called => {
            journey.stage = Stage::Handing { from: None, to: Party::Third };
            out.push(Effect::SetAlarm(Alarm::RingOver, at + plan.dialling.ring_time_max + RING_GRACE));
            out.push(Effect::CitizenWaits);
            waiting::music(journey, plan, out);
        }
    }
    true
}

fn third_answered(journey: &mut Journey, out: &mut Effects) {
    out.push(Effect::StopAlarm(Alarm::ThirdOver));
    let third = journey.company.as_mut().and_then(|company| company.third.as_mut());
    let Some((_, stage @ ThirdStage::Called)) = third else { return };
    *stage = ThirdStage::Asked;
    out.push(note(InCallFact::ThirdThere));
    changed(journey, out);
}

/// Whoever was asked has gone. A citizen who heard music meanwhile stays on hold until the agent takes them back.
fn third_gone(journey: &mut Journey, out: &mut Effects) {
    let third = journey.company.as_ref().and_then(|company| company.third.as_ref());
    let Some((_, stage)) = third else { return };
    let held = matches!(stage, ThirdStage::Called | ThirdStage::Asked);
    forget_third(journey, out);
    let company = journey.company_mut();
    if held && std::mem::take(&mut company.told_held) {
        company.held = true;
    } else if held {
        hold(journey, true, out);
    }
    changed(journey, out);
}

fn forget_third(journey: &mut Journey, out: &mut Effects) {
    journey.company_mut().third = None;
    out.push(Effect::StopAlarm(Alarm::ThirdOver));
    out.push(note(InCallFact::ThirdGone));
}

/// The conversation is over, or another one begins: nothing is left beside it.
pub(crate) fn part(journey: &mut Journey, plan: &Plan, out: &mut Effects) {
    if journey.company.is_some() {
        end_supervision(journey, plan, out);
        announcing::cut(journey, out);
        if journey.has_third() {
            forget_third(journey, out);
        }
        journey.company = None;
        out.extend([Alarm::ThirdOver, Alarm::ListenerOver].map(Effect::StopAlarm));
        out.push(Effect::EndCompany);
    }
}

/// An alarm of ours: the phone has not said itself that nobody answers.
pub(crate) fn on_alarm(journey: &mut Journey, alarm: Alarm, plan: &Plan, at: Moment, out: &mut Effects) {
    if alarm == Alarm::ThirdOver {
        out.push(Effect::HangUpThird(Cause::Normal));
        on(journey, &CompanyEvent::ThirdRefused, plan, at, out);
    } else if alarm == Alarm::ListenerOver {
        out.push(Effect::HangUpListener(Cause::Normal));
        on(journey, &CompanyEvent::ListenerRefused, plan, at, out);
    }
}

pub(crate) fn changed(journey: &mut Journey, out: &mut Effects) {
    out.push(Effect::Arrange);
    out.push(Effect::ShowInCall);
    if journey.company.as_deref().is_some_and(|company| *company == Company::default()) {
        journey.company = None;
        out.push(Effect::EndCompany);
    }
}

pub(crate) fn note(what: InCallFact) -> Effect {
    Effect::Note(What::InCall(what))
}
