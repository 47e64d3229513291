//! What a folder that can't be had at the start costs: recordings until it can, and nothing after that.
//! Plays the scribe, on virtual time.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use model::{AgentId, CallId, LineId, MunicipalityId, RecordingId, RecordingKey};
use store::{Asked, Kept, KeptState, Wanted};

use super::*;

const KEY: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

fn tape(call: u128, began: Moment) -> Tape {
    Tape {
        recording: RecordingId { call: CallId::from_bits(call), number: 1 },
        person: None,
        municipality: MunicipalityId(751),
        line: LineId::new("borgerservice"),
        agent: AgentId::new("anna"),
        key: RecordingKey::parse(KEY).expect("a key"),
        keep_days: 30,
        began,
    }
}

fn shelf(folder: &std::path::Path, clock: Clock) -> ArchiveShelf {
    let attic = Arc::new(Attic { folder: folder.to_owned(), clock, opened: Mutex::new(None) });
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    ArchiveShelf { attic, archive: None, runtime: Arc::new(runtime) }
}

impl ArchiveShelf {
    fn list(&self) -> Vec<Kept> {
        self.runtime.block_on(async {
            let asked = Asked::new("Bente Borger", "tilsyn", self.attic.clock.now()).expect("a name and a reason");
            let wanted = Wanted { deleted: true, ..Wanted::default() };
            self.attic.archive().await.expect("opens").list(&wanted, &asked).await.expect("listed").kept
        })
    }
}

#[test]
fn a_folder_that_can_not_be_had_at_the_start_is_tried_again_and_put_in_order_before_the_first_recording() {
    let (folder, clock) = (tempfile::tempdir().expect("a folder"), Clock::start());
    let now = clock.now();
    let mode = |mode| fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).expect("ours");
    mode(0o700);
    // An earlier node died in the middle of two recordings: one is over its date by now.
    let mut earlier = shelf(folder.path(), clock);
    for (call, began) in [(1, now), (2, Moment::from_secs(1_000_000))] {
        std::mem::forget(earlier.begin(&tape(call, began)).expect("begins"));
    }
    mode(0o755);
    let mut shelf = shelf(folder.path(), clock);
    assert!(shelf.begin(&tape(3, now)).is_err(), "others can read the folder");
    mode(0o700);
    let open = shelf.begin(&tape(3, now)).expect("the folder is ours alone again");
    let states: Vec<KeptState> = shelf.list().iter().map(|kept| kept.state).collect();
    assert_eq!(states, [KeptState::Broken, KeptState::Broken, KeptState::Running], "only what was cut is closed");
    open.keep(now, 0).expect("kept");
    let archive = shelf.runtime.block_on(shelf.attic.archive()).expect("opens");
    shelf.runtime.block_on(sweep(&archive, now));
    let states: Vec<KeptState> = shelf.list().iter().map(|kept| kept.state).collect();
    assert_eq!(states, [KeptState::Deleted, KeptState::Broken, KeptState::Whole], "the old one is gone on its date");
}
