//! What the municipalities have decided, compiled and immutable.

mod compiled;

pub use compiled::*;

/// Opening hours (weekly, with special days). Being built.
#[derive(Clone, Debug, Default)]
pub struct Calendar;
