//! What the tests that span crates share: the source tree as it stands, the workspace as cargo sees it, and a
//! running centre with real phones around it. Knows the program only from outside, as an operator does.

use std::process::Child;
use std::time::{Duration, Instant};

mod authority;
mod baresip;
pub mod g711;
mod http;
mod melody;
pub mod net;
mod opened;
mod phones;
mod pipe;
mod rings;
mod running;
mod sipp;
mod softphone;
pub mod told;
pub mod tone;
mod tree;
mod turn_server;
mod voice;
mod wall_clock;
mod wishes;
mod workspace;

pub use authority::Authority;
pub use baresip::{Baresip, RunningBaresip};
pub use g711::Law;
pub use http::{Page, get};
pub use melody::{Ear, Melody};
pub use net::Net;
pub use phones::{phones_are_there, python};
pub use pipe::{Both, Pipe, connect};
pub use running::{Leaks, RunningCentre, program};
pub use sipp::{RunningSipp, Sipp};
pub use softphone::{Make, RunningSoftphone, Softphone};
pub use tree::{Source, rust_sources, text_files, top};
pub use turn_server::TurnServer;
pub use voice::{Heard, Voice};
pub use wall_clock::clock_of_its_own;
pub use wishes::Wishes;
pub use workspace::{Crate, OutsideCrate, Workspace};

/// Asks again and again until there is an answer, or patience is over.
pub fn until<T>(patience: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    const BETWEEN: Duration = Duration::from_millis(25);
    let begun = Instant::now();
    loop {
        let answer = ask();
        if answer.is_some() || begun.elapsed() > patience {
            return answer;
        }
        std::thread::sleep(BETWEEN);
    }
}

/// What can be sent to a process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signal {
    /// SIGTERM.
    Terminate,
    /// SIGSTOP: it hangs.
    Stop,
    /// SIGCONT: it goes on.
    GoOn,
    /// SIGHUP: it reads its plan again.
    ReadAgain,
}

/// Sends a signal to a process of ours.
pub fn signal(child: &Child, signal: Signal) {
    let signal = match signal {
        Signal::Terminate => rustix::process::Signal::TERM,
        Signal::ReadAgain => rustix::process::Signal::HUP,
        Signal::Stop => rustix::process::Signal::STOP,
        Signal::GoOn => rustix::process::Signal::CONT,
    };
    let id = rustix::process::Pid::from_child(child);
    // It may have ended a moment ago: then there is nothing to be told.
    let _ = rustix::process::kill_process(id, signal);
}
