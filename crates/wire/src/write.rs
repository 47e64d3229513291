//! A fact into bytes, by hand: 10,000 a second pass here, and none of them needs an allocation of its own.
//!
//! The field numbers are those of `facts.proto`; a test compares every kind with what prost writes.

use model::{About, AgentId, AgentState, Fact, HandedTo, PauseReason, What};

use crate::because::write_because;
use crate::bits::{offer_end_to, outcome_to, overflow_to, party_to, why_to};
use crate::called_back::write_callback;
use crate::in_call::write_in_call;
use crate::menu::write_menu;
use crate::pen::Pen;
use crate::plan_change::write_plan_change;
use crate::recorded::write_recording;
use crate::v1;

/// A fact's bytes. On the hot path use [`encode_into`] with a buffer that lives on.
pub fn encode(fact: &Fact) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(128);
    encode_into(fact, &mut bytes);
    bytes
}

/// Appends a fact's bytes to `out`, which is not cleared.
pub fn encode_into(fact: &Fact, out: &mut Vec<u8>) {
    let mut pen = Pen(out);
    pen.bits(1, fact.id.0);
    pen.signed(2, fact.at.as_micros());
    write_about(&mut pen, &fact.about);
    write_what(&mut pen, &fact.what);
}

/// A fact as the message that the API sends.
pub fn to_proto(fact: &Fact) -> v1::Fact {
    prost::Message::decode(encode(fact).as_slice()).expect("what we write can be read")
}

fn write_about(pen: &mut Pen<'_>, about: &About) {
    match about {
        About::Call { call, seq } => pen.message(3, |pen| {
            pen.bits(1, call.bits());
            pen.number(2, u64::from(*seq));
        }),
        About::Agent { agent, seq } => pen.message(4, |pen| {
            pen.text(1, agent);
            pen.number(2, u64::from(*seq));
        }),
        About::Node => {}
    }
}

fn write_what(pen: &mut Pen<'_>, what: &What) {
    match what {
        What::CallArrived { .. } | What::LineFound { .. } | What::FoundClosed { .. } | What::GreetingBegan => {
            write_arrival(pen, what);
        }
        What::Queued { queue, since, overflow } => pen.message(14, |pen| {
            pen.text(1, queue);
            pen.signed(2, since.as_micros());
            if let Some(why) = overflow {
                pen.number(3, overflow_to(*why) as u64);
            }
        }),
        What::Offered { agent, decision, why, because } => pen.message(15, |pen| {
            pen.text(1, agent);
            pen.number(2, decision.0);
            pen.number(3, why_to(*why) as u64);
            if let Some(because) = because {
                pen.message(4, |pen| write_because(pen, because));
            }
        }),
        What::OfferEnded { agent, why } => pen.message(16, |pen| {
            pen.text(1, agent);
            pen.number(2, offer_end_to(*why) as u64);
        }),
        What::Answered { agent } => pen.message(17, |pen| pen.text(1, agent)),
        What::Talking { agent } => pen.message(18, |pen| pen.text(1, agent)),
        What::HungUp { by } => pen.message(19, |pen| pen.number(1, party_to(*by) as u64)),
        What::Ended { outcome } => pen.message(20, |pen| pen.number(1, outcome_to(*outcome) as u64)),
        What::RangBefore { ago, talked } => pen.message(44, |pen| {
            pen.number(1, ago.as_secs() / 60);
            pen.number(2, u64::from(*talked));
        }),
        What::LedOn { entry } => pen.message(43, |pen| pen.text(1, entry)),
        What::WrapUpExtended { call } => pen.message(42, |pen| pen.bits(1, call.bits())),
        What::AgentBecame { .. } | What::WrappedUp { .. } => write_desk(pen, what),
        What::NodeStarted { version } => pen.message(23, |pen| pen.text(1, version)),
        What::NodeDraining => pen.message(24, |_| {}),
        What::NodeStopped => pen.message(25, |_| {}),
        What::Promised { within, expected, ahead } => pen.message(26, |pen| {
            pen.number(1, within.as_secs() / 60);
            pen.number(2, expected.as_micros() as u64);
            pen.number(3, u64::from(*ahead));
        }),
        What::TransferBegan { by, to } => write_handed(pen, 27, by, to),
        What::Transferred { by, to } => write_handed(pen, 28, by, to),
        What::TransferFailed { why } => pen.message(29, |pen| pen.number(1, offer_end_to(*why) as u64)),
        What::AgentLost { agent } => pen.message(38, |pen| pen.text(1, agent)),
        What::OwnCall { agent, to } => write_handed(pen, 30, agent, to),
        What::Connected => pen.message(31, |_| {}),
        What::Bounced { by, line } => pen.message(41, |pen| {
            pen.text(1, by);
            pen.text(2, line);
        }),
        What::InCall(what) => pen.message(32, |pen| write_in_call(pen, what)),
        What::PlanChanged(change) => pen.message(35, |pen| write_plan_change(pen, change)),
        What::Recording(what) => pen.message(33, |pen| write_recording(pen, *what)),
        What::Bot(what) => pen.message(37, |pen| crate::bot::write_bot(pen, *what)),
        What::Voicemail(told) => pen.message(39, |pen| crate::voicemail::write_voicemail(pen, told)),
        What::MenuChosen { menu, answer } => pen.message(36, |pen| write_menu(pen, menu, *answer)),
        What::Callback(what) => pen.message(34, |pen| write_callback(pen, *what)),
    }
}

fn write_handed(pen: &mut Pen<'_>, field: u32, by: &AgentId, to: &HandedTo) {
    pen.message(field, |pen| {
        pen.text(1, by);
        write_whom(pen, to);
    });
}

pub(crate) fn write_whom(pen: &mut Pen<'_>, to: &HandedTo) {
    pen.message(2, |pen| match to {
        HandedTo::Line(line) => pen.text(1, line),
        HandedTo::Agent(agent) => pen.text(2, agent),
        HandedTo::Outside(person) => pen.bits(3, person.0),
    });
}

fn write_arrival(pen: &mut Pen<'_>, what: &What) {
    if let What::CallArrived { trunk, dialled, person } = what {
        pen.message(10, |pen| {
            pen.text(1, trunk);
            pen.text(2, dialled.as_str());
            if let Some(person) = person {
                pen.bits(3, person.0);
            }
        });
    } else if let What::LineFound { line, municipality, topic, language } = what {
        pen.message(11, |pen| {
            pen.text(1, line);
            if let Some(municipality) = municipality {
                pen.present(2, u64::from(municipality.0));
            }
            pen.text(3, topic);
            pen.text(4, language);
        });
    } else if let What::FoundClosed { opens_at } = what {
        pen.message(12, |pen| {
            if let Some(opens_at) = opens_at {
                pen.present(1, opens_at.as_micros() as u64);
            }
        });
    } else if what == &What::GreetingBegan {
        pen.message(13, |_| {});
    }
}

fn write_desk(pen: &mut Pen<'_>, what: &What) {
    if let What::AgentBecame { state, call } = what {
        pen.message(21, |pen| {
            write_state(pen, state);
            if let Some(call) = call {
                pen.bits(4, call.bits());
            }
        });
    } else if let What::WrappedUp { call, wrap_up } = what {
        pen.message(22, |pen| {
            pen.bits(1, call.bits());
            if let Some(topic) = &wrap_up.topic {
                pen.present_text(2, topic);
            }
            if let Some(code) = &wrap_up.code {
                pen.present_text(3, code);
            }
            if let Some(solved) = wrap_up.solved {
                pen.present(4, u64::from(solved));
            }
            let more = [&wrap_up.topic_code, &wrap_up.referred_to, &wrap_up.guide, &wrap_up.role];
            for (field, text) in (5..).zip(more) {
                if let Some(text) = text {
                    pen.present_text(field, text);
                }
            }
        });
    }
}

fn write_state(pen: &mut Pen<'_>, state: &AgentState) {
    let (number, reason) = match state {
        AgentState::Off => (v1::AgentState::Off, None),
        AgentState::Ready => (v1::AgentState::Ready, None),
        AgentState::Offered => (v1::AgentState::Offered, None),
        AgentState::Talking => (v1::AgentState::Talking, None),
        AgentState::WrapUp => (v1::AgentState::WrapUp, None),
        AgentState::Paused(reason) => (v1::AgentState::Paused, Some(reason)),
    };
    pen.number(1, number as u64);
    match reason {
        None => {}
        Some(PauseReason::Chosen(code)) => {
            pen.number(2, v1::PauseReason::Chosen as u64);
            pen.text(3, code);
        }
        Some(PauseReason::NoAnswer) => pen.number(2, v1::PauseReason::NoAnswer as u64),
        Some(PauseReason::PhoneGone) => pen.number(2, v1::PauseReason::PhoneGone as u64),
        Some(PauseReason::BusyElsewhere) => pen.number(2, v1::PauseReason::BusyElsewhere as u64),
        Some(PauseReason::OwnCall) => pen.number(2, v1::PauseReason::OwnCall as u64),
        Some(PauseReason::SoundTest) => pen.number(2, v1::PauseReason::SoundTest as u64),
        Some(PauseReason::SoundUnproven) => pen.number(2, v1::PauseReason::SoundUnproven as u64),
    }
}
