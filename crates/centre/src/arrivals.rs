//! Station 1: a citizen's call comes in from a trunk.
//!
//! Finds the line, keeps the caller apart from the facts, and starts the journey. What can't be served is refused
//! here with its own outcome.

use journey::Journey;
use media::{FarEnd, LocalSession, RemoteSession};
use model::{Arrival, CallId, Caller, Cause, LegCommand, Moment, Outcome, PersonRecord, PersonRef, What};

use crate::call::{Call, CitizenLeg};
use crate::centre::Centre;
use crate::leg_sound::LegSound;
use crate::output::Output;
use crate::{decided, earlier, floor, notes, room};

pub(crate) fn arrived(centre: &mut Centre, arrival: Arrival, at: Moment, out: &mut Vec<Output>) {
    if centre.draining || centre.calls.len() >= centre.settings.calls_max {
        let cause = if centre.draining { Cause::Draining } else { Cause::Overloaded };
        out.push(Output::Leg(LegCommand::Refuse { leg: arrival.leg, cause }));
        return;
    }
    centre.counters.calls += 1;
    let id = CallId::new(centre.settings.epoch_ms, centre.settings.shard, centre.counters.calls);
    let person = keep_person(id, &arrival.caller, at, out);
    let arrived = What::CallArrived { trunk: arrival.trunk.clone(), dialled: arrival.dialled.clone(), person };
    let found = centre.plan.find(&arrival.dialled, &arrival.reached_by);
    let offer = arrival.offer.as_deref().map(RemoteSession::parse).transpose();
    match (found, offer) {
        (Ok(found), Ok(offer)) => match can_be_answered(centre, &arrival, offer.as_ref()) {
            Err(cause) => refuse(centre, id, &arrival, (arrived, Outcome::Failed, cause), at, out),
            Ok(far) => {
                let call = Incoming { id, arrival, offer, far, line: found.line, municipality: found.municipality };
                begin(centre, call, arrived, at, out);
            }
        },
        (Err(_), _) => refuse(centre, id, &arrival, (arrived, Outcome::UnknownNumber, Cause::UnknownNumber), at, out),
        (_, Err(_)) => refuse(centre, id, &arrival, (arrived, Outcome::Failed, Cause::NotAcceptable), at, out),
    }
}

/// What the trunk is, as far as sound goes. One whom we could never answer (no codec in common, another address family,
/// encryption that our settings forbid or ask for) is told so now, not after a wait, with an agent already on the line.
fn can_be_answered(centre: &Centre, arrival: &Arrival, offer: Option<&RemoteSession>) -> Result<FarEnd, Cause> {
    let far = FarEnd::Phone(centre.settings.srtp.of_trunk(&arrival.trunk));
    if let Some(offer) = offer {
        let session = LocalSession::new(arrival.leg, far);
        session.could_answer(&centre.settings.sound, offer).map_err(room::cause_of)?;
    }
    Ok(far)
}

struct Incoming {
    id: CallId,
    arrival: Arrival,
    offer: Option<RemoteSession>,
    far: FarEnd,
    line: plan::LineNo,
    municipality: Option<model::MunicipalityId>,
}

fn begin(centre: &mut Centre, incoming: Incoming, arrived: What, at: Moment, out: &mut Vec<Output>) {
    let Incoming { id, arrival, offer, far, line, municipality } = incoming;
    let mut effects = Vec::with_capacity(8);
    let plan = decided::plan_for(centre, line);
    let mut journey = Journey::begin(&plan, line, municipality, at, &mut effects);
    if let Caller::Number(number) = &arrival.caller {
        journey.rung_from(number.clone());
    }
    let citizen = CitizenLeg {
        leg: arrival.leg,
        sound: LegSound::default(),
        offer: offer.map(Box::new),
        far,
        alive: true,
        early: None,
    };
    let call = Call::new(id, plan, journey, citizen, arrival.caller);
    centre.legs.insert(arrival.leg, id);
    centre.calls.insert(id, call);
    notes::of_call(centre, id, arrived, at, out);
    earlier::look(centre, id, at, out);
    floor::carry(centre, id, effects, at, out);
}

fn refuse(
    centre: &mut Centre,
    id: CallId,
    arrival: &Arrival,
    (arrived, outcome, cause): (What, Outcome, Cause),
    at: Moment,
    out: &mut Vec<Output>,
) {
    out.push(Output::Leg(LegCommand::Refuse { leg: arrival.leg, cause }));
    notes::of_refused_call(centre, id, vec![arrived, What::Ended { outcome }], at, out);
}

/// The number goes to its own table; facts carry only a reference, which is the call's and says nothing of the person.
fn keep_person(id: CallId, caller: &Caller, at: Moment, out: &mut Vec<Output>) -> Option<PersonRef> {
    match caller {
        Caller::Withheld => None,
        Caller::Number(_) | Caller::Text(_) => {
            let person = PersonRef(id.bits());
            out.push(Output::Person(PersonRecord { person, caller: caller.clone(), seen_at: at }));
            Some(person)
        }
    }
}
