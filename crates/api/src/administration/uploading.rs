//! A sound on its way in: whose prompt it is for, and its pieces put together.
//! Knows the bound of a sound; not what becomes of it.

use change::{Edit, Wish};
use tonic::{Status, Streaming};

use super::door::{Deciding, Denied};
use crate::proto::administration as pb;
use crate::refusal::Refusal;

/// Longest sound that is uploaded, in bytes: some three minutes of telephone sound as WAV at 48 kHz.
const SOUND_BYTES_MAX: usize = 16 << 20;

/// Whether somebody may change that prompt, before they have sent its sound.
pub(super) fn may_upload(deciding: &dyn Deciding, asked: &change::Asked, name: String) -> Result<(), Denied> {
    let without = Wish { edit: Edit::Prompt { name, sound: None }, until_ms: None };
    match deciding.change(asked, &[without], true) {
        // There is none to be taken back.
        Ok(_) | Err(Denied::Refused(change::Refused::NothingChanges)) => Ok(()),
        Err(denied) => Err(denied),
    }
}

/// Which prompt, and why.
pub(super) async fn about(stream: &mut Streaming<pb::UploadPromptRequest>) -> Result<pb::PromptFor, Status> {
    use pb::upload_prompt_request::Part;
    match stream.message().await?.and_then(|message| message.part) {
        Some(Part::About(about)) => Ok(about),
        Some(Part::Piece(_)) | None => Err(Refusal::BadEdit.status()),
    }
}

/// The whole file.
pub(super) async fn sound(stream: &mut Streaming<pb::UploadPromptRequest>) -> Result<Vec<u8>, Status> {
    use pb::upload_prompt_request::Part;
    let mut bytes = Vec::new();
    while let Some(message) = stream.message().await? {
        match message.part {
            Some(Part::Piece(piece)) if bytes.len() + piece.len() <= SOUND_BYTES_MAX => bytes.extend(piece),
            Some(Part::Piece(_)) => return Err(Refusal::SoundTooLong.status()),
            Some(Part::About(_)) | None => return Err(Refusal::BadEdit.status()),
        }
    }
    Ok(bytes)
}
