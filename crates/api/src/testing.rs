//! A small plan for this crate's own tests: one line, one queue, three agents of whom one has a fixed phone.
//! Only for tests; knows nothing that a real plan would not say.

use std::time::Duration;

use model::{AgentId, MunicipalityId, QueueId};
use plan::{Agent, AgentNo, Municipality, Plan, Queue, ReadyRule, Secret};

/// Password of `agent0001`: `kaffe`.
pub(crate) fn a_plan() -> Plan {
    let mut plan = Plan::default();
    let aarhus = MunicipalityId(751);
    plan.municipalities.insert(aarhus, Municipality { id: aarhus, name: "Aarhus".into() });
    plan.queues.push(Queue {
        id: QueueId::new("pas"),
        title: "Pas og kørekort".into(),
        waiting_max: 10,
        ring_time_max: Duration::from_secs(20),
        wrap_up: Duration::from_secs(30),
        target: Duration::from_secs(60),
        short_abandon: Duration::from_secs(5),
        surge_guard: false,
    });
    for (id, name, password) in [
        ("agent0001", "Anna Agersø", Some("kaffe")),
        ("agent0002", "Bo Bach", Some("te")),
        ("agent0003", "Cille Carlsen", None),
    ] {
        plan.agents_by_id.insert(AgentId::new(id), AgentNo(plan.agents.len() as u32));
        plan.agents.push(Agent {
            id: AgentId::new(id),
            name: name.into(),
            home: Some(aarhus),
            skills: Vec::new(),
            contact: None,
            password: password.map(Secret::new),
            ready: ReadyRule::AtTheDesk,
        });
    }
    plan
}
