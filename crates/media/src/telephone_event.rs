//! Key presses as telephone events (RFC 4733): one digit for each press, however many packets tell of it.
//!
//! A press sends many packets with one timestamp, the last of them three times; any of them may be lost. The first
//! that comes tells the digit, the rest of the same press are silent. Knows nothing of what a digit is for.

use crate::rtp::RtpHeader;

/// One packet's event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TelephoneEvent {
    /// 0–9, 10 `*`, 11 `#`, 12–15 `A`–`D`, others are no keys (RFC 4733 §3.2).
    pub code: u8,
    /// Whether the key was let go.
    pub end: bool,
    /// How long it has been down, in ticks of the event's clock.
    pub duration: u16,
}

impl TelephoneEvent {
    /// Reads the four bytes of the event; of redundant ones only the first.
    pub fn read(payload: &[u8]) -> Option<Self> {
        let [code, flags, high, low] = *payload.first_chunk::<4>()?;
        Some(Self { code, end: flags & 0x80 != 0, duration: u16::from_be_bytes([high, low]) })
    }

    /// Tells the durations of a payload's events in another clock (both in ticks a second). A press that is too long for
    /// the new one's 16 bits stays at the longest that can be told.
    pub(crate) fn change_clock(payload: &mut [u8], from: u32, to: u32) {
        if from == to || from == 0 {
            return;
        }
        for event in payload.chunks_exact_mut(4) {
            let duration = u64::from(u16::from_be_bytes([event[2], event[3]]));
            let told = (duration * u64::from(to) / u64::from(from)).min(u64::from(u16::MAX)) as u16;
            event[2..].copy_from_slice(&told.to_be_bytes());
        }
    }

    /// The key, if the event is one.
    pub fn digit(self) -> Option<char> {
        KEYS.get(usize::from(self.code)).map(|key| char::from(*key))
    }
}

/// The keys by their codes.
const KEYS: &[u8; 16] = b"0123456789*#ABCD";
/// How long a press that we tell lasts, in packets of 20 ms: longer than the 40 ms that receivers ask for (ITU-T Q.24).
const PRESS_PACKETS: u16 = 5;
/// How often its end is told (RFC 4733 §2.5.1.4).
const END_PACKETS: u16 = 3;

/// How loud it would be: −10 dBm0, as most phones say.
const LEVEL: u8 = 0x0a;

/// A press that no packet told of, told by packets of ours: one each 20 ms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OwnPress {
    code: u8,
    /// Packets that went.
    told: u16,
}

impl OwnPress {
    /// `None`: no key.
    pub fn new(key: char) -> Option<Self> {
        let code = KEYS.iter().position(|known| char::from(*known) == key)?;
        Some(Self { code: code as u8, told: 0 })
    }

    pub(crate) const fn is_first(self) -> bool {
        self.told == 0
    }

    /// The next packet's event, until all is told; the clock in ticks a second.
    pub(crate) fn next(&mut self, clock_rate: u32) -> Option<[u8; 4]> {
        if self.told == PRESS_PACKETS + END_PACKETS - 1 {
            return None;
        }
        self.told += 1;
        let packets = u32::from(self.told.min(PRESS_PACKETS));
        let [high, low] = ((packets * clock_rate / 50).min(u32::from(u16::MAX)) as u16).to_be_bytes();
        let end = if self.told >= PRESS_PACKETS { 0x80 } else { 0 };
        Some([self.code, end | LEVEL, high, low])
    }
}

/// Remembers the last press of a leg, so that each is told once.
#[derive(Clone, Debug, Default)]
pub struct KeyPresses {
    last: Option<(u32, u32)>,
}

impl KeyPresses {
    /// Nothing was pressed.
    pub const fn new() -> Self {
        Self { last: None }
    }

    /// The digit, when this packet is the first to tell of its press.
    pub fn heard(&mut self, header: &RtpHeader, payload: &[u8]) -> Option<char> {
        let digit = TelephoneEvent::read(payload)?.digit()?;
        if let Some((ssrc, timestamp)) = self.last
            && ssrc == header.ssrc
            && (header.timestamp.wrapping_sub(timestamp) as i32) <= 0
        {
            return None;
        }
        self.last = Some((header.ssrc, header.timestamp));
        Some(digit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The packets of one press: (timestamp, payload).
    fn press(code: u8, timestamp: u32) -> Vec<(u32, [u8; 4])> {
        let going = (1..=5_u8).map(|n| (timestamp, [code, 10, n, 64]));
        let ending = std::iter::repeat_n((timestamp, [code, 0x8a, 6, 64]), 3);
        going.chain(ending).collect()
    }

    fn digits(packets: impl IntoIterator<Item = (u32, [u8; 4])>) -> String {
        let mut keys = KeyPresses::default();
        let heard = packets.into_iter().filter_map(|(timestamp, payload)| {
            let header =
                RtpHeader { payload_type: 101, marker: false, sequence: 0, timestamp, ssrc: 5, payload: 12..16 };
            keys.heard(&header, &payload)
        });
        heard.collect()
    }

    #[test]
    fn each_press_is_one_digit() {
        let packets = [press(1, 1000), press(1, 5000), press(10, 9000), press(11, 12_000), press(15, 15_000)].concat();
        assert_eq!(digits(packets), "11*#D");
    }

    #[test]
    fn a_press_is_heard_whichever_packets_are_lost() {
        for kept in 0..8 {
            let packets = [vec![press(7, u32::MAX - 100)[kept]], press(8, 2000)].concat();
            assert_eq!(digits(packets), "78", "only packet {kept} came");
        }
    }

    #[test]
    fn a_late_packet_of_an_earlier_press_is_no_press() {
        let late = press(3, 1000).pop().expect("eight packets");
        assert_eq!(digits([press(3, 1000), press(4, 4000), vec![late]].concat()), "34");
    }

    #[test]
    fn a_press_lasts_as_long_in_another_clock() {
        for (from, to, told, then) in
            [(8_000, 48_000, 1_600_u16, 9_600_u16), (48_000, 8_000, 9_600, 1_600), (8_000, 48_000, 20_000, u16::MAX)]
        {
            let mut payload = [[5, 0x8a].as_slice(), &told.to_be_bytes(), &[7]].concat();
            TelephoneEvent::change_clock(&mut payload, from, to);
            assert_eq!(payload, [[5, 0x8a].as_slice(), &then.to_be_bytes(), &[7]].concat(), "{from} to {to}");
        }
    }

    #[test]
    fn a_press_that_we_tell_grows_and_ends_three_times() {
        let mut press = OwnPress::new('#').expect("a key");
        let told: Vec<TelephoneEvent> =
            std::iter::from_fn(|| press.next(8_000)).filter_map(|event| TelephoneEvent::read(&event)).collect();
        let lengths: Vec<(u16, bool)> = told.iter().map(|event| (event.duration, event.end)).collect();
        let ends = [(800, true); 3];
        assert_eq!(lengths, [[(160, false), (320, false), (480, false), (640, false)].as_slice(), &ends].concat());
        assert!(told.iter().all(|event| event.digit() == Some('#')));
        assert_eq!(OwnPress::new('x'), None);
    }

    #[test]
    fn what_is_no_key_is_silent() {
        assert_eq!(digits(press(16, 1000)), "");
        assert_eq!(TelephoneEvent::read(&[1, 2, 3]), None);
    }
}
