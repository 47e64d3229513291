//! A worker's legs whose other side is a program: their turn each 20 ms, and what is told of them.
//! Knows legs and their streams; not what a program wants with a call.

use media::{FRAME_BYTES_MAX, MediaEvent, StreamEvent, StreamTo, Streamed};
use model::LegId;

use super::Worker;
use crate::beat::GROUPS;

impl<E: Fn(MediaEvent)> Worker<E> {
    /// Begins a leg's stream; a leg without sound has none.
    pub(super) fn stream(&mut self, leg: LegId, to: StreamTo) {
        self.table.end_stream(leg);
        self.table.part(leg);
        let Some(place) = self.table.place_of(leg) else { return };
        let Some(codec) = self.table.legs[place].sound.codec() else {
            return (self.events)(MediaEvent::Streamed { leg, what: StreamEvent::Gone });
        };
        let stream = self.streams.begin(to, Streamed::new(codec));
        self.table.legs[place].stream = Some(Box::new(stream));
        self.table.streaming[place % GROUPS].push(place);
    }

    /// The turn of a group's streams.
    pub(super) fn beat_streams(&mut self, group: usize) {
        let at = self.clock.now();
        let mut gone = Vec::new();
        for place in &self.table.streaming[group] {
            let leg = &mut self.table.legs[*place];
            let Some(stream) = leg.stream.as_mut() else { continue };
            while let Some(what) = stream.told() {
                (self.events)(MediaEvent::Streamed { leg: leg.id, what });
                if what == StreamEvent::Gone {
                    gone.push(leg.id);
                }
            }
            // What it says under a prompt is not kept for later; only its first word is.
            let frame = stream.turn(leg.playing.is_none());
            self.figures.not_streamed += std::mem::take(&mut stream.not_taken);
            let Some(frame) = frame else { continue };
            let mut room = [0; FRAME_BYTES_MAX];
            let (codec, said) = (stream.sound.codec(), stream.sound.say(&frame, &mut room));
            self.figures.packets_out += u64::from(leg.send_frame(|wanted| (wanted == codec).then_some(said), at));
        }
        for leg in gone {
            self.table.end_stream(leg);
        }
    }
}
