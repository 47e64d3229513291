//! Trunks are asked whether they are there (OPTIONS, RFC 3261 §11), so that no citizen waits for one that is gone.
//!
//! One shard asks for all. Knows what a good answer is; what a trunk that is down means for calls out is known by `trunks`.

use std::collections::BTreeSet;
use std::time::Duration;

use model::Moment;

use super::Stack;
use super::dialog::{Dialog, HOPS, Way};
use super::seam::StackOut;
use super::table::Table;
use crate::message::{HeaderName, Method, Uri};

/// The shard that asks.
const PROBING_SHARD: u8 = 0;

/// Whom to ask when; at most one question and one moment for each trunk.
#[derive(Default)]
pub(super) struct Probing {
    /// When something is to be done about a trunk, by its place: asked, or given up.
    due: BTreeSet<(Moment, usize)>,
    /// Open questions by their branch.
    asked: Table<usize>,
    begun: bool,
}

impl Stack {
    /// When the next trunk is to be asked, or to be given up.
    pub(super) fn next_probe(&self) -> Option<Moment> {
        if self.ground.marks.shard().0 != PROBING_SHARD {
            return None;
        }
        let any = || self.ground.settings.trunks.all().iter().any(|trunk| trunk.settings.probe_every.is_some());
        let first = || (!self.probing.begun && any()).then_some(Moment::EPOCH);
        self.probing.due.first().map(|(at, _)| *at).or_else(first)
    }

    /// Asks those whose turn it is, and gives up those that did not answer.
    pub(super) fn probe(&mut self, at: Moment, out: &mut Vec<StackOut>) {
        if self.next_probe().is_none_or(|due| due > at) {
            return;
        }
        if !self.probing.begun {
            self.probing.begun = true;
            for place in 0..self.ground.settings.trunks.all().len() {
                self.ask_again(place, at, Duration::ZERO);
            }
        }
        while let Some((due, place)) = self.probing.due.first().copied().filter(|(due, _)| *due <= at) {
            self.probing.due.remove(&(due, place));
            let open = self.probing.asked.iter().find(|(_, asked)| **asked == place).map(|(branch, _)| *branch);
            match open {
                Some(branch) => {
                    self.ground.clients.fail(branch, &mut self.ground.timers);
                    self.probed(branch, false, at);
                }
                None => self.ask_trunk(place, at, out),
            }
        }
    }

    /// An OPTIONS was answered with that status, or never; what was no question of ours changes nothing.
    pub(super) fn probe_heard(&mut self, branch: u64, status: Option<u16>, at: Moment) {
        // Whoever refuses is there. A trunk that is overloaded or closing says so with 503.
        self.probed(branch, status.is_some_and(|status| status < 500 && status != 408), at);
    }

    fn probed(&mut self, branch: u64, good: bool, at: Moment) {
        let Some(place) = self.probing.asked.remove(&branch) else { return };
        let Some(trunk) = self.ground.settings.trunks.all().get(place).cloned() else { return };
        trunk.probed(good, at);
        self.probing.due.retain(|(_, due)| *due != place);
        if let Some(every) = trunk.settings.probe_every {
            self.ask_again(place, at, every * 9 / 10);
        }
    }

    /// At a moment drawn from a fifth of the trunk's span, so that not all are asked at once.
    fn ask_again(&mut self, place: usize, at: Moment, least: Duration) {
        let Some(trunk) = self.ground.settings.trunks.all().get(place) else { return };
        if let Some(every) = trunk.settings.probe_every.filter(|_| !trunk.settings.outbound.is_empty()) {
            let after = self.ground.marks.span_between(least, least + every / 5);
            self.probing.due.insert((at + after, place));
        }
    }

    /// Asks one trunk: at its next target where the one before did not answer.
    fn ask_trunk(&mut self, place: usize, at: Moment, out: &mut Vec<StackOut>) {
        let Some(trunk) = self.ground.settings.trunks.all().get(place).cloned() else { return };
        let Some(target) = trunk.probe_target() else { return };
        let mut papers = self.probe_papers(target);
        let mut step = self.step(at, out);
        let listener = papers.destination(&step.ground.settings).listener();
        let contact = step.contact(listener);
        let branch = step.ask(&mut papers, &Method::Options, None, None, |writer| {
            writer.line(HeaderName::Contact, contact).line(HeaderName::Accept, "application/sdp");
        });
        match branch {
            Some(branch) => {
                let until = at + self.ground.settings.unreachable_after;
                self.probing.asked.insert(branch, place);
                self.probing.due.insert((until, place));
            }
            None => self.ask_again(place, at, trunk.settings.probe_every.unwrap_or_default()),
        }
    }

    fn probe_papers(&mut self, target: &Uri) -> Dialog {
        let tag = self.ground.marks.draw();
        let mut papers = Dialog {
            call_id: self.ground.marks.call_id(),
            tag,
            local: Box::default(),
            remote: format!("<{target}>").into_boxed_str(),
            remote_tag: Box::default(),
            target: target.clone(),
            routes: Box::default(),
            local_seq: 0,
            remote_seq: None,
            way: Way::Routed { listener: 0 },
            hops: HOPS,
            knows_update: false,
            knows_options: false,
        };
        let address = self.ground.settings.address(papers.destination(&self.ground.settings).listener());
        papers.local = format!("<sip:{}>;tag={}", address.sent_by, self.ground.marks.text(tag)).into_boxed_str();
        papers
    }
}
