//! Waits as curves, and municipalities side by side.
//! Knows lines and points; the figures' definitions stand beside the figures.

use plotters::coord::Shift;
use plotters::prelude::{
    ChartBuilder, Circle, DrawingArea, DrawingBackend, IntoFont, LineSeries, PathElement, SeriesLabelPosition,
};
use plotters::style::{Color, TRANSPARENT};

use super::bars::legend;
use super::{Drawn, colour};
use crate::figures::Sums;
use crate::table::Column;

/// Seconds that the waits' axis shows.
const SHOWN_S: usize = 300;

pub(super) fn waits<B: DrawingBackend>(area: &DrawingArea<B, Shift>, title: &str, columns: &[Column]) -> Drawn<B> {
    // Most calls are answered at once: the picture begins below the least of these shares.
    let at_once = columns.iter().filter_map(|column| answered(&column.sums.all).first().copied());
    let least = (at_once.map(|(_, share)| share).fold(100.0, f64::min) / 10.0 - 1.0).floor().max(0.0) * 10.0;
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 20).into_font())
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..SHOWN_S as f64, least..100.0)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc("answered within so many seconds")
        .y_desc("% of the offered calls")
        .label_style(("sans-serif", 15))
        .draw()?;
    for (place, column) in columns.iter().enumerate() {
        let style = colour(place).stroke_width(2);
        let line = chart.draw_series(LineSeries::new(answered(&column.sums.all), style))?;
        line.label(column.name.as_str())
            .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 16, y)], colour(place).stroke_width(2)));
    }
    legend(&mut chart, SeriesLabelPosition::LowerRight)
}

/// Seconds, and the share of the offered calls answered until then, in %.
fn answered(sums: &Sums) -> Vec<(f64, f64)> {
    let mut so_far = 0.0;
    let offered = sums.all.offered.max(1.0);
    let seconds = sums.waits.iter().take(SHOWN_S + 1).enumerate();
    seconds
        .map(|(second, count)| {
            so_far += count;
            (second as f64, so_far / offered * 100.0)
        })
        .collect()
}

pub(super) fn municipalities<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    title: &str,
    columns: &[Column],
    target_s: f64,
) -> Drawn<B> {
    let most = columns.iter().map(|column| column.sums.all.municipalities.len()).max().unwrap_or(0).max(1);
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 20).into_font())
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..most as f64, 0.0..105.0)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .disable_x_mesh()
        .x_labels(0)
        .x_desc("municipalities, by kommunekode")
        .y_desc(format!("SL{target_s:.0} %"))
        .label_style(("sans-serif", 15))
        .draw()?;
    for (place, column) in columns.iter().enumerate() {
        let points = column.sums.all.municipalities.values().enumerate().filter(|(_, share)| share.offered > 0.0);
        let points = points.map(|(x, share)| (x as f64 + 0.5, share.in_time / share.offered * 100.0));
        let dots = points.map(|at| Circle::new(at, 4, colour(place).filled()));
        chart
            .draw_series(dots)?
            .label(column.name.as_str())
            .legend(move |(x, y)| Circle::new((x + 8, y), 4, colour(place).filled()));
    }
    legend(&mut chart, SeriesLabelPosition::LowerRight)
}
