//! What is decided about encrypted sound: the words of a setting, and that trunks which carry calls out agree.
//! Knows no packet.

use media::Protection;

use super::Desk;
use crate::settings::Trunk;

/// The words of `srtp` and `phones_srtp`.
pub(super) const PROTECTIONS: [(&str, Protection); 3] =
    [("off", Protection::Off), ("offered", Protection::Offered), ("required", Protection::Required)];

impl Desk {
    /// A call out is described before it is known which trunk will take it.
    pub(super) fn outward_protection(&mut self, trunks: &[Trunk]) -> Protection {
        let mut outward = trunks.iter().filter(|trunk| !trunk.rules.outbound.is_empty());
        let Some(first) = outward.next() else { return Protection::Off };
        if let Some(other) = outward.find(|other| other.srtp != first.srtp) {
            let (one, other) = (&first.name, &other.name);
            self.fault(
                "sip.trunk.srtp",
                format!("{one} og {other} ringer begge ud og skal have samme srtp: et opkald skifter trunk midtvejs"),
                format!("{one} and {other} both carry calls out and must have the same srtp: a call may change trunks"),
            );
        }
        first.srtp
    }
}
