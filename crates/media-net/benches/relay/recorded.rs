//! Talks that are recorded: a tape for each, and a shelf that keeps nothing but counts.
//! Knows what is asked of the workers; sealing and disks are another matter.

use std::io;

use media_net::{Sealing, Shelf};
use model::{AgentId, CallId, LineId, Moment, MunicipalityId, RecordingId, RecordingKey, Tape};

use crate::phones::now;

/// Where nothing stays.
pub(crate) struct Nowhere;

impl Shelf for Nowhere {
    fn begin(&mut self, _tape: &Tape) -> io::Result<Box<dyn Sealing>> {
        Ok(Box::new(Self))
    }
}

impl Sealing for Nowhere {
    fn write(&mut self, _bytes: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn keep(self: Box<Self>, _ended: Moment, lost: u32) -> io::Result<()> {
        assert_eq!(lost, 0, "the scribe keeps up");
        Ok(())
    }

    fn give_up(self: Box<Self>, _ended: Moment) {}
}

/// The tape of a call.
pub(crate) fn tape(call: u16) -> Tape {
    let recording = RecordingId { call: CallId::from_bits(u128::from(call)), number: 1 };
    let (municipality, line, agent) = (MunicipalityId(751), LineId::new("pas"), AgentId::new("anna"));
    let key = RecordingKey::of([9; 32]);
    // A tape holds silence from its beginning on.
    let began = Moment::from_micros(now() as i64 / 1000);
    Tape { recording, person: None, municipality, line, agent, key, keep_days: 30, began }
}
