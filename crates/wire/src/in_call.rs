//! What happens in a conversation beside its two, on the wire and back.
//! Knows numbers and names; a number that nobody knows is told, never guessed.

use model::{AgentId, AnnouncementId, Hearer, InCallFact, Listening};

use crate::pen::Pen;
use crate::read::{BadFact, handed_to};
use crate::v1;
use crate::v1::InCallKind as Kind;
use crate::write::write_whom;

pub(crate) fn write_in_call(pen: &mut Pen<'_>, what: &InCallFact) {
    let kind = match what {
        InCallFact::Held => Kind::Held,
        InCallFact::Resumed => Kind::Resumed,
        InCallFact::Asks { by, to } => {
            pen.text(1, by);
            write_whom(pen, to);
            Kind::Asks
        }
        InCallFact::ThirdThere => Kind::ThirdThere,
        InCallFact::Conferenced => Kind::Conferenced,
        InCallFact::ThirdGone => Kind::ThirdGone,
        InCallFact::Supervised { by, how } => {
            pen.text(1, by);
            match how {
                Listening::Listen => Kind::Listens,
                Listening::Whisper => Kind::Whispers,
                Listening::Join => Kind::Joins,
            }
        }
        InCallFact::SupervisionOver { by } => {
            pen.text(1, by);
            Kind::SupervisionOver
        }
        InCallFact::Announced { by, to, .. } => {
            pen.text(1, by);
            match to {
                Hearer::Citizen => Kind::AnnouncedToCitizen,
                Hearer::Agent => Kind::AnnouncedToAgent,
            }
        }
        InCallFact::AnnouncementOver { whole: true } => Kind::AnnouncementOver,
        InCallFact::AnnouncementOver { whole: false } => Kind::AnnouncementCut,
    };
    pen.number(3, kind as u64);
    if let InCallFact::Announced { announcement, .. } = what {
        pen.text(4, announcement);
    }
}

pub(crate) fn read_in_call(it: v1::InCall) -> Result<InCallFact, BadFact> {
    let (by, announcement) = (AgentId::new(&it.by), AnnouncementId::new(&it.announcement));
    Ok(match Kind::try_from(it.kind) {
        Ok(Kind::Held) => InCallFact::Held,
        Ok(Kind::Resumed) => InCallFact::Resumed,
        Ok(Kind::Asks) => InCallFact::Asks { by, to: handed_to(it.to)? },
        Ok(Kind::ThirdThere) => InCallFact::ThirdThere,
        Ok(Kind::Conferenced) => InCallFact::Conferenced,
        Ok(Kind::ThirdGone) => InCallFact::ThirdGone,
        Ok(Kind::Listens) => InCallFact::Supervised { by, how: Listening::Listen },
        Ok(Kind::Whispers) => InCallFact::Supervised { by, how: Listening::Whisper },
        Ok(Kind::Joins) => InCallFact::Supervised { by, how: Listening::Join },
        Ok(Kind::SupervisionOver) => InCallFact::SupervisionOver { by },
        Ok(Kind::AnnouncedToCitizen) => InCallFact::Announced { by, announcement, to: Hearer::Citizen },
        Ok(Kind::AnnouncedToAgent) => InCallFact::Announced { by, announcement, to: Hearer::Agent },
        Ok(Kind::AnnouncementOver) => InCallFact::AnnouncementOver { whole: true },
        Ok(Kind::AnnouncementCut) => InCallFact::AnnouncementOver { whole: false },
        Ok(Kind::Unspecified) | Err(_) => return Err(BadFact::BadValue("in_call.kind")),
    })
}
