//! Figures as pictures: service and losses beside each other, waits as curves, municipalities side by side.
//!
//! The same drawing becomes SVG text or PNG bytes. Knows axes and colours; writes no file.

mod bars;
mod canvas;
mod curves;

use plotters::coord::Shift;
use plotters::drawing::DrawingAreaErrorKind;
use plotters::prelude::{DrawingArea, DrawingBackend, IntoDrawingArea, RGBColor, SVGBackend};

use crate::table::Column;
use canvas::Canvas;

/// Width and height in pixels.
const SIZE: (u32, u32) = (1_000, 560);
/// One for each column; more than these begin anew. Told apart by the colour-blind too (Okabe and Ito).
const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(230, 159, 0),
    RGBColor(0, 158, 115),
    RGBColor(213, 94, 0),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(60, 60, 60),
];

/// A picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Picture {
    /// Service level, worst class, own share and lost, with intervals.
    Service,
    /// Share of the offered calls answered within so many seconds.
    Waits,
    /// Service level of each municipality.
    Municipalities,
}

/// It can't be drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotDrawn(pub String);

type Drawn<B> = Result<(), DrawingAreaErrorKind<<B as DrawingBackend>::ErrorType>>;

impl Picture {
    /// All.
    pub const ALL: [Self; 3] = [Self::Service, Self::Waits, Self::Municipalities];

    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Waits => "waits",
            Self::Municipalities => "municipalities",
        }
    }

    /// As SVG.
    pub fn svg(self, title: &str, columns: &[Column], target_s: f64) -> Result<String, NotDrawn> {
        let mut text = String::new();
        let area = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
        self.draw(&area, title, columns, target_s).map_err(|error| NotDrawn(error.to_string()))?;
        drop(area);
        Ok(text)
    }

    /// As PNG.
    pub fn png(self, title: &str, columns: &[Column], target_s: f64) -> Result<Vec<u8>, NotDrawn> {
        let mut pixels = vec![255; (SIZE.0 * SIZE.1 * 3) as usize];
        let area = Canvas::new(&mut pixels, SIZE).into_drawing_area();
        self.draw(&area, title, columns, target_s).map_err(|error| NotDrawn(error.to_string()))?;
        drop(area);
        canvas::png(&pixels, SIZE).map_err(|error| NotDrawn(error.to_string()))
    }

    fn draw<B: DrawingBackend>(
        self,
        area: &DrawingArea<B, Shift>,
        title: &str,
        columns: &[Column],
        target_s: f64,
    ) -> Drawn<B> {
        area.fill(&plotters::style::WHITE)?;
        match self {
            Self::Service => bars::service(area, title, columns, target_s)?,
            Self::Waits => curves::waits(area, title, columns)?,
            Self::Municipalities => curves::municipalities(area, title, columns, target_s)?,
        }
        area.present()
    }
}

fn colour(place: usize) -> RGBColor {
    COLOURS[place % COLOURS.len()]
}
