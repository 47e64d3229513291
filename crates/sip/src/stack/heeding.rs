//! Ringing that wants to be acknowledged (RFC 3262), from the side that calls: PRACK, in the early dialog of whoever rings.
//!
//! Knows the order of such answers and that each is acknowledged once; what is heard in them is the calling leg's to know.

use bytes::Bytes;

use super::dialog::Dialog;
use super::step::Step;
use crate::message::{HeaderName, Method, Response};

/// Early dialogs of one leg at most: phones behind a contact or trunk that rings many at once. What others beyond say is
/// not acknowledged, so that they give up by themselves.
const EARLY_DIALOGS_MAX: usize = 8;

/// Those who ring reliably, each with a dialog of its own (several To tags: the INVITE was forked).
#[derive(Default)]
pub(crate) struct Heeded {
    dialogs: Vec<EarlyDialog>,
}

struct EarlyDialog {
    branch: u64,
    dialog: Dialog,
    rseq: u32,
    /// The answer to our offer, once it was said; the 200 may leave it out then (RFC 3262 §5).
    session: Option<Bytes>,
}

/// What is to become of a provisional answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Heed {
    /// It is news.
    News,
    /// It was heard before, comes out of order, or is one too many: as if it had not come.
    Nothing,
}

impl Heeded {
    /// A provisional answer came: acknowledged if it wants to be and follows on the one before.
    pub(crate) fn hear(&mut self, branch: u64, response: &Response, step: &mut Step<'_>) -> Heed {
        let headers = &response.headers;
        let wants = response.status > 100 && headers.lists(HeaderName::Require, "100rel");
        let (Some(rseq), Some(tag)) = (headers.rseq().filter(|_| wants), headers.to_tag()) else { return Heed::News };
        let place = match self.place(branch, tag) {
            Some(place) if self.dialogs[place].rseq.checked_add(1) == Some(rseq) => place,
            Some(_) => return Heed::Nothing,
            None => {
                let room = self.dialogs.len() < EARLY_DIALOGS_MAX;
                let Some(invite) = step.ground.clients.invite(branch).filter(|_| room) else { return Heed::Nothing };
                let dialog = invite.papers.answered_by(headers);
                self.dialogs.push(EarlyDialog { branch, dialog, rseq, session: None });
                self.dialogs.len() - 1
            }
        };
        let early = &mut self.dialogs[place];
        early.rseq = rseq;
        if early.session.is_none() {
            early.session = response.session().map(|session| Bytes::copy_from_slice(&session));
        }
        let invite = headers.cseq();
        step.ask(&mut early.dialog, &Method::Prack, None, None, |writer| {
            writer.line(HeaderName::RAck, format_args!("{rseq} {invite} INVITE"));
        });
        Heed::News
    }

    /// Whoever rang has accepted: its dialog goes on from there, and where the 200 has no session the one said before counts.
    pub(crate) fn accepted(&mut self, branch: u64, dialog: &mut Dialog) -> Option<Bytes> {
        let early = self.dialogs.swap_remove(self.place(branch, &dialog.remote_tag)?);
        dialog.local_seq = dialog.local_seq.max(early.dialog.local_seq);
        early.session
    }

    fn place(&self, branch: u64, tag: &str) -> Option<usize> {
        self.dialogs.iter().position(|early| early.branch == branch && *early.dialog.remote_tag == *tag)
    }
}
