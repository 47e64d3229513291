//! What an agent writes down after a conversation: is it well-formed, and which codes there are.
//! Knows forms; which code a call may have is the desk's to know.

use std::sync::Arc;

use centre::DeskRefusal;
use model::{TopicId, WrapUp, mask_cpr};
use plan::{CodeKind, Plan};
use tonic::Status;

use crate::desk::rpc::code;
use crate::mirror;
use crate::proto::desk as pb;
use crate::refusal::Refusal;

/// Longest id or address of a guide, in characters.
const GUIDE_CHARS_MAX: usize = 200;

/// What was written, or why it can't be read.
pub(crate) fn written(plan: &Plan, request: &pb::WrapUpRequest) -> Result<WrapUp, Refusal> {
    let topic = (!request.topic.is_empty()).then(|| TopicId::new(&request.topic));
    if let Some(topic) = &topic
        && !plan.classes.iter().any(|class| class.topic == *topic)
    {
        return Err(Refusal::UnknownTopic);
    }
    let said = |text: &str| if text.is_empty() { Ok(None) } else { code(text).map(Some) };
    let guide = request.guide.as_str();
    if guide.chars().count() > GUIDE_CHARS_MAX || guide.chars().any(char::is_control) {
        return Err(Refusal::Desk(DeskRefusal::BadGuide));
    }
    let text = |text: &str| (!text.is_empty()).then(|| Arc::from(text));
    Ok(WrapUp {
        topic,
        code: said(&request.code)?,
        solved: request.solved,
        topic_code: said(&request.topic_code)?,
        referred_to: text(&request.referred_to),
        guide: text(&mask_cpr(guide)),
        role: said(&request.role)?,
    })
}

/// A refusal with the codes that there are.
pub(crate) fn refused(plan: &Plan, refusal: Refusal) -> Status {
    if refusal != Refusal::Desk(DeskRefusal::UnknownCode) {
        return refusal.status();
    }
    let known = |kind| plan.wrap_up_codes.iter().filter(move |known| known.kind == kind);
    let list =
        [("emne", CodeKind::Topic), ("resultat", CodeKind::Outcome), ("rolle", CodeKind::Role)].map(|(word, kind)| {
            let codes: Vec<String> = known(kind).take(CODES_TOLD_MAX).map(whose).collect();
            format!("{word}: {}", if codes.is_empty() { "-".to_owned() } else { codes.join(", ") })
        });
    refusal.with_choice(&list.join("; "))
}

/// A code, and of whose citizens' calls alone it is.
fn whose(known: &plan::WrapUpCode) -> String {
    known.municipality.map_or_else(|| known.id.to_string(), |municipality| format!("{} (kun {municipality})", known.id))
}

/// Codes of a kind that a refusal tells; all are in `WrapUpCodes`.
const CODES_TOLD_MAX: usize = 32;

/// All codes.
pub(crate) fn codes(plan: &Plan) -> pb::WrapUpCodesResponse {
    let codes = plan.wrap_up_codes.iter().map(|known| {
        let kind = match known.kind {
            CodeKind::Topic => pb::CodeKind::Topic,
            CodeKind::Outcome => pb::CodeKind::Outcome,
            CodeKind::Role => pb::CodeKind::Role,
        };
        pb::WrapUpCode {
            id: known.id.to_string(),
            title: known.title.to_string(),
            kind: kind.into(),
            municipality_code: mirror::municipality(known.municipality),
        }
    });
    pb::WrapUpCodesResponse { codes: codes.collect() }
}
