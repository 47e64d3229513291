//! What the routing core goes by: a plan and what is expected of it. Whichever changes, new tables are made here, one after
//! the other, so that old expectations never bring back an old plan.
//!
//! The lock is the learner's and the planning's; no call waits for it.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use forecast::Outlook;
use plan::Plan;
use routing::Tables;

use crate::shard::{Expect, Mail, Mailbox};

/// Makes the core's tables, and hands them to the shard that swaps.
#[derive(Debug)]
pub(crate) struct Expected {
    inner: Mutex<Inner>,
    /// Shard 0's.
    mailbox: Arc<Mailbox>,
}

#[derive(Debug)]
struct Inner {
    routed: Arc<Plan>,
    outlook: Outlook,
}

impl Expected {
    /// Nothing is known yet beyond the plan, by which the core was made.
    pub(crate) fn new(plan: Arc<Plan>, mailbox: Arc<Mailbox>) -> Self {
        Self { inner: Mutex::new(Inner { routed: plan, outlook: Outlook::unknown() }), mailbox }
    }

    /// Other expectations, of the same plan.
    pub(crate) fn expect(&self, outlook: Outlook) {
        let mut inner = self.lock();
        let tables = Tables::new(&inner.routed, &outlook);
        inner.outlook = outlook;
        self.mailbox.post(Mail::Expect(Box::new(Expect { tables, done: None })));
    }

    /// Another plan, with the same expectations. `done` hears when the core goes by it.
    pub(crate) fn route_by(&self, plan: Arc<Plan>, done: Sender<()>) {
        let mut inner = self.lock();
        let tables = Tables::new(&plan, &inner.outlook);
        inner.routed = plan;
        self.mailbox.post(Mail::Expect(Box::new(Expect { tables, done: Some(done) })));
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Who panicked in here had not written anything yet.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
