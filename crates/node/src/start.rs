//! `samkald serve`: starts a node, waits for the word to stop, drains it.
//! Knows signals and exit codes; what draining means is known in the shards.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use api::Denied;
use change::Refused;
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::{error, info, warn};
use tracing_subscriber::EnvFilter;

use crate::node::Node;
use crate::settings::{Log, Settings};
use crate::versions::by_the_file;

/// How often a draining node looks whether it is empty.
const DRAIN_LOOK: Duration = Duration::from_millis(100);

/// Runs until SIGTERM or SIGINT, then lets talks finish. At SIGHUP it reads the plan again.
pub(crate) fn serve(settings: &Settings) -> ExitCode {
    start_log(&settings.log);
    warn_of_plain_passwords(settings);
    let hangups = hangups();
    let node = match Node::start(settings) {
        Ok(node) => node,
        Err(fault) => {
            error!("the node can't start: {fault:#}");
            eprintln!("samkald can't start: {fault:#}");
            return ExitCode::FAILURE;
        }
    };
    node.office().block_on(async {
        tokio::select! {
            () = told_to_stop() => {}
            () = node.fails() => {}
            () = reads_plans_again(&node, hangups) => {}
        }
    });
    finish(node, settings.node.drain_max)
}

/// From now on SIGHUP ends nothing, and is heard; also while the node still starts, which has no runtime for it yet.
fn hangups() -> Option<Signal> {
    let runtime = Builder::new_current_thread().enable_all().build().ok()?;
    let _inside = runtime.enter();
    signal(SignalKind::hangup()).ok()
}

/// Reads the plan again at each SIGHUP. Until there is one, and for ever: the node's end is somebody else's.
async fn reads_plans_again(node: &Node, hangups: Option<Signal>) {
    let Some(mut told) = hangups else { return std::future::pending().await };
    while told.recv().await.is_some() {
        let versions = node.versions();
        let read = tokio::task::spawn_blocking(move || versions.reload_file(&by_the_file("SIGHUP"), false));
        match read.await {
            Ok(Ok(_)) => {}
            Ok(Err(Denied::Refused(Refused::NothingChanges))) => info!("the plan was read again: nothing has changed"),
            Ok(Err(denied)) => tell(&denied),
            Err(_) => error!("the plan was read again and a bug was met; the present one stays in force"),
        }
    }
    std::future::pending::<()>().await;
}

/// Why the plan that was read again is not used.
fn tell(denied: &Denied) {
    let why = match denied {
        Denied::Refused(refused) => format!("{refused} ({})", refused.english()),
        Denied::NotTaken(da, en) if da == en => da.clone(),
        Denied::NotTaken(da, en) => format!("{da} ({en})"),
        Denied::NoDisk => "the data folder can't be used".to_owned(),
        Denied::NoRoom => "there is no room for more uploaded sounds".to_owned(),
    };
    error!("the plan was read again and is not used; the present one stays in force: {why}");
}

/// On a machine that others reach, passwords should not be there for everyone who reads the plan.
fn warn_of_plain_passwords(settings: &Settings) {
    let passwords = settings.plain_passwords;
    let reachable = settings.sip.listen.iter().any(|listen| !listen.addr.ip().is_loopback());
    if passwords > 0 && reachable {
        warn!(passwords, "the plan has passwords that anyone can read who can read it: seal them with samkald seal");
    }
}

/// No new calls; talks finish, for at most `drain_max` or until told again to stop. Success, unless a shard has failed.
pub(crate) fn finish(mut node: Node, drain_max: Duration) -> ExitCode {
    info!("draining: no new calls, talks finish");
    node.drain();
    let finished = node.office().block_on(async {
        let until = tokio::time::Instant::now() + drain_max;
        while node.calls() > 0 && tokio::time::Instant::now() < until {
            tokio::select! {
                () = tokio::time::sleep(DRAIN_LOOK) => {}
                () = told_to_stop() => break,
            }
        }
        node.calls() == 0
    });
    if !finished {
        info!("{} calls are let go: the drain's time is over, or it was cut short", node.calls());
    }
    let failed = node.has_failed();
    node.stop();
    if failed {
        error!("stopped because a shard had failed; its calls are closed as cut by the next start");
        return ExitCode::FAILURE;
    }
    info!("stopped");
    ExitCode::SUCCESS
}

/// The process's one TLS provider and one log.
pub(crate) fn start_log(log: &Log) {
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // Only a second call can fail, and then there is a log already.
    let _ = if log.json { lines.json().try_init() } else { lines.try_init() };
}

/// SIGTERM or SIGINT.
pub(crate) async fn told_to_stop() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
