//! The figures of now: every saved fact is folded here, on the spool's thread, and read by boards and the metrics page.

use std::sync::Arc;

use api::{Board, BoardNow};
use model::Moment;
use plan::Plan;
use tally::NumberedFact;

use super::Reception;

/// The live fold.
pub(crate) struct FiguresNow {}

impl FiguresNow {
    pub(crate) fn new(_plan: &Plan) -> Self {
        Self {}
    }
    pub(crate) fn publish(&self, _now: Moment) {}
}

impl Reception {
    /// Takes in what was saved. On the spool's thread.
    pub(crate) fn take_in(&self, _facts: &Arc<[NumberedFact]>) {}
}

impl Board for Reception {
    fn now(&self) -> BoardNow {
        BoardNow::default()
    }
}
