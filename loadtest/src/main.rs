//! `loadtest`: queue calls over real SIP (and RTP) on loopback against any server of this shape, in figures.
//!
//! Bounded in count and time. Measures the server from outside: its answers, and its process by `/proc`.

mod process;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use phones::{Load, Storm, Waiting};

use process::{Process, Spent};

/// A storm of registrations is given up after this.
const STORM_MAX: Duration = Duration::from_secs(120);
/// Storms of one run at most.
const STORMS_MAX: u32 = 100;

/// Queue calls over real SIP on loopback, in figures.
#[derive(Parser)]
#[command(
    version,
    after_help = "Examples:\n  \
    samkald serve --config config/bench.toml &\n  \
    loadtest calls --rate 1000 --calls 20000 --pid $!\n  \
    loadtest waiting --number 7001 --calls 2000 --pid $!\n  \
    loadtest free --number 7020 --calls 500\n  \
    samkald serve --config config/storm.toml &\n  \
    loadtest registrations --server 127.0.0.1:25061 --pid $!"
)]
struct Cli {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Queue calls at a rate: failures, delays, CPU per 1,000 calls.
    Calls {
        #[command(flatten)]
        common: Common,
        /// How long citizen and agent talk, in ms.
        #[arg(long, default_value_t = 100)]
        talk_ms: u64,
        /// How long an agent's phone rings, in ms.
        #[arg(long, default_value_t = 0)]
        ring_ms: u64,
        /// Both sides send sound.
        #[arg(long)]
        sound: bool,
    },
    /// Calls that wait for nobody: memory of each, CPU while they wait.
    Waiting {
        #[command(flatten)]
        common: Common,
        /// How long they wait once all are there, in s.
        #[arg(long, default_value_t = 20)]
        wait_s: u64,
    },
    /// Phones that register all at once, as after a power cut; and all once more.
    Registrations {
        /// The server's SIP address.
        #[arg(long, default_value = "127.0.0.1:25060")]
        server: SocketAddr,
        /// How many phones.
        #[arg(long, default_value_t = 10_000)]
        phones: u32,
        /// Behind how many addresses they sit.
        #[arg(long, default_value_t = 40)]
        offices: u32,
        /// How often all register.
        #[arg(long, default_value_t = 2)]
        times: u32,
        /// The server's process, to measure what it spends.
        #[arg(long)]
        pid: Option<u32>,
    },
    /// Agents that become free while citizens wait: from free to the next offer.
    Free {
        #[command(flatten)]
        common: Common,
        /// How long an agent talks, in ms.
        #[arg(long, default_value_t = 200)]
        talk_ms: u64,
    },
}

#[derive(Args)]
struct Common {
    /// The server's SIP address.
    #[arg(long, default_value = "127.0.0.1:25060")]
    server: SocketAddr,
    /// Where the trunk rings from (port 0: a free one).
    #[arg(long, default_value = "127.0.0.1:0")]
    trunk_at: SocketAddr,
    /// Where the agents' phones are.
    #[arg(long, default_value = "127.0.0.1:26000")]
    agents_at: SocketAddr,
    /// The number dialled.
    #[arg(long, default_value = "7000")]
    number: String,
    /// Calls a second.
    #[arg(long, default_value_t = 100.0)]
    rate: f64,
    /// Calls in all.
    #[arg(long, default_value_t = 2_000)]
    calls: u64,
    /// The server's process, to measure what it spends.
    #[arg(long)]
    pid: Option<u32>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    match Cli::parse().what {
        What::Calls { common, talk_ms, ring_ms, sound } => {
            let load = Load {
                talk: Duration::from_millis(talk_ms),
                ring: Duration::from_millis(ring_ms),
                sound,
                ..load(&common)
            };
            calls(&load, common.pid).await
        }
        What::Waiting { common, wait_s } => waiting(&common, Duration::from_secs(wait_s)).await,
        What::Registrations { server, phones, offices, times, pid } => {
            registrations(server, (phones, offices), times, pid).await
        }
        What::Free { common, talk_ms } => {
            let found = phones::free_to_offer(&Load { talk: Duration::from_millis(talk_ms), ..load(&common) }).await?;
            println!("taken          {} of {}", found.taken, common.calls);
            println!("free to offer  {}", found.delay);
            Ok(if found.taken == common.calls { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

fn load(common: &Common) -> Load {
    Load {
        server: common.server,
        trunk_at: common.trunk_at,
        agents_at: common.agents_at,
        number: common.number.clone(),
        rate: common.rate,
        calls: common.calls,
        talk: Duration::ZERO,
        ring: Duration::ZERO,
        sound: false,
    }
}

async fn calls(load: &Load, pid: Option<u32>) -> anyhow::Result<ExitCode> {
    let process = pid.map(Process::new);
    let before = process.as_ref().map(Process::spent).transpose()?;
    let report = phones::queue_calls(load, |so_far| eprintln!("{} begun, {} done", so_far.begun, so_far.good)).await?;
    println!(
        "calls            {} good of {}, {} refused {:?}",
        report.good,
        report.begun,
        report.refused.values().sum::<u64>(),
        report.refused
    );
    println!(
        "failed           {} ({:.3} %)",
        report.failed(),
        100.0 * report.failed() as f64 / report.begun.max(1) as f64
    );
    println!("requests again   {}", report.repeated);
    println!("rate             {:.1} calls/s", report.rate());
    println!("INVITE to offer  {}", report.invite_to_offer);
    println!("INVITE to 200    {}", report.invite_to_answer);
    if report.invite_to_refusal.count() > 0 {
        println!("INVITE to 4xx-6xx {}", report.invite_to_refusal);
    }
    if let (Some(process), Some(before)) = (process, before) {
        let spent = process.spent()?;
        println!("CPU              {:.3} s for 1,000 calls", (spent - before).cpu_s / report.begun.max(1) as f64 * 1e3);
        println!("memory           {} KiB resident, {} threads", spent.resident_kib, spent.threads);
    }
    Ok(if report.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn registrations(
    server: SocketAddr,
    (phones, offices): (u32, u32),
    times: u32,
    pid: Option<u32>,
) -> anyhow::Result<ExitCode> {
    let process = pid.map(Process::new);
    let (prefix, password) = ("phone".into(), "{id}-secret".into());
    let storm = Storm { server, phones, offices, prefix, password, patience: STORM_MAX };
    let mut out = 0;
    for time in 1..=times.min(STORMS_MAX) {
        let before = process.as_ref().map(Process::spent).transpose()?;
        let report = phones::storm(&storm).await?;
        println!(
            "storm {time}          {} of {phones} registered in {:.2} s",
            report.registered,
            report.took.as_secs_f64()
        );
        println!("  begin to 200   {}", report.delay);
        println!("  requests       {}, {} of them again", report.sent, report.repeated);
        println!("  put off (503)  {}, refused {}", report.put_off, report.refused);
        if let (Some(process), Some(before)) = (&process, before) {
            let spent = process.spent()?;
            let each = (spent - before).cpu_s / report.registered.max(1) as f64;
            println!("  CPU            {:.3} ms a phone, {} KiB resident", each * 1e3, spent.resident_kib);
        }
        out += u64::from(phones) - report.registered;
    }
    Ok(if out == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn waiting(common: &Common, wait: Duration) -> anyhow::Result<ExitCode> {
    let process = common.pid.map(Process::new);
    let before = process.as_ref().map(Process::spent).transpose()?;
    let waiting = Waiting {
        server: common.server,
        trunk_at: common.trunk_at,
        number: common.number.clone(),
        rate: common.rate,
        calls: common.calls,
        wait,
    };
    let ended = phones::waiting_calls(&waiting, async |count| {
        println!("waiting          {count}");
        if let (Some(process), Some(before)) = (&process, before)
            && let Err(fault) = measure_waiting(process, before, count, wait).await
        {
            eprintln!("the process can't be measured: {fault:#}");
        }
    })
    .await?;
    println!("ended well       {ended} of {}", common.calls);
    Ok(if ended == common.calls { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn measure_waiting(process: &Process, before: Spent, count: u64, wait: Duration) -> anyhow::Result<()> {
    let full = process.spent()?;
    let grown = full.resident_kib.saturating_sub(before.resident_kib);
    println!("memory           {:.1} KiB a waiting call, {} threads", grown as f64 / count as f64, full.threads);
    let half = wait / 2;
    tokio::time::sleep(half).await;
    let used = (process.spent()? - full).cpu_s / half.as_secs_f64();
    println!("CPU              {:.2} % of a core while they wait", used * 100.0);
    Ok(())
}
