//! The header names that we know, with their compact forms (RFC 3261 §7.3.3). Case does not matter.
//! Knows spellings; doesn't know what stands behind the colon.

use std::fmt;

macro_rules! names {
    ($($variant:ident $text:literal $(| $compact:literal)?,)*) => {
        /// The name of a header line.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum HeaderName {
            $(#[doc = concat!("`", $text, "`")] $variant,)*
            /// Any other; found by its text ([`super::Headers::other`]).
            Other,
        }

        impl HeaderName {
            /// The name as we write it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other => "X-Other",
                }
            }
            /// Which name a text is, in any case, long or compact.
            #[cfg(test)]
            fn read_slowly(text: &str) -> Self {
                $(if text.eq_ignore_ascii_case($text) $(|| text.eq_ignore_ascii_case($compact))? { return Self::$variant; })*
                Self::Other
            }
            #[cfg(test)]
            const TEXTS: &'static [&'static str] = &[$($text, $($compact,)?)*];
        }
    };
}

names! {
    Accept "Accept",
    AlertInfo "Alert-Info",
    Allow "Allow",
    Authorization "Authorization",
    CallId "Call-ID" | "i",
    CallInfo "Call-Info",
    Contact "Contact" | "m",
    ContentDisposition "Content-Disposition",
    ContentEncoding "Content-Encoding" | "e",
    ContentLength "Content-Length" | "l",
    ContentType "Content-Type" | "c",
    CSeq "CSeq",
    Date "Date",
    Diversion "Diversion",
    Event "Event" | "o",
    Expires "Expires",
    From "From" | "f",
    HistoryInfo "History-Info",
    MaxForwards "Max-Forwards",
    MinExpires "Min-Expires",
    MinSe "Min-SE",
    PAssertedIdentity "P-Asserted-Identity",
    PCalledPartyId "P-Called-Party-ID",
    Path "Path",
    Privacy "Privacy",
    ProxyAuthenticate "Proxy-Authenticate",
    ProxyAuthorization "Proxy-Authorization",
    ProxyRequire "Proxy-Require",
    RAck "RAck",
    RSeq "RSeq",
    Reason "Reason",
    RecordRoute "Record-Route",
    ReferTo "Refer-To" | "r",
    Require "Require",
    RetryAfter "Retry-After",
    Route "Route",
    Server "Server",
    SessionExpires "Session-Expires" | "x",
    Subject "Subject" | "s",
    Supported "Supported" | "k",
    To "To" | "t",
    Unsupported "Unsupported",
    UserAgent "User-Agent",
    Via "Via" | "v",
    Warning "Warning",
    WwwAuthenticate "WWW-Authenticate",
}

impl HeaderName {
    /// Which name a text is. By length and first letter, so that a name costs one or two comparisons.
    pub fn read(text: &str) -> Self {
        let Some(first) = text.as_bytes().first() else { return Self::Other };
        let first = first.to_ascii_lowercase();
        let is = |name: Self| text.eq_ignore_ascii_case(name.as_str());
        let candidates: &[Self] = match (text.len(), first) {
            (1, letter) => return Self::compact(letter),
            (2, b't') => return if is(Self::To) { Self::To } else { Self::Other },
            (3, b'v') => &[Self::Via],
            (4, b'f') => &[Self::From],
            (4, b'c') => &[Self::CSeq],
            (4, b'd') => &[Self::Date],
            (4, b'p') => &[Self::Path],
            (4, b'r') => &[Self::RAck, Self::RSeq],
            (5, b'a') => &[Self::Allow],
            (5, b'e') => &[Self::Event],
            (5, b'r') => &[Self::Route],
            (6, b'a') => &[Self::Accept],
            (6, b'm') => &[Self::MinSe],
            (6, b'r') => &[Self::Reason],
            (6, b's') => &[Self::Server],
            (7, b'c') => &[Self::Contact, Self::CallId],
            (7, b'e') => &[Self::Expires],
            (7, b'p') => &[Self::Privacy],
            (7, b'r') => &[Self::Require],
            (7, b's') => &[Self::Subject],
            (7, b'w') => &[Self::Warning],
            (8, b'r') => &[Self::ReferTo],
            (9, b'c') => &[Self::CallInfo],
            (9, b'd') => &[Self::Diversion],
            (9, b's') => &[Self::Supported],
            (10, b'a') => &[Self::AlertInfo],
            (10, b'u') => &[Self::UserAgent],
            (11, b'm') => &[Self::MinExpires],
            (11, b'r') => &[Self::RetryAfter],
            (11, b'u') => &[Self::Unsupported],
            (12, b'c') => &[Self::ContentType],
            (12, b'h') => &[Self::HistoryInfo],
            (12, b'm') => &[Self::MaxForwards],
            (12, b'r') => &[Self::RecordRoute],
            (13, b'a') => &[Self::Authorization],
            (13, b'p') => &[Self::ProxyRequire],
            (14, b'c') => &[Self::ContentLength],
            (15, b's') => &[Self::SessionExpires],
            (16, b'c') => &[Self::ContentEncoding],
            (16, b'w') => &[Self::WwwAuthenticate],
            (17, b'p') => &[Self::PCalledPartyId],
            (18, b'p') => &[Self::ProxyAuthenticate],
            (19, b'c') => &[Self::ContentDisposition],
            (19, b'p') => &[Self::PAssertedIdentity, Self::ProxyAuthorization],
            _ => &[],
        };
        candidates.iter().copied().find(|name| is(*name)).unwrap_or(Self::Other)
    }

    fn compact(letter: u8) -> Self {
        match letter {
            b'c' => Self::ContentType,
            b'e' => Self::ContentEncoding,
            b'f' => Self::From,
            b'i' => Self::CallId,
            b'k' => Self::Supported,
            b'l' => Self::ContentLength,
            b'm' => Self::Contact,
            b'o' => Self::Event,
            b'r' => Self::ReferTo,
            b's' => Self::Subject,
            b't' => Self::To,
            b'v' => Self::Via,
            b'x' => Self::SessionExpires,
            _ => Self::Other,
        }
    }
}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_in_every_case_and_form() {
        for text in HeaderName::TEXTS {
            let expected = HeaderName::read_slowly(text);
            assert_ne!(expected, HeaderName::Other, "{text}");
            for form in [(*text).to_owned(), text.to_uppercase(), text.to_lowercase()] {
                assert_eq!(HeaderName::read(&form), expected, "{form}");
            }
        }
    }

    #[test]
    fn a_name_that_only_looks_alike_is_another() {
        for text in ["", "q", "Vie", "P-Asserted-Identitx", "CallxID", "From2"] {
            assert_eq!(HeaderName::read(text), HeaderName::Other, "{text}");
        }
    }
}
