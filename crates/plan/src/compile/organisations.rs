//! Organisations that are no municipality and take part as one does: other authorities, a house of students, a centre.
//! Knows which numbers they may have; everything else about them is a member's.

use super::{MUNICIPALITIES_MAX, Work, kommunekode};

/// Their numbers begin here: no municipality's is as high.
const FIRST: u16 = 9_000;

impl Work<'_> {
    pub(super) fn organisations(&mut self) {
        let organisations = self.bounded(&self.file.organisations, "organisations", MUNICIPALITIES_MAX);
        for (i, entry) in organisations.iter().enumerate() {
            let at = format!("organisations[{i}]");
            if !entry.postal_codes.is_empty() {
                self.fault(
                    format!("{at}.postal_codes"),
                    "kun kommuner har postnumre; slet dem her",
                    "only municipalities have postal codes; delete them here",
                );
            }
            let written = entry.id.as_deref().unwrap_or("");
            match kommunekode(written).filter(|id| (FIRST..=9_999).contains(&id.0)) {
                Some(id) => self.add_member(&at, id, entry),
                None => self.fault(
                    format!("{at}.id"),
                    format!("\"{written}\" er intet nummer for en organisation; skriv et fra \"{FIRST}\" til \"9999\""),
                    format!("\"{written}\" is no number for an organisation; write one from \"{FIRST}\" to \"9999\""),
                ),
            }
        }
    }
}
