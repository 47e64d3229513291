//! Recorded days of a centre, read back from its database; a node may go on beside it.
//! Knows where facts lie and which clock hangs on the wall; what facts say is read in the crate `whatif`.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use model::{Fact, Moment};
use plan::Plan;
use store::Database;
use tokio::runtime::Builder;
use whatif::{Local, Recorded, recorded};

use super::Told;

/// Facts that are read at most: some months of the hotline.
const FACTS_MAX: usize = 50_000_000;

/// The days in a data directory, under a plan.
pub(super) fn read(dir: &Path, plan_file: &Path, seed: u64) -> Told<Recorded> {
    let plan = plan(plan_file)?;
    let file = dir.join(crate::kept::DATABASE_FILE);
    if !file.is_file() {
        return Err(format!("{}: ingen database der (no database there); skriv nodens data_dir", dir.display()));
    }
    let facts = facts(&file).map_err(|why| format!("{} kan ikke læses (can't be read): {why:#}", file.display()))?;
    let zone = TimeZone::get("Europe/Copenhagen").map_err(|why| why.to_string())?;
    let local = |at: Moment| local(at, &zone);
    recorded(facts.into_iter(), &plan, &local, seed).map_err(|_| {
        let none = "ingen samtaler fra en kø, eller ingen agenter på vagt (no talks from a queue, or nobody on duty)";
        format!("{}: {none}", dir.display())
    })
}

fn plan(file: &Path) -> Told<Plan> {
    let text =
        fs::read_to_string(file).map_err(|why| format!("{} kan ikke læses (can't be read): {why}", file.display()))?;
    plan::read_plan(&text).map_err(|faults| {
        let told = faults.iter().map(|fault| format!("{}, {fault}", file.display()));
        told.collect::<Vec<_>>().join("\n")
    })
}

fn facts(file: &Path) -> anyhow::Result<Vec<Fact>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let database = Database::new(file);
        let (mut facts, mut after) = (Vec::new(), 0);
        loop {
            let (more, last) = database.carried_after(after).await?;
            if last == after || facts.len() > FACTS_MAX {
                break;
            }
            facts.extend(more.into_iter().map(|numbered| numbered.fact));
            after = last;
        }
        database.close().await;
        Ok(facts)
    })
}

/// The day by the wall in Copenhagen, counted from 1970, and the seconds since its midnight.
fn local(at: Moment, zone: &TimeZone) -> Local {
    let at = Timestamp::from_microsecond(at.as_micros()).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone());
    let days = at.date().since(date(1970, 1, 1)).map_or(0, |span| span.get_days());
    let time = at.time();
    let seconds = f64::from(time.hour()) * 3_600.0 + f64::from(time.minute()) * 60.0 + f64::from(time.second());
    (days, seconds + f64::from(time.subsec_nanosecond()) / 1e9)
}
