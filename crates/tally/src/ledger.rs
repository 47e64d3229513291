//! The book of what went on: counters by quarter of an hour, queue, line and municipality; any table is a sum of them.
//!
//! Holds the last days only, bounded; the database has the rest, and its rows go through the same [`Sheet`].

use std::collections::BTreeMap;

use model::{CallId, LineId, Moment, MunicipalityId, QueueId};

use crate::{Change, Counts, Digest, EndedCall, Quarter, Step, Targets};

/// Cells that are kept; above it the oldest go. About 500 bytes each.
const CELLS_MAX: usize = 65_536;
/// Ended calls whose agent still writes; above it the oldest are no longer followed, and their last wrap-up is not counted.
const TAILS_MAX: usize = 16_384;

/// Which counters a call belongs to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Cell {
    /// When it began.
    pub quarter: Quarter,
    /// Its last queue.
    pub queue: Option<QueueId>,
    /// Its line.
    pub line: Option<LineId>,
    /// Its municipality.
    pub municipality: Option<MunicipalityId>,
}

impl Cell {
    /// The cell of a call that is over.
    pub fn of(call: &EndedCall) -> Self {
        Self {
            quarter: Quarter::of(call.arrived),
            queue: call.queue.clone(),
            line: call.line.clone(),
            municipality: call.municipality,
        }
    }
}

/// Which calls a table is about; what is none is not asked about.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Slice {
    /// Only this queue.
    pub queue: Option<QueueId>,
    /// Only this line.
    pub line: Option<LineId>,
    /// Only this municipality; `Some(None)`: only calls of which it is unknown.
    pub municipality: Option<Option<MunicipalityId>>,
}

impl Slice {
    /// Whether a cell's calls are meant.
    pub fn takes(&self, cell: &Cell) -> bool {
        (self.queue.is_none() || self.queue == cell.queue)
            && (self.line.is_none() || self.line == cell.line)
            && self.municipality.is_none_or(|wanted| wanted == cell.municipality)
    }
}

/// A table: one row of counters for each step in which something began.
#[derive(Clone, Debug)]
pub struct Sheet {
    step: Step,
    slice: Slice,
    rows: BTreeMap<Moment, Counts>,
    /// The last row's beginning and the quarter that led to it: neighbours mostly share it, and days are dear to find.
    last: Option<(Quarter, Moment)>,
}

impl Sheet {
    /// An empty table.
    pub fn new(step: Step, slice: Slice) -> Self {
        Self { step, slice, rows: BTreeMap::new(), last: None }
    }
    /// Adds counters, if the table is about them.
    pub fn add(&mut self, cell: &Cell, counts: &Counts) {
        if self.slice.takes(cell) {
            self.row(cell.quarter).merge(counts);
        }
    }
    /// Adds a call, if the table is about it.
    pub fn add_call(&mut self, call: &EndedCall, targets: &Targets) {
        let cell = Cell::of(call);
        if self.slice.takes(&cell) {
            let target = targets.of(call.queue.as_ref());
            self.row(cell.quarter).add(call, &target);
        }
    }
    /// Beginnings and counters, ascending.
    pub fn rows(&self) -> impl Iterator<Item = (Moment, &Counts)> {
        self.rows.iter().map(|(start, counts)| (*start, counts))
    }
    /// All rows in one.
    pub fn total(&self) -> Counts {
        self.rows.values().fold(Counts::default(), |mut total, counts| {
            total.merge(counts);
            total
        })
    }
    fn row(&mut self, quarter: Quarter) -> &mut Counts {
        let start = match self.last {
            Some((last, start)) if last == quarter => start,
            _ => self.step.start(quarter.start()),
        };
        self.last = Some((quarter, start));
        self.rows.entry(start).or_default()
    }
}

/// The last days' counters.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    targets: Targets,
    cells: BTreeMap<Cell, Counts>,
    tails: BTreeMap<CallId, Tail>,
}

/// A call that is over, and agents who are not done with it.
#[derive(Clone, Debug)]
struct Tail {
    cell: Cell,
    to_come: u32,
    transferred: bool,
    /// Whether an agent has said of it whether it was solved.
    told: bool,
}

impl Ledger {
    /// An empty book.
    pub fn new(targets: Targets) -> Self {
        Self { targets, ..Self::default() }
    }

    /// New promises, for calls that end from now on.
    pub fn set_targets(&mut self, targets: Targets) {
        self.targets = targets;
    }

    /// Takes in a change.
    pub fn take(&mut self, change: &Change) {
        match change {
            Change::Ended(call) => self.ended(call),
            Change::AgentDone { call, wrap_up } => {
                let Some(tail) = self.tails.get_mut(call) else { return };
                tail.to_come = tail.to_come.saturating_sub(1);
                if let Some(counts) = self.cells.get_mut(&tail.cell) {
                    counts.add_wrap_up(*wrap_up);
                }
                if tail.to_come == 0 {
                    self.tails.remove(call);
                }
            }
            Change::Written { call, wrap_up } => {
                let Some(tail) = self.tails.get_mut(call).filter(|tail| !tail.told) else { return };
                if let Some(counts) = self.cells.get_mut(&tail.cell) {
                    tail.told = wrap_up.solved.is_some();
                    counts.tell_solved(wrap_up.solved.map(|solved| solved && !tail.transferred));
                }
            }
            Change::Moved { .. } | Change::Agent { .. } => {}
        }
    }

    /// A table of calls that began in `from .. to`.
    pub fn sheet(&self, from: Moment, to: Moment, step: Step, slice: Slice) -> Sheet {
        let mut sheet = Sheet::new(step, slice);
        let first = Cell { quarter: Quarter::of(from), queue: None, line: None, municipality: None };
        let in_time = self.cells.range(first..).take_while(|(cell, _)| cell.quarter.start() < to);
        in_time.for_each(|(cell, counts)| sheet.add(cell, counts));
        sheet
    }

    /// All counters, ascending.
    pub fn cells(&self) -> impl Iterator<Item = (&Cell, &Counts)> {
        self.cells.iter()
    }

    /// Takes all counters into a digest.
    pub fn digest(&self, digest: &mut Digest) {
        for (cell, counts) in &self.cells {
            digest.number(cell.quarter.start().as_micros() as u64);
            digest.text(cell.queue.as_deref().unwrap_or_default());
            digest.text(cell.line.as_deref().unwrap_or_default());
            digest.number(cell.municipality.map_or(0, |code| u64::from(code.0)));
            counts.digest(digest);
        }
    }

    fn ended(&mut self, call: &EndedCall) {
        let cell = Cell::of(call);
        let target = self.targets.of(call.queue.as_ref());
        if call.wrap_ups_to_come > 0 && call.own.is_none() {
            let (to_come, transferred) = (call.wrap_ups_to_come, call.transfers > 0);
            let told = call.written.solved.is_some();
            self.tails.insert(call.call, Tail { cell: cell.clone(), to_come, transferred, told });
        }
        self.cells.entry(cell).or_default().add(call, &target);
        while self.cells.len() > CELLS_MAX {
            self.cells.pop_first();
        }
        while self.tails.len() > TAILS_MAX {
            self.tails.pop_first();
        }
    }
}
