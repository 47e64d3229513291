//! A small plan for this crate's own tests: one line, one queue, three agents of whom one has a fixed phone.
//! Only for tests; knows nothing that a real plan would not say.

use model::{AgentId, MunicipalityId, QueueId};
use plan::{Agent, AgentNo, Announcement, Municipality, Plan, Queue, Secret};

/// Password of `agent0001`: `kaffe`.
pub(crate) fn a_plan() -> Plan {
    let mut plan = Plan::default();
    let aarhus = MunicipalityId(751);
    plan.municipalities.insert(aarhus, Municipality { id: aarhus, name: "Aarhus".into(), recordings: None });
    plan.queues.push(Queue {
        title: "Pas og kørekort".into(),
        waiting_max: 10,
        surge_guard: false,
        ..Queue::new(QueueId::new("pas"))
    });
    for (id, name, password) in [
        ("agent0001", "Anna Agersø", Some("kaffe")),
        ("agent0002", "Bo Bach", Some("te")),
        ("agent0003", "Cille Carlsen", None),
    ] {
        plan.agents_by_id.insert(AgentId::new(id), AgentNo(plan.agents.len() as u32));
        plan.agents.push(Agent {
            name: name.into(),
            home: Some(aarhus),
            password: password.map(Secret::new),
            ..Agent::new(AgentId::new(id))
        });
    }
    plan.announcements.push(Announcement::new("notits".into(), "En notits", "notice".into()));
    plan
}
