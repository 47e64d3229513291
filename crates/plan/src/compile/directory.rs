//! The directory: each entry leads to one place that exists, may be dialled, and has a name of its own.
//! Knows lines, agents and dialling rules; doesn't know who hands on.

use std::sync::Arc;

use model::{AgentId, Dialled};

use super::Work;
use super::checks::title;
use super::names::{Kind, Names};
use crate::fault::instead;
use crate::file::DirectoryEntry as Entry;
use crate::{AgentNo, CalendarNo, DirectoryEntry, DirectoryTo, LineNo, MayDial, WayOut};

/// Entries of one plan's directory.
pub const DIRECTORY_MAX: usize = 4_096;

impl Work<'_> {
    /// After lines, numbers, agents and dialling rules.
    pub(super) fn directory(&mut self) {
        let mut names = Names::new(Kind::DIRECTORY);
        for (i, entry) in self.bounded(&self.file.directory, "directory", DIRECTORY_MAX).iter().enumerate() {
            let at = format!("directory[{i}]");
            names.add(&mut self.faults, &format!("{at}.id"), entry.id.as_deref());
            let title = title(&mut self.faults, &format!("{at}.title"), entry.title.as_deref());
            let calendar = entry.calendar.as_deref().and_then(|calendar| {
                self.calendars.find(&mut self.faults, &format!("{at}.calendar"), Some(calendar)).map(CalendarNo)
            });
            let municipality = self.member(&format!("{at}.municipality"), entry.municipality.as_deref());
            let id = entry.id.as_deref().unwrap_or("");
            self.is_no_other(&format!("{at}.id"), id);
            let Some(to) = self.leads(&at, entry) else { continue };
            self.plan.directory.push(DirectoryEntry { id: Arc::from(id), title, to, calendar, municipality });
        }
        self.plan.directory.sort_by(|one, other| one.id.cmp(&other.id));
    }

    /// Phones name agents, numbers and entries in the same place.
    fn is_no_other(&mut self, at: &str, id: &str) {
        if self.plan.agents_by_id.contains_key(&AgentId::new(id)) {
            self.fault(
                at,
                format!("\"{id}\" er også en agent; kald opslaget noget andet"),
                format!("\"{id}\" is an agent, too; call the entry something else"),
            );
        } else if Dialled::parse(id).is_ok() {
            self.fault(
                at,
                format!("\"{id}\" ligner et telefonnummer; brug et ord, fx \"skat\""),
                format!("\"{id}\" looks like a telephone number; use a word, such as \"skat\""),
            );
        }
    }

    fn leads(&mut self, at: &str, entry: &Entry) -> Option<DirectoryTo> {
        match (entry.number.as_deref(), entry.line.as_deref(), entry.agent.as_deref()) {
            (Some(number), None, None) => self.leads_outside(&format!("{at}.number"), number),
            (None, Some(line), None) => {
                let line = self.lines.find(&mut self.faults, &format!("{at}.line"), Some(line))?;
                Some(DirectoryTo::Line { line: LineNo(line), by_number: false })
            }
            (None, None, Some(agent)) => self.leads_to_agent(&format!("{at}.agent"), agent),
            _ => {
                self.fault(
                    at,
                    "skriv præcis én af number, line og agent",
                    "write exactly one of number, line and agent",
                );
                None
            }
        }
    }

    /// A way out that leads to an entry: somebody outside, and nobody of another municipality's own. Lines have ways of their
    /// own, and colleagues are reached by lines.
    pub(super) fn leads_to_entry(&mut self, at: &str, from: LineNo, id: &str) -> Option<WayOut> {
        let entries = &self.file.directory;
        let Some(entry) = entries.iter().find(|entry| entry.id.as_deref() == Some(id)) else {
            let (perhaps_da, perhaps_en) = instead(id, entries.iter().filter_map(|entry| entry.id.as_deref()));
            self.fault(
                at,
                format!("der er ikke et opslag \"{id}\" under [[directory]]{perhaps_da}"),
                format!("there is no entry \"{id}\" in [[directory]]{perhaps_en}"),
            );
            return None;
        };
        let number = entry.number.as_deref().and_then(|number| Dialled::parse(number).ok());
        let is_ours = number.is_some_and(|number| self.plan.find(&number, &[]).is_ok());
        if entry.line.is_some() || entry.agent.is_some() || is_ours {
            self.fault(
                at,
                format!("opslaget {id} fører ikke ud af huset; led til en linje med line"),
                format!("the entry {id} doesn't lead outside; lead to a line with line"),
            );
        }
        let here = self.plan.lines[from.at()].municipality;
        if let Some(owner) =
            entry.municipality.as_deref().filter(|owner| here.is_none_or(|own| own.to_string() != *owner))
        {
            self.fault(
                at,
                format!("opslaget {id} er kommunen {owner}s eget, og andre kommuners borgere kan komme her; brug et fælles"),
                format!("the entry {id} is municipality {owner}'s own, and citizens of others may come here; use a shared one"),
            );
        }
        Some(WayOut::Directory(Arc::from(id)))
    }

    /// A number of ours is no number outside: it rings our line, and nothing goes out only to come back.
    fn leads_outside(&mut self, at: &str, written: &str) -> Option<DirectoryTo> {
        let Ok(number) = Dialled::parse(written) else {
            self.fault(
                at,
                format!("\"{written}\" er intet telefonnummer; skriv cifre, fx \"72221818\""),
                format!("\"{written}\" is no telephone number; write digits, such as \"72221818\""),
            );
            return None;
        };
        if let Ok(found) = self.plan.find(&number, &[]) {
            return Some(DirectoryTo::Line { line: found.line, by_number: true });
        }
        if self.plan.may_dial(&number) == MayDial::No {
            self.fault(
                at,
                format!("{number} må ikke ringes op; føj det til opened under [dialling]"),
                format!("{number} may not be called; add it to opened in [dialling]"),
            );
        }
        Some(DirectoryTo::Number(number))
    }

    fn leads_to_agent(&mut self, at: &str, written: &str) -> Option<DirectoryTo> {
        let found: Option<AgentNo> = self.plan.agents_by_id.get(&AgentId::new(written)).copied();
        if found.is_none() {
            let known = self.plan.agents_by_id.keys().map(AgentId::as_str);
            let (perhaps_da, perhaps_en) = instead(written, known);
            self.fault(
                at,
                format!("der er ikke en agent \"{written}\" under [[agents]]{perhaps_da}"),
                format!("there is no agent \"{written}\" in [[agents]]{perhaps_en}"),
            );
        }
        found.map(DirectoryTo::Agent)
    }
}
