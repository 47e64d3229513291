//! Whatever file lies in the folder of prompts: it is refused with a reason, or has every frame in every codec.
//! Knows files as bytes; what a reason says is tested where files are read.

use media::{Codec, Prompt};

/// Longest prompt.
const MINUTES_MAX: usize = 10;

/// Reads bytes as a prompt's file.
pub(crate) fn run(bytes: &[u8]) {
    let Ok(prompt) = Prompt::from_file(bytes) else { return };
    assert!(prompt.frames() > 0);
    // In a WAV file of 8 bits and 48 kHz a byte is a 960th of a frame at least; of Opus only the length of a prompt bounds it.
    let most = if bytes.starts_with(b"OggS") { MINUTES_MAX * 60 * 50 } else { bytes.len() / 80 };
    assert!(prompt.frames() <= 1 + most, "{} frames of {} bytes", prompt.frames(), bytes.len());
    for codec in Codec::ALL {
        assert!((0..prompt.frames()).all(|number| prompt.frame(codec, number).is_some_and(|frame| !frame.is_empty())));
        assert_eq!(prompt.frame(codec, prompt.frames()), None);
    }
}
