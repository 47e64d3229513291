//! Why an offer was made, into bytes and back.
//!
//! Knows the field numbers of `Because` and `Other`; one who is compared is an agent unless a line is named.

use std::time::Duration;

use model::{AgentId, Because, Excluded, Language, Other, Rival, Score, TopicId};

use crate::bits::{lane_from, lane_to};
use crate::pen::Pen;
use crate::read::BadFact;
use crate::v1;

pub(crate) fn write_because(pen: &mut Pen<'_>, because: &Because) {
    pen.zigzag(1, i64::from(because.level));
    pen.number(2, lane_to(because.lane) as u64);
    pen.zigzag(3, because.score.0);
    pen.number(4, because.waited.as_micros() as u64);
    pen.number(5, because.idle.as_micros() as u64);
    pen.number(6, u64::from(because.candidates));
    for other in &because.others {
        pen.message(7, |pen| write_other(pen, other));
    }
    let Excluded { barred, reserved, step, kept_back } = because.excluded;
    pen.number(8, u64::from(barred));
    pen.number(9, u64::from(reserved));
    pen.number(10, u64::from(step));
    pen.number(11, u64::from(kept_back));
}

fn write_other(pen: &mut Pen<'_>, other: &Other) {
    match &other.who {
        Rival::Agent(agent) => pen.text(1, agent),
        Rival::Line { topic, language } => {
            pen.text(2, topic);
            pen.text(3, language);
        }
    }
    pen.zigzag(4, other.score.0);
}

pub(crate) fn read_because(it: &v1::Because) -> Result<Because, BadFact> {
    Ok(Because {
        level: i8::try_from(it.level).map_err(|_| BadFact::BadValue("because.level"))?,
        lane: lane_from(it.lane).ok_or(BadFact::BadValue("because.lane"))?,
        score: Score(it.score_milli),
        waited: Duration::from_micros(it.waited_us),
        idle: Duration::from_micros(it.idle_us),
        candidates: it.candidates,
        others: it.others.iter().map(read_other).collect(),
        excluded: Excluded {
            barred: it.excluded_barred,
            reserved: it.excluded_reserved,
            step: it.excluded_step,
            kept_back: it.excluded_kept_back,
        },
    })
}

fn read_other(it: &v1::Other) -> Other {
    let who = if it.topic.is_empty() && it.language.is_empty() {
        Rival::Agent(AgentId::new(&it.agent))
    } else {
        Rival::Line { topic: TopicId::new(&it.topic), language: Language::new(&it.language) }
    };
    Other { who, score: Score(it.score_milli) }
}
