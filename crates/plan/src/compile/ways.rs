//! The ways out of lines: closed, full, waited long enough. Named lines become indices here, once all lines are known.
//!
//! Knows what one way may say; whether all ways together lead somewhere is asked in `ends`.

use super::Work;
use super::checks::prompt;
use crate::Fault;
use crate::file::{LineEntry, WayOutEntry};
use crate::{LineNo, WayOut, Ways};

use model::{Language, PromptName};

impl Work<'_> {
    /// What is said before a way out: what is written, else the usual message; before a way that leads on, nothing.
    pub(super) fn last_words(
        faults: &mut Vec<Fault>,
        at: &str,
        (written, usual): (Option<&str>, &str),
        way: Option<&WayOutEntry>,
        language: &Language,
    ) -> Option<PromptName> {
        let usual = if way.is_some() { "none" } else { usual };
        prompt(faults, at, written, usual, language)
    }

    pub(super) fn ways(&mut self) {
        for (i, entry) in self.file.lines.iter().take(self.plan.lines.len()).enumerate() {
            let at = format!("lines[{i}]");
            let ways = self.ways_of(&at, LineNo(i as u32), entry);
            self.plan.lines[i].ways = ways;
        }
    }

    fn ways_of(&mut self, at: &str, from: LineNo, entry: &LineEntry) -> Ways {
        Ways {
            closed: self.way_out(&format!("{at}.when_closed"), from, entry.when_closed.as_ref()),
            full: self.way_out(&format!("{at}.when_full"), from, entry.when_full.as_ref()),
            gave_up: self.way_out(&format!("{at}.when_gave_up"), from, entry.when_gave_up.as_ref()),
        }
    }

    /// One way out; a table that leads nowhere is a fault.
    fn way_out(&mut self, at: &str, from: LineNo, entry: Option<&WayOutEntry>) -> WayOut {
        let Some(entry) = entry else { return WayOut::GoodBye };
        if entry.callback {
            let at = format!("{at}.callback");
            if entry.line.is_some() || entry.voicemail.is_some() || entry.directory.is_some() {
                self.fault(
                    &at,
                    "skriv kun én vej; callback fører ingen andre steder hen",
                    "write one way alone; callback leads nowhere else",
                );
            }
            return self.leads_to_booking(&at, from);
        }
        if let Some(mailbox) = entry.voicemail.as_deref() {
            let at = format!("{at}.voicemail");
            if entry.line.is_some() {
                self.fault(&at, "skriv enten line eller voicemail", "write either line or voicemail");
            }
            return self.leads_to_mailbox(&at, from, mailbox).unwrap_or_default();
        }
        if let Some(id) = entry.directory.as_deref() {
            let at = format!("{at}.directory");
            if entry.line.is_some() {
                self.fault(&at, "skriv enten line eller directory", "write either line or directory");
            }
            return self.leads_to_entry(&at, from, id).unwrap_or_default();
        }
        let line = self.lines.find(&mut self.faults, &format!("{at}.line"), entry.line.as_deref());
        let Some(to) = line.filter(|to| (*to as usize) < self.plan.lines.len()).map(LineNo) else {
            return WayOut::GoodBye;
        };
        self.check_owner(&format!("{at}.line"), from, to);
        WayOut::Line(to)
    }

    /// Nobody is led to a line of another municipality than their own.
    pub(super) fn check_owner(&mut self, at: &str, from: LineNo, to: LineNo) {
        let (from, to) = (&self.plan.lines[from.at()], &self.plan.lines[to.at()]);
        let Some(owner) = to.municipality.filter(|owner| from.municipality != Some(*owner)) else { return };
        let id = to.id.clone();
        self.fault(
            at,
            format!("linjen {id} er kommunen {owner}s egen, og andre kommuners borgere kan komme her; led til en fælles linje"),
            format!("the line {id} is municipality {owner}'s own, and citizens of others may come here; lead to a shared line"),
        );
    }
}
