//! The door to the plan's versions: what coordinators may ask of the node. Everything behind it may take two seconds, and is
//! called where waiting holds nobody up.
//! Knows words of the house; no proto.

use std::fmt;
use std::time::Duration;

use change::{Asked, Coordinator, Refused, Version, Wish};
use plan::{Difference, Secret};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use toml::Table;

/// The plan's versions, and the way to the next one.
pub trait Deciding: Send + Sync + 'static {
    /// The version in force, and its plan as a table, with passwords in it.
    fn in_force(&self) -> (Version, Table);
    /// So many versions, the newest first, older than `before` where it is not 0.
    fn versions(&self, before: u64, limit: usize) -> Vec<Version>;
    /// In which settings two versions differ.
    fn differences(&self, from: u64, to: u64) -> Result<Vec<Difference>, Denied>;
    /// Edits as one change; with `dry_run` it only says what would be.
    fn change(&self, asked: &Asked, wishes: &[Wish], dry_run: bool) -> Result<Version, Denied>;
    /// The operator's plan file read anew, with the edits in force on top.
    fn reload(&self, asked: &Asked, dry_run: bool) -> Result<Version, Denied>;
    /// Tries what would be the next version on one line first. It comes into force when the time is over, and is taken back before
    /// if calls on that line fail. What somebody changes meanwhile comes into force beside it.
    fn try_on(&self, asked: &Asked, what: TryWhat, line: &str, span: Duration) -> Result<Version, Denied>;
    /// Ends a trial: all is as before it.
    fn take_back(&self, asked: &Asked) -> Result<(), Denied>;
    /// Back to a version.
    fn roll_back(&self, asked: &Asked, to: u64, dry_run: bool) -> Result<Version, Denied>;
    /// An uploaded sound for a prompt, as a change; it is only kept if that comes into force.
    fn upload(&self, asked: &Asked, prompt: &str, sound: &[u8], dry_run: bool) -> Result<Version, Denied>;
    /// The uploaded sound of a prompt, if there is one in force.
    fn sound(&self, prompt: &str) -> Result<Option<Vec<u8>>, Denied>;
}

/// What is tried on a line.
#[derive(Clone, PartialEq, Debug)]
pub enum TryWhat {
    /// The operator's plan file, read anew.
    File,
    /// Edits as one change.
    Edits(Vec<Wish>),
}

/// Why nothing was changed.
#[derive(Clone, PartialEq, Debug)]
pub enum Denied {
    /// The change itself won't do.
    Refused(Refused),
    /// The node did not take the plan over, in Danish and English: a sound is missing, say. Everything is as before.
    NotTaken(String, String),
    /// The data folder can't be written or read.
    NoDisk,
    /// All uploaded sounds together take more room than they may.
    NoRoom,
}

impl From<Refused> for Denied {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

/// Who may change the plan, by the hash of their token.
#[derive(Clone, Default)]
pub struct Coordinators(Vec<([u8; 32], Coordinator)>);

impl Coordinators {
    /// Of tokens in clear; none of them is kept.
    pub fn new(tokens: impl IntoIterator<Item = (Secret, Coordinator)>) -> Self {
        Self(tokens.into_iter().map(|(token, whose)| (hash(token.reveal()), whose)).collect())
    }

    /// Whose token it is. Takes as long for a wrong one as for a right one.
    pub(crate) fn whose(&self, token: &str) -> Option<&Coordinator> {
        let asked = hash(token);
        let mut found = None;
        for (known, whose) in &self.0 {
            if bool::from(known.ct_eq(&asked)) {
                found = Some(whose);
            }
        }
        found
    }
}

impl fmt::Debug for Coordinators {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(_, whose)| &whose.name)).finish()
    }
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
