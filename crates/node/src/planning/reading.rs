//! The door through which versions of the plan come into force while calls run, or are tried on one line first.
//! Knows words of refusals; what a version is, `versions` knows.

use std::time::Duration;

use model::LineId;
use plan::Plan;

use super::{NotTaken, Note, Planning};
use crate::versions::TakesOver;

impl TakesOver for Planning {
    fn take_over(&self, plan: Plan, note: Note) -> Result<(), (String, String)> {
        told(Self::take_over(self, plan, &note).map(|_| ()))
    }

    fn try_on(&self, line: &LineId, span: Duration, plan: Plan, note: Note) -> Result<(), (String, String)> {
        told(Self::try_on(self, line, span, &plan, &note).map(|_| ()))
    }

    fn take_back(&self, who: &str, why: &str) -> Result<(), (String, String)> {
        told(Self::take_back(self, who, why).map(|_| ()))
    }

    fn is_trying(&self) -> bool {
        self.in_force().tried.is_some()
    }
}

fn told(done: Result<(), NotTaken>) -> Result<(), (String, String)> {
    done.map_err(|refused| refused.words())
}
