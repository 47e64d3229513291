//! Lets segments go that the database holds, without forgetting what is still going on.
//!
//! Facts of calls that are still open, and each agent's last state, are copied to one small file (`kept.log`)
//! before their segment is deleted: after a crash the calls are closed as cut from them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use model::{About, AgentId, AgentState, CallId, What};

use super::disk::sync_folder;
use super::read::{Reader, for_each_kept, for_each_record};
use super::record::{Header, Kind, put_record};

/// The file's name.
pub(crate) const KEPT: &str = "kept.log";

pub(crate) fn release(
    folder: &Path,
    reader: &Reader,
    carried: u64,
    still_open: impl Fn(CallId) -> bool,
) -> io::Result<()> {
    let going = reader.segments.fully_carried(carried);
    let (Some(first), Some(last)) = (going.first(), going.last()) else { return Ok(()) };
    let mut kept = Kept { still_open, calls: BTreeMap::new(), agents: BTreeMap::new() };
    for_each_kept(&reader.kept, |no, payload| {
        if no < first.first_no {
            kept.look(no, payload);
        }
    })?;
    for segment in &going {
        for_each_record(segment, |no, payload| kept.look(no, payload))?;
    }
    let header = Header { spool_id: reader.id.0, first_no: last.last_no, kind: Kind::Kept };
    replace(folder, &reader.kept, &kept.bytes(&header))?;
    for segment in &going {
        fs::remove_file(&segment.path)?;
        reader.segments.forget(&segment.path);
    }
    sync_folder(&reader.kept)
}

struct Kept<F> {
    still_open: F,
    calls: BTreeMap<u64, Vec<u8>>,
    agents: BTreeMap<AgentId, (u64, Vec<u8>)>,
}

impl<F: Fn(CallId) -> bool> Kept<F> {
    fn look(&mut self, no: u64, payload: &[u8]) {
        let Ok(fact) = wire::decode(payload) else { return };
        match fact.about {
            About::Call { call, .. } if (self.still_open)(call) => {
                self.calls.insert(no, payload.to_owned());
            }
            About::Agent { agent, .. } => {
                if let What::AgentBecame { state, .. } = fact.what {
                    self.agents.remove(&agent);
                    if state != AgentState::Off {
                        self.agents.insert(agent, (no, payload.to_owned()));
                    }
                }
            }
            About::Call { .. } | About::Node => {}
        }
    }

    fn bytes(self, header: &Header) -> Vec<u8> {
        let mut in_order = self.calls;
        in_order.extend(self.agents.into_values());
        let mut bytes = header.bytes().to_vec();
        for (no, payload) in in_order {
            put_record(&mut bytes, no, |out| out.extend_from_slice(&payload));
        }
        bytes
    }
}

fn replace(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = folder.join("kept.new");
    let mut file = File::create(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    sync_folder(path)
}
