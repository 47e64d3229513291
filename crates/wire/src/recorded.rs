//! What happens to recordings, on the wire and back.
//! Knows numbers and names; a number that nobody knows is told, never guessed.

use model::{RecordingFact, RecordingPause};

use crate::pen::Pen;
use crate::read::BadFact;
use crate::v1;
use crate::v1::RecordingKind as Kind;

pub(crate) fn write_recording(pen: &mut Pen<'_>, what: RecordingFact) {
    let kind = match what {
        RecordingFact::ConsentGiven => Kind::ConsentGiven,
        RecordingFact::ConsentRefused => Kind::ConsentRefused,
        RecordingFact::Began { .. } => Kind::Began,
        RecordingFact::Paused { why: RecordingPause::Agent } => Kind::PausedByAgent,
        RecordingFact::Paused { why: RecordingPause::Hold } => Kind::PausedOnHold,
        RecordingFact::Paused { why: RecordingPause::Keys } => Kind::PausedByKeys,
        RecordingFact::Paused { why: RecordingPause::Third } => Kind::PausedForThird,
        RecordingFact::Resumed => Kind::Resumed,
        RecordingFact::Failed => Kind::Failed,
        RecordingFact::Ended => Kind::Ended,
    };
    pen.number(1, kind as u64);
    if let RecordingFact::Began { number } = what {
        pen.number(2, u64::from(number));
    }
}

pub(crate) fn read_recording(it: v1::Recording) -> Result<RecordingFact, BadFact> {
    Ok(match Kind::try_from(it.kind) {
        Ok(Kind::ConsentGiven) => RecordingFact::ConsentGiven,
        Ok(Kind::ConsentRefused) => RecordingFact::ConsentRefused,
        Ok(Kind::Began) => {
            RecordingFact::Began { number: it.number.try_into().map_err(|_| BadFact::BadValue("recording.number"))? }
        }
        Ok(Kind::PausedByAgent) => RecordingFact::Paused { why: RecordingPause::Agent },
        Ok(Kind::PausedOnHold) => RecordingFact::Paused { why: RecordingPause::Hold },
        Ok(Kind::PausedByKeys) => RecordingFact::Paused { why: RecordingPause::Keys },
        Ok(Kind::PausedForThird) => RecordingFact::Paused { why: RecordingPause::Third },
        Ok(Kind::Resumed) => RecordingFact::Resumed,
        Ok(Kind::Failed) => RecordingFact::Failed,
        Ok(Kind::Ended) => RecordingFact::Ended,
        Ok(Kind::Unspecified) | Err(_) => return Err(BadFact::BadValue("recording.kind")),
    })
}
