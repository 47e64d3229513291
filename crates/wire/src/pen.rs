//! Writes protobuf fields into a byte buffer (wire types 0 and 2 of the encoding specification).
//!
//! Knows no messages. A nested message is written in place and its length put in front of it
//! afterwards, so nothing is measured twice and nothing is allocated but the buffer itself.

/// Writes fields after whatever the buffer already holds. Like proto3, it leaves out fields that have their default.
pub(crate) struct Pen<'a>(pub(crate) &'a mut Vec<u8>);

const VARINT: u32 = 0;
const COUNTED: u32 = 2;
/// Up to this length a nested message's length takes one byte.
const SHORT_MAX: usize = 0x7f;

impl Pen<'_> {
    /// A number or enum; left out when 0.
    pub(crate) fn number(&mut self, field: u32, value: u64) {
        if value != 0 {
            self.present(field, value);
        }
    }
    /// An optional number that is there, even when it is 0.
    pub(crate) fn present(&mut self, field: u32, value: u64) {
        self.key(field, VARINT);
        varint(self.0, value);
    }
    /// A signed number (`int64`, negative ones take ten bytes); left out when 0.
    pub(crate) fn signed(&mut self, field: u32, value: i64) {
        self.number(field, value as u64);
    }
    /// A signed number that is often negative (`sint64`, zigzag: small ones are short); left out when 0.
    pub(crate) fn zigzag(&mut self, field: u32, value: i64) {
        self.number(field, ((value << 1) ^ (value >> 63)) as u64);
    }
    /// Text; left out when empty.
    pub(crate) fn text(&mut self, field: u32, text: &str) {
        if !text.is_empty() {
            self.present_text(field, text);
        }
    }
    /// Optional text that is there, even when it is empty.
    pub(crate) fn present_text(&mut self, field: u32, text: &str) {
        self.counted(field, text.as_bytes());
    }
    /// 16 bytes, big-endian.
    pub(crate) fn bits(&mut self, field: u32, bits: u128) {
        self.counted(field, &bits.to_be_bytes());
    }
    /// A nested message, which is there even when it is empty.
    pub(crate) fn message(&mut self, field: u32, fill: impl FnOnce(&mut Pen<'_>)) {
        self.key(field, COUNTED);
        let length_at = self.0.len();
        self.0.push(0);
        fill(&mut Pen(self.0));
        let length = self.0.len() - length_at - 1;
        if length <= SHORT_MAX {
            self.0[length_at] = length as u8;
            return;
        }
        let mut longer = Vec::with_capacity(5);
        varint(&mut longer, length as u64);
        self.0.splice(length_at..=length_at, longer);
    }

    fn counted(&mut self, field: u32, bytes: &[u8]) {
        self.key(field, COUNTED);
        varint(self.0, bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }
    fn key(&mut self, field: u32, wire_type: u32) {
        varint(self.0, u64::from(field << 3 | wire_type));
    }
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
