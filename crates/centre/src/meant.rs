//! Whom a number or a name means that an agent calls or hands a citizen on to: a line, a colleague, somebody outside, or an
//! entry of the directory, with its hours.
//!
//! Numbers of ours are found inside, whichever way they are named: nothing goes out by a trunk only to come back. Knows the
//! plan; doesn't know what becomes of the call.

use journey::Target;
use model::{CallId, CalledParty, Caller, Cause, Dialled, Moment, PersonRecord, PersonRef, PhoneNumber};
use plan::{AgentNo, DirectoryEntry, DirectoryTo, HoursState, LineNo, MayDial, Plan};

use crate::call::Outgoing;
use crate::centre::Centre;
use crate::output::Output;

/// Whom a number or a name means.
pub(crate) struct Meant {
    pub(crate) target: Target,
    pub(crate) outgoing: Option<Outgoing>,
    /// The directory names a line of ours by its number, as if it were outside.
    pub(crate) bounces: bool,
}

/// Who is meant, and whether an agent may call or hand on there. `line` is the one that a citizen rang who is handed on.
pub(crate) fn meant(
    centre: &mut Centre,
    plan: &Plan,
    agent: AgentNo,
    line: Option<LineNo>,
    to: &CalledParty,
    at: Moment,
    out: &mut Vec<Output>,
) -> Result<Meant, Cause> {
    match to {
        CalledParty::Agent(id) => {
            if let Some(colleague) = plan.agents_by_id.get(id) {
                return to_colleague(agent, *colleague);
            }
            let entry = plan.in_directory(id).ok_or(Cause::UnknownNumber)?;
            by_directory(centre, plan, (agent, line), entry, at, out)
        }
        CalledParty::Number(number) => match plan.find(number, &[]) {
            Ok(found) => Ok(to_line(found.line, false)),
            Err(_) => outside(centre, plan, (agent, line), number, at, out),
        },
    }
}

/// Whether whoever is meant can be reached by their hours; colleagues and numbers outside have none.
pub(crate) fn hours(plan: &Plan, to: &CalledParty, at: Moment) -> HoursState {
    let state = match to {
        CalledParty::Agent(id) => plan.in_directory(id).map(|entry| plan.reaches(entry, at)),
        CalledParty::Number(number) => {
            let line = plan.find(number, &[]).ok().map(|found| &plan.lines[found.line.at()]);
            line.map(|line| plan.calendars[line.calendar.at()].state(at))
        }
    };
    state.unwrap_or(HoursState::Open { until: None })
}

fn by_directory(
    centre: &mut Centre,
    plan: &Plan,
    (agent, line): (AgentNo, Option<LineNo>),
    entry: &DirectoryEntry,
    at: Moment,
    out: &mut Vec<Output>,
) -> Result<Meant, Cause> {
    if let HoursState::Closed { .. } = plan.reaches(entry, at) {
        return Err(Cause::Closed);
    }
    match &entry.to {
        DirectoryTo::Line { line, by_number } => Ok(to_line(*line, *by_number)),
        DirectoryTo::Agent(colleague) => to_colleague(agent, *colleague),
        DirectoryTo::Number(number) => outside(centre, plan, (agent, line), number, at, out),
    }
}

fn to_line(line: LineNo, bounces: bool) -> Meant {
    Meant { target: Target::Line(line), outgoing: None, bounces }
}

fn to_colleague(agent: AgentNo, colleague: AgentNo) -> Result<Meant, Cause> {
    if colleague == agent {
        return Err(Cause::Busy);
    }
    let outgoing = Some(Outgoing::Colleague(colleague));
    Ok(Meant { target: Target::Agent(colleague), outgoing, bounces: false })
}

fn outside(
    centre: &mut Centre,
    plan: &Plan,
    (agent, line): (AgentNo, Option<LineNo>),
    number: &Dialled,
    at: Moment,
    out: &mut Vec<Output>,
) -> Result<Meant, Cause> {
    let emergency = match plan.may_dial(number) {
        MayDial::Emergency => true,
        MayDial::Yes => false,
        MayDial::No => return Err(Cause::NotAllowed),
    };
    let caller = plan.shown_outside(agent, line);
    let person = keep_called(centre, number, at, out);
    let outgoing = Some(Outgoing::Outside { number: number.clone(), caller, emergency });
    Ok(Meant { target: Target::Outside(person), outgoing, bounces: false })
}

/// The number called goes to the table of persons; facts carry only a reference.
fn keep_called(centre: &mut Centre, number: &Dialled, at: Moment, out: &mut Vec<Output>) -> PersonRef {
    centre.counters.calls += 1;
    let id = CallId::new(centre.settings.epoch_ms, centre.settings.shard, centre.counters.calls);
    let person = PersonRef(id.bits());
    if let Ok(number) = PhoneNumber::from_kept(number.as_str()) {
        out.push(Output::Person(PersonRecord { person, caller: Caller::Number(number), seen_at: at }));
    }
    person
}
