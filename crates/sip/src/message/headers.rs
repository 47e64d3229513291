//! The header lines of a message: where each stands, and what the five that every message has say.
//!
//! Owns one exactly sized copy of the text; everything else is a view. What lists, timers and
//! identities mean is read in `lists`, `timers` and `history`.

use std::fmt;
use std::sync::Arc;

use smallvec::SmallVec;

use super::limits::VALUES_MAX;
use super::params::split_outside_quotes;
use super::{HeaderName, Method, NameAddr, Via};

/// Lines that lie in the message itself; more go to the heap.
const LINES_INLINE: usize = 18;

/// All header lines of a message, in order.
#[derive(Clone)]
pub struct Headers {
    pub(super) head: Arc<str>,
    pub(super) lines: SmallVec<[Line; LINES_INLINE]>,
    pub(super) marks: Marks,
}

/// Where a line stands in the head; at most 64 KiB, so 16 bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) name: HeaderName,
    pub(super) start: u16,
    pub(super) value: u16,
    pub(super) end: u16,
}

/// What was found while the message was checked, so that it is not looked for again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks {
    pub(super) branch: Mark,
    pub(super) from_tag: Mark,
    pub(super) to_tag: Mark,
    pub(super) call_id: Mark,
    pub(super) cseq: u32,
    pub(super) cseq_method: Mark,
    pub(super) reason: Mark,
}

/// A piece of the head; empty means absent.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mark(pub(super) u16, pub(super) u16);

impl Mark {
    /// Where `piece`, a slice of `head`, stands in it; what is empty stands nowhere.
    pub(super) fn of(head: &str, piece: &str) -> Self {
        if piece.is_empty() {
            return Self::default();
        }
        let start = (piece.as_ptr() as usize).wrapping_sub(head.as_ptr() as usize);
        Self(start as u16, (start + piece.len()) as u16)
    }
    fn get(self, head: &str) -> Option<&str> {
        (self.1 > self.0).then(|| &head[self.0 as usize..self.1 as usize])
    }
}

#[allow(clippy::wrong_self_convention, reason = "From is the name of a header here, not a conversion")]
impl Headers {
    /// The value of the first line of that name, without surrounding blanks.
    pub fn get(&self, name: HeaderName) -> Option<&str> {
        self.all(name).next()
    }
    /// The values of all lines of that name, one a line.
    pub fn all(&self, name: HeaderName) -> impl Iterator<Item = &str> {
        self.lines.iter().filter(move |line| line.name == name).map(|line| self.value(*line))
    }
    /// All values of a comma-separated header, over all its lines; at most 64.
    pub fn values(&self, name: HeaderName) -> impl Iterator<Item = &str> {
        self.all(name)
            .flat_map(|line| split_outside_quotes(line, b','))
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .take(VALUES_MAX)
    }
    /// The value of the first line with a name that [`HeaderName`] does not know, in any case.
    pub fn other(&self, name: &str) -> Option<&str> {
        self.lines
            .iter()
            .find(|line| line.name == HeaderName::Other && self.name_text(**line).eq_ignore_ascii_case(name))
            .map(|line| self.value(*line))
    }
    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The top Via: who sent this to us.
    pub fn via(&self) -> Option<Via<'_>> {
        self.values(HeaderName::Via).next().and_then(Via::read)
    }
    /// All Vias from the top; malformed ones are left out.
    pub fn vias(&self) -> impl Iterator<Item = Via<'_>> {
        self.values(HeaderName::Via).filter_map(Via::read)
    }
    /// The branch of the top Via; empty if there is none.
    pub fn branch(&self) -> &str {
        self.marks.branch.get(&self.head).unwrap_or("")
    }
    /// From.
    pub fn from(&self) -> Option<NameAddr<'_>> {
        self.get(HeaderName::From).and_then(NameAddr::read)
    }
    /// The tag of From; empty if there is none.
    pub fn from_tag(&self) -> &str {
        self.marks.from_tag.get(&self.head).unwrap_or("")
    }
    /// To.
    pub fn to(&self) -> Option<NameAddr<'_>> {
        self.get(HeaderName::To).and_then(NameAddr::read)
    }
    /// The tag of To: there once a dialog is.
    pub fn to_tag(&self) -> Option<&str> {
        self.marks.to_tag.get(&self.head)
    }
    /// Call-ID; compared byte for byte.
    pub fn call_id(&self) -> &str {
        self.marks.call_id.get(&self.head).unwrap_or("")
    }
    /// The number of CSeq, below 2^31.
    pub const fn cseq(&self) -> u32 {
        self.marks.cseq
    }
    /// The method of CSeq: which request a response answers.
    pub fn cseq_method(&self) -> Method {
        Method::read(self.marks.cseq_method.get(&self.head).unwrap_or(""))
    }
    /// The words after a response's status; empty in a request.
    pub fn reason_phrase(&self) -> &str {
        self.marks.reason.get(&self.head).unwrap_or("")
    }

    /// The first line and all header lines as they were read, the blank line included: for traces alone.
    pub(crate) fn head(&self) -> Arc<str> {
        self.head.clone()
    }

    pub(super) fn value(&self, line: Line) -> &str {
        &self.head[line.value as usize..line.end as usize]
    }
    pub(super) fn name_text(&self, line: Line) -> &str {
        let text = &self.head[line.start as usize..line.value as usize];
        text.split(':').next().unwrap_or("").trim_end()
    }
}

impl fmt::Debug for Headers {
    /// Only the names: values may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.lines.iter().map(|line| line.name.as_str())).finish()
    }
}
