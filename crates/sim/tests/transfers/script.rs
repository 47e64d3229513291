//! Writes the scenario of one cell of the table, in the words of `docs/journeys.md`. Anna always has the citizen Clara from 2 s
//! on and begins at 10 s; whatever is left at 41 s is what came of it.
//! Knows who does what when; what must follow stands in `cells` and `seconds`.

use crate::cells::{Case, End, To, Way};

/// How the phone of somebody who leaves says so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Leaving {
    HangsUp,
    IsLost,
}

/// When it is looked who has the citizen.
pub(crate) const LOOKED_AT: f64 = 41.0;

struct Script {
    lines: Vec<(f64, String)>,
    leaving: &'static str,
}

impl Script {
    fn does(&mut self, at: f64, what: impl Into<String>) {
        self.lines.push((at, what.into()));
    }

    fn leaves(&mut self, at: f64, who: &str) {
        let leaving = self.leaving;
        self.does(at, format!("{who} {leaving}"));
    }

    fn text(mut self, to: To, case: Case, shards: u8) -> String {
        self.lines.sort_by(|a, b| a.0.total_cmp(&b.0));
        let start = if case == Case::Closed { "13:00" } else { "10:00" };
        let head =
            format!("# {} {}\nplan transfers.toml\nstart {start}\nshards {shards}\n\n", to.title(), case.title());
        let lines = self.lines.iter().map(|(at, what)| format!("{at} {what}\n"));
        head + &lines.collect::<String>()
    }
}

/// The scenario, up to its end.
pub(crate) fn script(way: Way, to: To, case: Case, (leaving, shards, end): (Leaving, u8, &End)) -> String {
    let leaving = if leaving == Leaving::HangsUp { "hangs up" } else { "is lost" };
    let mut script = Script { lines: Vec::new(), leaving };
    begin(&mut script, to, case);
    match way {
        Way::BlindByPhone | Way::BlindAtDesk => blind(&mut script, way, to, case),
        Way::AttendedByPhone => attended_by_phone(&mut script, to, case),
        Way::AttendedAtDesk | Way::Three => at_the_desk(&mut script, way, to, case),
    }
    // Who stands in a line in vain is let go when the wait is over.
    let waits_to_the_end = *end == End::Queue && to.is_line();
    if *end != End::Over && !waits_to_the_end {
        script.does(LOOKED_AT, "clara hangs up");
    }
    script.does(400.0, "end");
    script.text(to, case, shards)
}

fn begin(script: &mut Script, to: To, case: Case) {
    for agent in ["anna", "bo"] {
        script.does(0.0, format!("{agent} registers"));
        script.does(0.0, format!("{agent} desk: log in"));
    }
    script.does(0.0, "anna desk: ready");
    let nobody_there = matches!(case, Case::Busy | Case::NoAnswer | Case::HandedOverThenNobody);
    if !(case == Case::NotReady || nobody_there && to.is_line()) {
        script.does(0.0, "bo desk: ready");
    }
    script.does(1.0, "clara rings 70101010 from 20304050");
    script.does(2.0, "anna answers");
    script.does(2.1, "clara confirms");
    if case == Case::Busy && to.is_line() {
        script.does(3.0, "dora rings 70102020 from 20304051");
        script.does(3.1, "dora confirms");
    }
}

/// What becomes of the ringing phone at `at`.
fn rings(script: &mut Script, at: f64, to: To, case: Case) {
    let leg = to.leg();
    match case {
        Case::Busy if !to.is_line() => script.does(at, format!("{leg} refuses busy")),
        Case::NoAnswer | Case::AgentLeavesThenNobody | Case::HandedOverThenNobody if !to.is_line() => {
            script.does(at, format!("{leg} refuses no-answer"));
        }
        Case::Declined => {
            script.does(at, format!("{leg} refuses declined"));
            if to.is_line() {
                script.does(at + 3.0, format!("{leg} answers"));
            }
        }
        Case::Busy | Case::NotReady | Case::Closed | Case::NoAnswer | Case::AgentLeavesThenNobody => {}
        Case::HandedOverThenNobody | Case::CitizenLeavesWhileItRings => {}
        Case::Answered
        | Case::AgentLeavesThenAnswered
        | Case::HandedOverThenAnswered
        | Case::CitizenLeavesWhileAsked
        | Case::AgentLeavesWhileAsked
        | Case::TargetLeavesWhileAsked
        | Case::BackAndForth
        | Case::CitizenLeavesTheThree
        | Case::TargetLeavesTheThree
        | Case::TargetLeavesAfter => script.does(at, format!("{leg} answers")),
    }
}

fn blind(script: &mut Script, way: Way, to: To, case: Case) {
    let (whom, at_desk) = (to.named(), way == Way::BlindAtDesk);
    let asks = if at_desk { format!("anna desk: hand on to {whom}") } else { format!("anna transfers to {whom}") };
    script.does(10.0, asks);
    let agent_leaves = matches!(case, Case::AgentLeavesThenAnswered | Case::AgentLeavesThenNobody);
    if agent_leaves && at_desk {
        script.does(12.0, "anna desk: hang up");
    } else if agent_leaves {
        script.leaves(12.0, "anna");
    } else if case == Case::CitizenLeavesWhileItRings {
        script.leaves(12.0, "clara");
    } else if case == Case::TargetLeavesAfter {
        script.leaves(30.0, to.leg());
    }
    rings(script, 14.0, to, case);
}

fn attended_by_phone(script: &mut Script, to: To, case: Case) {
    script.does(10.0, "anna holds");
    script.does(11.0, format!("anna calls {}", to.named()));
    if to.is_line() && !matches!(case, Case::Closed | Case::Busy) {
        script.does(11.1, "anna's-call confirms");
    }
    let over = "anna transfers to anna's-call";
    match case {
        Case::HandedOverThenAnswered | Case::HandedOverThenNobody => script.does(12.0, over),
        Case::CitizenLeavesWhileItRings => {
            script.leaves(12.0, "clara");
            script.does(16.0, "anna's-call hangs up");
        }
        Case::AgentLeavesThenAnswered => {
            script.leaves(12.0, "anna");
            script.does(20.0, "anna's-call hangs up");
        }
        Case::CitizenLeavesWhileAsked | Case::AgentLeavesWhileAsked => {
            script.leaves(16.0, if case == Case::CitizenLeavesWhileAsked { "clara" } else { "anna" });
            script.does(20.0, "anna's-call hangs up");
        }
        Case::TargetLeavesWhileAsked => script.leaves(16.0, to.leg()),
        Case::BackAndForth => {
            for (at, what) in [(15.0, "anna's-call holds"), (15.1, "anna resumes"), (17.0, "anna holds")] {
                script.does(at, what);
            }
            script.does(17.1, "anna's-call resumes");
            script.does(20.0, over);
        }
        Case::NoAnswer if to.is_line() => script.does(16.0, "anna's-call hangs up"),
        Case::Answered | Case::TargetLeavesAfter => script.does(20.0, over),
        Case::Declined if to.is_line() => script.does(20.0, over),
        Case::Busy
        | Case::NotReady
        | Case::Closed
        | Case::NoAnswer
        | Case::Declined
        | Case::AgentLeavesThenNobody
        | Case::CitizenLeavesTheThree
        | Case::TargetLeavesTheThree => {}
    }
    if matches!(case, Case::Busy | Case::Closed | Case::NoAnswer | Case::TargetLeavesWhileAsked)
        || matches!(case, Case::Declined | Case::HandedOverThenNobody) && !to.is_line()
    {
        script.does(18.0, "anna resumes");
    }
    if case == Case::TargetLeavesAfter {
        script.leaves(30.0, to.leg());
    }
    rings(script, 14.0, to, case);
    let is_answered = matches!(case, Case::Answered | Case::AgentLeavesThenAnswered | Case::BackAndForth)
        || matches!(case, Case::CitizenLeavesWhileAsked | Case::AgentLeavesWhileAsked)
        || matches!(case, Case::TargetLeavesWhileAsked | Case::TargetLeavesAfter);
    if is_answered && !to.is_line() {
        script.does(14.1, "anna's-call confirms");
    }
}

fn at_the_desk(script: &mut Script, way: Way, to: To, case: Case) {
    script.does(10.0, format!("anna desk: ask {}", to.named()));
    if to.is_line() {
        return;
    }
    let over = "anna desk: hand over";
    match case {
        Case::HandedOverThenAnswered | Case::HandedOverThenNobody => script.does(12.0, over),
        Case::CitizenLeavesWhileItRings => script.leaves(12.0, "clara"),
        Case::AgentLeavesThenAnswered | Case::AgentLeavesThenNobody => script.leaves(12.0, "anna"),
        Case::CitizenLeavesWhileAsked => script.leaves(16.0, "clara"),
        Case::AgentLeavesWhileAsked => script.leaves(16.0, "anna"),
        Case::TargetLeavesWhileAsked => script.leaves(16.0, to.leg()),
        Case::CitizenLeavesTheThree => script.leaves(18.0, "clara"),
        Case::TargetLeavesTheThree => script.leaves(18.0, to.leg()),
        Case::BackAndForth => {
            script.does(15.0, "anna desk: toggle");
            script.does(17.0, "anna desk: toggle");
        }
        Case::Answered
        | Case::Busy
        | Case::NotReady
        | Case::Closed
        | Case::NoAnswer
        | Case::Declined
        | Case::TargetLeavesAfter => {}
    }
    rings(script, 14.0, to, case);
    let hands_over = matches!(case, Case::Answered | Case::BackAndForth | Case::TargetLeavesAfter);
    if way == Way::Three {
        script.does(15.0, "anna desk: conference");
        if hands_over {
            script.does(20.0, "anna hangs up");
        }
    } else if hands_over {
        script.does(20.0, over);
    }
    if matches!(case, Case::Busy | Case::NoAnswer | Case::Declined | Case::TargetLeavesWhileAsked) {
        script.does(18.0, "anna desk: resume");
    }
    if case == Case::TargetLeavesAfter {
        script.leaves(30.0, to.leg());
    }
}
