//! What a trace asks of a leg: its Call-ID and its two ends. Read only while something is traced.
//! Changes nothing, and knows nothing of what is traced.

use model::LegId;

use super::Stack;

/// A leg's dialog, as a trace knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Papers<'a> {
    /// Its Call-ID.
    pub call_id: &'a str,
    /// Our end as From or To has it.
    pub local: &'a str,
    /// The other end.
    pub remote: &'a str,
}

impl Stack {
    /// A leg's papers; none while its phones are being called, who may be many, and once it is over.
    pub fn papers_of(&self, leg: LegId) -> Option<Papers<'_>> {
        let dialog = self.legs.get(&leg.bits())?.stage.as_ref()?.dialog()?;
        Some(Papers { call_id: &dialog.call_id, local: &dialog.local, remote: &dialog.remote })
    }
}
