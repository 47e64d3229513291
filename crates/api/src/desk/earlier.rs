//! The last call of a number that rings again, as an agent is told it.
//! Knows the words; which call that was the centre knows.

use centre::EarlierCall;
use model::{Moment, MunicipalityId};
use plan::Plan;

use crate::proto::desk as pb;

/// As it is shown with the call that rings at this moment.
/// Of a call for another municipality only that it was, and whether somebody talked: what about and with whom is that one's.
pub(crate) fn shown(plan: &Plan, call: &EarlierCall, own: Option<MunicipalityId>, at: Moment) -> pb::EarlierCall {
    if call.municipality != own {
        let who = call.talked_with.as_ref().map(|_| "en medarbejder");
        let text_da = text(call, ("en anden kommune", who), at);
        return pb::EarlierCall { ended_unix_ms: call.ended.as_millis(), text_da, ..pb::EarlierCall::default() };
    }
    let line = plan.lines.iter().find(|line| line.id == call.line);
    let agent = call.talked_with.as_ref();
    let name = agent.and_then(|id| plan.agents_by_id.get(id)).and_then(|no| plan.agents.get(no.at()));
    let line_title = line.map(|line| line.title.to_string()).unwrap_or_default();
    let agent_name = name.map(|agent| agent.name.to_string()).unwrap_or_default();
    let who = if agent_name.is_empty() { agent.map(ToString::to_string) } else { Some(agent_name.clone()) };
    let line_said = if line_title.is_empty() { &call.line } else { line_title.as_str() };
    let text_da = text(call, (line_said, who.as_deref()), at);
    pb::EarlierCall {
        call_id: call.call.to_string(),
        ended_unix_ms: call.ended.as_millis(),
        line_id: call.line.to_string(),
        agent_id: agent.map(ToString::to_string).unwrap_or_default(),
        calls: u32::from(call.calls),
        line_title,
        agent_name,
        text_da,
    }
}

fn text(call: &EarlierCall, (line, who): (&str, Option<&str>), at: Moment) -> String {
    let minutes = at.since(call.ended).as_secs() / 60;
    let ago = match (minutes, minutes / 60) {
        (0, _) => "for under et minut siden".to_owned(),
        (1, _) => "for 1 minut siden".to_owned(),
        (2..60, _) => format!("for {minutes} minutter siden"),
        (_, 1) => "for 1 time siden".to_owned(),
        (_, hours) => format!("for {hours} timer siden"),
    };
    let how = who.map_or("uden at tale med nogen".to_owned(), |who| format!("og talte med {who}"));
    let times = match call.calls {
        0 | 1 => String::new(),
        calls => format!(" Det er nummerets {}. opkald.", u32::from(calls) + 1),
    };
    format!("Dette nummer ringede {ago} ({line}) {how}.{times}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model::{AgentId, CallId};

    use super::*;

    fn said(ago_s: u64, talked_with: Option<&str>, calls: u16) -> String {
        let ended = Moment::EPOCH + Duration::from_secs(1_000);
        let talked_with = talked_with.map(AgentId::new);
        let call = EarlierCall {
            call: CallId::from_bits(1),
            ended,
            line: "pas".into(),
            municipality: None,
            talked_with,
            last_agent: None,
            calls,
        };
        text(&call, ("Pas og kørekort", call.talked_with.as_deref()), ended + Duration::from_secs(ago_s))
    }

    #[test]
    fn the_agent_reads_that_this_number_rang_not_who_rings() {
        assert_eq!(
            said(59, None, 1),
            "Dette nummer ringede for under et minut siden (Pas og kørekort) uden at tale med nogen."
        );
        assert_eq!(
            said(60, Some("Anna"), 1),
            "Dette nummer ringede for 1 minut siden (Pas og kørekort) og talte med Anna."
        );
        assert_eq!(
            said(12 * 60 + 30, Some("Anna"), 1),
            "Dette nummer ringede for 12 minutter siden (Pas og kørekort) og talte med Anna."
        );
        assert_eq!(
            said(119 * 60, None, 2),
            "Dette nummer ringede for 1 time siden (Pas og kørekort) uden at tale med nogen. Det er nummerets 3. opkald."
        );
        assert!(said(5 * 3_600, None, 1).contains("for 5 timer siden"));
    }
}
