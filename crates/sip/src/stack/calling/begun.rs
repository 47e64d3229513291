//! How a call begins: one INVITE to each contact of an agent, or the first to a trunk.
//! Knows what our INVITE says; what comes of it is the calling leg's to know.

use std::time::Duration;

use bytes::Bytes;
use model::{AgentId, LegEvent, LegId, Presentation, Refusal};
use smallvec::SmallVec;

use super::{Again, Calling, Fork};
use crate::bindings::Contact;
use crate::message::{ALLOW, HeaderName, Method};
use crate::stack::heeding::Heeded;
use crate::stack::leg::Stage;
use crate::stack::outward::Outward;
use crate::stack::presentation;
use crate::stack::session_timer::{Lines, MIN_SE_S};
use crate::stack::step::{SUPPORTED_IN_INVITES, Step};

impl Calling {
    /// Calls all contacts of an agent.
    pub(crate) fn begin(
        leg: LegId,
        agent: &AgentId,
        shown: &Presentation,
        offer: Bytes,
        ring_time_max: Duration,
        step: &mut Step<'_>,
    ) -> Option<Stage> {
        let contacts = step.ground.bindings.contacts_called(agent, step.at);
        let forks: SmallVec<[Fork; 1]> =
            contacts.iter().filter_map(|contact| Fork::begin(leg, contact, shown, &offer, step)).collect();
        if forks.is_empty() {
            step.tell(LegEvent::Refused { leg, why: Refusal::Unreachable });
            return None;
        }
        let registered = contacts.iter().any(|contact| contact.path.is_some()).then(|| agent.clone());
        Some(Self::waits(registered, offer, forks, ring_time_max, None, step))
    }

    /// Calls a number outside.
    pub(crate) fn begin_out(
        leg: LegId,
        mut outward: Outward,
        offer: Bytes,
        ring_time_max: Duration,
        step: &mut Step<'_>,
    ) -> Option<Stage> {
        let Some(fork) = outward.next(leg, &offer, step) else {
            step.tell(LegEvent::Refused { leg, why: Refusal::Unreachable });
            return None;
        };
        let forks = SmallVec::from_buf([fork]);
        Some(Self::waits(None, offer, forks, ring_time_max, Some(Box::new(outward)), step))
    }

    fn waits(
        registered: Option<AgentId>,
        offer: Bytes,
        forks: SmallVec<[Fork; 1]>,
        ring_time_max: Duration,
        outward: Option<Box<Outward>>,
        step: &Step<'_>,
    ) -> Stage {
        Stage::Calling(Box::new(Self {
            registered,
            offer,
            forks,
            ring_time_max,
            silent_until: Some(step.at + step.ground.settings.unreachable_after),
            ring_until: step.at + ring_time_max,
            rang: false,
            early: false,
            refusal: None,
            letting_go: false,
            outward,
            heeded: Heeded::default(),
        }))
    }
}

impl Fork {
    /// The INVITE to one contact; none where the bound of transactions is reached.
    pub(super) fn begin(
        leg: LegId,
        contact: &Contact,
        shown: &Presentation,
        offer: &Bytes,
        step: &mut Step<'_>,
    ) -> Option<Self> {
        let papers = presentation::papers(contact, shown, &mut step.ground.marks, &step.ground.settings);
        let listener = papers.destination(&step.ground.settings).listener();
        let again = Some(Box::new(Again { papers, shown: shown.clone(), lengthened: false }));
        let mut fork = Self { again, ..Self::new(0, listener) };
        let interval = step.ground.settings.session_expires;
        fork.invite(leg, offer, interval, step).then_some(fork)
    }

    /// Sends it, with the session interval that we ask for.
    pub(super) fn invite(&mut self, leg: LegId, offer: &Bytes, interval: Duration, step: &mut Step<'_>) -> bool {
        let Some(Again { papers, shown, lengthened }) = self.again.as_deref_mut() else { return false };
        let line = step.contact(self.listener);
        let asserted = presentation::asserted(shown, step.ground.settings.address(self.listener));
        let by_itself =
            shown.goes_on.then(|| presentation::answers_by_itself(step.ground.settings.address(self.listener)));
        let timer = Lines::offer(interval, None);
        let least = if *lengthened { interval.as_secs() } else { u64::from(MIN_SE_S) };
        let branch = step.ask(papers, &Method::Invite, Some(leg), Some(offer), |writer| {
            writer.line(HeaderName::Contact, line).line(HeaderName::Allow, ALLOW);
            writer.line(HeaderName::Supported, SUPPORTED_IN_INVITES);
            timer.write(writer);
            writer.line(HeaderName::MinSe, least);
            match asserted {
                Some(asserted) => writer.line(HeaderName::PAssertedIdentity, asserted),
                None => writer.line(HeaderName::Privacy, "id"),
            };
            for (name, text) in by_itself.iter().flatten() {
                writer.line(*name, text);
            }
        });
        self.branch = branch.unwrap_or(self.branch);
        branch.is_some()
    }
}
