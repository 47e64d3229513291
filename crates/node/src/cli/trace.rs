//! `samkald trace`: the SIP messages of one call as a ladder while they pass, and as a capture file when it is over.
//! Knows the API's messages; draws by the same ladder as the tests. English: operators read RFCs.

mod drawn;

use std::io::{Write as _, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use api::ENGLISH_KEY;
use api::proto::operation as pb;
use api::proto::operation::operation_client::OperationClient;
use api::proto::operation::start_trace_request::About;
use api::proto::operation::watch_trace_response::Told;
use clap::Args;
use sip::trace::Kept;
use sip::trace::ladder::Ladder;
use tonic::Status;
use tonic::transport::Channel;

use crate::cli::server::ServerArgs;

/// Shown by `--help`.
pub(crate) const EXAMPLES: &str = "Examples:\n  \
    samkald trace --number 20123456 --for 120          calls from or to a number, masked\n  \
    samkald trace --agent agent0001 --headers          an agent's phone, with the telling headers\n  \
    samkald trace --call 019e3c1f0d2a00000000000000000007 --pcap call.pcap\n  \
    samkald trace --number 20123456 --unmasked --reason 'case 4711: wrong caller id'\n\n\
    Ends by itself, or by Ctrl-C. Exit code 0 when the trace was carried out, 1 when not, 2 for wrong flags.\n\
    A masked trace shows agents' ids, the lines' numbers, our hosts and the trunks'; everybody else has an alias that tells the\n\
    form of the number (p1.e164, p1.national). Passwords' proofs, sound keys and pressed digits are never shown.";

/// The SIP messages of one call.
#[derive(Args, Clone, Debug)]
pub(crate) struct TraceArgs {
    #[command(flatten)]
    about: AboutArgs,
    /// For how long, in seconds: 1 to 3600.
    #[arg(long = "for", value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3600))]
    for_s: u32,
    /// Write a capture file when the trace is over; tshark, Wireshark and sngrep read it.
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,
    /// The telling headers below each message.
    #[arg(long)]
    headers: bool,
    /// One JSON object a message, with its whole text.
    #[arg(long, conflicts_with = "headers")]
    json: bool,
    /// Show numbers, names and addresses. Needs a reason; both are logged and written to the audit file.
    #[arg(long, requires = "reason")]
    unmasked: bool,
    /// Why personal data must be seen: 10 to 200 characters.
    #[arg(long, value_name = "TEXT", requires = "unmasked")]
    reason: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

/// What to trace.
#[derive(Args, Clone, Debug)]
#[group(required = true, multiple = false)]
struct AboutArgs {
    /// A call: 32 hexadecimal digits, as the desk, `samkald why` and the facts show it.
    #[arg(long, value_name = "ID")]
    call: Option<String>,
    /// A number that calls or is called, in any form.
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
    /// An agent's id.
    #[arg(long, value_name = "ID")]
    agent: Option<String>,
}

/// Traces until the time is over, the node ends, or Ctrl-C.
pub(crate) async fn run(args: TraceArgs) -> anyhow::Result<ExitCode> {
    let mut client = OperationClient::new(args.server.connect().await?);
    let begun = match client.start_trace(wish(&args)).await {
        Ok(begun) => begun.into_inner(),
        Err(status) => return Ok(refused(&status)),
    };
    let (messages, ended) = follow(&mut client, begun.trace_id, &args).await?;
    if let Some(file) = &args.pcap {
        std::fs::write(file, sip::trace::pcap::file(&messages))
            .with_context(|| format!("--pcap {}", file.display()))?;
    }
    match ended {
        Ok(beyond) => {
            let legs = messages.iter().map(|kept| kept.leg).max().unwrap_or(0);
            eprintln!("{} messages on {legs} legs, {beyond} beyond what is kept", messages.len());
            Ok(ExitCode::SUCCESS)
        }
        Err(status) => Ok(refused(&status)),
    }
}

/// Reads and draws; gives back all messages, and how many were not kept.
async fn follow(
    client: &mut OperationClient<Channel>,
    trace_id: u64,
    args: &TraceArgs,
) -> anyhow::Result<(Vec<Kept>, Result<u64, Status>)> {
    let mut stream = match client.watch_trace(pb::WatchTraceRequest { trace_id }).await {
        Ok(stream) => stream.into_inner(),
        Err(status) => return Ok((Vec::new(), Err(status))),
    };
    let mut ladder = Ladder::new(args.headers);
    let mut messages = Vec::new();
    if !args.json {
        tell(&Ladder::heading())?;
    }
    loop {
        let told = tokio::select! {
            told = stream.message() => told,
            _ = tokio::signal::ctrl_c() => {
                // It may have ended meanwhile; the stream says how it went.
                let _ = client.stop_trace(pb::StopTraceRequest { trace_id }).await;
                continue;
            }
        };
        match told.map(|told| told.and_then(|told| told.told)) {
            Ok(Some(Told::Message(message))) => {
                let Some(kept) = drawn::kept(&message) else { continue };
                tell(&if args.json {
                    format!("{}\n", drawn::json(&message))
                } else {
                    ladder.message(&kept, &drawn::time_of_day(&kept))
                })?;
                messages.push(kept);
            }
            Ok(Some(Told::End(end))) => return Ok((messages, Ok(end.beyond))),
            Ok(None) => return Ok((messages, Ok(0))),
            Err(status) => return Ok((messages, Err(status))),
        }
    }
}

fn wish(args: &TraceArgs) -> pb::StartTraceRequest {
    let AboutArgs { call, number, agent } = args.about.clone();
    let about = call.map(About::CallId).or(number.map(About::Number)).or(agent.map(About::AgentId));
    let reason = args.reason.clone().filter(|_| args.unmasked).unwrap_or_default();
    let operator = std::env::var("USER").unwrap_or_default();
    pb::StartTraceRequest { about, for_s: args.for_s, unmasked_reason: reason, operator }
}

fn tell(text: &str) -> std::io::Result<()> {
    let mut out = stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Says in English why not.
pub(super) fn refused(status: &Status) -> ExitCode {
    let english = status.metadata().get(ENGLISH_KEY).and_then(|text| text.to_str().ok());
    eprintln!("{}", english.unwrap_or(status.message()));
    ExitCode::FAILURE
}
