//! A new plan comes into force while calls run, within two seconds, and nobody meets half of it.
//!
//! What is new is known everywhere before anything leads to it; what is gone is let go last. So: first the routing core knows all
//! classes, queues and skills, and the sounds of both plans are ready; then each shard takes the plan in, from which moment its new
//! calls come under it; only when all have are new phones and passwords let in, new desks opened, and coordinators told. Numbers
//! mean the same in both plans (`Plan::after`). Knows who must hear of a plan; doesn't know who decides.

mod expected;
mod former;
mod holders;
mod in_force;
mod note;
mod reading;
mod trial;

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use centre::{Decided, Input};
use model::{ChangeHow, What};
use plan::{LineNo, Plan};
use tokio::runtime::Runtime;

use crate::prompts::{self, Sounds};
use crate::shard::{Mail, NewPlan};
use crate::wiring;

pub(crate) use expected::Expected;
use former::Former;
pub(crate) use holders::{Holders, NodeNotes};
pub(crate) use in_force::{Current, InForce, Tried};
pub(crate) use note::{NotTaken, Note};
use trial::Trial;

/// So long a shard may take to hear of a plan. One that takes longer hangs, and nobody can say what it goes by.
const HEARD_WITHIN: Duration = Duration::from_secs(10);

/// Brings plans into force, one at a time.
pub(crate) struct Planning {
    holders: Holders,
    work: Mutex<Work>,
    trial: Trial,
}

/// What only whoever changes the plan looks at.
#[derive(Default)]
struct Work {
    /// A shard didn't answer.
    unsure: bool,
    former: Former,
}

/// A plan on its way into force.
struct Coming {
    plan: Arc<Plan>,
    /// What the routing core goes by.
    routed: Arc<Plan>,
    tried: Option<(LineNo, Tried)>,
    sounds: Sounds,
}

impl Planning {
    /// Nothing happens by itself but the end of trials.
    pub(crate) fn start(holders: Holders, office: &Runtime) -> Arc<Self> {
        let planning = Arc::new(Self { holders, work: Mutex::default(), trial: Trial::default() });
        let listens = Arc::downgrade(&planning);
        planning.holders.notes.spool.subscribe(Box::new(move |facts| match listens.upgrade() {
            Some(planning) => {
                planning.trial.take_in(facts);
                ControlFlow::Continue(())
            }
            None => ControlFlow::Break(()),
        }));
        let looks = Arc::downgrade(&planning);
        office.spawn(async move {
            loop {
                tokio::time::sleep(trial::LOOK_EVERY).await;
                let Some(planning) = looks.upgrade() else { return };
                // A panic in there was told, and the next look comes.
                let _ = tokio::task::spawn_blocking(move || planning.look_after_trial()).await;
            }
        });
        planning
    }

    /// What is in force now.
    pub(crate) fn in_force(&self) -> InForce {
        self.holders.current.in_force()
    }

    /// Brings a compiled plan into force for everyone. Blocks until new calls come under it. Refused: all is as before. What was
    /// being tried is tried no more.
    pub(crate) fn take_over(&self, plan: Plan, note: &Note) -> Result<InForce, NotTaken> {
        let mut work = self.begin()?;
        let taken = self.put_in_force(&mut work, plan, note, ChangeHow::TakenOver)?;
        self.trial.end();
        Ok(taken)
    }

    fn begin(&self) -> Result<MutexGuard<'_, Work>, NotTaken> {
        // Who panicked in here is told of as `Poison`, before anything was changed.
        let work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        if work.unsure { Err(NotTaken::Unsure) } else { Ok(work) }
    }

    fn put_in_force(&self, work: &mut Work, plan: Plan, note: &Note, how: ChangeHow) -> Result<InForce, NotTaken> {
        let began = Instant::now();
        let now = self.in_force();
        let coming = guarded(|| {
            let sounds = self.sounds(&plan, note, (&now, &work.former))?;
            let plan = Arc::new(plan.after(&now.plan));
            Ok(Coming { routed: plan.clone(), plan, tried: None, sounds })
        })?;
        let next = self.in_force_as(&coming, note);
        self.bring(work, coming, next.clone())?;
        self.holders.notes.note(What::PlanChanged(Box::new(note.fact(how))));
        let took_ms = began.elapsed().as_millis() as u64;
        tracing::info!(version = note.version, who = %note.who, why = %note.why, took_ms, "a new plan is in force");
        Ok(next)
    }

    fn in_force_as(&self, coming: &Coming, note: &Note) -> InForce {
        let (version, who, why) = (note.version, note.who.clone(), note.why.clone());
        let (since, sounds) = (self.holders.clock.now(), note.sounds.clone());
        InForce { plan: coming.plan.clone(), version, since, who, why, sounds, tried: None }
    }

    /// What the plan, and calls under those before it, may play.
    fn sounds(&self, plan: &Plan, note: &Note, (now, former): (&InForce, &Former)) -> Result<Sounds, NotTaken> {
        let folders: Vec<PathBuf> = self.holders.prompt_dirs.iter().chain(&note.sounds).cloned().collect();
        let tried = now.tried.iter().map(|tried| &*tried.plan);
        let former: Vec<_> = former.still_held().collect();
        let before: Vec<&Plan> =
            [&*now.plan].into_iter().chain(tried).chain(former.iter().map(|plan| &**plan)).collect();
        prompts::load_again(&self.holders.media.prompts(), &folders, plan, &before)
            .map_err(|fault| NotTaken::Sounds(format!("{fault:#}")))
    }

    /// Tells everyone, in the order of this room's sign.
    fn bring(&self, work: &mut Work, coming: Coming, next: InForce) -> Result<(), NotTaken> {
        let Coming { plan, routed, tried, sounds } = coming;
        let all = &self.holders;
        all.core.limits().check(&plan).map_err(NotTaken::TooBig)?;
        let (done, heard) = channel();
        // The last thing that may fail by a bug in what a plan says: tables are made before they are posted.
        guarded(|| {
            all.expected.route_by(routed, done);
            Ok(())
        })?;
        all.media.replace_prompts(sounds.store);
        wait(work, &heard, 1)?;
        let (done, heard) = channel();
        for mailbox in all.mailboxes.iter() {
            let tried = tried.as_ref().map(|(line, tried)| (*line, tried.plan.clone()));
            let decided = Decided { plan: plan.clone(), wordings: sounds.wordings.clone(), tried };
            mailbox.post(Mail::Plan(Box::new(NewPlan { decided, done: done.clone() })));
        }
        drop(done);
        wait(work, &heard, all.mailboxes.len())?;
        all.bindings.replace_book(wiring::phone_book(&all.logins, &plan));
        let before = all.current.in_force();
        work.former.leaves(&before.plan);
        before.tried.iter().for_each(|tried| work.former.leaves(&tried.plan));
        all.current.replace(next);
        all.reception.post_all(|| Mail::Centre(Input::PlanIsEverywhere));
        all.reception.plan_has_changed();
        all.api.on_board_changed();
        Ok(())
    }
}

/// Until so many shards have heard.
fn wait(work: &mut Work, heard: &Receiver<()>, shards: usize) -> Result<(), NotTaken> {
    let until = Instant::now() + HEARD_WITHIN;
    for _ in 0..shards {
        if heard.recv_timeout(until.saturating_duration_since(Instant::now())).is_err() {
            tracing::error!(
                "a shard has not heard of the new plan in time: what is in force is unsure until a restart"
            );
            work.unsure = true;
            return Err(NotTaken::Unsure);
        }
    }
    Ok(())
}

/// A bug that a plan meets is that plan's end, not the node's.
fn guarded<T>(make: impl FnOnce() -> Result<T, NotTaken>) -> Result<T, NotTaken> {
    catch_unwind(AssertUnwindSafe(make)).unwrap_or_else(|_| {
        tracing::error!("a bug was met while a plan was prepared: it is not used");
        Err(NotTaken::Poison)
    })
}
