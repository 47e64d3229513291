//! Refusals as programs and people read them.
//! Knows one of them as an example; the table itself stands in `refusal.rs`.

use super::*;

#[test]
fn a_refusal_speaks_danish_and_english_and_has_a_name_for_programs() {
    let status = Refusal::Desk(DeskRefusal::Talking).status();
    assert_eq!(status.code(), Code::FailedPrecondition);
    assert!(status.message().starts_with("Du er i samtale"));
    assert!(status.message().contains("a conversation is going on"));
    let reason = status.metadata().get(REASON_KEY).and_then(|value| value.to_str().ok());
    assert_eq!(reason, Some("TALKING"));
    let danish = status.metadata().get_bin(DANISH_KEY).and_then(|value| value.to_bytes().ok());
    assert!(danish.is_some_and(|bytes| bytes.starts_with("Du er i samtale".as_bytes())));
}
