//! `samkald why`: why a call went to an agent, in Danish sentences or as JSON.
//! Knows the API's messages only.

use std::fmt::Write as _;
use std::process::ExitCode;

use api::proto::supervision as pb;
use api::proto::supervision::supervision_client::SupervisionClient;
use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tonic::Status;

use crate::cli::server::{ServerArgs, words};

/// Hexadecimal digits of a call.
const CALL_DIGITS: usize = 32;

/// Why a call went to an agent.
#[derive(Args, Clone, Debug)]
pub(crate) struct WhyArgs {
    /// A decision's number, or a call (32 hexadecimal digits) for all its offers. Nothing: the last decision.
    #[arg(value_name = "DECISION OR CALL")]
    which: Option<String>,
    /// One JSON object a decision, each on a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerArgs,
}

/// Tells it, and ends.
pub(crate) async fn run(args: WhyArgs) -> anyhow::Result<ExitCode> {
    let mut client = SupervisionClient::new(args.server.connect().await?);
    let told = match asked(args.which.as_deref()) {
        Some(Asked::Decision(decision)) => {
            client.explain(pb::ExplainRequest { decision }).await.map(|told| vec![told.into_inner()])
        }
        Some(Asked::Call(call_id)) => {
            client.explain_call(pb::ExplainCallRequest { call_id }).await.map(|told| told.into_inner().decisions)
        }
        None => Err(Status::invalid_argument(
            "skriv en afgørelses nummer, eller et opkald med 32 hexadecimale cifre (a decision's number, or a call)",
        )),
    };
    match told {
        Ok(decisions) if args.json => decisions.iter().for_each(|decision| println!("{}", in_json(decision))),
        Ok(decisions) if decisions.is_empty() => println!("Opkaldet blev aldrig tilbudt nogen."),
        Ok(decisions) => print!("{}", decisions.iter().map(in_words).collect::<Vec<_>>().join("\n")),
        Err(status) => {
            eprintln!("{}", words(&status));
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What is asked about.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// 0: the last one.
    Decision(u64),
    Call(String),
}

fn asked(which: Option<&str>) -> Option<Asked> {
    let Some(text) = which else { return Some(Asked::Decision(0)) };
    if text.len() == CALL_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(Asked::Call(text.to_owned()));
    }
    text.parse().ok().map(Asked::Decision)
}

fn in_words(told: &pb::ExplainResponse) -> String {
    let mut text = format!("Afgørelse {}, kl. {}", told.decision, time_of_day(told.at_unix_ms));
    if !told.call_id.is_empty() {
        let _ = write!(text, ", opkald {}", told.call_id);
    }
    if let Some(became) = became(&told.became) {
        let _ = write!(text, ": {became}");
    }
    text.push('\n');
    for sentence in &told.reasons_da {
        let _ = writeln!(text, "  {sentence}");
    }
    text
}

/// By the wall in Copenhagen: `14:03:12`.
fn time_of_day(at_unix_ms: i64) -> String {
    let zone = TimeZone::get("Europe/Copenhagen").unwrap_or(TimeZone::UTC);
    match Timestamp::from_millisecond(at_unix_ms) {
        Ok(at) => at.to_zoned(zone).strftime("%H:%M:%S").to_string(),
        Err(_) => "ukendt".to_owned(),
    }
}

/// What became of the offer; one that is newer than this program as it came.
fn became(name: &str) -> Option<&str> {
    Some(match name {
        "" => return None,
        "answered" => "besvaret",
        "declined" => "afvist",
        "busy" => "telefonen var optaget",
        "no_answer" => "det ringede for længe",
        "unreachable" => "telefonen kunne ikke nås",
        "citizen_gone" => "borgeren lagde på",
        "failed" => "en fejl hos centralen",
        other => other,
    })
}

fn in_json(told: &pb::ExplainResponse) -> Value {
    json!({
        "decision": told.decision,
        "at_unix_ms": told.at_unix_ms,
        "call_id": told.call_id,
        "agent_id": told.agent_id,
        "became": told.became,
        "because": told.because.as_ref().map(because),
        "reasons_da": told.reasons_da,
    })
}

fn because(because: &pb::Because) -> Value {
    json!({
        "agent_chose": because.agent_chose,
        "level": because.level,
        "lane": because.lane,
        "score": because.score,
        "waited_ms": because.waited_ms,
        "idle_ms": because.idle_ms,
        "candidates": because.candidates,
        "others": because.others.iter().map(rival).collect::<Vec<_>>(),
        "excluded_barred": because.excluded_barred,
        "excluded_reserved": because.excluded_reserved,
        "excluded_step": because.excluded_step,
        "excluded_kept_back": because.excluded_kept_back,
    })
}

fn rival(rival: &pb::Rival) -> Value {
    json!({
        "agent_id": rival.agent_id,
        "topic": rival.topic,
        "language": rival.language,
        "score": rival.score,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_decision_and_a_long_one_a_call() {
        let call = "0001a1ee565e00020000000000000029";
        assert_eq!(asked(Some(call)), Some(Asked::Call(call.to_owned())));
        assert_eq!((asked(Some("42")), asked(None)), (Some(Asked::Decision(42)), Some(Asked::Decision(0))));
        assert_eq!(asked(Some("anna")), None);
    }

    #[test]
    fn a_decision_is_told_with_its_time_its_call_and_what_became_of_it() {
        let told = pb::ExplainResponse {
            decision: 42,
            at_unix_ms: 1_795_251_600_000,
            call_id: "0001".to_owned(),
            became: "declined".to_owned(),
            reasons_da: vec!["Fordi.".to_owned(), "Og derfor.".to_owned()],
            ..pb::ExplainResponse::default()
        };
        assert_eq!(in_words(&told), "Afgørelse 42, kl. 10:00:00, opkald 0001: afvist\n  Fordi.\n  Og derfor.\n");
    }
}
