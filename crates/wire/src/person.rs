//! Persons into bytes and back. They never lie among the facts, and never leave by the event stream.
//! Knows the field numbers; nothing here shows a number or a name.

use model::{Caller, CallerText, Moment, PersonRecord, PersonRef, PhoneNumber};
use prost::Message;

use crate::pen::Pen;
use crate::read::{BadFact, bits};
use crate::v1;

/// Appends a person's bytes to `out`. A withheld caller has nothing to keep: only the reference and the moment are written.
pub fn encode_person(record: &PersonRecord, out: &mut Vec<u8>) {
    let mut pen = Pen(out);
    pen.bits(1, record.person.0);
    match &record.caller {
        Caller::Withheld => {}
        Caller::Number(number) => pen.present_text(2, number.reveal()),
        Caller::Text(text) => pen.present_text(3, text.reveal()),
    }
    pen.signed(4, record.seen_at.as_micros());
}

/// Reads a person.
pub fn decode_person(bytes: &[u8]) -> Result<PersonRecord, BadFact> {
    let it = v1::Person::decode(bytes)?;
    Ok(PersonRecord {
        person: PersonRef(bits(&it.person, "person")?),
        caller: match &it.caller {
            None => Caller::Withheld,
            Some(v1::person::Caller::Number(number)) => {
                Caller::Number(PhoneNumber::from_kept(number).map_err(|_| BadFact::BadValue("number"))?)
            }
            Some(v1::person::Caller::Text(text)) => Caller::Text(CallerText::new(text)),
        },
        seen_at: Moment::from_micros(it.seen_at_us),
    })
}
