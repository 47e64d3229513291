//! The plan of most stories, and the agents in it.
//! Knows lines, one queue and ways to be ready; no call.

/// The plan of most stories: `70101010` is unanswered, `70202020` has music; both wait in one queue of two places.
pub(crate) const PLAN: &str = r#"
municipalities = [{ id = "0751", name = "Aarhus" }]
topics = [{ id = "pas", title = "Pas" }]
languages = [{ id = "da", title = "dansk" }]
queues = [{ id = "pas", title = "Pas", waiting_max = 2, ring_time_max_s = 20, wrap_up_s = 30 }]

[[lines]]
id = "ringing"
title = "Pas"
numbers = ["70101010"]
topic = "pas"
language = "da"
queue = "pas"
calendar = "always"
waiting = "unanswered"
unanswered_max_s = 60
wait_max_s = 600
greeting = "none"

[[lines]]
id = "music"
title = "Pas"
numbers = ["70202020"]
topic = "pas"
language = "da"
queue = "pas"
calendar = "always"
wait_max_s = 600
greeting = "greeting"

[[calendars]]
id = "mornings"
week = { mon = ["08:00-11:00"], tue = [], wed = [], thu = [], fri = [], sat = [], sun = [] }

[[lines]]
id = "closed"
title = "Pas"
numbers = ["70303030"]
topic = "pas"
language = "da"
queue = "pas"
calendar = "mornings"
wait_max_s = 600
"#;

/// An agent who has a desk and a phone that registers.
pub(crate) fn at_the_desk(id: &str) -> String {
    format!("[[agents]]\nid = \"{id}\"\npassword = \"{id}-secret\"\nskills = {{ pas = 1 }}\n")
}

/// An agent with a desk phone at a fixed contact, ready from the start.
pub(crate) fn from_the_start(id: &str) -> String {
    format!(
        "[[agents]]\nid = \"{id}\"\ncontact = \"sip:{id}@10.0.0.7\"\nready = \"from_the_start\"\nskills = {{ pas = 1 }}\n"
    )
}
