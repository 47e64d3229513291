//! What serde says of a value that does not fit, in the reader's words.
//!
//! Knows the handful of sentences that serde and toml use; anything else is passed on as it is.

use crate::fault::nearest;

/// Danish and English for a message of serde's.
pub(super) fn of(message: &str) -> (String, String) {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if let (true, [written, known @ ..]) = (message.starts_with("unknown field"), quoted.as_slice()) {
        let list = known.join(", ");
        return match nearest(written, known.iter().copied()) {
            Some(name) => (
                format!("den indstilling findes ikke; mente du \"{name}\"?"),
                format!("there is no such setting; did you mean \"{name}\"?"),
            ),
            None => (
                format!("den indstilling findes ikke; her kan stå: {list}"),
                format!("there is no such setting; possible here: {list}"),
            ),
        };
    }
    if let (true, [written, known @ ..]) = (message.starts_with("unknown variant"), quoted.as_slice()) {
        let list = known.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>();
        return (
            format!("\"{written}\" går ikke; skriv {}", list.join(" eller ")),
            format!("\"{written}\" won't do; write {}", list.join(" or ")),
        );
    }
    match message.rsplit_once("expected ") {
        Some((_, expected)) => {
            let (da, en) = kind(expected.trim());
            (format!("forkert slags værdi; skriv {da}"), format!("the wrong kind of value; write {en}"))
        }
        None => (
            format!("kan ikke bruges; ret det, eller slet det: {message}"),
            format!("can't be used; mend it, or delete it: {message}"),
        ),
    }
}

fn kind(expected: &str) -> (&str, &str) {
    match expected {
        "a string" => ("tekst i anførselstegn", "a text in quotation marks"),
        "u8" | "u16" | "u32" | "u64" | "usize" => ("et helt tal, mindst 0", "a whole number, at least 0"),
        "f32" | "f64" => ("et tal, fx 1.5", "a number, such as 1.5"),
        "a boolean" => ("true eller false", "true or false"),
        "a sequence" => ("en liste: [ … ]", "a list: [ … ]"),
        "a map" => ("en tabel: { … }", "a table: { … }"),
        expected if expected.starts_with("struct ") => ("en tabel: { … }", "a table: { … }"),
        expected => (expected, expected),
    }
}
