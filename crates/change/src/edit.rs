//! One thing that a coordinator decides by hand, and which setting of the plan it touches.
//!
//! Knows the names of lists and fields, and which of them are not changed by hand; what a value may be is the plan's matter.

use model::Moment;
use serde::{Deserialize, Serialize};

/// Longest value of a setting, as TOML, in bytes.
pub const VALUE_BYTES_MAX: usize = 8_192;

/// One decision. Local times are as in the plan file: `2026-11-24T12:00`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// Closed, or open, for a time; comes before all that the calendar says.
    Hours {
        /// Whose hours.
        of: HoursOf,
        /// Open meanwhile, else closed.
        open: bool,
        /// From, local time.
        from: String,
        /// Until, local time; not later than 400 days after.
        until: String,
    },
    /// The hours of one day.
    Day {
        /// Whose hours.
        of: HoursOf,
        /// The day: `2026-12-24`.
        date: String,
        /// Its spans, `08:00-12:00`; none: closed.
        open: Vec<String>,
    },
    /// The hours of one weekday.
    Week {
        /// Whose hours.
        of: HoursOf,
        /// `mon` to `sun`.
        day: String,
        /// Its spans; none: closed.
        open: Vec<String>,
    },
    /// What an agent can.
    Skill {
        /// The agent's id; may be one of a range.
        agent: String,
        /// The topic's id.
        topic: String,
        /// 1 (best) to 9; none: the skill is taken away.
        level: Option<u8>,
    },
    /// One setting of an entry.
    Set {
        /// In which list.
        list: List,
        /// The entry's id.
        id: String,
        /// The setting's name in the plan file.
        field: String,
        /// Its value as TOML; none: the default.
        value: Option<String>,
    },
    /// A new entry.
    Add {
        /// In which list.
        list: List,
        /// Its id.
        id: String,
        /// Its settings as lines of TOML, without the id.
        entry: String,
    },
    /// An entry goes.
    Remove {
        /// In which list.
        list: List,
        /// Its id.
        id: String,
    },
    /// An uploaded sound.
    Prompt {
        /// The prompt's name with its language: `0751/greeting.da`.
        name: String,
        /// Which uploaded file; none: the operator's own again.
        sound: Option<String>,
    },
}

/// Whose hours are changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoursOf {
    /// One line's alone, also where it shares its calendar.
    Line(String),
    /// All lines' that have this calendar, or one that is based on it.
    Calendar(String),
}

/// The lists of the plan file in which entries may be changed by hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is called as its list in the plan file")]
pub enum List {
    Lines,
    Queues,
    Calendars,
    Agents,
    Menus,
    Announcements,
    Directory,
    WrapUpCodes,
}

/// An edit that is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Wish {
    /// What.
    pub edit: Edit,
    /// When it ends by itself, in milliseconds since 1970; none: when somebody undoes it. Hours end as they say themselves.
    pub until_ms: Option<i64>,
}

impl List {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Lines,
        Self::Queues,
        Self::Calendars,
        Self::Agents,
        Self::Menus,
        Self::Announcements,
        Self::Directory,
        Self::WrapUpCodes,
    ];

    /// Its name in the plan file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Queues => "queues",
            Self::Calendars => "calendars",
            Self::Agents => "agents",
            Self::Menus => "menus",
            Self::Announcements => "announcements",
            Self::Directory => "directory",
            Self::WrapUpCodes => "wrap_up_codes",
        }
    }

    /// The list of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.name() == name)
    }

    /// Whether entries come and go by hand. Lines, queues and agents have numbers, phones and passwords, which are the operator's.
    pub const fn grows_by_hand(self) -> bool {
        match self {
            Self::Calendars | Self::Menus | Self::Announcements | Self::Directory | Self::WrapUpCodes => true,
            Self::Lines | Self::Queues | Self::Agents => false,
        }
    }

    /// Settings of its entries that are the operator's alone: numbers, names for programs, proofs of who someone is, and whether
    /// citizens are recorded.
    pub const fn kept_from_hands(self) -> &'static [&'static str] {
        match self {
            // Where callers' sound may go, and what nobody checks any more, is for who runs the machine to say.
            Self::Lines => &[
                "id",
                "numbers",
                "municipality",
                "record",
                "bot",
                "may_wait_for_ever",
                "may_end_in_silence",
                "may_have_nobody",
            ],
            Self::Agents => &["id", "ids", "home", "password", "contact", "ready", "skills"],
            Self::Queues
            | Self::Calendars
            | Self::Menus
            | Self::Announcements
            | Self::Directory
            | Self::WrapUpCodes => &["id", "municipality"],
        }
    }

    /// Settings that decide whose agents are used; only coordinators of the joint centre change them.
    pub const fn kept_from_members(self) -> &'static [&'static str] {
        match self {
            Self::Lines => &["queue", "topic", "language"],
            Self::Agents => &["serves", "standby"],
            Self::Queues => &["overflow", "overflow_when", "standby", "steps"],
            Self::Calendars | Self::Menus | Self::Announcements | Self::Directory | Self::WrapUpCodes => &[],
        }
    }
}

impl Edit {
    /// The setting that it touches, as differences call it: `lines["pas-da"].greeting`. Of one setting the last edit counts.
    pub fn touches(&self) -> String {
        match self {
            Self::Hours { of, .. } | Self::Day { of, .. } | Self::Week { of, .. } => match of {
                HoursOf::Line(line) => format!("lines[\"{line}\"].calendar"),
                HoursOf::Calendar(calendar) => format!("calendars[\"{calendar}\"]"),
            },
            Self::Skill { agent, topic, .. } => format!("agents[\"{agent}\"].skills.{topic}"),
            Self::Set { list, id, field, .. } => format!("{}[\"{id}\"].{field}", list.name()),
            Self::Add { list, id, .. } | Self::Remove { list, id } => format!("{}[\"{id}\"]", list.name()),
            Self::Prompt { name, .. } => format!("prompts[\"{name}\"]"),
        }
    }

    /// How long its texts are together, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let own = match self {
            Self::Hours { from, until, .. } => from.len() + until.len(),
            Self::Day { date, open, .. } => date.len() + open.iter().map(String::len).sum::<usize>(),
            Self::Week { open, .. } => open.iter().map(String::len).sum(),
            Self::Skill { .. } | Self::Remove { .. } => 0,
            Self::Set { value, .. } => value.as_ref().map_or(0, String::len),
            Self::Add { entry, .. } => entry.len(),
            Self::Prompt { sound, .. } => sound.as_ref().map_or(0, String::len),
        };
        own + self.touches().len()
    }

    /// The prompt whose sound it is about.
    pub fn prompt(&self) -> Option<&str> {
        match self {
            Self::Prompt { name, .. } => Some(name),
            Self::Hours { .. } | Self::Day { .. } | Self::Week { .. } | Self::Skill { .. } => None,
            Self::Set { .. } | Self::Add { .. } | Self::Remove { .. } => None,
        }
    }

    /// The uploaded sound that it names.
    pub fn sound(&self) -> Option<&str> {
        match self {
            Self::Prompt { sound, .. } => sound.as_deref(),
            Self::Hours { .. } | Self::Day { .. } | Self::Week { .. } | Self::Skill { .. } => None,
            Self::Set { .. } | Self::Add { .. } | Self::Remove { .. } => None,
        }
    }

    /// Whether it is about opening hours.
    pub(crate) const fn is_of_hours(&self) -> bool {
        match self {
            Self::Hours { .. } | Self::Day { .. } | Self::Week { .. } => true,
            Self::Skill { .. } | Self::Set { .. } | Self::Add { .. } | Self::Remove { .. } | Self::Prompt { .. } => {
                false
            }
        }
    }

    /// Whether it stands beside earlier edits of the same setting, rather than in their place.
    pub(crate) const fn adds_up(&self) -> bool {
        match self {
            Self::Hours { .. } | Self::Day { .. } | Self::Week { .. } | Self::Add { .. } | Self::Remove { .. } => true,
            Self::Skill { .. } | Self::Set { .. } | Self::Prompt { .. } => false,
        }
    }
}

impl Wish {
    /// When it is over; none: never by itself.
    pub fn ends_ms(&self) -> Option<i64> {
        let of_hours = match &self.edit {
            Edit::Hours { until, .. } => until.parse().ok().map(|until| plan::end_by_the_wall(until).as_millis()),
            Edit::Day { .. }
            | Edit::Week { .. }
            | Edit::Skill { .. }
            | Edit::Set { .. }
            | Edit::Add { .. }
            | Edit::Remove { .. }
            | Edit::Prompt { .. } => None,
        };
        [of_hours, self.until_ms].into_iter().flatten().min()
    }

    /// Whether it is over at a moment.
    pub fn is_over(&self, now: Moment) -> bool {
        self.ends_ms().is_some_and(|end| end <= now.as_millis())
    }
}
