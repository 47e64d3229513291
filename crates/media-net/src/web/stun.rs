//! What is read of a datagram before anything is believed: its kind, and whom a STUN request names.
//!
//! Reads only; allocates nothing. Whether the sender knows the password is the peer's matter.

/// Longest STUN message that is looked at, in bytes. Longer ones are strangers' (RFC 8489 §6.1: below the path's MTU).
const STUN_BYTES_MAX: usize = 1280;
/// Most attributes that are walked over. The user name is among the first of any browser's.
const ATTRIBUTES_MAX: usize = 16;
const HEADER_BYTES: usize = 20;
const BINDING_REQUEST: u16 = 0x0001;
const USERNAME: u16 = 0x0006;
const MAGIC_COOKIE: [u8; 4] = 0x2112_a442_u32.to_be_bytes();

/// What a datagram is by its first byte (RFC 7983 §7).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind<'a> {
    /// A connectivity check for this ICE name of ours.
    Check(&'a str),
    /// Another STUN message.
    Stun,
    Dtls,
    /// SRTP with this source number.
    Rtp(u32),
    Rtcp,
    /// Nothing that a browser sends.
    Garbage,
}

impl<'a> Kind<'a> {
    pub(crate) fn of(datagram: &'a [u8]) -> Self {
        match datagram {
            [0..=3, ..] if is_stun(datagram) => named(datagram).map_or(Self::Stun, Self::Check),
            [20..=63, ..] => Self::Dtls,
            [128..=191, kind, _, _, _, _, _, _, a, b, c, d, ..] => {
                // RFC 5761 §4: payload types 64 to 95 are RTCP's.
                let is_rtcp = (64..96).contains(&(kind & 0x7f));
                if is_rtcp { Self::Rtcp } else { Self::Rtp(u32::from_be_bytes([*a, *b, *c, *d])) }
            }
            _ => Self::Garbage,
        }
    }
}

fn is_stun(datagram: &[u8]) -> bool {
    (HEADER_BYTES..=STUN_BYTES_MAX).contains(&datagram.len()) && datagram[4..8] == MAGIC_COOKIE
}

/// Our half of the user name of a Binding request: what stands before the colon (RFC 8445 §7.2.2).
fn named(datagram: &[u8]) -> Option<&str> {
    if u16::from_be_bytes([datagram[0], datagram[1]]) != BINDING_REQUEST {
        return None;
    }
    let mut rest = &datagram[HEADER_BYTES..];
    for _ in 0..ATTRIBUTES_MAX {
        let [kind_high, kind_low, length_high, length_low, ..] = *rest else { return None };
        let length = usize::from(u16::from_be_bytes([length_high, length_low]));
        let value = rest.get(4..4 + length)?;
        if u16::from_be_bytes([kind_high, kind_low]) == USERNAME {
            let colon = value.iter().position(|byte| *byte == b':')?;
            return std::str::from_utf8(&value[..colon]).ok();
        }
        rest = rest.get(4 + length.next_multiple_of(4)..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![0, 1, 0, 0];
        bytes.extend(MAGIC_COOKIE);
        bytes.extend([7; 12]);
        for (kind, value) in attributes {
            bytes.extend(kind.to_be_bytes());
            bytes.extend((value.len() as u16).to_be_bytes());
            bytes.extend(*value);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
        bytes
    }

    #[test]
    fn a_check_names_our_half_of_the_user_name() {
        let bytes = request(&[(0x8022, b"a browser"), (USERNAME, b"00abcdef:theirs")]);
        assert_eq!(Kind::of(&bytes), Kind::Check("00abcdef"));
    }

    #[test]
    fn what_is_cut_off_or_lies_about_its_length_names_nobody() {
        let whole = request(&[(0x8022, b"a browser"), (USERNAME, b"00abcdef:theirs")]);
        for length in 0..whole.len() - 1 {
            assert!(!matches!(Kind::of(&whole[..length]), Kind::Check(_)), "{length} bytes");
        }
        let many = vec![(0x8022, &b""[..]); 40];
        assert_eq!(Kind::of(&request(&many)), Kind::Stun);
        assert_eq!(Kind::of(&request(&[(USERNAME, &[0xff, 0xfe, b':'])])), Kind::Stun);
        assert_eq!(Kind::of(&vec![0; 2000]), Kind::Garbage);
    }

    #[test]
    fn the_first_byte_tells_sound_from_handshakes() {
        assert_eq!(Kind::of(&[22, 254, 255]), Kind::Dtls);
        assert_eq!(Kind::of(&[0x80, 8, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9]), Kind::Rtp(9));
        assert_eq!(Kind::of(&[0x80, 200, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9]), Kind::Rtcp);
        for garbage in [&[][..], &[0x80], &[70; 40], &[255; 40]] {
            assert_eq!(Kind::of(garbage), Kind::Garbage);
        }
    }
}
