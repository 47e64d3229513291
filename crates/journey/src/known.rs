//! What may be asked of a call: where it stands, which line and queue it is in, in which language, and who is in it.
//! Reads a journey, and changes nothing in it.

use model::{HandedTo, Language, MunicipalityId};
use plan::{AgentNo, ClassNo, Line, LineNo, Plan, QueueNo};

use crate::stage::Asked;
use crate::{Company, Journey, Stage};

impl Journey {
    /// Whether a line's way out has led it to somebody outside, who is called or there.
    pub fn is_led_outside(&self) -> bool {
        self.led_on.is_some() && matches!(self.stage, Stage::Handing { .. } | Stage::Elsewhere)
    }

    /// Where it stands.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The line that was rung.
    pub fn line(&self) -> LineNo {
        self.line
    }

    /// The line that was rung first.
    pub fn rung(&self) -> LineNo {
        self.spoken
    }

    /// The queue that it waits in, whose settings count: its line's, unless it has overflowed.
    pub fn queue(&self) -> QueueNo {
        self.queue
    }

    /// The citizen's municipality; none when unknown.
    pub fn municipality(&self) -> Option<MunicipalityId> {
        self.municipality
    }

    /// What it is about, in the language that the citizen speaks where the line's queue serves that topic in it.
    pub fn class(&self, plan: &Plan) -> ClassNo {
        let (line, spoken) = (self.line_of(plan), self.language(plan));
        if line.language == *spoken {
            return line.class;
        }
        let serves =
            |other: &&Line| other.topic == line.topic && other.language == *spoken && other.queue == line.queue;
        plan.lines.iter().find(serves).map_or(line.class, |other| other.class)
    }

    /// The language that the citizen speaks: of the line that was rung first.
    pub fn language<'a>(&self, plan: &'a Plan) -> &'a Language {
        &plan.lines[self.spoken.at()].language
    }

    /// Whom an agent calls, or to whom the citizen is or was handed on.
    pub fn handed_to(&self) -> Option<&HandedTo> {
        self.handed_to.as_ref()
    }

    /// Whether the agent's question for a colleague, or for a line, is still open.
    pub fn asks_for(&self, agent: AgentNo) -> bool {
        self.asked == Some(Asked::Agent(agent))
    }

    /// Whether the citizen has been answered.
    pub fn answered(&self) -> bool {
        self.answered
    }

    /// Whether citizen and agent talk, and nothing is heard of the agent's browser just now. An agent who hands the citizen on
    /// talks on meanwhile.
    pub fn agent_is_away(&self) -> bool {
        self.agent_away && matches!(self.stage, Stage::Talk { .. } | Stage::Handing { from: Some(_), .. })
    }

    /// Who and what is beside the two who talk.
    pub fn company(&self) -> Option<&Company> {
        self.company.as_deref()
    }

    /// Whether the agent has asked or added somebody.
    pub fn has_third(&self) -> bool {
        self.company.as_ref().is_some_and(|company| company.third.is_some())
    }
}
