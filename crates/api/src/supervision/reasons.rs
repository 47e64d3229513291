//! Why this agent, why now, in words that a supervisor reads aloud. Pure: a decision and the plan's names in, text out.
//! Knows what each number of a reason means; doesn't know how it was found.

use std::time::Duration;

use model::{AgentId, Because, Lane, OfferEnd, OfferedWhy, Rival};
use plan::Plan;

use crate::proto::supervision as pb;
use crate::supervision::decisions::{Became, Decision};

/// A decision as it is told.
pub(crate) fn response(decision: &Decision, plan: &Plan) -> pb::ExplainResponse {
    let (why_da, why_en) = in_short(decision.why);
    pb::ExplainResponse {
        decision: decision.number.0,
        at_unix_ms: decision.at.as_millis(),
        call_id: decision.call.map(|call| call.to_string()).unwrap_or_default(),
        agent_id: decision.agent.to_string(),
        why_da: why_da.to_owned(),
        why_en: why_en.to_owned(),
        because: decision.because.as_deref().map(|because| numbers(because, decision.why)),
        reasons_da: sentences(decision, plan),
        became: decision.became.map(became).unwrap_or_default().to_owned(),
    }
}

/// One sentence, Danish and English.
fn in_short(why: OfferedWhy) -> (&'static str, &'static str) {
    match why {
        OfferedWhy::BestFreeAgent => (
            "Opkaldet kom (eller kom tilbage), og dette var den bedste ledige agent.",
            "The call came (or came back), and this was the best free agent.",
        ),
        OfferedWhy::BestWaitingCall => (
            "Agenten blev ledig, og dette var det bedste ventende opkald.",
            "The agent became free, and this was the best waiting call.",
        ),
    }
}

fn sentences(decision: &Decision, plan: &Plan) -> Vec<String> {
    let Some(because) = decision.because.as_deref() else {
        return vec![
            in_short(decision.why).0.to_owned(),
            "Mere vides ikke: afgørelsen er fra en ældre version.".to_owned(),
        ];
    };
    let mut told = vec![chosen(decision, because, plan), stood(because)];
    told.extend(next_best(because, decision.why, plan));
    told.extend(kept_out(because, decision.why));
    told
}

fn chosen(decision: &Decision, because: &Because, plan: &Plan) -> String {
    let name = name(&decision.agent, plan);
    let (score, idle) = (number(because.score.value()), clock(because.idle));
    match decision.why {
        OfferedWhy::BestFreeAgent => format!(
            "Opkaldet valgte {name} blandt {} (ledig i {idle}): den laveste pris, {score} s.",
            counted(because.candidates, "ledig agent", "ledige agenter")
        ),
        OfferedWhy::BestWaitingCall => format!(
            "{name} (ledig i {idle}) valgte opkaldet blandt {}: den højeste vægt, {score}.",
            counted(because.candidates, "linje med nogen i kø", "linjer med nogen i kø")
        ),
    }
}

fn stood(because: &Because) -> String {
    let lane = match because.lane {
        Lane::Normal => "i linjens almindelige kø",
        Lane::Granted => "i køen for bevilget forrang",
        Lane::Front => "forrest, foran alle køer",
        Lane::Later => "i køen for aftalte opkald og nye forsøg",
        Lane::Diverted => "i sin kommunes egen kø under en spidsbelastning",
        Lane::Own => "i agentens egen kø",
    };
    let level = match because.level {
        ..0 => "forrest",
        0 => "normal",
        1 => "over sin andel i en spidsbelastning",
        2.. => "senere",
    };
    format!("Opkaldet havde ventet {} og stod {lane}; niveau {} ({level}).", clock(because.waited), because.level)
}

fn next_best(because: &Because, why: OfferedWhy, plan: &Plan) -> Option<String> {
    if because.others.is_empty() {
        return None;
    }
    let unit = match why {
        OfferedWhy::BestFreeAgent => " s",
        OfferedWhy::BestWaitingCall => "",
    };
    let one = |other: &model::Other| format!("{} ({}{unit})", rival(&other.who, plan), number(other.score.value()));
    Some(format!("Næstbedst: {}.", because.others.iter().map(one).collect::<Vec<_>>().join(", ")))
}

fn rival(who: &Rival, plan: &Plan) -> String {
    match who {
        Rival::Agent(agent) => name(agent, plan),
        Rival::Line { topic, language } => {
            let topic = plan.topics.get(topic).map_or_else(|| topic.to_string(), ToString::to_string);
            let language = plan.languages.get(language).map_or_else(|| language.to_string(), ToString::to_string);
            format!("{topic} på {language}")
        }
    }
}

fn kept_out(because: &Because, why: OfferedWhy) -> Option<String> {
    let excluded = because.excluded;
    let who = |count: u32| match why {
        OfferedWhy::BestFreeAgent => counted(count, "agent", "agenter"),
        OfferedWhy::BestWaitingCall => counted(count, "linje", "linjer"),
    };
    let reasons = [
        (excluded.barred, "har lige haft et mislykket tilbud om netop dette"),
        (excluded.reserved, "gemmes nogle sekunder til en kompetence, som få har"),
        (excluded.step, "må ikke efter køens trin endnu, eller betjener ikke kommunen"),
        (excluded.kept_back, "holdes tilbage: en spidsbelastning har brugt sin andel, og kun få agenter er ledige"),
    ];
    let told =
        reasons.iter().filter(|(count, _)| *count > 0).map(|(count, reason)| format!("{} {reason}", who(*count)));
    let told = told.collect::<Vec<_>>().join("; ");
    (!told.is_empty()).then(|| format!("Holdt ude: {told}."))
}

fn name(agent: &AgentId, plan: &Plan) -> String {
    let known = plan.agents_by_id.get(agent).and_then(|no| plan.agents.get(no.at()));
    match known.filter(|known| *known.name != **agent) {
        Some(known) => format!("{} ({agent})", known.name),
        None => agent.to_string(),
    }
}

fn counted(count: u32, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `431,2`
fn number(value: f64) -> String {
    format!("{value:.1}").replace('.', ",")
}

/// `1:15`
fn clock(span: Duration) -> String {
    format!("{}:{:02}", span.as_secs() / 60, span.as_secs() % 60)
}

fn became(became: Became) -> &'static str {
    match became {
        Became::Answered => "answered",
        Became::Ended(OfferEnd::Declined) => "declined",
        Became::Ended(OfferEnd::Busy) => "busy",
        Became::Ended(OfferEnd::NoAnswer) => "no_answer",
        Became::Ended(OfferEnd::Unreachable) => "unreachable",
        Became::Ended(OfferEnd::CitizenGone) => "citizen_gone",
        Became::Ended(OfferEnd::Failed) => "failed",
    }
}

fn numbers(because: &Because, why: OfferedWhy) -> pb::Because {
    let rival = |other: &model::Other| {
        let score = other.score.value();
        match &other.who {
            Rival::Agent(agent) => pb::Rival { agent_id: agent.to_string(), score, ..pb::Rival::default() },
            Rival::Line { topic, language } => {
                let (topic, language) = (topic.to_string(), language.to_string());
                pb::Rival { topic, language, score, ..pb::Rival::default() }
            }
        }
    };
    pb::Because {
        agent_chose: why == OfferedWhy::BestWaitingCall,
        level: i32::from(because.level),
        lane: lane_name(because.lane).to_owned(),
        score: because.score.value(),
        waited_ms: because.waited.as_millis() as u64,
        idle_ms: because.idle.as_millis() as u64,
        candidates: because.candidates,
        others: because.others.iter().map(rival).collect(),
        excluded_barred: because.excluded.barred,
        excluded_reserved: because.excluded.reserved,
        excluded_step: because.excluded.step,
        excluded_kept_back: because.excluded.kept_back,
    }
}

const fn lane_name(lane: Lane) -> &'static str {
    match lane {
        Lane::Normal => "normal",
        Lane::Granted => "granted",
        Lane::Front => "front",
        Lane::Later => "later",
        Lane::Diverted => "diverted",
        Lane::Own => "own",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::a_plan;
    use model::{CallId, DecisionNo, Excluded, Moment, Other, Score, ShardNo};

    fn decision(why: OfferedWhy, because: Option<Because>) -> Decision {
        Decision {
            number: DecisionNo(42),
            at: Moment::from_secs(1_795_000_000),
            call: Some(CallId::new(1, ShardNo(0), 7)),
            agent: AgentId::new("agent0001"),
            why,
            because: because.map(Box::new),
            became: Some(Became::Answered),
        }
    }

    #[test]
    fn a_call_that_chose_says_whom_it_compared_and_what_kept_others_out() {
        let because = Because {
            score: Score(431_250),
            waited: Duration::from_secs(4),
            idle: Duration::from_secs(75),
            candidates: 12,
            others: vec![Other { who: Rival::Agent("agent0002".into()), score: Score(440_000) }],
            excluded: Excluded { barred: 1, reserved: 0, step: 3, kept_back: 0 },
            ..Because::default()
        };
        let told = response(&decision(OfferedWhy::BestFreeAgent, Some(because)), &a_plan());
        assert_eq!(
            told.reasons_da,
            [
                "Opkaldet valgte Anna Agersø (agent0001) blandt 12 ledige agenter (ledig i 1:15): den laveste pris, 431,2 s.",
                "Opkaldet havde ventet 0:04 og stod i linjens almindelige kø; niveau 0 (normal).",
                "Næstbedst: Bo Bach (agent0002) (440,0 s).",
                "Holdt ude: 1 agent har lige haft et mislykket tilbud om netop dette; 3 agenter må ikke efter køens trin endnu, \
                 eller betjener ikke kommunen.",
            ]
        );
        assert_eq!((told.became.as_str(), told.because.expect("numbers").candidates), ("answered", 12));
    }

    #[test]
    fn an_agent_who_chose_says_which_lines_had_someone() {
        let who = Rival::Line { topic: "flytning".into(), language: "en".into() };
        let because = Because {
            level: 1,
            lane: Lane::Diverted,
            score: Score(93_400),
            candidates: 1,
            others: vec![Other { who, score: Score(80_100) }],
            ..Because::default()
        };
        let told = response(&decision(OfferedWhy::BestWaitingCall, Some(because)), &a_plan()).reasons_da;
        assert!(told[0].contains("blandt 1 linje med nogen i kø: den højeste vægt, 93,4."), "{told:?}");
        assert!(told[1].contains("niveau 1 (over sin andel i en spidsbelastning)"), "{told:?}");
        assert_eq!(told[2], "Næstbedst: flytning på en (80,1).");
        assert_eq!(told.len(), 3, "nobody was kept out");
    }

    #[test]
    fn a_decision_of_an_older_version_says_what_is_known() {
        let told = response(&decision(OfferedWhy::BestFreeAgent, None), &a_plan());
        assert!(told.because.is_none());
        assert!(told.reasons_da[0].contains("bedste ledige agent") && told.reasons_da[1].contains("ældre version"));
    }
}
