//! The licence of everything that is built into Samkald, against what may be passed on under EUPL-1.2.
//! Knows SPDX expressions (AND, OR, WITH, brackets, the old slash); doesn't know any licence's text.

use samkald_tests::Workspace;

/// Licences whose works may be part of a work under EUPL-1.2: permissive ones, and those of its appendix.
const COMPATIBLE: [&str; 15] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "EUPL-1.2",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];
/// Additions to a licence that only give more freedom.
const HARMLESS_EXCEPTIONS: [&str; 1] = ["LLVM-exception"];

#[test]
fn everything_built_in_may_be_passed_on_under_the_eupl() {
    let mut wrong = Vec::new();
    for one in Workspace::read().outside {
        let licence = one.licence.as_deref().unwrap_or("no licence stated");
        if !is_compatible(licence) {
            wrong.push(format!("{} {}: {licence}", one.name, one.version));
        }
    }
    assert!(wrong.is_empty(), "not compatible with EUPL-1.2:\n{}\n", wrong.join("\n"));
}

#[test]
fn our_own_crates_say_that_they_are_under_the_eupl() {
    for one in Workspace::read().ours {
        assert_eq!(one.licence.as_deref(), Some("EUPL-1.2"), "{}", one.name);
    }
}

#[test]
fn an_expression_is_read_as_a_lawyer_would() {
    for fine in ["MIT", "GPL-3.0 OR MIT", "MIT/Apache-2.0", "(MIT OR Apache-2.0) AND Unicode-3.0"] {
        assert!(is_compatible(fine), "{fine}");
    }
    assert!(is_compatible("Apache-2.0 WITH LLVM-exception OR Apache-2.0"));
    for not in
        ["GPL-3.0", "MIT AND SSPL-1.0", "(GPL-3.0 OR SSPL-1.0) AND MIT", "no licence stated", "", "MIT OR", "(MIT"]
    {
        assert!(!is_compatible(not), "{not}");
    }
}

/// Whether some choice that the expression offers is compatible as a whole. Unreadable: no.
fn is_compatible(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words, at: 0 };
    let verdict = reader.either();
    verdict == Some(true) && reader.at == words.len()
}

/// Reads an expression from left to right; `None`: it is malformed.
struct Reader<'a> {
    words: &'a [&'a str],
    at: usize,
}

impl Reader<'_> {
    fn either(&mut self) -> Option<bool> {
        let mut verdict = self.both()?;
        while self.take("OR") {
            verdict |= self.both()?;
        }
        Some(verdict)
    }

    fn both(&mut self) -> Option<bool> {
        let mut verdict = self.one()?;
        while self.take("AND") {
            verdict &= self.one()?;
        }
        Some(verdict)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let verdict = self.either()?;
            return self.take(")").then_some(verdict);
        }
        let name = self.next()?;
        let mut verdict = COMPATIBLE.contains(&name);
        if self.take("WITH") {
            let exception = self.next()?;
            verdict &= HARMLESS_EXCEPTIONS.contains(&exception);
        }
        Some(verdict)
    }

    fn next(&mut self) -> Option<&str> {
        let word = *self.words.get(self.at)?;
        self.at += 1;
        Some(word)
    }

    fn take(&mut self, word: &str) -> bool {
        let here = self.words.get(self.at) == Some(&word);
        self.at += usize::from(here);
        here
    }
}
