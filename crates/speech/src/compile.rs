//! A Fluent file to forms that need no Fluent any more: every form of every message is tried once, when the file is read.
//!
//! So nothing can go wrong while a citizen listens, and what is wrong with a file is told all at once, in the words of
//! who wrote it. Knows Fluent; doesn't know grammar.

use std::fmt;

use fluent_bundle::{FluentArgs, FluentBundle, FluentError, FluentResource};
use unic_langid::LanguageIdentifier;

use crate::phrase::{Message, Slot};

/// Forms are told apart up to this count; more is said as this.
pub(crate) const COUNT_MAX: u32 = 100;
/// Largest file, in bytes. Larger: a fault.
const SOURCE_BYTES_MAX: usize = 64 * 1024;
/// Most clips of one message.
const CLIPS_MAX: usize = 32;
/// Longest name of a clip, in bytes.
const CLIP_BYTES_MAX: usize = 64;
/// Stands for a slot while a message is tried: characters that nobody writes (private use).
const MARKS_FROM: u32 = 0xE000;
/// The attribute of a message that holds its sounds.
const CLIPS: &str = "clips";

/// One fault of a wording file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct WordingFault {
    /// The message, `place` or `place.clips`; empty: the whole file.
    pub at: String,
    /// Its line in the file (from 1), where that is known.
    pub line: Option<u32>,
    /// What is wrong and what to do, in Danish.
    pub da: String,
    /// The same in English.
    pub en: String,
}

impl fmt::Display for WordingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "linje {line}: ")?;
        }
        if !self.at.is_empty() {
            write!(f, "{}: ", self.at)?;
        }
        write!(f, "{} ({})", self.da, self.en)
    }
}

/// One form of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Form {
    pub(crate) text: Vec<TextPart>,
    pub(crate) clips: Vec<ClipPart>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum TextPart {
    Words(Box<str>),
    Slot(Slot),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum ClipPart {
    Clip(Box<str>),
    Slot(Slot),
    Pause,
}

/// The forms of a message: each from its count on.
pub(crate) type Forms = Vec<(u32, Form)>;

/// Files, later ones over earlier ones, and the faults that were found in them.
pub(crate) struct Source {
    bundle: FluentBundle<FluentResource>,
    faults: Vec<WordingFault>,
}

impl Source {
    pub(crate) fn new(tag: &str) -> Self {
        let language: LanguageIdentifier = tag.parse().expect("our own tags are languages");
        let mut bundle = FluentBundle::new(vec![language]);
        bundle.set_use_isolating(false);
        Self { bundle, faults: Vec::new() }
    }

    /// Lays a file over those before it.
    pub(crate) fn lay(&mut self, source: &str) {
        if source.len() > SOURCE_BYTES_MAX {
            let (da, en) =
                ("filen er større end 64 kB; gør den mindre", "the file is larger than 64 kB; make it smaller");
            return self.faults.push(fault("", da, en));
        }
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) => resource,
            Err((_, errors)) => {
                return self.faults.extend(errors.iter().map(|error| unreadable(source, error.pos.start)));
            }
        };
        for entry in resource.entries() {
            if let fluent_syntax::ast::Entry::Message(message) = entry
                && !Message::ALL.iter().any(|known| known.name() == message.id.name)
            {
                self.faults.push(unknown(message.id.name));
            }
        }
        self.bundle.add_resource_overriding(resource);
    }

    /// Every form of every message, in the order of [`Message::ALL`]; or all faults.
    pub(crate) fn forms(mut self) -> Result<Vec<Forms>, Vec<WordingFault>> {
        let forms = Message::ALL.map(|message| self.message(message));
        if self.faults.is_empty() { Ok(forms.into()) } else { Err(self.faults) }
    }

    fn message(&mut self, message: Message) -> Forms {
        let mut forms = Forms::new();
        for count in 0..=if message.has_count() { COUNT_MAX } else { 0 } {
            match self.form(message, count) {
                Ok(form) if forms.last().is_none_or(|(_, last)| *last != form) => forms.push((count, form)),
                Ok(_) => {}
                // The same for every count, most likely: once is enough.
                Err(fault) => {
                    self.faults.push(fault);
                    break;
                }
            }
        }
        forms
    }

    fn form(&self, message: Message, count: u32) -> Result<Form, WordingFault> {
        let name = message.name();
        let (da, en) = ("mangler; skriv sætningen, eller slet filens linje om den", "is missing; write the sentence");
        let found = self.bundle.get_message(name).ok_or_else(|| fault(name, da, en))?;
        let (da, en) = ("har ingen tekst; skriv den efter =", "has no text; write it after the =");
        let text = found.value().ok_or_else(|| fault(name, da, en))?;
        let at = format!("{name}.{CLIPS}");
        let (da, en) = (
            "mangler: sætningen har ingen lyde; skriv .clips = og lydenes navne under den",
            "is missing: the sentence has no sounds; write .clips = and their names under it",
        );
        let clips = found.get_attribute(CLIPS).ok_or_else(|| fault(&at, da, en))?.value();
        let mut args = FluentArgs::new();
        if message.has_count() {
            args.set("count", count);
        }
        for slot in message.slots() {
            args.set(slot.name(), mark(*slot).to_string());
        }
        let write = |at: &str, pattern| {
            let mut errors = Vec::new();
            let written = self.bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
            errors.first().map_or(Ok(written), |error| Err(wrong_pattern(at, message, error)))
        };
        Ok(Form { text: text_parts(&write(name, text)?), clips: clip_parts(&at, &write(&at, clips)?)? })
    }
}

fn mark(slot: Slot) -> char {
    char::from_u32(MARKS_FROM + slot as u32).expect("private use")
}

fn marked(c: char) -> Option<Slot> {
    Slot::ALL.into_iter().find(|slot| mark(*slot) == c)
}

fn text_parts(written: &str) -> Vec<TextPart> {
    let mut parts = Vec::new();
    let mut words = String::new();
    // A sentence may be written on several lines.
    for c in written.chars().map(|c| if c == '\n' { ' ' } else { c }) {
        match marked(c) {
            None => words.push(c),
            Some(slot) => {
                parts.push(TextPart::Words(std::mem::take(&mut words).into()));
                parts.push(TextPart::Slot(slot));
            }
        }
    }
    parts.push(TextPart::Words(words.into()));
    parts.retain(|part| !matches!(part, TextPart::Words(words) if words.is_empty()));
    parts
}

fn clip_parts(at: &str, written: &str) -> Result<Vec<ClipPart>, WordingFault> {
    let spaced = written.replace(',', " , ");
    let parts: Result<Vec<_>, _> = spaced.split_whitespace().map(|word| clip_part(at, word)).collect();
    let parts = parts?;
    if parts.len() > CLIPS_MAX || parts.iter().all(|part| *part == ClipPart::Pause) {
        let da = format!("nævner ingen lyde eller flere end {CLIPS_MAX}; skriv 1 til {CLIPS_MAX} navne");
        return Err(fault(at, da, format!("names no sound or more than {CLIPS_MAX}; write 1 to {CLIPS_MAX} names")));
    }
    Ok(parts)
}

fn clip_part(at: &str, word: &str) -> Result<ClipPart, WordingFault> {
    let mut chars = word.chars();
    if let (Some(slot), None) = (chars.next().and_then(marked), chars.next()) {
        return Ok(ClipPart::Slot(slot));
    }
    if word == "," {
        return Ok(ClipPart::Pause);
    }
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
    if word.len() <= CLIP_BYTES_MAX && word.bytes().all(plain) {
        return Ok(ClipPart::Clip(word.into()));
    }
    let shown: String = word.chars().map(|c| if marked(c).is_some() { '…' } else { c }).take(CLIP_BYTES_MAX).collect();
    Err(fault(
        at,
        format!("\"{shown}\" kan ikke være navn på en lyd: brug a-z, 0-9, _ og -, og mellemrum imellem"),
        format!("\"{shown}\" can't name a sound: use a-z, 0-9, _ and -, with spaces between"),
    ))
}

fn fault(at: &str, da: impl Into<String>, en: impl Into<String>) -> WordingFault {
    WordingFault { at: at.to_owned(), line: None, da: da.into(), en: en.into() }
}

fn unreadable(source: &str, position: usize) -> WordingFault {
    let line = source.bytes().take(position).filter(|b| *b == b'\n').count() as u32 + 1;
    let (da, en) = ("kan ikke læses som Fluent", "can't be read as Fluent");
    WordingFault { line: Some(line), ..fault("", da, en) }
}

fn unknown(name: &str) -> WordingFault {
    let names = Message::ALL.map(Message::name).join(", ");
    fault(
        name,
        format!("siges aldrig; slet den, eller brug et af navnene {names}"),
        format!("is never said; delete it, or use one of the names {names}"),
    )
}

fn wrong_pattern(at: &str, message: Message, error: &FluentError) -> WordingFault {
    let slots: Vec<_> = message.slots().iter().map(|slot| format!("${}", slot.name())).collect();
    let count = if message.has_count() { vec!["$count".to_owned()] } else { Vec::new() };
    let known = [count, slots].concat().join(", ");
    let known = if known.is_empty() { "–".to_owned() } else { known };
    fault(
        at,
        format!("kan ikke sættes sammen ({error}); her kan der stå: {known}"),
        format!("can't be put together ({error}); what may stand here: {known}"),
    )
}
