//! A change of the plan, on the wire and back.
//! Knows field numbers; no plan.

use std::sync::Arc;

use model::{ChangeHow, ChangedSetting, LineId, PlanChange};

use crate::pen::Pen;
use crate::read::BadFact;
use crate::v1;
use crate::v1::PlanChangeHow as How;

pub(crate) fn write_plan_change(pen: &mut Pen<'_>, change: &PlanChange) {
    let PlanChange { version, who, why, how, changed, more } = change;
    pen.number(1, *version);
    pen.text(2, who);
    pen.text(3, why);
    match how {
        ChangeHow::TakenOver => pen.number(4, How::TakenOver as u64),
        ChangeHow::TriedOn(line) => {
            pen.number(4, How::TriedOn as u64);
            pen.text(5, line);
        }
        ChangeHow::TakenBack => pen.number(4, How::TakenBack as u64),
    }
    for ChangedSetting { at, before, after } in changed {
        pen.message(6, |pen| {
            pen.text(1, at);
            if let Some(before) = before {
                pen.present_text(2, before);
            }
            if let Some(after) = after {
                pen.present_text(3, after);
            }
        });
    }
    pen.number(7, u64::from(*more));
}

pub(crate) fn read_plan_change(it: v1::PlanChanged) -> Result<PlanChange, BadFact> {
    let how = match How::try_from(it.how) {
        Ok(How::TakenOver) => ChangeHow::TakenOver,
        Ok(How::TriedOn) => ChangeHow::TriedOn(LineId::new(&it.line)),
        Ok(How::TakenBack) => ChangeHow::TakenBack,
        Ok(How::Unspecified) | Err(_) => return Err(BadFact::BadValue("plan_changed.how")),
    };
    let setting = |it: v1::ChangedSetting| ChangedSetting {
        at: it.at.into(),
        before: it.before.map(Arc::from),
        after: it.after.map(Arc::from),
    };
    Ok(PlanChange {
        version: it.version,
        who: it.who.into(),
        why: it.why.into(),
        how,
        changed: it.changed.into_iter().map(setting).collect(),
        more: it.more,
    })
}
