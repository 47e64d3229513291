//! The closed lists of the model as numbers on the wire, and back. One line for each, written once.
//! Knows numbers and names; a number that nobody knows is told, never guessed.

use model::{Lane, OfferEnd, OfferedWhy, Outcome, OverflowWhy, Party};

use crate::v1;

macro_rules! pairs {
    ($to:ident, $from:ident, $model:ty, $wire:ty, $($ours:ident = $theirs:ident),+ $(,)?) => {
        pub(crate) const fn $to(ours: $model) -> $wire {
            match ours {
                $(<$model>::$ours => <$wire>::$theirs,)+
            }
        }
        /// None for a number that is not in the list.
        pub(crate) fn $from(number: i32) -> Option<$model> {
            match <$wire>::try_from(number).ok()? {
                <$wire>::Unspecified => None,
                $(<$wire>::$theirs => Some(<$model>::$ours),)+
            }
        }
    };
}

pairs!(
    outcome_to,
    outcome_from,
    Outcome,
    v1::Outcome,
    Talked = Talked,
    Abandoned = Abandoned,
    AbandonedEarly = AbandonedEarly,
    Closed = Closed,
    Full = Full,
    UnknownNumber = UnknownNumber,
    GaveUp = GaveUp,
    Failed = Failed,
    Cut = Cut,
    CallbackFailed = CallbackFailed,
    ServedByBot = ServedByBot,
    LeftMessage = LeftMessage,
    LedOutside = LedOutside
);

pairs!(party_to, party_from, Party, v1::Party, Citizen = Citizen, Agent = Agent, Third = Third, Centre = Centre);

pairs!(
    overflow_to,
    overflow_from,
    OverflowWhy,
    v1::OverflowWhy,
    Full = Full,
    Wait = Wait,
    CallsPerAgent = CallsPerAgent,
    AgentsUnder = AgentsUnder
);

pairs!(why_to, why_from, OfferedWhy, v1::OfferedWhy, BestFreeAgent = BestFreeAgent, BestWaitingCall = BestWaitingCall);

pairs!(
    lane_to,
    lane_from,
    Lane,
    v1::Lane,
    Normal = Normal,
    Granted = Granted,
    Front = Front,
    Later = Later,
    Diverted = Diverted,
    Own = Own
);

pairs!(
    offer_end_to,
    offer_end_from,
    OfferEnd,
    v1::OfferEnd,
    Declined = Declined,
    Busy = Busy,
    NoAnswer = NoAnswer,
    Unreachable = Unreachable,
    CitizenGone = CitizenGone,
    Failed = Failed
);
