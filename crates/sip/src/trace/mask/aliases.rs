//! Who is called what in one trace: the same person, host or address gets the same alias each time.
//!
//! Bounded; beyond the bound all others share one alias. Remembers what it hides, so that it is found elsewhere too.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use model::Dialled;

/// Aliases of each kind; further persons and hosts share the alias 0.
const ALIASES_MAX: usize = 1_024;
/// Digits in a row by which a number is found again.
pub(super) const WINDOW: usize = 5;
/// Letters of a name by which it is found again.
const NAME_CHARS_MIN: usize = 4;

/// The aliases of one trace.
#[derive(Debug, Default)]
pub(crate) struct Aliases {
    persons: BTreeMap<Box<str>, usize>,
    names: BTreeMap<Box<str>, usize>,
    hosts: BTreeMap<Box<str>, usize>,
    addresses: BTreeMap<IpAddr, usize>,
    /// Every run of five digits of the numbers that are hidden.
    windows: BTreeSet<[u8; WINDOW]>,
}

impl Aliases {
    /// A user part (unescaped). Its form stays readable: `p1.e164`, `p1.00`, `p1.45`, `p1.national`, `p1.short`, `p2`.
    pub(super) fn user(&mut self, user: &str) -> String {
        let digits = user.split(';').next().unwrap_or("");
        let Ok(number) = Dialled::parse(digits) else {
            self.remember_digits(user);
            return format!("p{}", number_of(&mut self.persons, user));
        };
        self.remember_digits(digits);
        self.remember_digits(number.as_str());
        format!("p{}.{}", number_of(&mut self.persons, number.as_str()), form(digits))
    }

    /// A display name.
    pub(super) fn name(&mut self, name: &str) -> String {
        self.remember_digits(name);
        format!("name{}", number_of(&mut self.names, name))
    }

    /// A host's name.
    pub(super) fn host(&mut self, host: &str) -> String {
        format!("host{}.invalid", number_of(&mut self.hosts, host))
    }

    /// An address, out of the blocks that are kept for documentation (RFC 5737, RFC 3849).
    pub(super) fn address(&mut self, address: IpAddr) -> IpAddr {
        let number = number_of(&mut self.addresses, &address);
        match address {
            IpAddr::V4(_) if number < 255 => Ipv4Addr::new(198, 51, 100, number as u8).into(),
            IpAddr::V4(_) => Ipv4Addr::new(203, 0, 113, (number % 254) as u8).into(),
            IpAddr::V6(_) => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, number as u16).into(),
        }
    }

    /// Whether five digits in a row are a hidden number's.
    pub(super) fn hides(&self, window: &[u8]) -> bool {
        <&[u8; WINDOW]>::try_from(window).is_ok_and(|window| self.windows.contains(window))
    }

    /// Hidden names that are long enough to be looked for in free text.
    pub(super) fn hidden_names(&self) -> impl Iterator<Item = &str> {
        let users = self.persons.keys().filter(|user| user.chars().any(char::is_alphabetic));
        self.names.keys().chain(users).map(|name| &**name).filter(|name| name.chars().count() >= NAME_CHARS_MIN)
    }

    fn remember_digits(&mut self, text: &str) {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
        for window in digits.windows(WINDOW) {
            if self.windows.len() < ALIASES_MAX * 16
                && let Ok(window) = window.try_into()
            {
                self.windows.insert(window);
            }
        }
    }
}

/// The number of a key, from 1; 0 beyond the bound.
fn number_of<K: Ord + Clone>(known: &mut BTreeMap<K, usize>, key: &(impl ToOwned<Owned: Into<K>> + ?Sized)) -> usize {
    let key: K = key.to_owned().into();
    let next = known.len() + 1;
    if next > ALIASES_MAX {
        return known.get(&key).copied().unwrap_or(0);
    }
    *known.entry(key).or_insert(next)
}

/// How a number is written, which is what goes wrong between networks.
fn form(digits: &str) -> &'static str {
    let plain: String = digits.chars().filter(char::is_ascii_digit).collect();
    if digits.starts_with('+') {
        "e164"
    } else if plain.starts_with("00") {
        "00"
    } else if plain.len() == 10 && plain.starts_with("45") {
        "45"
    } else if plain.len() >= 8 {
        "national"
    } else {
        "short"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_has_one_alias_however_the_number_is_written() {
        let mut aliases = Aliases::default();
        let forms = ["+4520123456", "004520123456", "4520123456", "20123456", "112", "anna"];
        let shown: Vec<String> = forms.iter().map(|form| aliases.user(form)).collect();
        assert_eq!(shown, ["p1.e164", "p1.00", "p1.45", "p1.national", "p2.short", "p3"]);
        assert!(aliases.hides(b"12345") && aliases.hides(b"52012") && !aliases.hides(b"54321"));
    }

    #[test]
    fn beyond_the_bound_all_share_one_alias() {
        let mut aliases = Aliases::default();
        for number in 0..ALIASES_MAX {
            aliases.host(&format!("h{number}"));
        }
        assert_eq!((aliases.host("h0"), aliases.host("new")), ("host1.invalid".to_owned(), "host0.invalid".to_owned()));
        assert_eq!(aliases.hosts.len(), ALIASES_MAX);
    }
}
