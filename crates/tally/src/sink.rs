//! The door by which facts leave, and its form in memory for tests and the simulator.
//!
//! On a node the spool stands behind it. Knows nothing of files: saved means whatever the form says.

use std::fmt;

use model::{Fact, PersonRecord};

/// A fact with the number that the spool's single writer gave it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NumberedFact {
    /// Gapless on one node, from 1. Folds and resume tokens use only this.
    pub fact_no: u64,
    /// What happened.
    pub fact: Fact,
}

/// Called once, when all facts and persons of an append are saved. It runs on the writer's thread, so it only passes the word on.
pub type WhenSaved = Box<dyn FnOnce() + Send>;

/// What one step of a shard puts out: saved all together or, when the node dies, not acknowledged at all.
#[derive(Default)]
pub struct Append {
    /// In the order in which they happened.
    pub facts: Vec<Fact>,
    /// To the one table that can be emptied; never among the facts.
    pub persons: Vec<PersonRecord>,
    /// The acknowledgement.
    pub when_saved: Option<WhenSaved>,
}

impl Append {
    /// What it takes of a sink's bound: its facts, its persons, and one for the acknowledgement.
    pub fn size(&self) -> usize {
        self.facts.len() + self.persons.len() + 1
    }
}

impl fmt::Debug for Append {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Append({} facts, {} persons)", self.facts.len(), self.persons.len())
    }
}

/// There is no room: nothing of it was taken, and it comes back whole. The node is then not ready, and tries again.
#[derive(Debug)]
pub struct Full(pub Append);

/// Where facts go.
pub trait FactSink {
    /// Takes facts to be saved, in order. Never blocks.
    fn append(&mut self, append: Append) -> Result<(), Full>;
}

/// Keeps facts in memory; "saved" is at once.
#[derive(Debug)]
pub struct MemorySink {
    facts: Vec<NumberedFact>,
    persons: Vec<PersonRecord>,
    facts_max: usize,
}

impl MemorySink {
    /// Refuses everything above `facts_max` facts.
    pub fn new(facts_max: usize) -> Self {
        Self { facts: Vec::new(), persons: Vec::new(), facts_max }
    }
    /// All facts so far, numbered from 1.
    pub fn facts(&self) -> &[NumberedFact] {
        &self.facts
    }
    /// All persons so far.
    pub fn persons(&self) -> &[PersonRecord] {
        &self.persons
    }
}

impl FactSink for MemorySink {
    fn append(&mut self, append: Append) -> Result<(), Full> {
        if self.facts.len() + append.facts.len() > self.facts_max {
            return Err(Full(append));
        }
        let first_no = self.facts.len() as u64 + 1;
        self.facts.extend((first_no..).zip(append.facts).map(|(fact_no, fact)| NumberedFact { fact_no, fact }));
        self.persons.extend(append.persons);
        if let Some(acknowledge) = append.when_saved {
            acknowledge();
        }
        Ok(())
    }
}
