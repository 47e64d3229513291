//! What happens between a citizen and a bot, on the wire and back.
//! Knows numbers; one that nobody knows is told, never guessed.

use model::{BotEnd, BotFact};

use crate::pen::Pen;
use crate::read::BadFact;
use crate::v1;
use crate::v1::BotKind as Kind;

pub(crate) fn write_bot(pen: &mut Pen<'_>, what: BotFact) {
    let kind = match what {
        BotFact::Began => Kind::Began,
        BotFact::Ended { why: BotEnd::WantsPerson } => Kind::WantsPerson,
        BotFact::Ended { why: BotEnd::Key } => Kind::Key,
        BotFact::Ended { why: BotEnd::TimeOver } => Kind::TimeOver,
        BotFact::Ended { why: BotEnd::Gone } => Kind::Gone,
        BotFact::Ended { why: BotEnd::Done } => Kind::Done,
        BotFact::Ended { why: BotEnd::CitizenGone } => Kind::CitizenGone,
    };
    pen.number(1, kind as u64);
}

pub(crate) fn read_bot(it: v1::Bot) -> Result<BotFact, BadFact> {
    let ended = |why| Ok(BotFact::Ended { why });
    match Kind::try_from(it.kind) {
        Ok(Kind::Began) => Ok(BotFact::Began),
        Ok(Kind::WantsPerson) => ended(BotEnd::WantsPerson),
        Ok(Kind::Key) => ended(BotEnd::Key),
        Ok(Kind::TimeOver) => ended(BotEnd::TimeOver),
        Ok(Kind::Gone) => ended(BotEnd::Gone),
        Ok(Kind::Done) => ended(BotEnd::Done),
        Ok(Kind::CitizenGone) => ended(BotEnd::CitizenGone),
        Ok(Kind::Unspecified) | Err(_) => Err(BadFact::BadValue("bot.kind")),
    }
}
