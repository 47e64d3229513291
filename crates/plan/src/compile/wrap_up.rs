//! Codes of the wrap-up: each of a kind, and once for all calls or for one municipality's.
//! Knows their form; doesn't know what agents do with them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Work;
use super::checks::title;
use super::names::shown;
use crate::{CodeKind, WrapUpCode};

/// Codes of one plan.
pub const WRAP_UP_CODES_MAX: usize = 4_096;
/// Longest code, in characters: what desks may send.
const CODE_CHARS_MAX: usize = 32;

impl Work<'_> {
    pub(super) fn wrap_up_codes(&mut self) {
        let mut known = BTreeSet::new();
        let entries = self.bounded(&self.file.wrap_up_codes, "wrap_up_codes", WRAP_UP_CODES_MAX);
        for (i, entry) in entries.iter().enumerate() {
            let at = format!("wrap_up_codes[{i}]");
            let id = entry.id.as_deref().unwrap_or("");
            self.is_code(&format!("{at}.id"), id);
            let title = title(&mut self.faults, &format!("{at}.title"), entry.title.as_deref());
            let municipality = self.member(&format!("{at}.municipality"), entry.municipality.as_deref());
            let Some(kind) = self.kind(&format!("{at}.kind"), entry.kind.as_deref()) else { continue };
            if !known.insert((kind, municipality, id)) {
                self.fault(
                    format!("{at}.id"),
                    format!("koden \"{}\" står her to gange; slet den ene", shown(id)),
                    format!("the code \"{}\" is here twice; delete one", shown(id)),
                );
            }
            self.plan.wrap_up_codes.push(WrapUpCode { id: Arc::from(id), title, kind, municipality });
        }
    }

    fn is_code(&mut self, at: &str, id: &str) {
        let plain = id.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
        if !plain || id.is_empty() || id.chars().count() > CODE_CHARS_MAX {
            self.fault(
                at,
                format!("\"{}\" kan ikke være kode: brug 1-{CODE_CHARS_MAX} bogstaver, cifre, - og _", shown(id)),
                format!("\"{}\" can't be a code: use 1 to {CODE_CHARS_MAX} letters, digits, - and _", shown(id)),
            );
        }
    }

    fn kind(&mut self, at: &str, written: Option<&str>) -> Option<CodeKind> {
        match written {
            Some("topic") => Some(CodeKind::Topic),
            Some("outcome") => Some(CodeKind::Outcome),
            Some("role") => Some(CodeKind::Role),
            other => {
                self.fault(
                    at,
                    format!("\"{}\" går ikke; skriv \"topic\", \"outcome\" eller \"role\"", shown(other.unwrap_or(""))),
                    format!("\"{}\" won't do; write \"topic\", \"outcome\" or \"role\"", shown(other.unwrap_or(""))),
                );
                None
            }
        }
    }
}
