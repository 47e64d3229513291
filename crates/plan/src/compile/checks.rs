//! Checks of single values: titles, numbers within bounds, names of prompts.
//!
//! Each tells its fault and returns something usable, so that the rest can be checked too.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::sync::Arc;

use model::PromptName;

use crate::Fault;
use crate::compile::names::shown;

/// Longest title or name, in characters.
const TITLE_CHARS_MAX: usize = 100;
/// Longest name of a prompt, in bytes.
const PROMPT_BYTES_MAX: usize = 128;

/// A title: 1 to 100 characters, none of them a control character.
pub(super) fn title(faults: &mut Vec<Fault>, at: &str, written: Option<&str>) -> Arc<str> {
    let text = written.unwrap_or("").trim();
    if text.is_empty() || text.chars().count() > TITLE_CHARS_MAX || text.chars().any(char::is_control) {
        faults.push(Fault::new(
            at,
            format!("mangler eller kan ikke bruges; skriv en tekst på 1-{TITLE_CHARS_MAX} tegn"),
            format!("is missing or can't be used; write a text of 1 to {TITLE_CHARS_MAX} characters"),
        ));
    }
    Arc::from(text)
}

/// A number of seconds within bounds.
pub(super) fn seconds(faults: &mut Vec<Fault>, at: &str, written: u64, range: RangeInclusive<u64>) -> u64 {
    within(faults, at, written, range, ("sekunder", "seconds"))
}

/// A number within bounds.
pub(super) fn within<T: PartialOrd + Copy + Display>(
    faults: &mut Vec<Fault>,
    at: &str,
    written: T,
    range: RangeInclusive<T>,
    (unit_da, unit_en): (&str, &str),
) -> T {
    if range.contains(&written) {
        return written;
    }
    let (from, to) = range.into_inner();
    faults.push(Fault::new(
        at,
        format!("{written} går ikke; skriv {from} til {to} {unit_da}"),
        format!("{written} won't do; write {from} to {to} {unit_en}"),
    ));
    from
}

/// A prompt by name; `"none"` is silence, missing is the default. A name without a dot gets the line's language:
/// `greeting` becomes `greeting.da`.
pub(super) fn prompt(
    faults: &mut Vec<Fault>,
    at: &str,
    written: Option<&str>,
    default: &str,
    language: &str,
) -> Option<PromptName> {
    let name = written.unwrap_or(default);
    if name == "none" {
        return None;
    }
    if !is_prompt(name) {
        faults.push(Fault::new(
            at,
            format!("\"{}\" kan ikke være navn på en lyd: brug a-z, A-Z, 0-9, _ - . og / imellem", shown(name)),
            format!("\"{}\" can't name a sound: use a-z, A-Z, 0-9, _ - . and / between", shown(name)),
        ));
    }
    let spoken_in_one_language = name.rsplit('/').next().is_some_and(|last| last.contains('.'));
    Some(if spoken_in_one_language { PromptName::new(name) } else { PromptName::new(&format!("{name}.{language}")) })
}

/// The name of a sound that is said whatever the language; silence won't do.
pub(super) fn said(faults: &mut Vec<Fault>, at: &str, name: &str) {
    if !is_prompt(name) || name == "none" {
        faults.push(Fault::new(
            at,
            format!("\"{}\" kan ikke være navn på en lyd, der skal siges; skriv fx \"notice\"", shown(name)),
            format!("\"{}\" can't name a sound that is to be said; write \"notice\", say", shown(name)),
        ));
    }
}

/// Music, which speaks no language.
pub(super) fn music(faults: &mut Vec<Fault>, at: &str, written: Option<&str>) -> PromptName {
    let name = written.unwrap_or("music");
    if !is_prompt(name) || name == "none" {
        faults.push(Fault::new(
            at,
            format!("\"{}\" kan ikke være navn på musik; udelad linjen for husets egen", shown(name)),
            format!("\"{}\" can't name music; leave the line out for the house's own", shown(name)),
        ));
    }
    PromptName::new(name)
}

/// A path of plain names, so that no prompt can lead out of its folder.
fn is_prompt(name: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
    };
    name.len() <= PROMPT_BYTES_MAX && name.split('/').all(plain)
}
