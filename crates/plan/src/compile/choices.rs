//! What the keys of a menu lead to, on each line that asks it.
//!
//! Sees to it that a key means one thing, and something that fits what is asked.

use std::collections::BTreeMap;

use model::MunicipalityId;

use super::Work;
use super::checks::prompt;
use crate::file::{ChoiceEntry, MenuEntry};
use crate::{AGAIN, Choice, LineNo, MenuKind, SLOWLY, WayOut};

/// Which menu is asked where.
pub(super) struct Asked<'a> {
    /// The line's setting.
    pub(super) at: &'a str,
    pub(super) line: LineNo,
    pub(super) kind: MenuKind,
    /// Its place in the file.
    pub(super) menu: usize,
}

impl Work<'_> {
    /// What can be said of a menu's choices alone.
    pub(super) fn check_choices(&mut self, at: &str, entry: &MenuEntry) {
        if entry.postal_code != entry.choices.is_empty() {
            self.fault(
                format!("{at}.choices"),
                "skriv enten valg under [[menus.choices]] eller postal_code = true, og ikke begge dele",
                "write either choices in [[menus.choices]] or postal_code = true, and not both",
            );
        }
        if entry.postal_code && entry.slow_prompt.is_some() {
            self.fault(
                format!("{at}.slow_prompt"),
                "her er tasten 9 et ciffer i postnummeret; slet slow_prompt",
                "here key 9 is a digit of the postal code; delete slow_prompt",
            );
        }
        let mut keys: Vec<char> = Vec::new();
        for (n, choice) in entry.choices.iter().enumerate() {
            let at = format!("{at}.choices[{n}]");
            let leads = [&choice.language, &choice.municipality, &choice.line, &choice.voicemail, &choice.directory];
            let said = leads.into_iter().chain([&choice.message]).flatten().count();
            if said + usize::from(choice.callback) != 1 {
                self.fault(
                    &at,
                    "skriv ét af language, municipality, line, voicemail, directory, callback og message",
                    "write one of language, municipality, line, voicemail, directory, callback and message",
                );
            }
            match key(choice) {
                Some(SLOWLY) if entry.slow_prompt.is_some() => self.fault(
                    format!("{at}.key"),
                    "tasten 9 siger menuen langsomt (slow_prompt); brug en anden tast",
                    "key 9 says the menu slowly (slow_prompt); use another key",
                ),
                Some(key) if !keys.contains(&key) => keys.push(key),
                Some(key) => self.fault(
                    format!("{at}.key"),
                    format!("tasten {key} har to betydninger; brug en anden"),
                    format!("the key {key} means two things; use another one"),
                ),
                None => self.fault(
                    format!("{at}.key"),
                    "skriv én tast, \"0\" til \"9\" eller \"#\"; * siger menuen igen",
                    "write one key, \"0\" to \"9\" or \"#\"; * says the menu again",
                ),
            }
        }
    }

    /// What each key leads to on this line. What is wrong with the menu by itself was told.
    pub(super) fn choices(&mut self, asked: &Asked<'_>) -> BTreeMap<char, Choice> {
        let entry = &self.file.menus[asked.menu];
        if entry.postal_code && asked.kind != MenuKind::Municipality {
            self.misfit(asked.at, "postal_code", "ask_municipality");
        }
        let mut choices = BTreeMap::new();
        for (n, choice) in entry.choices.iter().enumerate() {
            let at = format!("menus[{}].choices[{n}]", asked.menu);
            if let (Some(key), Some(leads)) = (key(choice), self.choice(asked, &at, choice)) {
                choices.insert(key, leads);
            }
        }
        choices
    }

    fn choice(&mut self, asked: &Asked<'_>, at: &str, choice: &ChoiceEntry) -> Option<Choice> {
        match (asked.kind, choice) {
            (_, ChoiceEntry { message: Some(message), .. }) => {
                let language = self.plan.lines[asked.line.at()].language.clone();
                prompt(&mut self.faults, &format!("{at}.message"), Some(message), "none", &language)
                    .map(Choice::Message)
            }
            (MenuKind::Language, ChoiceEntry { language: Some(language), .. }) => self.sister(asked, at, language),
            (MenuKind::Municipality, ChoiceEntry { municipality: Some(written), .. }) => {
                let told = self.faults.len();
                let member: Option<MunicipalityId> = self.member(&format!("{at}.municipality"), Some(written));
                member.filter(|_| self.faults.len() == told).map(Choice::Municipality)
            }
            (MenuKind::Topic, ChoiceEntry { line: Some(line), .. }) => {
                let at = format!("{at}.line");
                let to = self.lines.find(&mut self.faults, &at, Some(line))?;
                let to = Some(LineNo(to)).filter(|to| to.at() < self.plan.lines.len())?;
                self.check_owner(&at, asked.line, to);
                Some(Choice::Way(WayOut::Line(to)))
            }
            (MenuKind::Topic, ChoiceEntry { callback: true, .. }) => {
                Some(Choice::Way(self.leads_to_booking(&format!("{at}.callback"), asked.line)))
            }
            (MenuKind::Topic, ChoiceEntry { voicemail: Some(mailbox), .. }) => {
                self.leads_to_mailbox(&format!("{at}.voicemail"), asked.line, mailbox).map(Choice::Way)
            }
            (MenuKind::Topic, ChoiceEntry { directory: Some(entry), .. }) => {
                self.leads_to_entry(&format!("{at}.directory"), asked.line, entry).map(Choice::Way)
            }
            (kind, choice) => {
                let (said, fits) = (said(choice)?, super::menus::setting(kind));
                let wanted = match kind {
                    MenuKind::Language => "language",
                    MenuKind::Municipality => "municipality",
                    MenuKind::Topic => "line, voicemail, directory, callback",
                };
                self.fault(
                    format!("{at}.{said}"),
                    format!("menuen bruges som {fits}; skriv {wanted} eller message i valget"),
                    format!("the menu is used as {fits}; write {wanted} or message in the choice"),
                );
                None
            }
        }
    }

    /// The line of the same topic in another language: the municipality's own, else a shared one.
    fn sister(&mut self, asked: &Asked<'_>, at: &str, language: &str) -> Option<Choice> {
        let here = &self.plan.lines[asked.line.at()];
        let is_sister = |line: &crate::Line, owner: Option<MunicipalityId>| {
            line.topic == here.topic && &*line.language == language && line.municipality == owner
        };
        let find = |owner| self.plan.lines.iter().position(|line| is_sister(line, owner));
        let itself = (&*here.language == language).then_some(asked.line.at());
        if let Some(found) = itself.or_else(|| find(here.municipality)).or_else(|| find(None)) {
            return Some(Choice::Way(WayOut::Line(LineNo(found as u32))));
        }
        let (topic, id) = (here.topic.clone(), here.id.clone());
        let told = self.languages.find(&mut self.faults, &format!("{at}.language"), Some(language)).is_none();
        if !told {
            self.fault(
                asked.at,
                format!(
                    "der er ingen linje om {topic} på {language}, som {id} kan føre til; føj den til under [[lines]]"
                ),
                format!("there is no line about {topic} in {language} that {id} could lead to; add it to [[lines]]"),
            );
        }
        None
    }

    fn misfit(&mut self, at: &str, said: &str, fits: &str) {
        self.fault(
            at,
            format!("en menu med {said} er til {fits}; brug den dér, eller en anden menu her"),
            format!("a menu with {said} is for {fits}; use it there, or another menu here"),
        );
    }
}

/// A key that may be given a meaning.
fn key(choice: &ChoiceEntry) -> Option<char> {
    let mut chars = choice.key.as_deref()?.chars();
    let key = chars.next().filter(|key| *key != AGAIN && (key.is_ascii_digit() || *key == '#'))?;
    chars.next().is_none().then_some(key)
}

/// What a choice says, when it says one thing.
fn said(choice: &ChoiceEntry) -> Option<&'static str> {
    let said = [
        ("language", choice.language.is_some()),
        ("municipality", choice.municipality.is_some()),
        ("line", choice.line.is_some()),
        ("voicemail", choice.voicemail.is_some()),
        ("directory", choice.directory.is_some()),
        ("callback", choice.callback),
    ];
    said.into_iter().find_map(|(field, is_said)| is_said.then_some(field))
}
