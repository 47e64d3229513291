//! `samkald bans`, `samkald phones`, `samkald trunks`: what stands at the SIP edge just now, as a table or as JSON.
//! Knows the API's messages only. English: for operators.

use std::process::ExitCode;

use api::proto::operation as pb;
use api::proto::operation::operation_client::OperationClient;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::cli::server::ServerArgs;
use crate::cli::trace::refused;

/// Who is not heard.
#[derive(Args, Clone, Debug)]
pub(crate) struct BansArgs {
    #[command(subcommand)]
    what: Option<BansWhat>,
    #[command(flatten)]
    shown: ShownArgs,
}

#[derive(Subcommand, Clone, Debug)]
enum BansWhat {
    /// Those in force (the default).
    List,
    /// End one before its time.
    Release {
        /// An address, or a network of IPv6, as the list has it.
        #[arg(value_name = "ADDRESS")]
        source: String,
    },
}

/// How it is shown, and by which centre.
#[derive(Args, Clone, Debug)]
pub(crate) struct ShownArgs {
    /// One JSON object a line.
    #[arg(long, global = true)]
    json: bool,
    #[command(flatten)]
    server: ServerArgs,
}

/// Lists bans, or ends one.
pub(crate) async fn bans(args: BansArgs) -> anyhow::Result<ExitCode> {
    let mut client = OperationClient::new(args.shown.server.connect().await?);
    if let Some(BansWhat::Release { source }) = args.what {
        return Ok(match client.release_ban(pb::ReleaseBanRequest { source }).await {
            Ok(_) => ExitCode::SUCCESS,
            Err(status) => refused(&status),
        });
    }
    let bans = match client.list_bans(pb::ListBansRequest {}).await {
        Ok(told) => told.into_inner().bans,
        Err(status) => return Ok(refused(&status)),
    };
    let rows = bans.iter().map(|ban| {
        let row = vec![
            ban.source.clone(),
            ban.reason.clone(),
            clock(ban.since_unix_ms),
            clock(ban.until_unix_ms),
            ban.times.to_string(),
        ];
        let json = json!({
            "source": ban.source,
            "reason": ban.reason,
            "since_unix_ms": ban.since_unix_ms,
            "until_unix_ms": ban.until_unix_ms,
            "times": ban.times,
        });
        (row, json)
    });
    show(&["source", "reason", "since", "until", "times"], rows, args.shown.json);
    Ok(ExitCode::SUCCESS)
}

/// Lists the phones that have registered.
pub(crate) async fn phones(args: ShownArgs) -> anyhow::Result<ExitCode> {
    let mut client = OperationClient::new(args.server.connect().await?);
    let phones = match client.list_registrations(pb::ListRegistrationsRequest {}).await {
        Ok(told) => told.into_inner().registrations,
        Err(status) => return Ok(refused(&status)),
    };
    let rows = phones.iter().map(|phone| {
        let yes = |holds: bool| if holds { "yes" } else { "no" }.to_owned();
        let row = vec![
            phone.agent_id.clone(),
            phone.transport.clone(),
            phone.address.clone(),
            yes(phone.behind_nat),
            yes(phone.reachable),
            clock(phone.expires_unix_ms),
        ];
        let json = json!({
            "agent_id": phone.agent_id,
            "transport": phone.transport,
            "address": phone.address,
            "behind_nat": phone.behind_nat,
            "reachable": phone.reachable,
            "expires_unix_ms": phone.expires_unix_ms,
        });
        (row, json)
    });
    show(&["agent", "transport", "address", "nat", "reachable", "expires"], rows, args.json);
    Ok(ExitCode::SUCCESS)
}

/// Lists the trunks.
pub(crate) async fn trunks(args: ShownArgs) -> anyhow::Result<ExitCode> {
    let mut client = OperationClient::new(args.server.connect().await?);
    let trunks = match client.list_trunks(pb::ListTrunksRequest {}).await {
        Ok(told) => told.into_inner().trunks,
        Err(status) => return Ok(refused(&status)),
    };
    let rows = trunks.iter().map(|trunk| {
        let of = |used: u32, max: u32| if max == 0 { used.to_string() } else { format!("{used}/{max}") };
        let since = if trunk.since_unix_ms == 0 { "-".to_owned() } else { clock(trunk.since_unix_ms) };
        let row = vec![
            trunk.id.clone(),
            trunk.state.clone(),
            since,
            of(trunk.channels_in, trunk.channels_in_max),
            of(trunk.channels_out, trunk.channels_out_max),
            if trunk.outbound.is_empty() { "-".to_owned() } else { trunk.outbound.join(" ") },
        ];
        let json = json!({
            "id": trunk.id,
            "state": trunk.state,
            "since_unix_ms": trunk.since_unix_ms,
            "channels_in": trunk.channels_in,
            "channels_in_max": trunk.channels_in_max,
            "channels_out": trunk.channels_out,
            "channels_out_max": trunk.channels_out_max,
            "outbound": trunk.outbound,
        });
        (row, json)
    });
    show(&["trunk", "state", "since", "in", "out", "calls go out to"], rows, args.json);
    Ok(ExitCode::SUCCESS)
}

/// A table with columns as wide as what stands in them, or a JSON object a line.
fn show(heading: &[&str], rows: impl Iterator<Item = (Vec<String>, serde_json::Value)>, as_json: bool) {
    if as_json {
        return rows.for_each(|(_, json)| println!("{json}"));
    }
    let table: Vec<Vec<String>> = rows.map(|(row, _)| row).collect();
    print!("{}", aligned(heading, &table));
}

fn aligned(heading: &[&str], table: &[Vec<String>]) -> String {
    let heading = heading.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let wide = |column: usize| {
        let cells = table.iter().chain([&heading]).map(|row| row[column].chars().count());
        cells.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heading.len()).map(wide).collect();
    let mut text = String::new();
    for row in [&heading].into_iter().chain(table) {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// By the wall in Copenhagen: `2026-11-22 14:03:12`.
fn clock(at_unix_ms: i64) -> String {
    let zone = TimeZone::get("Europe/Copenhagen").unwrap_or(TimeZone::UTC);
    let at = Timestamp::from_millisecond(at_unix_ms);
    at.map_or_else(|_| "-".to_owned(), |at| at.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_stands_in_them() {
        let table =
            vec![vec!["192.0.2.7".to_owned(), "3".to_owned()], vec!["2001:db8::/64".to_owned(), "1".to_owned()]];
        let shown = aligned(&["source", "times"], &table);
        assert_eq!(shown, "source         times\n192.0.2.7      3\n2001:db8::/64  1\n");
        assert_eq!(aligned(&["source", "times"], &[]), "source  times\n");
        assert_eq!(clock(1_795_251_600_000), "2026-11-21 10:00:00");
    }
}
