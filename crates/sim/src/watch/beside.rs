//! What facts may tell of a conversation beside its two, and in which order: who was asked is there before all talk, and
//! whoever supervises is gone before the conversation is over.

use std::collections::BTreeMap;

use model::{AgentId, CallId, InCallFact, What};

use crate::watch::Check;

#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Now {
    held: bool,
    third: Third,
    supervised: Option<AgentId>,
    announced: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Third {
    #[default]
    Nobody,
    Called,
    There,
    Aside,
    Joined,
}

#[derive(Debug, Default)]
pub(crate) struct BesideTalks {
    calls: BTreeMap<CallId, Now>,
}

impl BesideTalks {
    pub(crate) fn fact(&mut self, call: CallId, what: &What) -> Check {
        let wrong = |now: &Now| Err(format!("{what:?} of {call:?} while {now:?}"));
        if let What::InCall(told) = what {
            let now = self.calls.entry(call).or_default();
            let before = now.clone();
            if !now.goes_on(told) {
                return wrong(&before);
            }
        } else if let What::HungUp { .. } | What::Transferred { .. } | What::AgentLost { .. } | What::Ended { .. } =
            what
        {
            let now = self.calls.remove(&call).unwrap_or_default();
            if now.supervised.is_some() || now.announced {
                return wrong(&now);
            }
        }
        Ok(())
    }
}

impl Now {
    fn goes_on(&mut self, told: &InCallFact) -> bool {
        let third = match (told, self.third) {
            (InCallFact::Resumed, Third::There) => {
                self.held = false;
                Third::Aside
            }
            (InCallFact::Held, Third::Aside) if !std::mem::replace(&mut self.held, true) => Third::There,
            (InCallFact::Held, _) => return !std::mem::replace(&mut self.held, true),
            (InCallFact::Resumed, _) => return std::mem::replace(&mut self.held, false),
            (InCallFact::Supervised { by, .. }, _) => {
                let same = self.supervised.as_ref().is_none_or(|known| known == by);
                self.supervised = Some(by.clone());
                return same;
            }
            (InCallFact::SupervisionOver { by }, _) => return self.supervised.take().is_some_and(|known| known == *by),
            (InCallFact::Announced { .. }, _) => return !std::mem::replace(&mut self.announced, true),
            (InCallFact::AnnouncementOver { .. }, _) => return std::mem::replace(&mut self.announced, false),
            (InCallFact::Asks { .. }, Third::Nobody) => {
                // The citizen hears music because of the question from now on.
                self.held = false;
                Third::Called
            }
            (InCallFact::ThirdThere, Third::Called) => Third::There,
            (InCallFact::Conferenced, Third::There | Third::Aside) => Third::Joined,
            (InCallFact::ThirdGone, Third::Called | Third::There | Third::Aside | Third::Joined) => Third::Nobody,
            _ => return false,
        };
        self.third = third;
        true
    }
}
