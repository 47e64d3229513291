//! The words between us and a program, as JSON texts: what it is told, and what it may wish.
//! Knows their form; `docs/bots.md` is their manual. What isn't understood is passed over.

use media::{StreamEvent, StreamTo};
use serde_json::{Value, json};

/// Longest mark, in bytes; a longer one is not told back.
const MARK_BYTES_MAX: usize = 64;

/// A program's word.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Word {
    /// For the call.
    Tell(StreamEvent),
    /// What it has said and nobody has heard yet is not to be heard.
    Clear,
    /// Told back once all before it has been heard.
    Mark(Box<str>),
    Nothing,
}

pub(super) fn read(text: &str) -> Word {
    let Ok(Value::Object(word)) = serde_json::from_str(text) else { return Word::Nothing };
    if word.get("transfer").and_then(Value::as_str) == Some("person") {
        return Word::Tell(StreamEvent::WantsPerson);
    }
    if word.get("hang_up") == Some(&Value::Bool(true)) {
        return Word::Tell(StreamEvent::WantsEnd);
    }
    if word.get("clear") == Some(&Value::Bool(true)) {
        return Word::Clear;
    }
    match word.get("mark").and_then(Value::as_str) {
        Some(mark) if mark.len() <= MARK_BYTES_MAX => Word::Mark(mark.into()),
        Some(_) | None => Word::Nothing,
    }
}

pub(super) fn start(to: &StreamTo) -> String {
    let municipality = to.municipality.map(|code| code.to_string());
    json!({ "start": {
        "call": to.call.to_string(),
        "line": to.line.as_str(),
        "language": to.language.as_str(),
        "municipality": municipality,
        "sound": { "encoding": "L16", "byte_order": "little", "rate": 16_000, "frame_ms": 20 },
    } })
    .to_string()
}

pub(super) fn key(key: char) -> String {
    json!({ "key": key.to_string() }).to_string()
}

pub(super) fn mark(mark: &str) -> String {
    json!({ "mark": mark }).to_string()
}

pub(super) fn stop() -> String {
    json!({ "stop": true }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{CallId, MunicipalityId, ShardNo};

    #[test]
    fn a_bots_wishes_are_understood_and_nonsense_is_passed_over() {
        let told = |text: &str| read(text);
        assert_eq!(told(r#"{"transfer":"person"}"#), Word::Tell(StreamEvent::WantsPerson));
        assert_eq!(told(r#"{"hang_up":true}"#), Word::Tell(StreamEvent::WantsEnd));
        assert_eq!(told(r#"{"clear":true}"#), Word::Clear);
        assert_eq!(told(r#"{"mark":"a"}"#), Word::Mark("a".into()));
        let long = format!(r#"{{"mark":"{}"}}"#, "x".repeat(MARK_BYTES_MAX + 1));
        for nonsense in ["", "[]", "{", r#"{"transfer":"https://elsewhere"}"#, r#"{"hang_up":"yes"}"#, &long] {
            assert_eq!(told(nonsense), Word::Nothing, "{nonsense}");
        }
    }

    #[test]
    fn a_bot_is_told_the_call_and_nothing_about_the_person() {
        let to = StreamTo {
            url: "ws://127.0.0.1:1/".into(),
            call: CallId::new(1, ShardNo(0), 2),
            line: "pas-da".into(),
            language: "da".into(),
            municipality: Some(MunicipalityId(751)),
        };
        let told: Value = serde_json::from_str(&start(&to)).expect("JSON");
        let mut known: Vec<_> = told["start"].as_object().expect("an object").keys().map(String::as_str).collect();
        known.sort_unstable();
        assert_eq!(known, ["call", "language", "line", "municipality", "sound"]);
        assert_eq!((&told["start"]["municipality"], &told["start"]["line"]), (&json!("0751"), &json!("pas-da")));
    }
}
