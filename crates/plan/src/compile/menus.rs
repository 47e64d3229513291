//! Menus and postal codes: what is asked before the queue, for each line that asks it.
//!
//! Sees to it that each key leads somewhere, that a call without keys is never asked, and that there is one menu of topics
//! before a person at most.

use std::collections::BTreeMap;
use std::time::Duration;

use model::{MenuId, WaitingStage};

use super::Work;
use super::checks::{prompt, seconds, within};
use super::names::{Kind, Names};
use crate::compile::{MENUS_MAX, choices::Asked};
use crate::file::{LineEntry, MenuEntry};
use crate::{Choice, Fault, LineNo, Menu, MenuKind};

impl Work<'_> {
    /// The menus of all lines.
    pub(super) fn menus(&mut self) {
        let mut names = Names::new(Kind::MENU);
        let entries = self.bounded(&self.file.menus, "menus", MENUS_MAX);
        for (i, entry) in entries.iter().enumerate() {
            names.add(&mut self.faults, &format!("menus[{i}].id"), entry.id.as_deref());
            self.check_menu(&format!("menus[{i}]"), entry);
        }
        for (i, line) in self.file.lines.iter().take(self.plan.lines.len()).enumerate() {
            for kind in MenuKind::ALL {
                let at = format!("lines[{i}].{}", setting(kind));
                if let Some(menu) = self.menu_of(&at, LineNo(i as u32), (kind, written(line, kind)), &names) {
                    *self.plan.lines[i].menus.of_mut(kind) = Some(menu);
                }
            }
        }
        self.one_topic_menu();
    }

    /// What can be said of a menu alone, once, whoever asks it.
    fn check_menu(&mut self, at: &str, entry: &MenuEntry) {
        let faults = &mut self.faults;
        within(faults, &format!("{at}.times"), entry.times.unwrap_or(2), 1..=3, ("gange", "times"));
        seconds(faults, &format!("{at}.answer_max_s"), entry.answer_max_s.unwrap_or(5), 2..=30);
        for (field, written) in [("prompt", &entry.prompt), ("slow_prompt", &entry.slow_prompt)] {
            if written.is_none() && field == "slow_prompt" {
                continue;
            }
            let spoken = prompt(faults, &format!("{at}.{field}"), written.as_deref(), "none", "da");
            if spoken.is_none() {
                faults.push(Fault::new(
                    format!("{at}.{field}"),
                    "mangler: uden en lyd er der intet spørgsmål; skriv lydens navn",
                    "is missing: without a sound there is no question; write the sound's name",
                ));
            }
        }
        self.check_choices(at, entry);
    }

    /// A menu as one line asks it; a fault of the menu itself was told already.
    fn menu_of(
        &mut self,
        at: &str,
        line: LineNo,
        (kind, written): (MenuKind, Option<&str>),
        names: &Names,
    ) -> Option<Menu> {
        let no = names.find(&mut self.faults, at, Some(written?))?;
        let asks = &self.plan.lines[line.at()];
        if asks.waiting == WaitingStage::Unanswered {
            self.fault(
                at,
                "linjen venter ubesvaret, så ingen kan trykke på noget; skriv waiting = \"music\", eller slet menuen",
                "the line waits unanswered, so nobody can press a key; write waiting = \"music\", or delete the menu",
            );
            return None;
        }
        let language = asks.language.clone();
        let entry = &self.file.menus[no as usize];
        let said = |written: &Option<String>| prompt(&mut Vec::new(), at, written.as_deref(), "none", &language);
        let (spoken, slow_prompt) = (said(&entry.prompt)?, said(&entry.slow_prompt));
        let choices = self.choices(&Asked { at, line, kind, menu: no as usize });
        Some(Menu {
            id: MenuId::new(entry.id.as_deref().unwrap_or_default()),
            prompt: spoken,
            slow_prompt,
            times: entry.times.unwrap_or(2).clamp(1, 3) as u8,
            answer_max: Duration::from_secs(entry.answer_max_s.unwrap_or(5)),
            postal_code: entry.postal_code,
            choices,
        })
    }

    /// A line that a menu of topics leads to may not ask for the topic again.
    fn one_topic_menu(&mut self) {
        let mut twice = Vec::new();
        for (i, line) in self.plan.lines.iter().enumerate() {
            let Some(menu) = &line.menus.topic else { continue };
            let leads = menu.choices.values().filter_map(Choice::line).filter(|to| to.at() != i);
            let again = leads.map(|to| &self.plan.lines[to.at()]).find(|to| to.menus.topic.is_some());
            twice.extend(again.map(|to| (i, line.id.clone(), to.id.clone())));
        }
        for (i, from, to) in twice {
            self.fault(
                format!("lines[{i}].topic_menu"),
                format!("{from} → {to}: linjen {to} spørger selv om emnet, og før et menneske er der højst én menu om emnet; led til en linje uden"),
                format!(
                    "{from} → {to}: the line {to} asks for the topic itself, and before a person there is one menu of topics \
                     at most; lead to a line without"
                ),
            );
        }
    }

    /// Which municipality each postal code belongs to: spans by their first code.
    pub(super) fn postal_codes(&mut self) {
        let mut spans: BTreeMap<u16, (u16, model::MunicipalityId)> = BTreeMap::new();
        for (i, entry) in self.file.municipalities.iter().enumerate() {
            let Some(id) = entry.id.as_deref().and_then(super::kommunekode) else { continue };
            for (n, written) in entry.postal_codes.iter().enumerate() {
                let at = format!("municipalities[{i}].postal_codes[{n}]");
                let Some((first, last)) = span(written) else {
                    self.fault(
                        at,
                        "er ingen postnumre; skriv fire cifre, fx \"8000\" eller \"8200-8220\"",
                        "are no postal codes; write four digits, such as \"8000\" or \"8200-8220\"",
                    );
                    continue;
                };
                let before = spans.range(..=last).next_back();
                if let Some((_, (_, other))) = before.filter(|(_, (end, _))| *end >= first) {
                    let other = *other;
                    self.fault(
                        at,
                        format!("står også hos kommunen {other}; et postnummer kan kun stå ét sted; slet det i det andet"),
                        format!("stand with municipality {other} too; a postal code can stand in one place only; delete the other"),
                    );
                    continue;
                }
                spans.insert(first, (last, id));
            }
        }
        self.plan.postal_codes = spans;
    }
}

/// `8000` or `8200-8220`.
fn span(written: &str) -> Option<(u16, u16)> {
    let code = |text: &str| {
        let four_digits = text.len() == crate::POSTAL_DIGITS && text.bytes().all(|b| b.is_ascii_digit());
        four_digits.then(|| text.parse::<u16>().ok())?
    };
    let (first, last) = written.split_once('-').unwrap_or((written, written));
    let (first, last) = (code(first)?, code(last)?);
    (first <= last).then_some((first, last))
}

/// The line's setting for a kind of menu.
pub(super) const fn setting(kind: MenuKind) -> &'static str {
    match kind {
        MenuKind::Language => "choose_language",
        MenuKind::Municipality => "ask_municipality",
        MenuKind::Topic => "topic_menu",
    }
}

fn written(line: &LineEntry, kind: MenuKind) -> Option<&str> {
    match kind {
        MenuKind::Language => line.choose_language.as_deref(),
        MenuKind::Municipality => line.ask_municipality.as_deref(),
        MenuKind::Topic => line.topic_menu.as_deref(),
    }
}
