//! Ids of one kind: their form, that each is there once, and where a reference leads.
//!
//! Knows spelling; knows nothing of what the ids stand for.

use std::collections::BTreeMap;

use crate::Fault;
use crate::fault::instead;

/// Longest id, in characters: it is also the user part of a SIP address.
pub(super) const ID_CHARS_MAX: usize = 64;

/// What ids are for, as people call it.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// `kø`.
    da: &'static str,
    /// `en kø`.
    one_da: &'static str,
    en: &'static str,
    /// `a queue`.
    one_en: &'static str,
    table: &'static str,
}

impl Kind {
    pub(super) const TOPIC: Self =
        Self { da: "emne", one_da: "et emne", en: "topic", one_en: "a topic", table: "topics" };
    pub(super) const LANGUAGE: Self =
        Self { da: "sprog", one_da: "et sprog", en: "language", one_en: "a language", table: "languages" };
    pub(super) const CALENDAR: Self =
        Self { da: "kalender", one_da: "en kalender", en: "calendar", one_en: "a calendar", table: "calendars" };
    pub(super) const QUEUE: Self =
        Self { da: "kø", one_da: "en kø", en: "queue", one_en: "a queue", table: "queues" };
    pub(super) const LINE: Self =
        Self { da: "linje", one_da: "en linje", en: "line", one_en: "a line", table: "lines" };
    pub(super) const DIRECTORY: Self =
        Self { da: "opslag", one_da: "et opslag", en: "entry", one_en: "an entry", table: "directory" };
    pub(super) const MAILBOX: Self =
        Self { da: "postkasse", one_da: "en postkasse", en: "mailbox", one_en: "a mailbox", table: "mailboxes" };
    pub(super) const ANNOUNCEMENT: Self = Self {
        da: "meddelelse",
        one_da: "en meddelelse",
        en: "announcement",
        one_en: "an announcement",
        table: "announcements",
    };
    pub(super) const MENU: Self = Self { da: "menu", one_da: "en menu", en: "menu", one_en: "a menu", table: "menus" };
    pub(super) const AGENT: Self =
        Self { da: "agent", one_da: "en agent", en: "agent", one_en: "an agent", table: "agents" };
}

/// The ids of one kind, with their places.
pub(super) struct Names {
    kind: Kind,
    places: BTreeMap<String, u32>,
    next: u32,
}

impl Names {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, places: BTreeMap::new(), next: 0 }
    }

    /// Takes the next place for an id; a bad or doubled id is told, and its place stays without a name.
    pub(super) fn add(&mut self, faults: &mut Vec<Fault>, at: &str, id: Option<&str>) -> u32 {
        let place = self.next;
        self.next += 1;
        let Kind { da, en, .. } = self.kind;
        match id {
            None => faults.push(Fault::new(
                at,
                format!("{da} uden id; giv den et"),
                format!("{en} without an id; give it one"),
            )),
            Some(id) if !is_id(id) => faults.push(Fault::new(
                at,
                format!("\"{}\" kan ikke være id: brug 1-{ID_CHARS_MAX} tegn af a-z, A-Z, 0-9, _ . -", shown(id)),
                format!("\"{}\" can't be an id: use 1 to {ID_CHARS_MAX} of a-z, A-Z, 0-9, _ . -", shown(id)),
            )),
            Some(id) if self.places.contains_key(id) => faults.push(Fault::new(
                at,
                format!("id \"{id}\" er brugt to gange; kald den ene noget andet"),
                format!("the id \"{id}\" is used twice; call one something else"),
            )),
            Some(id) => {
                self.places.insert(id.to_owned(), place);
            }
        }
        place
    }

    /// The next place has no name: nothing can refer to it.
    pub(super) const fn leave_out(&mut self) {
        self.next += 1;
    }

    /// Where a reference leads; one that leads nowhere is told, with the name that was perhaps meant.
    pub(super) fn find(&self, faults: &mut Vec<Fault>, at: &str, written: Option<&str>) -> Option<u32> {
        let Kind { one_da, en, one_en, table, .. } = self.kind;
        let Some(written) = written else {
            faults.push(Fault::new(
                at,
                format!("mangler; skriv id for {one_da}"),
                format!("is missing; write the id of {one_en}"),
            ));
            return None;
        };
        let place = self.places.get(written).copied();
        if place.is_none() {
            let (perhaps_da, perhaps_en) = instead(written, self.places.keys().map(String::as_str));
            let written = shown(written);
            faults.push(Fault::new(
                at,
                format!("der er ikke {one_da} \"{written}\" under [[{table}]]{perhaps_da}"),
                format!("there is no {en} \"{written}\" in [[{table}]]{perhaps_en}"),
            ));
        }
        place
    }
}

pub(super) fn is_id(text: &str) -> bool {
    (1..=ID_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
        && text.bytes().any(|b| b.is_ascii_alphanumeric())
}

/// What was written, bounded and without control characters.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(ID_CHARS_MAX).map(|c| if c.is_control() { '?' } else { c }).collect()
}
