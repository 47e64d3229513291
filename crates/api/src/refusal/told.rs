//! How a refusal travels: a status with a name for programs and a sentence in Danish and in English.
//! Knows metadata; no refusal.

use tonic::metadata::MetadataValue;
use tonic::{Code, Status};

use super::{DANISH_KEY, ENGLISH_KEY, REASON_KEY};

/// Characters of a refusal that travel: statuses go in a header. A plan may have more faults than fit.
const TOLD_CHARS_MAX: usize = 2_000;

/// A status of this kind, with its name for programs and its sentence in Danish and English.
pub(crate) fn told(code: Code, reason: &'static str, danish: &str, english: &str) -> Status {
    let short = |text: &str| text.chars().take(TOLD_CHARS_MAX).collect::<String>();
    let (danish, english) = (short(danish), short(english));
    let mut status = Status::new(code, format!("{danish} ({english})"));
    let metadata = status.metadata_mut();
    metadata.insert(REASON_KEY, MetadataValue::from_static(reason));
    if let Ok(english) = MetadataValue::try_from(english) {
        metadata.insert(ENGLISH_KEY, english);
    }
    metadata.insert_bin(DANISH_KEY, MetadataValue::from_bytes(danish.as_bytes()));
    status
}
