//! What was written once can be read for ever, and nothing that is read can hurt.
//! Golden files hold what earlier versions wrote.

mod samples;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use model::{
    About, AgentId, Because, CallId, Caller, DecisionNo, Dialled, Excluded, Fact, FactId, Lane, Moment, MunicipalityId,
    OfferedWhy, Other, PersonRef, Rival, Score, What, WrapUp,
};
use proptest::prelude::*;
use prost::Message;
use wire::{BadFact, decode, decode_person, encode, encode_person};

#[test]
fn every_kind_of_fact_comes_back_as_it_was() {
    for (name, fact) in samples::facts() {
        assert_eq!(decode(&encode(&fact)).as_ref(), Ok(&fact), "{name}");
    }
}

#[test]
fn we_write_the_same_bytes_as_prost() {
    for (name, fact) in samples::facts() {
        assert_eq!(hex(&wire::to_proto(&fact).encode_to_vec()), hex(&encode(&fact)), "{name}");
    }
}

#[test]
fn bytes_of_the_first_version_are_read_for_ever() {
    let golden: BTreeMap<&str, &str> =
        include_str!("../golden/facts-v1.txt").lines().filter_map(|line| line.split_once(' ')).collect();
    let mut missing = String::new();
    for (name, fact) in samples::facts() {
        check(
            &golden,
            name,
            &encode(&fact),
            decode(&unhex(golden.get(name).unwrap_or(&""))).ok() == Some(fact),
            &mut missing,
        );
    }
    for (name, person) in samples::persons() {
        let mut bytes = Vec::new();
        encode_person(&person, &mut bytes);
        let read = decode_person(&unhex(golden.get(name).unwrap_or(&"")));
        check(&golden, name, &bytes, read.ok() == Some(person), &mut missing);
    }
    assert!(missing.is_empty(), "add these lines to golden/facts-v1.txt:\n{missing}");
}

#[test]
fn a_fact_from_a_newer_version_is_told_apart_from_rubbish() {
    let newer = wire::v1::Fact { id: vec![0; 16], at_us: 1, about: None, what: None };
    assert_eq!(decode(&newer.encode_to_vec()), Err(BadFact::UnknownKind));
    assert!(matches!(decode(&[0xff; 9]), Err(BadFact::Malformed(_))));
    let short = wire::v1::Fact { id: vec![0; 15], ..newer };
    assert_eq!(decode(&short.encode_to_vec()), Err(BadFact::BadId("id")));
}

#[test]
fn a_number_never_shows_in_what_is_logged() {
    for (_, person) in samples::persons() {
        let mut bytes = Vec::new();
        encode_person(&person, &mut bytes);
        let message = wire::v1::Person::decode(bytes.as_slice()).expect("a person");
        assert!(!format!("{message:?}{person:?}").contains("203040"));
        if let Caller::Number(number) = person.caller {
            assert_eq!(number.reveal(), "20304050");
        }
    }
}

proptest! {
    #[test]
    fn whatever_is_in_a_fact_comes_back(
        (id, at, call, seq) in (any::<u128>(), any::<i64>(), any::<u128>(), any::<u32>()),
        (text, number, maybe) in (".{0,200}", any::<u64>(), proptest::option::of(any::<u16>())),
        pick in 0usize..7,
        (small, signed, count) in (any::<i8>(), any::<i64>(), any::<u32>()),
    ) {
        let what = match pick {
            0 => What::LineFound {
                line: text.as_str().into(), municipality: maybe.map(MunicipalityId),
                topic: "".into(), language: text.as_str().into(),
            },
            1 => What::Offered { agent: AgentId::new(&text), decision: DecisionNo(number), why: OfferedWhy::BestFreeAgent, because: None },
            2 => What::FoundClosed { opens_at: maybe.map(|m| Moment::from_micros(i64::from(m))) },
            3 => What::CallArrived {
                trunk: text.as_str().into(), dialled: Dialled::from_kept(&number.to_string()).expect("digits"),
                person: maybe.map(|m| PersonRef(u128::from(m))),
            },
            4 => What::Offered {
                agent: AgentId::new(&text), decision: DecisionNo(number), why: OfferedWhy::BestWaitingCall,
                because: Some(Box::new(Because {
                    level: small, lane: Lane::Later, score: Score(signed), waited: Duration::from_micros(number),
                    idle: Duration::from_micros(number / 2), candidates: count,
                    others: vec![Other { who: Rival::Agent(AgentId::new(&text)), score: Score(signed) }; pick % 4],
                    excluded: Excluded { barred: seq, reserved: count, step: 0, kept_back: u32::from(small as u8) },
                })),
            },
            5 => What::Promised {
                within: Duration::from_secs(60 * u64::from(seq)), expected: Duration::from_micros(number), ahead: count,
            },
            _ => What::WrappedUp {
                call: CallId::from_bits(call),
                wrap_up: WrapUp { topic: Some(text.as_str().into()), code: None, solved: maybe.map(|m| m % 2 == 0), ..WrapUp::default() },
            },
        };
        let about = if pick == 6 { About::Agent { agent: AgentId::new(&text), seq } }
            else { About::Call { call: CallId::from_bits(call), seq } };
        let fact = Fact { id: FactId(id), at: Moment::from_micros(at), about, what };
        prop_assert_eq!(decode(&encode(&fact)), Ok(fact.clone()));
        prop_assert_eq!(wire::to_proto(&fact).encode_to_vec(), encode(&fact));
    }

    #[test]
    fn no_bytes_can_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = decode(&bytes);
        let _ = decode_person(&bytes);
    }
}

fn check(golden: &BTreeMap<&str, &str>, name: &str, now: &[u8], reads_the_same: bool, missing: &mut String) {
    if golden.contains_key(name) {
        assert!(reads_the_same, "the old bytes of {name} no longer mean the same");
    } else {
        writeln!(missing, "{name} {}", hex(now)).expect("a string takes everything");
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes everything");
        text
    })
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).filter_map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()).collect()
}
