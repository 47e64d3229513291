//! A citizen's message for a municipality, on the wire and back.
//! Knows numbers; one that nobody knows is told, never guessed.

use std::time::Duration;

use model::{MailboxId, VoicemailFact, VoicemailWhat};

use crate::pen::Pen;
use crate::read::BadFact;
use crate::v1;
use crate::v1::VoicemailKind as Kind;

pub(crate) fn write_voicemail(pen: &mut Pen<'_>, told: &VoicemailFact) {
    pen.text(1, &told.mailbox);
    let (kind, length) = match told.what {
        VoicemailWhat::Asked => (Kind::Asked, Duration::ZERO),
        VoicemailWhat::Left { length } => (Kind::Left, length),
        VoicemailWhat::NothingSaid => (Kind::NothingSaid, Duration::ZERO),
        VoicemailWhat::Refused => (Kind::Refused, Duration::ZERO),
        VoicemailWhat::Lost => (Kind::Lost, Duration::ZERO),
    };
    pen.number(2, kind as u64);
    pen.number(3, length.as_micros() as u64);
}

pub(crate) fn read_voicemail(it: &v1::Voicemail) -> Result<VoicemailFact, BadFact> {
    let length = Duration::from_micros(it.length_us.try_into().map_err(|_| BadFact::BadValue("voicemail.length"))?);
    let what = match Kind::try_from(it.kind) {
        Ok(Kind::Asked) => VoicemailWhat::Asked,
        Ok(Kind::Left) => VoicemailWhat::Left { length },
        Ok(Kind::NothingSaid) => VoicemailWhat::NothingSaid,
        Ok(Kind::Refused) => VoicemailWhat::Refused,
        Ok(Kind::Lost) => VoicemailWhat::Lost,
        Ok(Kind::Unspecified) | Err(_) => return Err(BadFact::BadValue("voicemail.kind")),
    };
    Ok(VoicemailFact { mailbox: MailboxId::new(&it.mailbox), what })
}
