//! What a party does on a leg that is there, as the event that the shells would tell.
//! Knows the newest leg of each name; what follows is the heart's.

use centre::Input;
use media::MediaEvent;
use model::{LegEvent, LegId, RecordingId, ShardNo, TransferTo};

use crate::journeys::deeds::{self, Deed};
use crate::journeys::stage::{OWN_CALL, Stage};

impl Stage {
    pub(crate) fn on_leg(&mut self, leg: LegId, deed: &Deed) -> Option<(ShardNo, Input)> {
        let text = |session: Option<crate::parties::Session>| session.map(crate::parties::Session::text);
        let input = match deed {
            Deed::Confirms(session) => Input::Leg(LegEvent::Confirmed { leg, session: text(*session) }),
            Deed::Ends(why) => Input::Leg(LegEvent::Ended { leg, why: *why }),
            Deed::PhoneRings(session) => Input::Leg(LegEvent::Ringing { leg, session: text(*session) }),
            Deed::Transfers(to) => {
                let to = match self.legs.get(to) {
                    Some(other) if to.ends_with(OWN_CALL) || self.names.leg(leg).ends_with(OWN_CALL) => {
                        TransferTo::Leg(*other)
                    }
                    Some(_) | None => TransferTo::Party(deeds::called(&self.plan, to)?),
                };
                Input::Leg(LegEvent::TransferAsked { leg, to })
            }
            Deed::Answers(session) => {
                self.answered.insert(leg, true);
                Input::Leg(LegEvent::Answered { leg, session: text(*session).unwrap_or_default() })
            }
            Deed::Refuses(why) => Input::Leg(LegEvent::Refused { leg, why: *why }),
            Deed::Reinvites(offer) => Input::Leg(LegEvent::SessionOffered { leg, offer: text(*offer) }),
            Deed::AnswersSession(session) => Input::Leg(LegEvent::SessionAnswered { leg, session: session.text() }),
            Deed::Silent => Input::Media(MediaEvent::Silent { leg }),
            Deed::Away => Input::Media(MediaEvent::Away { leg }),
            Deed::Back => Input::Media(MediaEvent::Back { leg }),
            Deed::Comes => Input::Media(MediaEvent::Comes { leg }),
            Deed::Sounds => Input::Media(MediaEvent::Sounds { leg }),
            Deed::PortTaken => Input::Media(MediaEvent::PortTaken { leg }),
            Deed::Bot(what) => Input::Media(MediaEvent::Streamed { leg, what: *what }),
            Deed::OfMessage(what) => Input::Media(MediaEvent::Message { leg, what: *what }),
            Deed::MessageOver => Input::Media(MediaEvent::Played { leg, play: *self.plays.get(&leg)? }),
            Deed::Presses(digit, true) => Input::Media(MediaEvent::Digit { leg, digit: *digit }),
            Deed::Presses(digit, false) => Input::Leg(LegEvent::Digit { leg, digit: *digit }),
            Deed::RecordingFails(number) => {
                let call = *self.names.calls.iter().find(|(_, name)| **name == self.names.leg(leg))?.0;
                Input::Media(MediaEvent::RecordingFailed { leg, recording: RecordingId { call, number: *number } })
            }
            Deed::Rings { .. } | Deed::Desk(_) | Deed::Registers(_) | Deed::OpensPage | Deed::Calls { .. } => {
                return None;
            }
            Deed::Asks(_) | Deed::HandsOn(_) | Deed::Supervises(..) => return None,
        };
        Some((leg.shard(), input))
    }
}
