//! The answer as a table, as JSON, and as pictures in a folder.
//! Knows forms; the figures' definitions stand beside the figures.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use serde_json::{Map, Value, json};
use whatif::{Column, Estimate, Picture, Row, erlang_check, rows, text, worst_class};

use super::columns::Asked;
use super::{Told, WhatifArgs};

/// Shows it, on the terminal and in the folder if one is named.
pub(super) fn show(args: &WhatifArgs, asked: &Asked, columns: &[Column]) -> Told<ExitCode> {
    let rows = rows(columns);
    let (table, json) = (table(asked, columns, &rows), json_of(asked, columns, &rows));
    if args.json {
        println!("{json:#}");
    } else {
        print!("{table}");
    }
    if let Some(folder) = &args.out {
        write_all(folder, asked, columns, &table, &json)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn table(asked: &Asked, columns: &[Column], rows: &[Row]) -> String {
    let scenario = &asked.scenario;
    let mut shown = format!(
        "{}: {} × {} days, seed {}; ± is half the 95 % interval, differences are paired\n\n",
        scenario.title, scenario.replications, scenario.days, scenario.seed
    );
    shown += &text(columns, rows, scenario.queues.target_s);
    shown.push('\n');
    for (column, (_, run)) in columns.iter().zip(&asked.columns) {
        if let Some(check) = erlang_check(&run.scenario, &column.sums.all) {
            let c = check.c.map_or_else(
                || "C: some half-hour has more work than agents".to_owned(),
                |c| format!("C: SL {:.1} %, mean wait {:.1} s", c.service_level * 100.0, c.mean_wait_s),
            );
            let (level, lost) = (check.a.service_level * 100.0, check.a.lost * 100.0);
            let _ = writeln!(
                shown,
                "{}: Erlang A, if everyone could do everything: SL {level:.1} %, lost {lost:.1} %; {c} (service {:.0} s)",
                column.name, check.service_s
            );
        }
        if let Some((place, level)) = worst_class(&column.sums.all) {
            let _ = writeln!(shown, "{}: worst class {} ({level:.1} %)", column.name, class(asked, place));
        }
    }
    shown
}

/// The name of a class: topic and language.
fn class(asked: &Asked, place: usize) -> String {
    let languages = asked.scenario.languages.len().max(1);
    let topic = asked.scenario.topics.get(place / languages).map(|topic| topic.id.to_string());
    let language = asked.scenario.languages.get(place % languages).map(|language| language.id.to_string());
    format!("{}-{}", topic.unwrap_or_default(), language.unwrap_or_default())
}

fn json_of(asked: &Asked, columns: &[Column], rows: &[Row]) -> Value {
    let scenario = &asked.scenario;
    let runs = columns.iter().enumerate().map(|(place, column)| {
        let run = asked.columns.get(place).map(|(_, run)| run);
        let figures = |of: fn(&Row) -> &[Option<Estimate>]| {
            let found = rows.iter().filter_map(|row| Some((row.figure.key().to_owned(), estimate(of(row)[place]?))));
            Value::Object(found.collect::<Map<_, _>>())
        };
        json!({
            "name": column.name,
            "policy": run.map(|run| run.policy.name()),
            "calls": column.sums.all.all.offered,
            "figures": figures(|row| &row.values),
            "against_the_first": figures(|row| &row.differences),
            "erlang": run.and_then(|run| erlang_check(&run.scenario, &column.sums.all)).map(|check| json!({
                "service_s": check.service_s,
                "a_service_level_percent": check.a.service_level * 100.0,
                "a_lost_percent": check.a.lost * 100.0,
                "c_service_level_percent": check.c.map(|c| c.service_level * 100.0),
                "c_mean_wait_s": check.c.map(|c| c.mean_wait_s),
            })),
        })
    });
    json!({
        "scenario": scenario.title,
        "seed": scenario.seed,
        "replications": scenario.replications,
        "days": scenario.days,
        "target_s": scenario.queues.target_s,
        "runs": runs.collect::<Vec<_>>(),
    })
}

fn estimate(found: Estimate) -> Value {
    json!({ "value": found.value, "half_95": found.half })
}

fn write_all(folder: &Path, asked: &Asked, columns: &[Column], table: &str, json: &Value) -> Told<()> {
    let failed = |why: std::io::Error| format!("{} kan ikke skrives (can't be written): {why}", folder.display());
    fs::create_dir_all(folder).map_err(failed)?;
    fs::write(folder.join("table.txt"), table).map_err(failed)?;
    fs::write(folder.join("figures.json"), format!("{json:#}\n")).map_err(failed)?;
    let (title, target_s) = (&asked.scenario.title, asked.scenario.queues.target_s);
    for picture in Picture::ALL {
        let svg = picture.svg(title, columns, target_s).map_err(|not| not.0)?;
        let png = picture.png(title, columns, target_s).map_err(|not| not.0)?;
        fs::write(folder.join(format!("{}.svg", picture.name())), svg).map_err(failed)?;
        fs::write(folder.join(format!("{}.png", picture.name())), png).map_err(failed)?;
    }
    Ok(())
}
