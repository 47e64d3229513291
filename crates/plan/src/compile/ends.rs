//! No dead ends: whoever rings a line comes to an end that helps, whatever happens on the way. Proved of every line when a
//! plan is compiled, and told with the path where it is not so.
//!
//! Knows all ways between lines; knows nothing of a single call.

use super::Work;
use crate::{Line, LineNo, Plan};

/// One way from a line to another.
#[derive(Clone, Copy)]
struct Step {
    from: LineNo,
    /// The setting that says so.
    field: &'static str,
    /// When it is gone, in Danish and English.
    when: (&'static str, &'static str),
    to: LineNo,
}

/// A line while all ways are being walked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    NotYet,
    OnTheWay,
    Done,
}

impl Work<'_> {
    pub(super) fn ends(&mut self) {
        self.rings();
    }

    /// No way leads back to a line where the call has been: it would go round for ever.
    fn rings(&mut self) {
        let mut seen = vec![Seen::NotYet; self.plan.lines.len()];
        let mut found = Vec::new();
        for first in 0..self.plan.lines.len() {
            follow(&self.plan, LineNo(first as u32), &mut seen, &mut Vec::new(), &mut found);
        }
        for ring in found {
            let Some(last) = ring.last() else { continue };
            let (da, en) = (self.path(&ring, |step| step.when.0), self.path(&ring, |step| step.when.1));
            self.fault(
                format!("lines[{}].{}", last.from.at(), last.field),
                format!("et opkald ville gå i ring: {da}; lad vejen ende et andet sted"),
                format!("a call would go round in a ring: {en}; let the way end somewhere else"),
            );
        }
    }

    /// `pas-da → lukket → aften → fuld → pas-da`.
    fn path(&self, steps: &[Step], when: impl Fn(&Step) -> &'static str) -> String {
        let id = |line: LineNo| self.plan.lines[line.at()].id.to_string();
        let first = steps.first().map(|step| id(step.from));
        let rest = steps.iter().flat_map(|step| [when(step).to_owned(), id(step.to)]);
        first.into_iter().chain(rest).collect::<Vec<_>>().join(" → ")
    }
}

/// Follows every way from a line, as far as it was not followed before. A chain is no longer than there are lines.
fn follow(plan: &Plan, line: LineNo, seen: &mut [Seen], way: &mut Vec<Step>, rings: &mut Vec<Vec<Step>>) {
    match seen[line.at()] {
        Seen::Done => return,
        Seen::OnTheWay => {
            let begins = way.iter().position(|step| step.from == line).unwrap_or(0);
            rings.push(way[begins..].to_vec());
            return;
        }
        Seen::NotYet => seen[line.at()] = Seen::OnTheWay,
    }
    for step in steps_from(line, &plan.lines[line.at()]) {
        way.push(step);
        follow(plan, step.to, seen, way, rings);
        way.pop();
    }
    seen[line.at()] = Seen::Done;
}

fn steps_from(from: LineNo, line: &Line) -> impl Iterator<Item = Step> + use<> {
    let ways = [
        ("when_closed", ("lukket", "closed"), line.ways.closed.line()),
        ("when_full", ("fuld", "full"), line.ways.full.line()),
        ("when_gave_up", ("ventet for længe", "waited too long"), line.ways.gave_up.line()),
    ];
    ways.into_iter().filter_map(move |(field, when, to)| Some(Step { from, field, when, to: to? }))
}
