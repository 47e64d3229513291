//! A desk's events and snapshots as messages, with the plan's names put in.
//! Knows names and units of the API; doesn't know who reads them.

use centre::{DeskEvent, DeskSnapshot, DeskState, OfferShown, Shown, Wanted};
use model::{Caller, HandedTo, Hearer, InCall, Listening, Moment, OfferEnd, OfferedWhy, RecordingShown, ThirdStage};
use plan::Plan;

use crate::desk::{earlier, sound};
use crate::mirror;
use crate::proto::desk as pb;
use crate::proto::desk::watch_response::Event;

/// One event.
pub(crate) fn event(plan: &Plan, event: &DeskEvent, resume_token: String) -> pb::WatchResponse {
    let shown = match &event.shown {
        Shown::State(state) => Event::State(mirror::state(state)),
        Shown::Offered(offer) => Event::Offered(self::offer(plan, offer, event.at)),
        Shown::Withdrawn { call, why } => {
            Event::Withdrawn(pb::Withdrawn { call_id: call.to_string(), why: end(*why).into() })
        }
        Shown::Talking { call } => Event::Talking(pb::Talking { call_id: call.to_string() }),
        Shown::WrapUp { call, until } => {
            Event::WrapUp(pb::WrapUpOpen { call_id: call.to_string(), until_unix_ms: until.as_millis() })
        }
        Shown::NotHandedOn { call, why } => Event::NotHandedOn(pb::NotHandedOn {
            call_id: call.to_string(),
            why: end(*why).into(),
            text_da: not_handed_on(*why).to_owned(),
        }),
        Shown::InCall { call, now } => Event::InCall(in_call(call.to_string(), now)),
        Shown::Sound { sound } => Event::Sound(sound::now(*sound)),
        Shown::SoundTested { end, sound } => Event::SoundTested(sound::tested(*end, *sound)),
        Shown::Phone { reachable } => Event::Phone(pb::PhoneChanged { reachable: *reachable }),
    };
    pb::WatchResponse { resume_token, at_unix_ms: event.at.as_millis(), event: Some(shown) }
}

/// The whole desk.
pub(crate) fn snapshot(plan: &Plan, snapshot: &DeskSnapshot, at: Moment, resume_token: String) -> pb::WatchResponse {
    let desk = &snapshot.desk;
    let (next_choice, next_pause_code) = match &desk.next {
        None => (pb::Choice::Unspecified, String::new()),
        Some(Wanted::Ready) => (pb::Choice::Ready, String::new()),
        Some(Wanted::Paused(code)) => (pb::Choice::Paused, (**code).to_owned()),
    };
    let shown = pb::Snapshot {
        state: Some(mirror::state(&desk.state)),
        since_unix_ms: desk.since.as_millis(),
        call: desk.call.as_deref().map(|call| offer(plan, call, at)),
        wrap_up_until_unix_ms: desk.wrap_up_until.map(Moment::as_millis),
        next_choice: next_choice.into(),
        next_pause_code,
        phone_reachable: desk.phone,
        in_call: in_call_of(desk),
        sound: Some(sound::now(desk.sound)),
    };
    pb::WatchResponse { resume_token, at_unix_ms: at.as_millis(), event: Some(Event::Snapshot(shown)) }
}

fn in_call_of(desk: &DeskState) -> Option<pb::InCallNow> {
    let call = desk.call.as_deref().filter(|_| desk.in_call != InCall::default())?;
    Some(in_call(call.call.to_string(), &desk.in_call))
}

fn in_call(call_id: String, now: &InCall) -> pb::InCallNow {
    let (third, third_agent_id) = match &now.third {
        None => (pb::ThirdStage::Unspecified, String::new()),
        Some((to, stage)) => (third_stage(*stage), asked(to)),
    };
    let listening = match now.listening {
        None => pb::Listening::Unspecified,
        Some(Listening::Listen) => pb::Listening::Listen,
        Some(Listening::Whisper) => pb::Listening::Whisper,
        Some(Listening::Join) => pb::Listening::Join,
    };
    let recording = match now.recording {
        RecordingShown::Off => pb::Recording::Unspecified,
        RecordingShown::On => pb::Recording::On,
        RecordingShown::Paused => pb::Recording::Paused,
        RecordingShown::Failed => pb::Recording::Failed,
    };
    let (held, muted) = (now.held, now.muted);
    let (third, listening, recording) = (third.into(), listening.into(), recording.into());
    let (announcement, announced_to) = match &now.announced {
        None => (String::new(), pb::Hearer::Unspecified),
        Some((what, Hearer::Citizen)) => (what.to_string(), pb::Hearer::Citizen),
        Some((what, Hearer::Agent)) => (what.to_string(), pb::Hearer::Agent),
    };
    let announced_to = announced_to.into();
    pb::InCallNow { call_id, held, muted, third, third_agent_id, listening, recording, announcement, announced_to }
}

fn third_stage(stage: ThirdStage) -> pb::ThirdStage {
    match stage {
        ThirdStage::Called => pb::ThirdStage::Called,
        ThirdStage::Asked => pb::ThirdStage::Asked,
        ThirdStage::Aside => pb::ThirdStage::Aside,
        ThirdStage::Joined => pb::ThirdStage::Joined,
    }
}

fn asked(to: &HandedTo) -> String {
    match to {
        HandedTo::Agent(agent) => agent.to_string(),
        HandedTo::Line(_) | HandedTo::Outside(_) => String::new(),
    }
}

/// "Forget what you have."
pub(crate) fn resync(at: Moment) -> pb::WatchResponse {
    let event = Some(Event::Resync(pb::Resync {}));
    pb::WatchResponse { resume_token: String::new(), at_unix_ms: at.as_millis(), event }
}

fn offer(plan: &Plan, offer: &OfferShown, at: Moment) -> pb::Offer {
    let line = plan.lines.iter().find(|line| line.id == offer.line);
    let queue = plan.queues.iter().find(|queue| queue.id == offer.queue);
    let municipality = offer.municipality.and_then(|id| plan.municipalities.get(&id));
    pb::Offer {
        call_id: offer.call.to_string(),
        caller: Some(caller(&offer.caller)),
        municipality_code: mirror::municipality(offer.municipality),
        municipality_name: municipality.map(|found| found.name.to_string()).unwrap_or_default(),
        line_id: offer.line.to_string(),
        line_title: line.map(|found| found.title.to_string()).unwrap_or_default(),
        topic: offer.topic.to_string(),
        language: offer.language.to_string(),
        queue_id: offer.queue.to_string(),
        queue_title: queue.map(|found| found.title.to_string()).unwrap_or_default(),
        waited_ms: offer.waited.as_millis() as u64,
        decision: offer.decision.0,
        why: why(offer.why).into(),
        callback: offer.callback,
        earlier: offer.earlier.as_deref().map(|call| earlier::shown(plan, call, offer.municipality, at)),
    }
}

fn caller(caller: &Caller) -> pb::offer::Caller {
    match caller {
        Caller::Withheld => pb::offer::Caller::Withheld(true),
        Caller::Number(number) => pb::offer::Caller::Number(number.reveal().to_owned()),
        Caller::Text(text) => pb::offer::Caller::Text(text.reveal().to_owned()),
    }
}

fn why(why: OfferedWhy) -> pb::OfferedWhy {
    match why {
        OfferedWhy::BestFreeAgent => pb::OfferedWhy::BestFreeAgent,
        OfferedWhy::BestWaitingCall => pb::OfferedWhy::BestWaitingCall,
    }
}

fn end(end: OfferEnd) -> pb::OfferEnd {
    match end {
        OfferEnd::Declined => pb::OfferEnd::Declined,
        OfferEnd::Busy => pb::OfferEnd::Busy,
        OfferEnd::NoAnswer => pb::OfferEnd::NoAnswer,
        OfferEnd::Unreachable => pb::OfferEnd::Unreachable,
        OfferEnd::CitizenGone => pb::OfferEnd::CitizenGone,
        OfferEnd::Failed => pb::OfferEnd::Failed,
    }
}

fn not_handed_on(why: OfferEnd) -> &'static str {
    match why {
        OfferEnd::Declined => "Ikke viderestillet: afvist. Du taler stadig med borgeren.",
        OfferEnd::Busy => "Ikke viderestillet: optaget. Du taler stadig med borgeren.",
        OfferEnd::NoAnswer => "Ikke viderestillet: ingen svarede. Du taler stadig med borgeren.",
        OfferEnd::Unreachable => "Ikke viderestillet: kan ikke nås. Du taler stadig med borgeren.",
        OfferEnd::CitizenGone => "Ikke viderestillet: borgeren har lagt på.",
        OfferEnd::Failed => "Ikke viderestillet: det lod sig ikke gøre. Du taler stadig med borgeren.",
    }
}
