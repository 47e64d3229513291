//! A promise as the parts of a line, and back. A line that says nothing known is passed over, never guessed.
//! Knows the order of the parts, which is only added to.

use std::time::Duration;

use model::{BookedSlot, CallId, Language, LineId, Moment, MunicipalityId, PhoneNumber, Promise, QueueId};

/// How many parts the first version has.
const PARTS: usize = 16;

pub(super) fn write(promise: &Promise) -> Vec<String> {
    let at = |moment: Moment| moment.as_micros().to_string();
    let maybe = |moment: Option<Moment>| moment.map(at).unwrap_or_default();
    let parts = vec![
        promise.number.reveal().to_owned(),
        promise.line.to_string(),
        promise.rung.to_string(),
        promise.queue.to_string(),
        promise.language.to_string(),
        promise.municipality.map(|whose| whose.0.to_string()).unwrap_or_default(),
        at(promise.since),
        promise.waited.as_micros().to_string(),
        at(promise.until),
        maybe(promise.not_before),
        promise.attempts.to_string(),
        promise.attempts_max.to_string(),
        maybe(promise.slot.map(|slot| slot.from)),
        maybe(promise.slot.map(|slot| slot.until)),
        promise.facts.to_string(),
        promise.again_after.as_micros().to_string(),
    ];
    debug_assert_eq!(parts.len(), PARTS);
    parts
}

pub(super) fn read(key: &str, parts: &[String]) -> Option<Promise> {
    let part = |no: usize| parts.get(no).map(String::as_str);
    let moment = |no: usize| Some(Moment::from_micros(part(no)?.parse().ok()?));
    let maybe = |no: usize| match part(no)? {
        "" => Some(None),
        _ => moment(no).map(Some),
    };
    if parts.len() < PARTS {
        return None;
    }
    let slot = maybe(12)?.zip(maybe(13)?).map(|(from, until)| BookedSlot { from, until });
    Some(Promise {
        call: CallId::from_bits(u128::from_str_radix(key, 16).ok()?),
        number: PhoneNumber::from_kept(part(0)?).ok()?,
        line: LineId::new(part(1)?),
        rung: LineId::new(part(2)?),
        queue: QueueId::new(part(3)?),
        language: Language::new(part(4)?),
        municipality: match part(5)? {
            "" => None,
            number => Some(MunicipalityId(number.parse().ok()?)),
        },
        since: moment(6)?,
        waited: Duration::from_micros(part(7)?.parse().ok()?),
        until: moment(8)?,
        not_before: maybe(9)?,
        attempts: part(10)?.parse().ok()?,
        attempts_max: part(11)?.parse().ok()?,
        slot,
        facts: part(14)?.parse().ok()?,
        again_after: Duration::from_micros(part(15)?.parse().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_read_as_it_was_written_and_half_a_line_is_none() {
        let at = Moment::from_secs(1_772_449_200);
        let slot = Some(BookedSlot { from: at, until: at + Duration::from_secs(1_800) });
        let promise = Promise {
            call: CallId::from_bits(0x0001_a1ee_565e_0002),
            number: PhoneNumber::parse("20304050").expect("a number"),
            line: "pas-da".into(),
            rung: "hoved".into(),
            queue: "pas".into(),
            language: "da".into(),
            municipality: Some(MunicipalityId(751)),
            since: at,
            waited: Duration::from_millis(12_345),
            until: at + Duration::from_secs(86_400),
            not_before: None,
            attempts: 1,
            attempts_max: 3,
            again_after: Duration::from_secs(300),
            slot,
            facts: 17,
        };
        let parts = write(&promise);
        assert_eq!(read(&promise.call.to_string(), &parts), Some(promise.clone()));
        let bare = Promise { slot: None, municipality: None, not_before: Some(at), ..promise };
        assert_eq!(read(&bare.call.to_string(), &write(&bare)), Some(bare));
        assert_eq!(read("1", &parts[..PARTS - 1]), None);
        assert_eq!(read("no number", &parts), None);
    }
}
