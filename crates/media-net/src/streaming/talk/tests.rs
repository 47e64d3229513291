//! What a program says, as it comes in messages of any length, and what is left of it when it takes it back.
//! Knows no connection.

use std::sync::Arc;

use super::*;

/// Samples of the next frame that the citizen would hear.
fn heard(way: &Way) -> [i16; STREAM_FRAME] {
    match way.down.pop() {
        Some(Down::Sound(frame)) => frame,
        other => panic!("no sound: {other:?}"),
    }
}

fn sound(samples: usize) -> Vec<u8> {
    [0x34, 0x12].repeat(samples)
}

#[test]
fn half_a_sample_at_a_messages_end_does_not_spoil_what_comes_after_it() {
    let (way, mut said) = (Way::new(), Said::default());
    for mut message in [sound(100), sound(STREAM_FRAME), sound(STREAM_FRAME - 100)] {
        message.push(0x7f);
        said.take(&message, &way);
    }
    assert_eq!([heard(&way), heard(&way)], [[0x1234; STREAM_FRAME]; 2]);
    assert!(way.down.is_empty() && said.rest.is_empty());
}

#[test]
fn what_a_bot_takes_back_is_not_heard_and_its_marks_come_back() {
    let (way, mut said) = (Way::new(), Said::default());
    said.take(&sound(3 * STREAM_FRAME + 7), &way);
    for word in [r#"{"mark":"a"}"#, r#"{"mark":"b"}"#, r#"{"clear":true}"#] {
        assert!(take(Message::text(word), &way, &mut said).is_ok());
    }
    said.take(&[1; FRAME_BYTES], &way);
    assert_eq!(heard(&way), [0x0101; STREAM_FRAME], "and nothing of what it had said before");
    let marks: Vec<_> = std::iter::from_fn(|| way.up.pop()).collect();
    assert!(matches!(&marks[..], [Up::Mark(a), Up::Mark(b)] if (&**a, &**b) == ("a", "b")), "{marks:?}");
}

#[test]
fn a_bot_begins_with_its_first_sound_and_once() {
    let (way, mut said) = (Way::new(), Said::default());
    assert!(take(Message::text(r#"{"mark":"a"}"#), &way, &mut said).is_ok());
    said.take(&sound(STREAM_FRAME - 1), &way);
    assert_eq!(way.told.pop(), None);
    said.take(&sound(1), &way);
    said.take(&sound(STREAM_FRAME), &way);
    assert_eq!((way.told.pop(), way.told.pop()), (Some(StreamEvent::Began), None));
}

#[test]
fn a_stream_that_ends_by_a_fault_of_ours_is_gone_all_the_same() {
    let way = Way::new();
    let last = LastWord(Arc::clone(&way));
    let fault = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
        let _last = last;
        panic!("a fault of ours");
    }));
    assert!(fault.is_err());
    assert_eq!(way.told.pop(), Some(StreamEvent::Gone));
}
