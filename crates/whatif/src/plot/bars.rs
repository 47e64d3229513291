//! Four figures as groups of bars, one bar a column, with its 95 % interval.
//! Knows bars; the figures' definitions stand beside the figures.

use plotters::chart::ChartContext;
use plotters::coord::{CoordTranslate, Shift};
use plotters::prelude::{
    ChartBuilder, DrawingArea, DrawingBackend, IntoFont, LineSeries, PathElement, Rectangle, SeriesLabelPosition,
};
use plotters::style::{BLACK, Color, TRANSPARENT, WHITE};

use super::{Drawn, colour};
use crate::figures::{Figure, estimate};
use crate::table::Column;

const SHOWN: [Figure; 4] = [Figure::ServiceLevel, Figure::WorstClass, Figure::Own, Figure::Lost];

pub(super) fn service<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    title: &str,
    columns: &[Column],
    target_s: f64,
) -> Drawn<B> {
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 20).into_font())
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(48)
        .build_cartesian_2d(0.0..SHOWN.len() as f64, 0.0..105.0)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .x_labels(SHOWN.len() * 2 + 1)
        .x_label_formatter(&|x| group(*x, target_s))
        .y_desc("%")
        .label_style(("sans-serif", 15))
        .draw()?;
    let width = 0.8 / columns.len().max(1) as f64;
    for (place, column) in columns.iter().enumerate() {
        let left = |group: usize| group as f64 + 0.1 + place as f64 * width;
        let found =
            SHOWN.iter().enumerate().filter_map(|(group, figure)| Some((group, estimate(*figure, &column.sums)?)));
        let found: Vec<_> = found.collect();
        let bars = found.iter().map(|(group, one)| {
            Rectangle::new([(left(*group), 0.0), (left(*group) + width * 0.92, one.value)], colour(place).filled())
        });
        chart
            .draw_series(bars)?
            .label(column.name.as_str())
            .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 12, y + 5)], colour(place).filled()));
        for (group, one) in &found {
            let (middle, half) = (left(*group) + width * 0.46, one.half.unwrap_or(0.0));
            let (low, high) = ((one.value - half).max(0.0), (one.value + half).min(100.0));
            chart.draw_series(LineSeries::new([(middle, low), (middle, high)], BLACK))?;
            let label = format!("{:.1}", one.value);
            let style = ("sans-serif", 13).into_font();
            let place = (left(*group), high + 3.5);
            chart.draw_series([plotters::prelude::Text::new(label, place, style)])?;
        }
    }
    chart.draw_series([PathElement::new(vec![(0.0, 0.0), (SHOWN.len() as f64, 0.0)], BLACK)])?;
    legend(&mut chart, SeriesLabelPosition::UpperRight)
}

/// The name of the group in whose middle `x` lies.
fn group(x: f64, target_s: f64) -> String {
    let is_middle = (x.fract() - 0.5).abs() < 0.01;
    let figure = SHOWN.get(x as usize).filter(|_| is_middle);
    figure.map_or_else(String::new, |figure| figure.title(target_s))
}

pub(super) fn legend<'a, B: DrawingBackend + 'a, C: CoordTranslate>(
    chart: &mut ChartContext<'a, B, C>,
    at: SeriesLabelPosition,
) -> Drawn<B> {
    chart
        .configure_series_labels()
        .position(at)
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.4))
        .label_font(("sans-serif", 15))
        .draw()
}
