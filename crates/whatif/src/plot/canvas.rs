//! Pixels to draw on, with letters of their own, so that a picture needs no font of the machine; and the pixels as PNG.
//! Knows pixels; doesn't know what is drawn.

use std::convert::Infallible;

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontTransform};

/// Red, green and blue, row by row.
pub(super) struct Canvas<'p> {
    pixels: &'p mut [u8],
    size: (u32, u32),
}

type Done = Result<(), DrawingErrorKind<Infallible>>;

const WEIGHT: FontWeight = FontWeight::Regular;
const HEIGHT: RasterHeight = RasterHeight::Size16;

impl<'p> Canvas<'p> {
    pub(super) fn new(pixels: &'p mut [u8], size: (u32, u32)) -> Self {
        Self { pixels, size }
    }

    fn text_size(text: &str) -> (i32, i32) {
        (get_raster_width(WEIGHT, HEIGHT) as i32 * text.chars().count() as i32, HEIGHT.val() as i32)
    }
}

impl DrawingBackend for Canvas<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, colour: BackendColor) -> Done {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { return Ok(()) };
        if x >= self.size.0 || y >= self.size.1 {
            return Ok(());
        }
        let at = ((y * self.size.0 + x) * 3) as usize;
        let (red, green, blue) = colour.rgb;
        for (pixel, new) in self.pixels[at..at + 3].iter_mut().zip([red, green, blue]) {
            *pixel = (f64::from(*pixel) * (1.0 - colour.alpha) + f64::from(new) * colour.alpha).round() as u8;
        }
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, pos: BackendCoord) -> Done {
        let (width, height) = Self::text_size(text);
        let anchor = style.anchor();
        let dx = match anchor.h_pos {
            HPos::Left => 0,
            HPos::Right => -width,
            HPos::Center => -width / 2,
        };
        let dy = match anchor.v_pos {
            VPos::Top => 0,
            VPos::Center => -height / 2,
            VPos::Bottom => -height,
        };
        let (transform, colour) = (style.transform(), style.color());
        for (place, letter) in text.chars().enumerate() {
            let left = dx + place as i32 * get_raster_width(WEIGHT, HEIGHT) as i32;
            self.letter(letter, (left, dy), pos, &transform, colour)?;
        }
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        _: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let (width, height) = Self::text_size(text);
        Ok((width as u32, height as u32))
    }
}

impl Canvas<'_> {
    /// A letter that the font lacks stays blank.
    fn letter(
        &mut self,
        letter: char,
        (left, top): (i32, i32),
        pos: BackendCoord,
        transform: &FontTransform,
        colour: BackendColor,
    ) -> Done {
        let Some(raster) = get_raster(letter, WEIGHT, HEIGHT) else { return Ok(()) };
        for (row, line) in raster.raster().iter().enumerate() {
            for (column, ink) in line.iter().enumerate().filter(|(_, ink)| **ink > 0) {
                let (x, y) = transform.transform(left + column as i32, top + row as i32);
                let alpha = colour.alpha * f64::from(*ink) / 255.0;
                self.draw_pixel((pos.0 + x, pos.1 + y), BackendColor { alpha, ..colour })?;
            }
        }
        Ok(())
    }
}

/// The pixels as a PNG file's bytes.
pub(super) fn png(pixels: &[u8], (width, height): (u32, u32)) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(bytes)
}
