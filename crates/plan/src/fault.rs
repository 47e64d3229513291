//! What is wrong with a file, in the words of the person who wrote it: where, and what to do.
//!
//! Danish first, English beside it. Knows nothing of plans or settings; both report their faults with it.

use std::fmt;

/// How unlike a name may be, in edits per three characters, and still be suggested.
const CHARS_PER_EDIT: usize = 3;
/// Longest name that is compared with others, in characters; longer ones get no suggestion.
const COMPARED_CHARS_MAX: usize = 64;
/// So many names are shown to choose from; of more, none.
const SHOWN_MAX: usize = 6;

/// One fault of a file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Fault {
    /// The setting to change, as a path in the file: `lines[3].queue` (counted from 0).
    pub at: String,
    /// Its line in the file (from 1), where that is known.
    pub line: Option<u32>,
    /// What is wrong and what to do, in Danish.
    pub da: String,
    /// The same in English.
    pub en: String,
}

impl Fault {
    /// A fault whose line is not known (yet).
    pub fn new(at: impl Into<String>, da: impl Into<String>, en: impl Into<String>) -> Self {
        Self { at: at.into(), line: None, da: da.into(), en: en.into() }
    }

    /// Whether both are about the same setting, or one is about a part of the other's.
    pub fn overlaps(&self, other: &Self) -> bool {
        within(&self.at, &other.at) || within(&other.at, &self.at)
    }
}

fn within(part: &str, whole: &str) -> bool {
    part.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "linje {line}, ")?;
        }
        write!(f, "{}: {}\n    ({})", self.at, self.da, self.en)
    }
}

/// The name of `known` that is most like `written`, if any is like it at all.
pub fn nearest<'k>(written: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let written = written.to_lowercase();
    let chars = written.chars().count();
    if chars > COMPARED_CHARS_MAX {
        return None;
    }
    let edits_max = (chars / CHARS_PER_EDIT).max(1);
    known
        .into_iter()
        .filter(|name| name.chars().count() <= COMPARED_CHARS_MAX)
        .map(|name| (edits(&written, &name.to_lowercase()), name))
        .filter(|(edits, _)| *edits <= edits_max)
        .min()
        .map(|(_, name)| name)
}

/// Levenshtein's distance, with a swap of neighbours as one edit.
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let changed = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = changed.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

/// "; did you mean …?" in Danish and English, or nothing.
pub fn suggestion<'k>(written: &str, known: impl IntoIterator<Item = &'k str>) -> (String, String) {
    match nearest(written, known) {
        Some(name) => (format!("; mente du \"{name}\"?"), format!("; did you mean \"{name}\"?")),
        None => (String::new(), String::new()),
    }
}

/// What to write in place of a name that isn't known: the one that was perhaps meant, else one of those there are, where they
/// are few, else that it can be added. Danish and English, after a semicolon.
pub(crate) fn instead<'k>(written: &str, known: impl Iterator<Item = &'k str> + Clone) -> (String, String) {
    if nearest(written, known.clone()).is_some() {
        return suggestion(written, known);
    }
    let few: Vec<String> = known.take(SHOWN_MAX + 1).map(|name| format!("\"{name}\"")).collect();
    if few.is_empty() || few.len() > SHOWN_MAX {
        return (
            "; føj det til dér, eller skriv et, der findes".to_owned(),
            "; add it there, or write one that is".to_owned(),
        );
    }
    (
        format!("; føj det til dér, eller skriv {}", few.join(" eller ")),
        format!("; add it there, or write {}", few.join(" or ")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised_and_a_stranger_is_not() {
        let known = ["borgerservice", "pas", "flytning"];
        assert_eq!(nearest("borgerservise", known), Some("borgerservice"));
        assert_eq!(nearest("psa", known), Some("pas"));
        assert_eq!(nearest("FLYTNING", known), Some("flytning"));
        assert_eq!(nearest("skat", known), None);
    }

    #[test]
    fn who_writes_a_stranger_is_shown_those_there_are_where_they_are_few() {
        let known = ["da", "en", "de", "uk", "ar", "pl", "tr"];
        assert_eq!(instead("fr", known[..2].iter().copied()).1, "; add it there, or write \"da\" or \"en\"");
        assert_eq!(instead("fransk", known.iter().copied()).1, "; add it there, or write one that is");
        assert_eq!(instead("dn", known[..2].iter().copied()).1, "; did you mean \"da\"?");
    }

    #[test]
    fn a_fault_about_a_part_overlaps_one_about_the_whole() {
        let whole = Fault::new("lines[3]", "", "");
        assert!(whole.overlaps(&Fault::new("lines[3].queue", "", "")));
        assert!(!whole.overlaps(&Fault::new("lines[31].queue", "", "")));
    }
}
