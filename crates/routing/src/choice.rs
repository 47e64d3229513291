//! What a look has found: a ticket, and why it and an agent were chosen for each other.
//! Only values; `contend` and `cost` make them, `matching` acts on them.

use model::{MunicipalityId, OfferedWhy};
use plan::{ClassNo, QueueNo};

use crate::explain::{Excluded, LaneKind, OTHERS_MAX, Other};
use crate::lane_no::LaneNo;
use crate::ticket::{Stint, TicketWord};

/// A waiting ticket, as it was when its word was read; right if the swap of that word succeeds.
#[derive(Clone, Copy)]
pub(crate) struct Found {
    pub(crate) stint: Stint,
    pub(crate) word: TicketWord,
    pub(crate) class: ClassNo,
    pub(crate) queue: QueueNo,
    pub(crate) municipality: Option<MunicipalityId>,
    /// What the lane is ordered by, µs since the epoch.
    pub(crate) since: i64,
    pub(crate) lane: LaneNo,
}

/// What one side chose from, and why.
#[derive(Clone, Copy)]
pub(crate) struct Choice {
    pub(crate) agent: usize,
    pub(crate) why: OfferedWhy,
    pub(crate) kind: LaneKind,
    pub(crate) level: i8,
    pub(crate) score: f32,
    pub(crate) candidates: u32,
    pub(crate) others: [Option<Other>; OTHERS_MAX],
    pub(crate) excluded: Excluded,
}
