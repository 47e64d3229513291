//! A short storm: three shards with their own calls and desks, each doing what the dice say, while time stands still; so
//! that whoever still waits at the end, and could be matched, was overlooked.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use model::{CallId, Moment};
use routing::{Claim, Reply, Request};

use super::plans::{AGENTS, LIMITS, Sketch};
use super::shard::Shard;
use super::world::World;
use crate::floor::second;

pub(crate) const SHARDS: u64 = 3;
/// What each shard does in a storm.
const TURNS: usize = 14;
pub(crate) const NOW: Moment = second(1_000);
/// Everyone has waited so long that nobody is kept for a scarce class any more.
pub(crate) const WAITED: Duration = Duration::from_secs(20);

/// What kind of storm it is.
#[derive(Clone, Copy)]
pub(crate) struct Weather {
    pub(crate) plan: Sketch,
    /// What it becomes now and then.
    pub(crate) other_plan: Option<Sketch>,
    /// Ticks go on behind it: while something surges (tokens come back), and after tables were swapped (for those who
    /// looked with the old ones).
    pub(crate) ticks: bool,
    /// Every call is a plain one: then each line is served in its order.
    pub(crate) is_plain: bool,
}

/// When a call joined and when it was matched, in steps that tell what certainly came before what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wait {
    pub(crate) class: u32,
    pub(crate) since: Moment,
    pub(crate) joined: (u64, u64),
    pub(crate) matched: (u64, u64),
    pub(crate) came_back: bool,
}

/// What all shards share.
pub(crate) struct Storm {
    pub(crate) world: World,
    pub(crate) weather: Weather,
    pub(crate) mail: [Mutex<Vec<Claim>>; SHARDS as usize],
    pub(crate) steps: AtomicU64,
    pub(crate) waits: Mutex<BTreeMap<CallId, Wait>>,
}

impl Storm {
    pub(crate) fn new(weather: Weather) -> Self {
        let (plan, outlook) = (weather.plan)();
        Self {
            world: World::new(&plan, &outlook, LIMITS),
            weather,
            mail: Default::default(),
            steps: AtomicU64::new(1),
            waits: Mutex::default(),
        }
    }

    /// One shard's part.
    pub(crate) fn rages(&self, number: u64, seed: u64) {
        let mut shard = Shard::new(self, number, seed);
        (0..TURNS).for_each(|_| shard.turns());
    }

    /// What is wrong when it is over.
    pub(crate) fn faults(&self) -> Vec<String> {
        if self.weather.ticks {
            self.world.ask(Request::Tick, NOW);
        }
        let mut faults = self.world.faults_at_rest(NOW);
        if self.weather.is_plain {
            faults.extend(self.passed_over());
        }
        faults.extend(self.world.faults_after_all_have_gone(AGENTS, 14, NOW));
        faults
    }

    /// Nobody is served before one of the same line who had certainly joined before, and certainly still stood there.
    fn passed_over(&self) -> Option<String> {
        let waits = self.waits.lock().expect("no panic elsewhere");
        let fresh: Vec<&Wait> = waits.values().filter(|wait| !wait.came_back).collect();
        fresh.iter().find_map(|call| {
            let other = fresh.iter().find(|other| {
                other.class == call.class
                    && other.since <= call.since
                    && other.joined.1 < call.joined.0
                    && other.matched.0 > call.matched.1
            })?;
            Some(format!("{call:?} was served before {other:?}"))
        })
    }

    pub(crate) fn ask(&self, request: Request, at: Moment) -> Vec<Reply> {
        let began = self.steps.fetch_add(1, SeqCst);
        let replies = self.world.ask(request, at);
        self.tells(&replies, began);
        replies
    }

    pub(crate) fn tells(&self, replies: &[Reply], began: u64) {
        let ended = self.steps.fetch_add(1, SeqCst);
        for reply in replies {
            if let Reply::Matched { claim, .. } = reply {
                if let Some(wait) = self.waits.lock().expect("no panic elsewhere").get_mut(&claim.call) {
                    wait.matched = (began, ended);
                }
                self.mail[usize::from(claim.call.shard().0)].lock().expect("no panic elsewhere").push(*claim);
            }
        }
    }
}
