//! Headers that are lists of addresses, routes or words (RFC 3261 §20, RFC 3323, RFC 3325, RFC 7315, RFC 3326).
//! Knows how they are written; what follows from them is the stack's.

use super::params::{Params, split_outside_quotes};
use super::{AuthParams, HeaderName, Headers, NameAddr};

impl Headers {
    /// All contacts; malformed ones are left out.
    pub fn contacts(&self) -> impl Iterator<Item = NameAddr<'_>> {
        self.addresses(HeaderName::Contact)
    }
    /// The first contact.
    pub fn contact(&self) -> Option<NameAddr<'_>> {
        self.contacts().next()
    }
    /// The routes that a request still has to take, the next one first.
    pub fn routes(&self) -> impl Iterator<Item = NameAddr<'_>> {
        self.addresses(HeaderName::Route)
    }
    /// The proxies that want to stay in the dialog, as they stand.
    pub fn record_routes(&self) -> impl Iterator<Item = NameAddr<'_>> {
        self.addresses(HeaderName::RecordRoute)
    }
    /// Who rings, asserted by a peer; to be believed only from a trunk (RFC 3325).
    pub fn asserted_identities(&self) -> impl Iterator<Item = NameAddr<'_>> {
        self.addresses(HeaderName::PAssertedIdentity)
    }
    /// For whom the call was before the last hop rewrote it (RFC 7315 §4.2).
    pub fn called_party(&self) -> Option<NameAddr<'_>> {
        self.addresses(HeaderName::PCalledPartyId).next()
    }
    /// Whether a word stands in a list such as Supported, Require or Allow; case does not matter.
    pub fn lists(&self, name: HeaderName, word: &str) -> bool {
        self.values(name).any(|value| value.eq_ignore_ascii_case(word))
    }
    /// Whether Privacy has that word: `id`, `user`, `header`, `none`, `critical` (RFC 3323 §4.2: separated by `;`, by some with commas).
    pub fn privacy(&self, word: &str) -> bool {
        self.all(HeaderName::Privacy)
            .flat_map(|line| line.split([';', ',']))
            .any(|value| value.trim().eq_ignore_ascii_case(word))
    }
    /// Hops that are left; 70 where it is not said (RFC 3261 §8.1.1.6).
    pub fn max_forwards(&self) -> u8 {
        self.get(HeaderName::MaxForwards).and_then(|text| text.parse().ok()).unwrap_or(70)
    }
    /// Content-Type without parameters, as written; with them in [`Headers::content_type_params`].
    pub fn content_type(&self) -> Option<&str> {
        self.get(HeaderName::ContentType).map(|text| text.split(';').next().unwrap_or("").trim_end())
    }
    /// The parameters of Content-Type.
    pub fn content_type_params(&self) -> Params<'_> {
        let text = self.get(HeaderName::ContentType).unwrap_or("");
        Params::new(text.find(';').map_or("", |at| &text[at..]))
    }
    /// The Q.850 cause of a Reason header (RFC 3326): 16 normal, 17 busy …
    pub fn q850_cause(&self) -> Option<u8> {
        self.values(HeaderName::Reason)
            .find(|value| value.split(';').next().is_some_and(|protocol| protocol.trim().eq_ignore_ascii_case("Q.850")))
            .and_then(|value| Params::new(value.find(';').map_or("", |at| &value[at..])).get("cause"))
            .and_then(|cause| cause.parse().ok())
    }
    /// The SIP status of a Reason header (RFC 3326): 200 is "call completed elsewhere".
    pub fn reason_status(&self) -> Option<u16> {
        self.values(HeaderName::Reason)
            .find(|value| value.split(';').next().is_some_and(|protocol| protocol.trim().eq_ignore_ascii_case("SIP")))
            .and_then(|value| Params::new(value.find(';').map_or("", |at| &value[at..])).get("cause"))
            .and_then(|cause| cause.parse().ok())
    }
    /// Credentials with which a request was sent, or a challenge that came in a response; one entry a line.
    pub fn auth(&self, name: HeaderName) -> impl Iterator<Item = AuthParams<'_>> {
        self.all(name).filter_map(AuthParams::read)
    }

    fn addresses(&self, name: HeaderName) -> impl Iterator<Item = NameAddr<'_>> {
        self.values(name).filter_map(NameAddr::read)
    }
    /// Diversions in the order in which they stand: the latest on top (RFC 5806 §5).
    pub fn diversions(&self) -> impl Iterator<Item = NameAddr<'_>> {
        self.all(HeaderName::Diversion).flat_map(|line| split_outside_quotes(line, b',')).filter_map(NameAddr::read)
    }
}
