//! `samkald prompts upload | listen`: sounds of a running centre.
//! Knows files and pieces; whether a sound can be used is the centre's matter.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use api::proto::administration as pb;
use clap::Args;

use super::desk::{LookArgs, WhyArgs, refused};

/// A piece of a file, in bytes.
const PIECE_BYTES: usize = 32 << 10;

/// A sound for a prompt.
#[derive(Args)]
pub(crate) struct UploadArgs {
    /// Lydens navn med sprog, fx greeting.da, eller en kommunes egen, 0751/greeting.da (the prompt's name with its language).
    #[arg(value_name = "NAVN")]
    name: String,
    /// Lydfilen, WAV eller Ogg Opus (the file).
    #[arg(value_name = "FIL")]
    file: PathBuf,
    #[command(flatten)]
    why: WhyArgs,
}

/// A sound to hear.
#[derive(Args)]
pub(crate) struct ListenArgs {
    /// Lydens navn med sprog (the prompt's name).
    #[arg(value_name = "NAVN")]
    name: String,
    /// Hvor den skal lægges; en fil der findes, overskrives ikke (where it is put; no file is overwritten).
    #[arg(value_name = "FIL")]
    file: PathBuf,
    #[command(flatten)]
    look: LookArgs,
}

/// Uploads a sound, and puts it in force.
pub(crate) async fn upload(args: UploadArgs) -> anyhow::Result<ExitCode> {
    use pb::upload_prompt_request::Part;
    let place = args.file.display();
    let bytes = std::fs::read(&args.file).with_context(|| format!("{place} kan ikke læses (can't be read)"))?;
    let about = pb::PromptFor { reason: Some(args.why.reason()), name: args.name.clone() };
    let pieces = bytes.chunks(PIECE_BYTES).map(|piece| Part::Piece(piece.to_vec()));
    let parts: Vec<_> = [Part::About(about)].into_iter().chain(pieces).collect();
    let mut desk = args.why.look.connect().await?;
    let messages = parts.into_iter().map(|part| pb::UploadPromptRequest { part: Some(part) });
    let request = desk.request(futures::stream::iter(messages))?;
    let answer = desk.client.upload_prompt(request).await;
    Ok(args.why.changed(answer.map(tonic::Response::into_inner)))
}

/// Fetches an uploaded sound.
pub(crate) async fn listen(args: ListenArgs) -> anyhow::Result<ExitCode> {
    let mut desk = args.look.connect().await?;
    let request = desk.request(pb::ListenPromptRequest { name: args.name })?;
    let mut heard = match desk.client.listen_prompt(request).await {
        Ok(heard) => heard.into_inner(),
        Err(status) => return Ok(refused(&status)),
    };
    let place = args.file.display();
    let file = std::fs::File::create_new(&args.file);
    let mut file = file.with_context(|| format!("{place} kan ikke skrives (can't be written)"))?;
    while let Some(piece) = heard.message().await? {
        std::io::Write::write_all(&mut file, &piece.piece)?;
    }
    println!("{place}");
    Ok(ExitCode::SUCCESS)
}
