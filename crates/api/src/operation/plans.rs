//! The operator's plan file put in force by command, or tried on one line first; and the trial taken back.
//! Knows bounds of texts; the plan's versions stand behind a door.

use std::sync::Arc;

use change::{Asked, Coordinator, Setting};
use tonic::{Response, Status};

use super::rpc::OPERATOR_CHARS_MAX;
use crate::administration::{Deciding, TryWhat, status, trial};
use crate::proto::operation as pb;
use crate::refusal::Refusal;

/// What an operator without a name is called.
const OPERATOR: &str = "operator";

pub(super) async fn reload(
    deciding: &Arc<dyn Deciding>,
    wanted: pb::ReloadPlanRequest,
) -> Result<Response<pb::ReloadPlanResponse>, Status> {
    let pb::ReloadPlanRequest { why, operator, dry_run, try_on_line, try_for_s } = wanted;
    let (asked, trial) = (asked(why, &operator), trial(&try_on_line, try_for_s)?);
    let done = behind_the_door(deciding, move |deciding| match trial.filter(|_| !dry_run) {
        Some((line, span)) => deciding.try_on(&asked, TryWhat::File, &line, span),
        None => deciding.reload(&asked, dry_run),
    });
    let version = done.await?.map_err(|denied| status(&denied))?;
    let changed = version.changed.into_iter().map(setting).collect();
    Ok(Response::new(pb::ReloadPlanResponse { version: version.number, changed }))
}

pub(super) async fn take_back(
    deciding: &Arc<dyn Deciding>,
    wanted: pb::TakeBackPlanRequest,
) -> Result<Response<pb::TakeBackPlanResponse>, Status> {
    let asked = asked(wanted.why, &wanted.operator);
    let done = behind_the_door(deciding, move |deciding| deciding.take_back(&asked)).await?;
    done.map_err(|denied| status(&denied))?;
    Ok(Response::new(pb::TakeBackPlanResponse {}))
}

/// Where waiting holds nobody up.
async fn behind_the_door<T: Send + 'static>(
    deciding: &Arc<dyn Deciding>,
    ask: impl FnOnce(&dyn Deciding) -> T + Send + 'static,
) -> Result<T, Refusal> {
    let deciding = Arc::clone(deciding);
    tokio::task::spawn_blocking(move || ask(&*deciding)).await.map_err(|_| Refusal::Stopping)
}

fn asked(why: String, operator: &str) -> Asked {
    let name: String = operator.trim().chars().filter(|c| !c.is_control()).take(OPERATOR_CHARS_MAX).collect();
    let name = if name.is_empty() { OPERATOR.to_owned() } else { name };
    Asked { who: Coordinator { name, municipality: None }, why, based_on: None }
}

fn setting(one: Setting) -> pb::PlanSetting {
    pb::PlanSetting { at: one.at, before: one.before.unwrap_or_default(), after: one.after.unwrap_or_default() }
}
