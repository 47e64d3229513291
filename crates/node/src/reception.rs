//! The way in for everyone who is no call: the API asks here, operators look here, sockets deal here.
//!
//! Knows the shards' mailboxes and what they show of themselves; decides nothing.

mod archive;
mod browsers;
mod dealer;
mod figures;
mod house;
mod notes;
mod pages;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use api::{CentreDoor, Decided, MailboxFull};
use centre::{DeskRequest, Input, desk_shard};
use metrics_exporter_prometheus::PrometheusHandle;
use model::{DecisionNo, Moment};
use plan::Plan;
use routing::Core;
use sip::net::SipNet;
use store::{Database, Spool};
use tally::NumberedFact;

use crate::clock::Clock;
use crate::learning::Learnt;
use crate::planning::Current;
use crate::shard::{Look, Mail, Mailbox, Pulse};

pub(crate) use browsers::Browsers;
pub(crate) use dealer::Dealer;
use figures::FiguresNow;
pub(crate) use figures::start_metrics;
pub(crate) use notes::Noted;

/// The reception of a node.
pub(crate) struct Reception {
    clock: Clock,
    current: Current,
    mailboxes: Arc<[Arc<Mailbox>]>,
    pulses: Vec<Arc<Pulse>>,
    core: Arc<Core>,
    spool: Arc<Spool>,
    database: Database,
    net: SipNet,
    metrics: PrometheusHandle,
    figures: FiguresNow,
    learnt: Arc<Learnt>,
    draining: AtomicBool,
}

impl Reception {
    #[expect(clippy::too_many_arguments, reason = "one place hands over everything, once")]
    pub(crate) fn new(
        clock: Clock,
        current: Current,
        mailboxes: Arc<[Arc<Mailbox>]>,
        pulses: Vec<Arc<Pulse>>,
        core: Arc<Core>,
        (spool, database): (Arc<Spool>, Database),
        net: SipNet,
        (metrics, learnt): (PrometheusHandle, Arc<Learnt>),
    ) -> Self {
        let figures = FiguresNow::new(&current.plan());
        Self {
            clock,
            current,
            mailboxes,
            pulses,
            core,
            spool,
            database,
            net,
            metrics,
            figures,
            learnt,
            draining: AtomicBool::new(false),
        }
    }

    /// What an earlier node left in the spool: counted in the figures of today.
    pub(crate) fn take_in_old(&self, numbered: &NumberedFact) {
        self.figures.take_in_old(numbered);
    }

    /// Calls in progress that would be cut by an end of the node; promises to call back outlive it.
    pub(crate) fn calls(&self) -> usize {
        let going = |look: Look| look.calls.saturating_sub(look.promised);
        self.pulses.iter().map(|pulse| going(pulse.look())).sum()
    }

    /// Whether a shard has failed by a bug.
    pub(crate) fn has_failed(&self) -> bool {
        self.pulses.iter().any(|pulse| pulse.look().failed)
    }

    /// No new calls from now on, and not ready any more.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        self.post_all(|| Mail::Centre(Input::Drain));
    }

    /// Another plan is in force: queues promise what it says.
    pub(crate) fn plan_has_changed(&self) {
        self.figures.promise(&self.current.plan());
    }

    /// The same mail to every shard.
    pub(crate) fn post_all(&self, mail: impl Fn() -> Mail) {
        for mailbox in self.mailboxes.iter() {
            mailbox.post(mail());
        }
    }
}

impl CentreDoor for Reception {
    fn send(&self, request: DeskRequest) -> Result<(), MailboxFull> {
        let shard = desk_shard(request.agent, self.mailboxes.len() as u8);
        self.mailboxes[usize::from(shard.0)].post(Mail::Centre(Input::Desk(request)));
        Ok(())
    }

    fn explain(&self, decision: DecisionNo) -> Option<Decided> {
        let explanation = self.core.explain(decision)?;
        let plan = self.current.plan();
        Some(Decided {
            at: explanation.at,
            agent: plan.agents.get(explanation.agent.at())?.id.clone(),
            why: explanation.why,
            because: centre::because(&explanation, &plan),
        })
    }

    fn plan(&self) -> Arc<Plan> {
        self.current.plan()
    }

    fn now(&self) -> Moment {
        self.clock.now()
    }
}
