//! Queues: their bounds, the steps by which their calls are offered to more agents, and where they overflow.
//!
//! Sees to it that steps only widen and that no overflow leads back. Knows nothing of who waits.

use std::time::Duration;

use model::QueueId;

use super::Work;
use super::checks::{seconds, title, within};
use crate::compile::{QUEUES_MAX, STEPS_MAX, WAITING_MAX};
use crate::file::{OverflowEntry, QueueEntry, StandbyEntry, StepEntry, WhoEntry};
use crate::{Fault, OverflowRule, Queue, QueueNo, StandbyRule, Step, StepWho};

/// The longest wait that a step can begin at, in seconds: a day, as the longest wait that a line can set.
const AFTER_MAX_S: u64 = 86_400;
/// Nobody needs more agents than this to call a queue well staffed.
const AGENTS_UNDER_MAX: u64 = 1_000;

impl Work<'_> {
    pub(super) fn queues(&mut self) {
        let entries = self.bounded(&self.file.queues, "queues", QUEUES_MAX);
        for (i, entry) in entries.iter().enumerate() {
            let queue = self.queue(&format!("queues[{i}]"), entry);
            self.plan.queues.push(queue);
        }
        for (i, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.overflow.is_some()) {
            let at = format!("queues[{i}].overflow");
            let overflow = self.queues.find(&mut self.faults, &at, entry.overflow.as_deref());
            self.plan.queues[i].overflow = overflow.map(QueueNo);
        }
        for (i, entry) in entries.iter().enumerate() {
            let rule = entry.overflow_when.as_ref();
            self.plan.queues[i].overflow_when =
                rule.map(|rule| self.overflow_rule(&format!("queues[{i}]"), entry, rule));
        }
        for i in 0..entries.len() {
            self.check_overflow(QueueNo(i as u32));
        }
    }

    fn queue(&mut self, at: &str, entry: &QueueEntry) -> Queue {
        self.queues.add(&mut self.faults, &format!("{at}.id"), entry.id.as_deref());
        let steps = self.steps(at, &entry.steps);
        let faults = &mut self.faults;
        let mut secs = |field: &str, written: Option<u64>, default: u64, range| {
            Duration::from_secs(seconds(faults, &format!("{at}.{field}"), written.unwrap_or(default), range))
        };
        let ring_time_max = secs("ring_time_max_s", entry.ring_time_max_s, 20, 5..=120);
        let wrap_up = secs("wrap_up_s", entry.wrap_up_s, 30, 0..=3_600);
        let wrap_up_extra = secs("wrap_up_extra_s", entry.wrap_up_extra_s, 60, 0..=3_600);
        let target = secs("target_s", entry.target_s, 60, 1..=3_600);
        let short_abandon = secs("short_abandon_s", entry.short_abandon_s, 5, 0..=60);
        let waiting_max = calls(faults, &format!("{at}.waiting_max"), entry.waiting_max.unwrap_or(200));
        Queue {
            id: QueueId::new(entry.id.as_deref().unwrap_or_default()),
            title: title(faults, &format!("{at}.title"), entry.title.as_deref()),
            waiting_max,
            ring_time_max,
            wrap_up,
            wrap_up_extra,
            target,
            short_abandon,
            surge_guard: entry.surge_guard.unwrap_or(true),
            steps,
            overflow: None,
            overflow_when: None,
            standby: entry.standby.as_ref().map(|rule| standby(faults, &format!("{at}.standby"), rule)),
        }
    }

    /// The steps of a queue: the first from the start, each later one later and at least as wide.
    fn steps(&mut self, at: &str, entries: &'_ [StepEntry]) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        if entries.len() > STEPS_MAX {
            self.fault(
                format!("{at}.steps"),
                format!("{} trin er for mange; slet nogle, højst {STEPS_MAX} er tilladt", entries.len()),
                format!("{} steps are too many; delete some, at most {STEPS_MAX} are allowed", entries.len()),
            );
        }
        for (i, entry) in entries.iter().take(STEPS_MAX).enumerate() {
            let at = format!("{at}.steps[{i}]");
            let told = self.faults.len();
            let step = step(&mut self.faults, &at, entry);
            match steps.last() {
                // What won't do by itself was told; how it stands to the others is not known yet.
                _ if self.faults.len() > told => {}
                None => self.check_first_step(&at, step),
                Some(before) => self.check_next_step(&at, *before, step),
            }
            steps.push(step);
        }
        if steps.is_empty() { vec![Step::ALL] } else { steps }
    }

    fn check_first_step(&mut self, at: &str, step: Step) {
        if !step.after.is_zero() {
            self.fault(
                format!("{at}.after_s"),
                "køens første trin skal gælde fra start; skriv after_s = 0",
                "the queue's first step must hold from the start; write after_s = 0",
            );
        }
    }

    /// Steps only widen: who could be offered a call stays one who can.
    fn check_next_step(&mut self, at: &str, before: Step, step: Step) {
        if step.after <= before.after {
            let than = before.after.as_secs();
            self.fault(
                format!("{at}.after_s"),
                format!("trinnet skal begynde efter det forrige; skriv mere end {than} sekunder"),
                format!("the step must begin after the one before; write more than {than} seconds"),
            );
        }
        if step.level_max < before.level_max {
            let least = before.level_max;
            self.fault(
                format!("{at}.level_max"),
                format!("trin kan kun åbne for flere; skriv {least} til 9, som i trinnet før"),
                format!("steps can only let more in; write {least} to 9, as in the step before"),
            );
        }
        if step.who < before.who {
            self.fault(
                format!("{at}.who"),
                "trin kan kun åbne for flere: efter \"everyone\" kan \"home\" ikke stå; skriv \"everyone\" her, eller ret trinnet før",
                "steps can only let more in: \"home\" can't come after \"everyone\"; write \"everyone\" here, or mend the step before",
            );
        }
    }

    /// A rule needs somewhere to lead, and at least one threshold.
    fn overflow_rule(&mut self, at: &str, queue: &QueueEntry, rule: &OverflowEntry) -> OverflowRule {
        let at = format!("{at}.overflow_when");
        if queue.overflow.is_none() {
            self.fault(
                &*at,
                "der er ingen kø at gå videre til; skriv fx overflow = \"standard\", eller slet overflow_when",
                "there is no queue to go on to; write overflow = \"standard\", say, or delete overflow_when",
            );
        }
        if *rule == OverflowEntry::default() {
            self.fault(
                &*at,
                "hvornår? skriv mindst én af wait_over_s, calls_per_agent_over og agents_under",
                "when? write at least one of wait_over_s, calls_per_agent_over and agents_under",
            );
        }
        let faults = &mut self.faults;
        let wait =
            rule.wait_over_s.map(|written| seconds(faults, &format!("{at}.wait_over_s"), written, 10..=AFTER_MAX_S));
        let calls =
            rule.calls_per_agent_over.map(|written| calls(faults, &format!("{at}.calls_per_agent_over"), written));
        let agents = rule.agents_under.map(|written| {
            within(faults, &format!("{at}.agents_under"), written, 1..=AGENTS_UNDER_MAX, ("agenter", "agents")) as u32
        });
        OverflowRule { wait_over: wait.map(Duration::from_secs), calls_per_agent_over: calls, agents_under: agents }
    }

    /// Tells a loop of overflows once, at its first queue, with the way that it goes.
    fn check_overflow(&mut self, first: QueueNo) {
        let mut way = vec![first];
        while let Some(next) = self.plan.queues[way[way.len() - 1].at()].overflow {
            if next == first {
                self.loop_found(&way);
                return;
            }
            // A loop that begins before this queue was told there; one that it only leads into, at its own first.
            if next < first || way.contains(&next) {
                return;
            }
            way.push(next);
        }
    }

    fn loop_found(&mut self, way: &[QueueNo]) {
        let ids = way.iter().chain(&way[..1]).map(|queue| self.plan.queues[queue.at()].id.to_string());
        let path = ids.collect::<Vec<_>>().join(" → ");
        self.fault(
            format!("queues[{}].overflow", way[0].at()),
            format!("et opkald ville gå i ring: {path}; slet overflow i en af køerne"),
            format!("a call would go round in a ring: {path}; delete overflow in one of the queues"),
        );
    }
}

fn calls(faults: &mut Vec<Fault>, at: &str, written: u64) -> u32 {
    within(faults, at, written, 1..=WAITING_MAX, ("opkald", "calls")) as u32
}

fn step(faults: &mut Vec<Fault>, at: &str, entry: &StepEntry) -> Step {
    let after = seconds(faults, &format!("{at}.after_s"), entry.after_s.unwrap_or(0), 0..=AFTER_MAX_S);
    let level = entry.level_max.unwrap_or(9);
    let level_max = within(faults, &format!("{at}.level_max"), level, 1..=9, ("(1 er bedst)", "(1 is best)")) as u8;
    let who = match entry.who {
        Some(WhoEntry::Home) => StepWho::Home,
        None | Some(WhoEntry::Everyone) => StepWho::Everyone,
    };
    Step { after: Duration::from_secs(after), level_max, who }
}

/// Both thresholds must be said: one that nobody has decided would call people in, or never.
fn standby(faults: &mut Vec<Fault>, at: &str, entry: &StandbyEntry) -> StandbyRule {
    let mut said = |field: &str, written: Option<u64>, example: u64| {
        written.unwrap_or_else(|| {
            faults.push(Fault::new(
                format!("{at}.{field}"),
                format!("mangler; skriv fx {field} = {example}"),
                format!("is missing; write {field} = {example}, say"),
            ));
            example
        })
    };
    let (waiting, wait) = (said("waiting_over", entry.waiting_over, 10), said("wait_over_s", entry.wait_over_s, 180));
    StandbyRule {
        waiting_over: calls(faults, &format!("{at}.waiting_over"), waiting),
        wait_over: Duration::from_secs(seconds(faults, &format!("{at}.wait_over_s"), wait, 1..=3_600)),
    }
}
