//! `samkald skills`: what agents can, seen and changed by hand, for good or until tonight.
//! Knows how it is asked for and shown.

use std::process::ExitCode;
use std::time::Duration;

use api::proto::administration as pb;
use clap::{Args, Subcommand};

use super::desk::WhyArgs;
use super::entries::{ShowArgs, show};
use super::when;

/// What `samkald skills` can do.
#[derive(Subcommand)]
pub(crate) enum SkillsCommand {
    /// Vis medarbejdernes kompetencer (agents' skills).
    Show(ShowArgs),
    /// Giv kompetencer, til de fortrydes (give a skill for good).
    #[command(
        after_help = "Example:\n  samkald skills set --agent anna --agent bo --topic pas --level 3 --why \"oplært i pas\""
    )]
    Set(SkillArgs),
    /// Giv kompetencer for en tid; de forsvinder af sig selv (give a skill for a time; it goes by itself).
    #[command(after_help = "Example:\n  samkald skills grant --agent anna --agent bo --topic pas --level 5 \\\n    \
        --until 20:00 --why \"travlt i aften\"")]
    Grant(GrantArgs),
    /// Tag en kompetence fra medarbejdere (take a skill away).
    #[command(after_help = "Example:\n  samkald skills remove --agent anna --topic flytning --why \"er i pas nu\"")]
    Remove(RemoveArgs),
}

/// Who, and which topic.
#[derive(Args)]
struct WhoArgs {
    /// Medarbejderens id; kan gentages, og så er det én ændring (an agent's id; may be repeated: one change).
    #[arg(long = "agent", value_name = "ID", required = true)]
    agents: Vec<String>,
    /// Emnet (the topic).
    #[arg(long, value_name = "EMNE")]
    topic: String,
}

/// A skill.
#[derive(Args)]
pub(crate) struct SkillArgs {
    #[command(flatten)]
    who: WhoArgs,
    /// 1 (bedst) til 9 (1, the best, to 9).
    #[arg(long, value_name = "NIVEAU", value_parser = clap::value_parser!(u32).range(1..=9))]
    level: u32,
    #[command(flatten)]
    why: WhyArgs,
}

/// A skill for a time.
#[derive(Args)]
pub(crate) struct GrantArgs {
    #[command(flatten)]
    skill: SkillArgs,
    /// Til hvornår, fx 20:00 eller 2026-12-24T12:00 (until when).
    #[arg(long, value_name = "TID", required_unless_present = "for_", conflicts_with = "for_")]
    until: Option<String>,
    /// Eller hvor længe, fx 2h, 90m, "2 timer" (or for how long).
    #[arg(long = "for", value_name = "TIDSRUM", value_parser = when::span)]
    for_: Option<Duration>,
}

/// A skill that goes.
#[derive(Args)]
pub(crate) struct RemoveArgs {
    #[command(flatten)]
    who: WhoArgs,
    #[command(flatten)]
    why: WhyArgs,
}

impl SkillsCommand {
    /// Does it.
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Show(args) => show("agents", &["skills", "languages", "standby"], args).await,
            Self::Set(SkillArgs { who, level, why }) => why.change(who.edits(level, 0)).await,
            Self::Grant(GrantArgs { skill: SkillArgs { who, level, why }, until, for_ }) => {
                let until = when::until(until.as_deref(), for_, when::now()).map_err(anyhow::Error::msg)?;
                why.change(who.edits(level, when::unix_ms(until))).await
            }
            Self::Remove(RemoveArgs { who, why }) => why.change(who.edits(0, 0)).await,
        }
    }
}

impl WhoArgs {
    fn edits(self, level: u32, until_unix_ms: i64) -> Vec<pb::Edit> {
        let topic = self.topic;
        let skill = |agent| pb::edit::What::Skill(pb::Skill { agent, topic: topic.clone(), level });
        self.agents.into_iter().map(|agent| pb::Edit { until_unix_ms, what: Some(skill(agent)) }).collect()
    }
}
