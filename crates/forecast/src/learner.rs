//! Facts in, outlooks out: the place where what was learnt is put together.
//!
//! What is expected depends on the facts and the moment alone, not on how they were batched. Knows no plan: who has which
//! level of skill is asked of the caller.

use model::{AgentId, Fact, Moment, MunicipalityId, TopicId};

use crate::book::Book;
use crate::follow::{Follow, LearnerHealth};
use crate::half_hour;
use crate::pace::Spells;
use crate::rates;
use crate::{ClassOutlook, Outlook};

/// Learns from facts what the next half-hour will be like.
///
/// Feed it each fact once, roughly in the order of their numbers. A fact that comes twice within 8,192 others changes
/// nothing; facts of a call may overtake each other as they like within an hour; of an agent's facts those that were overtaken are left out.
/// It remembers 16 weeks and has room for 131,072 calls at once; what lies beyond its bounds is counted in
/// [`Learner::health`].
#[derive(Clone, Debug, Default)]
pub struct Learner {
    follow: Follow,
    book: Book,
}

impl Learner {
    /// Knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in one fact.
    pub fn apply(&mut self, fact: &Fact) {
        let Self { follow, book } = self;
        follow.apply(fact, |at, lesson| book.learn(at, lesson));
    }

    /// How whole the facts were.
    pub fn health(&self) -> LearnerHealth {
        self.follow.health
    }

    /// What is expected of the half-hour (by the wall in Copenhagen) that contains `at`. `level_of` tells an agent's level of
    /// skill for a topic, 1 (best) to 9; none for who has none.
    ///
    /// Calls are learnt from half-hours before this one, at most 16 weeks old; talks, waits and wrap-ups also from this one.
    /// A class or municipality that has not called within 16 weeks is not in it.
    pub fn outlook(&self, at: Moment, level_of: impl Fn(&AgentId, &TopicId) -> Option<u8>) -> Outlook {
        let number = half_hour::number(at);
        let prior = Outlook::unknown();
        let spells = Spells::new(&self.book, number);
        let mut outlook = Outlook {
            talk_s: spells.talk_s(&prior),
            wrap_up_s: spells.wrap_up_s(&prior),
            patience_s: spells.patience_s(&prior),
            ..prior
        };
        spells.skills(&self.book, &mut outlook, level_of);
        if let Some(rates) = rates::expected(&self.book, number, self.book.zone.wall(number)) {
            self.fill_in(rates, &spells, &mut outlook);
        }
        outlook
    }

    fn fill_in(&self, rates: rates::Rates, spells: &Spells, outlook: &mut Outlook) {
        for (name, class) in &self.book.classes {
            if let Some(calls_an_hour) = rates.classes.get(&Some(*class)).copied() {
                let talk_s = spells.class_talk_s(*class, outlook.talk_s);
                outlook.classes.insert(name.clone(), ClassOutlook { calls_an_hour, talk_s });
            }
        }
        for (municipality, an_hour) in rates.municipalities {
            match municipality {
                Some(code) => {
                    outlook.municipalities.insert(MunicipalityId(code), an_hour);
                }
                None => outlook.others_an_hour = an_hour,
            }
        }
        outlook.days_known = rates.days_known;
    }
}
