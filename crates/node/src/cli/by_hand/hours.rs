//! `samkald hours close | extend | day | week`: opening hours changed by hand, and those of a running centre.
//! Knows how they are asked for; what they mean is the plan's matter.

use std::process::ExitCode;
use std::time::Duration;

use api::proto::administration as pb;
use clap::{Args, Subcommand};
use serde_json::json;

use super::desk::{LookArgs, WhyArgs, refused};
use super::when;

/// Changes of hours.
#[derive(Subcommand)]
pub(crate) enum ChangeHours {
    /// Luk en linje (eller alle med en kalender) i et tidsrum (close a line, or all with a calendar, for a time).
    #[command(after_help = "Examples:\n  samkald hours close --line pas-da --for 2h --why \"strømafbrydelse\"\n  \
        samkald hours close --line pas-da --until 14:00 --why \"strømafbrydelse\"\n  \
        samkald hours close --calendar hotline \\\n    \
        --from 2026-12-23T12:00 --until 2026-12-24T00:00 --why \"julefrokost\"")]
    Close(SpanArgs),
    /// Hold åbent i et tidsrum, også ud over det sædvanlige (keep open for a time, beyond the ordinary hours too).
    #[command(after_help = "Example:\n  samkald hours extend --line pas-da --until 20:00 --why \"valgdag\"")]
    Extend(SpanArgs),
    /// Åbningstider på én dag; uden --open: lukket (the hours of one day; without --open: closed).
    #[command(after_help = "Example:\n  samkald hours day --line pas-da --date 2026-12-30 \\\n    \
        --open 09:00-12:00 --why \"mellem jul og nytår\"")]
    Day(DayArgs),
    /// Åbningstider på en ugedag (the hours of a weekday).
    #[command(after_help = "Example:\n  samkald hours week --line pas-da --day thu \\\n    \
        --open 08:00-12:00 --open 13:00-18:00 --why \"lang torsdag\"")]
    Week(WeekArgs),
}

/// Whose hours.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct OfArgs {
    /// Én linje, også hvor den deler kalender med andre (one line's alone).
    #[arg(long, value_name = "LINJE")]
    line: Option<String>,
    /// Alle linjer med denne kalender (all lines with this calendar).
    #[arg(long, value_name = "KALENDER")]
    calendar: Option<String>,
}

/// From and until.
#[derive(Args)]
pub(crate) struct SpanArgs {
    #[command(flatten)]
    of: OfArgs,
    /// Fra, fx 12:00 eller 2026-12-24T12:00; uden: nu (from; without: now).
    #[arg(long, value_name = "TID")]
    from: Option<String>,
    /// Til, fx 14:00 eller 2026-12-24T14:00 (until).
    #[arg(long, value_name = "TID", required_unless_present = "for_", conflicts_with = "for_")]
    until: Option<String>,
    /// Eller hvor længe, fx 2h, 90m, "2 timer" (or for how long).
    #[arg(long = "for", value_name = "TIDSRUM", value_parser = when::span)]
    for_: Option<Duration>,
    #[command(flatten)]
    why: WhyArgs,
}

/// One day.
#[derive(Args)]
pub(crate) struct DayArgs {
    #[command(flatten)]
    of: OfArgs,
    /// Dagen, fx 2026-12-30 (the day).
    #[arg(long, value_name = "DATO")]
    date: String,
    /// Et tidsrum, fx 09:00-12:00; kan gentages (a span; may be repeated).
    #[arg(long, value_name = "FRA-TIL")]
    open: Vec<String>,
    #[command(flatten)]
    why: WhyArgs,
}

/// One weekday.
#[derive(Args)]
pub(crate) struct WeekArgs {
    #[command(flatten)]
    of: OfArgs,
    /// Ugedagen: mon, tue, wed, thu, fri, sat, sun (the weekday).
    #[arg(long, value_name = "DAG", value_parser = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"])]
    day: String,
    /// Et tidsrum, fx 09:00-12:00; kan gentages; uden: lukket (a span; may be repeated; without: closed).
    #[arg(long, value_name = "FRA-TIL")]
    open: Vec<String>,
    #[command(flatten)]
    why: WhyArgs,
}

impl OfArgs {
    fn of(&self) -> pb::HoursOf {
        let line = self.line.clone().map(pb::hours_of::Of::Line);
        let of = line.or_else(|| self.calendar.clone().map(pb::hours_of::Of::Calendar));
        pb::HoursOf { of }
    }
}

impl ChangeHours {
    /// Does it.
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        use pb::edit::What;
        let (what, why) = match self {
            Self::Close(args) => (args.hours(false)?, args.why),
            Self::Extend(args) => (args.hours(true)?, args.why),
            Self::Day(DayArgs { of, date, open, why }) => (What::Day(pb::Day { of: Some(of.of()), date, open }), why),
            Self::Week(WeekArgs { of, day, open, why }) => {
                (What::Weekday(pb::Weekday { of: Some(of.of()), day, open }), why)
            }
        };
        why.change(vec![pb::Edit { until_unix_ms: 0, what: Some(what) }]).await
    }
}

impl SpanArgs {
    fn hours(&self, open: bool) -> anyhow::Result<pb::edit::What> {
        let now = when::now();
        let from = self.from.as_ref().map_or(Ok(now), |from| when::read(from, now)).map_err(anyhow::Error::msg)?;
        let until = when::until(self.until.as_deref(), self.for_, from).map_err(anyhow::Error::msg)?;
        let (from, until) = (when::for_the_plan(from), when::for_the_plan(until));
        Ok(pb::edit::What::Hours(pb::Hours { of: Some(self.of.of()), open, from, until }))
    }
}

/// `samkald hours show` of a running centre: which lines are open now, and until when.
pub(crate) async fn now(look: LookArgs, line: Option<String>) -> anyhow::Result<ExitCode> {
    let mut desk = look.connect().await?;
    let request = desk.request(pb::OpeningHoursRequest { line: line.unwrap_or_default(), at_unix_ms: 0 })?;
    let lines = match desk.client.opening_hours(request).await {
        Ok(told) => told.into_inner().lines,
        Err(status) => return Ok(refused(&status)),
    };
    let width = lines.iter().map(|line| line.line.chars().count()).max().unwrap_or(0);
    for line in &lines {
        let pb::LineHours { line: id, title, open, changes_unix_ms } = line;
        if look.json {
            println!("{}", json!({ "line": id, "title": title, "open": open, "turns_unix_ms": changes_unix_ms }));
            continue;
        }
        let when = when::wall(*changes_unix_ms);
        let said = match (*open, *changes_unix_ms) {
            (true, 0) => "altid åben".to_owned(),
            (true, _) => format!("åben til {when}"),
            (false, 0) => "lukket, åbner ikke inden for 400 dage".to_owned(),
            (false, _) => format!("lukket, åbner {when}"),
        };
        println!("{id:width$}  {said}");
    }
    Ok(ExitCode::SUCCESS)
}
