//! No dead ends: whoever rings a line comes to a person, or is told something and where to go from there, whatever happens
//! on the way. Proved of every line when a plan is compiled, and told with the path where it is not so.
//!
//! Knows all ways between lines; knows nothing of a single call.

use std::collections::VecDeque;

use super::Work;
use super::reach::Leads;
use crate::{Line, LineNo, MenuKind, Plan, WayOut};

/// One way from a line to another.
#[derive(Clone, Copy)]
pub(super) struct Step {
    from: LineNo,
    when: Leads,
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
        let reached = reached(&self.plan);
        for line in (0..self.plan.lines.len()).map(|no| LineNo(no as u32)) {
            self.silence(line, &reached);
            // A reference that leads nowhere was told; who could take such a call is not known then.
            if self.faults.is_empty() {
                self.nobody(line, &reached);
            }
        }
    }

    /// No way out leads back to a line where the call has been: it would go round for ever. Menus are asked once a call, so
    /// what their keys lead to may well lead back.
    fn rings(&mut self) {
        let mut seen = vec![Seen::NotYet; self.plan.lines.len()];
        let mut found = Vec::new();
        for first in 0..self.plan.lines.len() {
            follow(&self.plan, LineNo(first as u32), &mut seen, &mut Vec::new(), &mut found);
        }
        for ring in found {
            let Some(last) = ring.last() else { continue };
            let [da, en] = [true, false].map(|danish| self.path(&ring, danish));
            self.fault(
                format!("lines[{}].{}", last.from.at(), last.when.setting()),
                format!("et opkald ville gå i ring: {da}; lad vejen ende et andet sted"),
                format!("a call would go round in a ring: {en}; let the way end somewhere else"),
            );
        }
    }

    /// Nobody is refused, or let go, without a word, unless the line says why.
    fn silence(&mut self, no: LineNo, reached: &[Option<Step>]) {
        let entry = &self.file.lines[no.at()];
        if let Some(reason) = &entry.may_end_in_silence {
            let at = format!("lines[{}].may_end_in_silence", no.at());
            super::checks::title(&mut self.faults, &at, Some(reason));
            return;
        }
        let line = &self.plan.lines[no.at()];
        let closes = !self.plan.calendars[line.calendar.at()].is_always_open();
        let silent = |message: &Option<_>, way: &WayOut| message.is_none() && *way == WayOut::GoodBye;
        let ends = [
            (Leads::Closed, closes && silent(&line.closed_message, &line.ways.closed)),
            (Leads::Full, silent(&line.full_message, &line.ways.full)),
            (Leads::GaveUp, line.wait_max.is_some() && silent(&line.gave_up_message, &line.ways.gave_up)),
        ];
        for (when, _) in ends.into_iter().filter(|(_, is_so)| *is_so) {
            let [da, en] = [true, false].map(|danish| self.way_here(no, reached, danish) + " → " + &when.told(danish));
            let (said, setting) = (when.message(), when.setting());
            self.fault(
                format!("lines[{}].{said}", no.at()),
                format!("blindgyde: {da} → intet; skriv en besked i {said}, en vej i {setting}, eller en grund i may_end_in_silence"),
                format!("a dead end: {en} → nothing; write a message in {said}, a way in {setting}, or a reason in may_end_in_silence"),
            );
        }
    }

    /// How a call comes to this line: `pas-da → lukket → aften`.
    pub(super) fn way_here(&self, line: LineNo, reached: &[Option<Step>], danish: bool) -> String {
        let mut steps = Vec::new();
        let mut here = line;
        while let Some(step) = reached[here.at()].filter(|_| steps.len() < reached.len()) {
            steps.insert(0, step);
            here = step.from;
        }
        if steps.is_empty() { self.plan.lines[line.at()].id.to_string() } else { self.path(&steps, danish) }
    }

    /// `pas-da → lukket → aften → fuld → pas-da`.
    fn path(&self, steps: &[Step], danish: bool) -> String {
        let id = |line: LineNo| self.plan.lines[line.at()].id.to_string();
        let first = steps.first().map(|step| id(step.from));
        let rest = steps.iter().flat_map(|step| [step.when.told(danish), id(step.to)]);
        first.into_iter().chain(rest).collect::<Vec<_>>().join(" → ")
    }
}

/// By which step each line is reached first, from lines that numbers ring; none: by a number, or not at all.
fn reached(plan: &Plan) -> Vec<Option<Step>> {
    let mut by: Vec<Option<Step>> = vec![None; plan.lines.len()];
    let mut known = vec![false; plan.lines.len()];
    let mut next: VecDeque<LineNo> = plan.numbers.values().filter_map(|number| number.line).collect();
    for line in &next {
        known[line.at()] = true;
    }
    while let Some(from) = next.pop_front() {
        let line = &plan.lines[from.at()];
        for step in ways(from, line).chain(keys(from, line)) {
            if !std::mem::replace(&mut known[step.to.at()], true) {
                by[step.to.at()] = Some(step);
                next.push_back(step.to);
            }
        }
    }
    by
}

/// Follows every way out of a line, as far as it was not followed before. A chain is no longer than there are lines.
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
    for step in ways(line, &plan.lines[line.at()]) {
        way.push(step);
        follow(plan, step.to, seen, way, rings);
        way.pop();
    }
    seen[line.at()] = Seen::Done;
}

fn ways(from: LineNo, line: &Line) -> impl Iterator<Item = Step> {
    let ways =
        [(Leads::Closed, &line.ways.closed), (Leads::Full, &line.ways.full), (Leads::GaveUp, &line.ways.gave_up)];
    ways.into_iter().filter_map(move |(when, way)| Some(Step { from, when, to: way.line()? }))
}

fn keys(from: LineNo, line: &Line) -> impl Iterator<Item = Step> {
    let menus = MenuKind::ALL.into_iter().filter_map(|kind| Some((kind, line.menus.of(kind)?)));
    let choices = menus.flat_map(|(kind, menu)| menu.choices.iter().map(move |(key, choice)| (kind, *key, choice)));
    choices.filter_map(move |(kind, key, choice)| Some(Step { from, when: Leads::Key(kind, key), to: choice.line()? }))
}
