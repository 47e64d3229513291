//! The door through which versions of the plan come into force while calls run.
//! Knows words of refusals; what a version is, `versions` knows.

use plan::Plan;

use super::{Note, Planning};
use crate::versions::TakesOver;

impl TakesOver for Planning {
    fn take_over(&self, plan: Plan, note: Note) -> Result<(), (String, String)> {
        Self::take_over(self, plan, &note).map(|_| ()).map_err(|refused| refused.words())
    }
}
