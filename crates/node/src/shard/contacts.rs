//! By what each agent can be reached: phones that are registered, browsers that speak SIP, and pages. Only the shard that
//! keeps the registrations knows all of it; the others are told what follows.
//! Knows what is there; doesn't know what it is called for.

use std::collections::BTreeSet;

use plan::AgentNo;

/// By what agents can be reached; bounded by the plan's agents.
#[derive(Debug, Default)]
pub(super) struct Contacts {
    phones: BTreeSet<AgentNo>,
    browsers: BTreeSet<AgentNo>,
    pages: BTreeSet<AgentNo>,
}

impl Contacts {
    /// A phone can be reached now, or no longer. Whether the agent can be.
    pub(super) fn phone(&mut self, agent: AgentNo, reachable: bool) -> bool {
        put(&mut self.phones, agent, reachable);
        self.is_reachable(agent)
    }

    /// A registered phone is a browser, or none is any longer. What is called from now on, if that has changed.
    pub(super) fn browser(&mut self, agent: AgentNo, web: bool) -> Option<bool> {
        let before = self.is_web(agent);
        put(&mut self.browsers, agent, web);
        let after = self.is_web(agent);
        (before != after).then_some(after)
    }

    /// A page is open, or none is any longer.
    pub(super) fn page(&mut self, agent: AgentNo, open: bool) {
        put(&mut self.pages, agent, open);
    }

    /// Whether the agent can be reached by anything.
    pub(super) fn is_reachable(&self, agent: AgentNo) -> bool {
        self.pages.contains(&agent) || self.phones.contains(&agent)
    }

    /// Whether what would be called is a browser.
    pub(super) fn is_web(&self, agent: AgentNo) -> bool {
        self.pages.contains(&agent) || self.browsers.contains(&agent)
    }
}

fn put(set: &mut BTreeSet<AgentNo>, agent: AgentNo, there: bool) {
    if there {
        set.insert(agent);
    } else {
        set.remove(&agent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: AgentNo = AgentNo(0);

    #[test]
    fn an_agent_with_a_page_and_a_phone_is_reachable_until_both_are_gone() {
        let mut contacts = Contacts::default();
        assert!(contacts.phone(ANNA, true));
        contacts.page(ANNA, true);
        assert!(contacts.phone(ANNA, false), "the page is still there");
        assert!(contacts.phone(ANNA, true));
        contacts.page(ANNA, false);
        assert!(contacts.is_reachable(ANNA), "the phone is still there");
        assert!(!contacts.phone(ANNA, false));
    }

    #[test]
    fn an_agent_whose_page_closes_is_called_as_the_phone_wants_it() {
        let mut contacts = Contacts::default();
        contacts.page(ANNA, true);
        assert!(contacts.is_web(ANNA));
        assert_eq!(contacts.browser(ANNA, true), None, "a browser already");
        contacts.page(ANNA, false);
        assert!(contacts.is_web(ANNA));
        assert_eq!(contacts.browser(ANNA, false), Some(false));
    }
}
