//! What the gate keeps watch with: a clock, bans, buckets, bounds of load, challenges, and the numbers that go first.
//!
//! Put together once by whoever reads the settings. Knows nothing of a message.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use model::Moment;

use super::admission::AdmissionSettings;
use super::bans::Bans;
use super::load::LoadSettings;
use crate::digest::Guard;

/// Numbers that are urgent wherever they are dialled: the emergency call, the police's and the emergency doctor's line, and
/// the European numbers for missing children and for help in distress.
const EMERGENCY_NUMBERS: [&str; 6] = ["112", "114", "1813", "116000", "116111", "116123"];

/// Tells the moment it is; the same clock as the shards', or nonces made at the gate would be of another time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Moment + Send + Sync>);

impl Clock {
    /// A clock of somebody else's.
    pub fn new(now: impl Fn() -> Moment + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }
    /// The moment it is.
    pub fn now(&self) -> Moment {
        (self.0)()
    }
}

impl Default for Clock {
    /// The monotonic clock, mapped to UTC now.
    fn default() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let (started, started_at) = (Instant::now(), Moment::EPOCH + since_epoch);
        Self::new(move || started_at + started.elapsed())
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// What the gate keeps watch with.
#[derive(Clone, Debug, Default)]
pub struct Keeping {
    /// The node's clock.
    pub clock: Clock,
    /// Makes challenges; the same in all shards. None: nobody has an account, and strangers are refused.
    pub guard: Option<Arc<Guard>>,
    /// Who is banned, and who is in good standing; shared with the stacks' hands and the operators.
    pub bans: Arc<Bans>,
    /// The buckets' sizes.
    pub admission: AdmissionSettings,
    /// What a shard may owe.
    pub load: LoadSettings,
    /// Numbers whose calls are refused last.
    pub urgent: UrgentNumbers,
}

/// Numbers whose calls are refused last: those of emergencies, and those that the settings name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UrgentNumbers(Arc<BTreeSet<Box<str>>>);

impl UrgentNumbers {
    /// The emergency numbers and these, each as it is dialled; `+` and leading zeros count.
    pub fn with<'a>(more: impl IntoIterator<Item = &'a str>) -> Self {
        Self(Arc::new(EMERGENCY_NUMBERS.into_iter().chain(more).map(Box::from).collect()))
    }
    /// Whether calls to what was dialled are urgent.
    pub fn has(&self, dialled: &str) -> bool {
        self.0.contains(dialled)
    }
}

impl Default for UrgentNumbers {
    fn default() -> Self {
        Self::with([])
    }
}
