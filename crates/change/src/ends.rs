//! What is left of a plan when edits end by themselves, and which edits can stand together where one has lost its ground.
//!
//! A change is refused if the plan would not be right at a later moment at which something ends, so that nothing ends badly by
//! itself. Knows no clock: what is left is looked at for each end, as if it were that moment.

use std::collections::BTreeSet;

use model::Moment;
use plan::{Fault, Plan, read_plan_table};
use toml::Table;

use crate::apply::{Misfit, apply, misfit};
use crate::edit::{Edit, HoursOf};
use crate::read::named;
use crate::refused::Refused;
use crate::version::Made;

/// Moments that a change looks ahead to, each of which costs as much as a change. What ends badly beyond that is left out then.
const ENDS_MAX: usize = 32;

/// A plan file's table, compiled; the faults of one that isn't right are told by the names of entries.
pub(crate) fn compile(table: &Table) -> Result<Plan, Vec<Fault>> {
    read_plan_table(table.clone(), "")
        .map_err(|faults| faults.into_iter().map(|fault| Fault { at: named(table, &fault.at), ..fault }).collect())
}

/// The plan of a base and all of these edits, if it is right.
fn right(base: &Table, edits: &[Made]) -> Result<Plan, Refused> {
    let (table, misfits) = apply(base, edits);
    if misfits.is_empty() { compile(&table).map_err(Refused::Faults) } else { Err(Refused::Misfits(misfits)) }
}

/// Whether the plan is right whenever edits end by themselves; refused with the first end after which it isn't. What was wrong then
/// without this change already is nobody's fault who changes something else: it is left out when it comes to that.
pub(crate) fn ends_well(
    (base, edits): (&Table, &[Made]),
    (base_before, had): (&Table, &[Made]),
    now: Moment,
) -> Result<(), Refused> {
    for end in ends(edits, had, now) {
        let at = Moment::from_millis(end);
        let Err(why) = right(base, &left(edits, at)) else { continue };
        if right(base_before, &left(had, at)).is_ok() {
            let ends_then = edits.iter().filter(|made| made.wish.ends_ms() == Some(end));
            let what: BTreeSet<String> = ends_then.map(|made| made.wish.edit.touches()).collect();
            return Err(Refused::EndsBadly { at_ms: end, what: what.into_iter().collect(), why: Box::new(why) });
        }
    }
    Ok(())
}

/// The moments to be looked at: those of this change first, then the soonest of what stood before, which it may lean on.
fn ends(edits: &[Made], had: &[Made], now: Moment) -> Vec<i64> {
    let of = |is_new: bool| -> BTreeSet<i64> {
        let leaves_a_trace = |made: &&Made| !ends_without_a_trace(&made.wish.edit, edits);
        let wanted = edits.iter().filter(|made| had.contains(made) != is_new).filter(leaves_a_trace);
        wanted.filter_map(|made| made.wish.ends_ms()).filter(|end| *end > now.as_millis()).collect()
    };
    let new = of(true);
    let mut all: Vec<i64> = new.iter().copied().chain(of(false).difference(&new).copied()).collect();
    all.truncate(ENDS_MAX);
    all.sort_unstable();
    all
}

fn left(edits: &[Made], at: Moment) -> Vec<Made> {
    edits.iter().filter(|made| !made.wish.is_over(at)).cloned().collect()
}

/// A line's hours for a time lie on top of the calendar that the line has, which is in the plan and right: without them that one
/// counts again. Not so where the line's week was changed by hand, too: that may have been all closed but for these hours.
fn ends_without_a_trace(edit: &Edit, edits: &[Made]) -> bool {
    let Edit::Hours { of: HoursOf::Line(line), .. } = edit else { return false };
    !edits.iter().any(|made| match &made.wish.edit {
        Edit::Day { of: HoursOf::Line(other), .. } | Edit::Week { of: HoursOf::Line(other), .. } => other == line,
        Edit::Day { of: HoursOf::Calendar(_), .. } | Edit::Week { of: HoursOf::Calendar(_), .. } => false,
        Edit::Hours { .. } | Edit::Skill { .. } | Edit::Set { .. } => false,
        Edit::Add { .. } | Edit::Remove { .. } | Edit::Prompt { .. } => false,
    })
}

/// The edits that can stand on a base, and those that are left out because they can't: what they name is gone, or the plan would
/// not be right with them. Where it would not, all edits of one change stand or none.
pub(crate) fn standing(base: &Table, edits: Vec<Made>) -> (Vec<Made>, Vec<Misfit>) {
    let (_, mut left_out) = apply(base, &edits);
    let fits = |place: usize| left_out.iter().all(|misfit| misfit.place != place);
    let (places, fitting): (Vec<usize>, Vec<Made>) =
        edits.into_iter().enumerate().filter(|(place, _)| fits(*place)).unzip();
    if right(base, &fitting).is_ok() {
        return (fitting, left_out);
    }
    let (mut kept, mut places) = (Vec::new(), places.into_iter());
    for change in fitting.chunk_by(|one, next| one.version == next.version) {
        let before = kept.len();
        kept.extend_from_slice(change);
        let why = right(base, &kept).err();
        if why.is_some() {
            kept.truncate(before);
        }
        for (made, place) in change.iter().zip(&mut places) {
            left_out.extend(why.iter().map(|why| misfit(place, made, (why.to_string(), why.english()))));
        }
    }
    (kept, left_out)
}
