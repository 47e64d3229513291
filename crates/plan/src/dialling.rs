//! Whom agents' phones may call, and which number is shown there.
//!
//! Emergency numbers always; Danish subscribers, but not premium ones; everything else only where the plan opens it. Knows
//! nothing of trunks: how a number is written to one is the trunk's own.

use std::time::Duration;

use model::{Caller, Dialled, MunicipalityId, PhoneNumber};

use crate::{AgentNo, LineNo, Plan};

/// Emergency numbers that every plan has: 112, and 114 to the police.
pub const EMERGENCY: [&str; 2] = ["112", "114"];
/// Danish premium numbers begin so.
const PREMIUM: &str = "90";
/// A Danish subscriber's number.
const SUBSCRIBER_DIGITS: usize = 8;

/// The rules.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dialling {
    /// Beginnings of numbers that are opened beside Danish subscribers'.
    pub opened: Vec<Dialled>,
    /// Emergency numbers beside [`EMERGENCY`].
    pub emergency: Vec<Dialled>,
    /// Whose number is shown outside.
    pub shown: ShownOutside,
    /// A phone outside, or a colleague's, rings this long at most.
    pub ring_time_max: Duration,
}

impl Default for Dialling {
    fn default() -> Self {
        Self {
            opened: Vec::new(),
            emergency: Vec::new(),
            shown: ShownOutside::Nothing,
            ring_time_max: Duration::from_secs(45),
        }
    }
}

/// Whose number is shown to whoever is called outside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ShownOutside {
    /// None: the trunk's own rule decides.
    Nothing,
    /// The agent's municipality's own number, the first in the plan; none without one.
    Municipality,
    /// The first number of the line that the citizen rang who is handed on; on an agent's own call as `Municipality`.
    Line,
    /// This number.
    Number(PhoneNumber),
}

/// What may be done with a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MayDial {
    /// Always, whatever else.
    Emergency,
    /// Yes.
    Yes,
    /// The plan has not opened it.
    No,
}

/// Whether it is a Danish subscriber's, and none that costs the caller more (90…).
pub(crate) fn is_open_subscriber(number: &Dialled) -> bool {
    let digits = number.as_str();
    let is_subscriber = digits.len() == SUBSCRIBER_DIGITS && digits.starts_with(|c: char| ('2'..='9').contains(&c));
    is_subscriber && !digits.starts_with(PREMIUM)
}

impl Plan {
    /// Whether an agent may call that number.
    pub fn may_dial(&self, number: &Dialled) -> MayDial {
        let (rules, digits) = (&self.dialling, number.as_str());
        if EMERGENCY.contains(&digits) || rules.emergency.contains(number) {
            MayDial::Emergency
        } else if is_open_subscriber(number) || rules.opened.iter().any(|opened| digits.starts_with(opened.as_str())) {
            MayDial::Yes
        } else {
            MayDial::No
        }
    }

    /// Which number is shown outside, to whom `agent` calls or hands on a citizen who rang `line`.
    pub fn shown_outside(&self, agent: AgentNo, line: Option<LineNo>) -> Caller {
        self.shown_for(self.agents.get(agent.at()).and_then(|agent| agent.home), line)
    }

    /// The number of ours for a call on a municipality's behalf, about a call to `line`.
    pub(crate) fn shown_for(&self, home: Option<MunicipalityId>, line: Option<LineNo>) -> Caller {
        let of_home = || self.numbers.iter().find(|(_, known)| home.is_some() && known.municipality == home);
        let of_line = || line.and_then(|line| self.numbers.iter().find(|(_, known)| known.line == Some(line)));
        let ours = match &self.dialling.shown {
            ShownOutside::Nothing => None,
            ShownOutside::Number(number) => return Caller::Number(number.clone()),
            ShownOutside::Municipality => of_home(),
            ShownOutside::Line => of_line().or_else(of_home),
        };
        let number = ours.and_then(|(number, _)| PhoneNumber::from_kept(number.as_str()).ok());
        number.map_or(Caller::Withheld, Caller::Number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(plan: &Plan, number: &str) -> MayDial {
        plan.may_dial(&Dialled::parse(number).expect("a number"))
    }

    #[test]
    fn danish_subscribers_may_be_called_and_premium_foreign_and_short_numbers_not() {
        let plan = Plan::default();
        for number in ["20304050", "+4570101010", "80101010"] {
            assert_eq!(may(&plan, number), MayDial::Yes, "{number}");
        }
        for number in ["90101010", "+4940123456", "004690510", "118", "1813", "10203040", "2030405", "101010101010"] {
            assert_eq!(may(&plan, number), MayDial::No, "{number}");
        }
    }

    #[test]
    fn emergency_numbers_may_always_be_called() {
        let mut plan = Plan::default();
        plan.dialling.emergency = vec![Dialled::parse("1813").expect("a number")];
        for number in ["112", "114", "1813"] {
            assert_eq!(may(&plan, number), MayDial::Emergency, "{number}");
        }
        assert_eq!(may(&plan, "11200000"), MayDial::No, "a number that only begins so is none");
    }

    #[test]
    fn what_the_plan_opens_may_be_called() {
        let mut plan = Plan::default();
        plan.dialling.opened = ["+46", "9012", "1818"].map(|text| Dialled::from_kept(text).expect("digits")).to_vec();
        for number in ["+4640123456", "90123456", "1818"] {
            assert_eq!(may(&plan, number), MayDial::Yes, "{number}");
        }
        assert_eq!(may(&plan, "+4740123456"), MayDial::No);
        assert_eq!(may(&plan, "90101010"), MayDial::No);
    }
}
