//! The scribe without its thread: what one bad recording costs the others.
//! Knows what the shelf was told.

use std::sync::Mutex;

use model::{AgentId, CallId, LegSide, LineId, MunicipalityId, RecordingId, RecordingKey, ShardNo, Tape};

use super::*;

const KEY: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
const BEGAN: Moment = Moment::from_secs(1_795_000_000);

/// What each recording was told at its end.
#[derive(Clone, Default)]
struct Attic(Arc<Mutex<Vec<&'static str>>>);

impl Shelf for Attic {
    fn begin(&mut self, _tape: &Tape) -> io::Result<Box<dyn Sealing>> {
        Ok(Box::new(self.clone()))
    }
}

impl Sealing for Attic {
    fn write(&mut self, _bytes: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn keep(self: Box<Self>, _ended: Moment, _lost: u32) -> io::Result<()> {
        self.0.lock().expect("whole").push("kept");
        Ok(())
    }

    fn give_up(self: Box<Self>, _ended: Moment) {
        self.0.lock().expect("whole").push("given up");
    }
}

fn tape(number: u16) -> Tape {
    Tape {
        recording: RecordingId { call: CallId::from_bits(7), number },
        person: None,
        municipality: MunicipalityId(751),
        line: LineId::new("borgerservice"),
        agent: AgentId::new("anna"),
        key: RecordingKey::parse(KEY).expect("a key"),
        keep_days: 30,
        began: BEGAN,
    }
}

#[test]
fn a_packet_that_no_codec_stands_costs_its_own_recording_and_no_other() {
    let (attic, told) = (Attic::default(), Arc::new(Mutex::new(Vec::new())));
    let events = told.clone();
    let mut work = Work {
        ways: Vec::new(),
        stopping: Arc::default(),
        shelf: Box::new(attic.clone()),
        clock: Clock::start(),
        events: move |event| events.lock().expect("whole").push(event),
        open: BTreeMap::new(),
    };
    let (bad, good) = ((0, TapeNo(1)), (0, TapeNo(2)));
    let leg = LegId::new(ShardNo(0), LegSide::Inbound, 5);
    work.begin(bad, leg, &Begun::Talk(Box::new(tape(1))));
    work.begin(good, leg, &Begun::Talk(Box::new(tape(2))));
    work.work_on(bad, BEGAN, |_| panic!("a codec's bug"));
    assert!(!work.open.contains_key(&bad) && work.open.contains_key(&good));
    work.end_all(BEGAN + Duration::from_secs(1));
    assert_eq!(*attic.0.lock().expect("whole"), ["given up", "kept"]);
    let failed = MediaEvent::RecordingFailed { leg, recording: tape(1).recording };
    assert_eq!(*told.lock().expect("whole"), [failed]);
}
