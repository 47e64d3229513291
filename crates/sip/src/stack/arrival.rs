//! What an INVITE from a trunk says about the call: number dialled, who rings, by which numbers it came.
//!
//! Withheld numbers are dropped here, before anything of the house sees them. Knows which header is trusted
//! before which; does not know which numbers are lines.

use bytes::Bytes;
use model::{Arrival, BadNumber, Caller, CallerText, Dialled, LegId, PhoneNumber};

use super::trunks::TrunkSettings;
use crate::message::{HeaderName, Headers, NameAddr, Request, Uri};

/// Most numbers that may tell the municipality; further ones are not looked at.
const REACHED_BY_MAX: usize = 16;

/// Reads the arrival, or says with which status the INVITE is refused.
pub(crate) fn read(request: &Request, leg: LegId, trunk: &TrunkSettings, offer: Option<Bytes>) -> Result<Arrival, u16> {
    let dialled = dialled(&request.uri, trunk)?;
    let (reached_by, caller) = (reached_by(&request.headers, trunk), caller(&request.headers, trunk));
    Ok(Arrival { leg, trunk: trunk.id.clone(), dialled, reached_by, caller, offer })
}

/// The session in the body, copied so that the datagram can go; 415 for a body that we can't read.
pub(crate) fn offer_of(request: &Request) -> Result<Option<Bytes>, u16> {
    if request.body.is_empty() {
        return Ok(None);
    }
    let encoding = request.headers.get(HeaderName::ContentEncoding);
    if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
        return Err(415);
    }
    match request.session() {
        Some(session) => Ok(Some(Bytes::copy_from_slice(&session))),
        None => Err(415),
    }
}

fn dialled(uri: &Uri, trunk: &TrunkSettings) -> Result<Dialled, u16> {
    let user = uri.user_unescaped().unwrap_or_default();
    Dialled::parse(&trunk.format_in.read(&user)).map_err(|bad| match bad {
        BadNumber::Empty => 484,
        BadNumber::TooLong | BadNumber::NotDigits => 404,
    })
}

/// In the order of trust; what is no number is left out, and one number is not told twice in a row. Of a trunk that is not
/// trusted only To counts, which everybody may write.
fn reached_by(headers: &Headers, trunk: &TrunkSettings) -> Vec<Dialled> {
    let history = headers.history();
    let mut diversions: Vec<NameAddr<'_>> = headers.diversions().collect();
    diversions.reverse();
    let told = history.iter().map(|entry| entry.address).chain(diversions).chain(headers.called_party());
    let addresses = told.filter(|_| trunk.trusted).chain(headers.to());
    let mut numbers: Vec<Dialled> = addresses
        .filter_map(|address| address.uri().ok())
        .filter_map(|uri| Dialled::parse(&trunk.format_in.read(number_part(&uri.user_unescaped()?))).ok())
        .take(REACHED_BY_MAX)
        .collect();
    numbers.dedup();
    numbers.shrink_to_fit();
    numbers
}

fn caller(headers: &Headers, trunk: &TrunkSettings) -> Caller {
    let from = headers.from();
    let anonymous = from.and_then(|from| from.uri().ok()).is_some_and(|uri| {
        let host = uri.host_text();
        host.eq_ignore_ascii_case("anonymous.invalid")
            || uri.user().is_some_and(|user| user.eq_ignore_ascii_case("anonymous"))
    });
    if anonymous || headers.privacy("id") || headers.privacy("user") || headers.privacy("header") {
        return Caller::Withheld;
    }
    let number_of = |address| number_of(address, trunk);
    let mut asserted = headers.asserted_identities().filter(|_| trunk.trusted);
    let first = asserted.next();
    if let Some(number) = first.into_iter().chain(asserted).chain(from).find_map(number_of) {
        return Caller::Number(number);
    }
    first.or(from).map_or(Caller::Withheld, text_of)
}

fn number_of(address: NameAddr<'_>, trunk: &TrunkSettings) -> Option<PhoneNumber> {
    let uri = address.uri().ok()?;
    PhoneNumber::parse(&trunk.format_in.read(number_part(&uri.user_unescaped()?))).ok()
}

fn text_of(address: NameAddr<'_>) -> Caller {
    let display = address.display();
    if !display.trim().is_empty() {
        return Caller::Text(CallerText::new(display.trim()));
    }
    match address.uri() {
        Ok(uri) => match uri.user_unescaped() {
            Some(user) => Caller::Text(CallerText::new(&user)),
            None if uri.host_text().is_empty() => Caller::Withheld,
            None => Caller::Text(CallerText::new(uri.host_text())),
        },
        Err(_) => Caller::Text(CallerText::new(address.uri_text())),
    }
}

/// A user part without the parameters that telephone numbers may have (`+4520123456;phone-context=…`).
fn number_part(user: &str) -> &str {
    user.split(';').next().unwrap_or("")
}
