//! The node's own health: readiness, what is held for calls, and the metrics page.
//! Knows the parts by their counts; changes nothing in them.

use std::sync::atomic::Ordering;

use api::{Condition, House, Leaks};

use super::Reception;
use crate::shard::{Look, Mailbox};

impl House for Reception {
    fn metrics(&self) -> String {
        self.figures.publish(self.clock.now());
        self.publish_health();
        self.metrics.render()
    }

    fn leaks(&self) -> Leaks {
        let all: Vec<Look> = self.pulses.iter().map(|pulse| pulse.look()).collect();
        let sum = |of: fn(&Look) -> usize| all.iter().map(of).sum::<usize>() as u64;
        Leaks {
            calls: sum(|look| look.calls),
            dialogs: sum(|look| look.dialogs),
            claimed_seats: self.core.claimed_seats() as u64,
            rtp_ports: sum(|look| look.rtp_ports),
        }
    }

    fn conditions(&self) -> Vec<Condition> {
        let spool = self.spool.status();
        let behind = self.pulses.iter().any(|pulse| pulse.look().facts_wait);
        let failed = self.pulses.iter().filter(|pulse| pulse.look().failed).count();
        let draining = self.draining.load(Ordering::Relaxed);
        let lost: u64 = self.mailboxes.iter().map(|mailbox| mailbox.lost()).sum();
        vec![
            self.plan_condition(),
            condition(
                "spool",
                !spool.failing && !behind,
                format!("{} facts saved, {} wait, {} failed writes", spool.last_saved, spool.waiting, spool.errors),
            ),
            condition("takes calls", !draining, (if draining { "the node is draining" } else { "yes" }).to_owned()),
            condition("shards", failed == 0, format!("{failed} of {} have failed", self.pulses.len())),
            condition("mailboxes", lost == 0, format!("{lost} messages lost since the start because one was full")),
        ]
    }
}

impl Reception {
    /// Which plan is in force, and what is tried.
    fn plan_condition(&self) -> Condition {
        let now = self.current.in_force();
        let (lines, agents) = (now.plan.lines.len() - now.plan.gone.lines.len(), &now.plan.agents);
        let agents = agents.iter().filter(|agent| !agent.has_left()).count();
        let trial = now.tried.map_or_else(String::new, |tried| {
            format!("; version {} is tried on {} until {}", tried.version, tried.line, plan::local_time(tried.until))
        });
        let (version, who, why, since) = (now.version, &now.who, &now.why, plan::local_time(now.since));
        let detail = format!("version {version} by {who} ({why}) since {since}, {lines} lines, {agents} agents{trial}");
        condition("plan", true, detail)
    }

    fn publish_health(&self) {
        let leaks = self.leaks();
        let transactions: usize = self.pulses.iter().map(|pulse| pulse.look().transactions).sum();
        let net = self.net.counts();
        let spool = self.spool.status();
        let gauge = |name: &'static str, value: u64| metrics::gauge!(name).set(value as f64);
        gauge("samkald_calls_in_progress", leaks.calls);
        gauge("samkald_sip_dialogs", leaks.dialogs);
        gauge("samkald_sip_transactions", transactions as u64);
        gauge("samkald_seats_claimed", leaks.claimed_seats);
        gauge("samkald_rtp_ports_lent", leaks.rtp_ports);
        gauge("samkald_spool_waiting_facts", spool.waiting as u64);
        let plan = self.current.in_force();
        gauge("samkald_plan_version", plan.version);
        gauge("samkald_plan_trials", u64::from(plan.tried.is_some()));
        let core = self.core.figures();
        gauge("samkald_surges", u64::from(core.surging));
        gauge("samkald_standby_queues_called_in", u64::from(core.standby_called_in));
        gauge("samkald_explanations_kept_max", self.core.limits().explanations as u64);
        self.learnt.publish(self.clock.now());
        let counter = |name: &'static str, value: u64| metrics::counter!(name).absolute(value);
        counter("samkald_facts_saved_total", spool.last_saved);
        counter("samkald_spool_errors_total", spool.errors);
        counter("samkald_sip_messages_received_total", net.received);
        counter("samkald_sip_messages_sent_total", net.sent);
        counter("samkald_sip_messages_unreadable_total", net.unreadable);
        counter("samkald_sip_refused_at_the_door_total", net.refused_at_the_door);
        counter("samkald_sip_dropped_total", net.dropped);
        counter("samkald_sip_refused_full_total", net.refused_full);
        counter("samkald_sip_keep_alives_answered_total", net.keep_alives);
        self.publish_admission();
        counter("samkald_sip_connections_opened_total", net.connections);
        counter("samkald_sip_connections_refused_total", net.connections_refused);
        counter("samkald_sip_connections_displaced_total", net.connections_displaced);
        counter("samkald_sip_connections_slow_total", net.connections_slow);
        counter("samkald_sip_connections_idle_total", net.connections_idle);
        counter("samkald_sip_connects_failed_total", net.connects_failed);
        counter("samkald_sip_handshakes_failed_total", net.handshakes_failed);
        for (transport, open) in self.net.open_by_transport() {
            metrics::gauge!("samkald_sip_connections", "transport" => transport.name()).set(open as f64);
        }
        counter("samkald_mailbox_lost_total", self.mailboxes.iter().map(|mailbox| mailbox.lost()).sum());
    }
}

impl Reception {
    /// Who was refused why, and how far behind the shards are.
    fn publish_admission(&self) {
        let (net, now) = (self.net.counts(), self.clock.now());
        let of_all = |of: fn(&Mailbox) -> u64| self.mailboxes.iter().map(|mailbox| of(mailbox)).sum::<u64>();
        let refused = [
            ("rate", net.refused_rate),
            ("busy", net.refused_busy),
            ("full", net.refused_full),
            ("stale", of_all(Mailbox::stale)),
        ];
        for (reason, count) in refused {
            metrics::counter!("samkald_sip_refused_503_total", "reason" => reason).absolute(count);
        }
        let dropped = [("banned", net.dropped_banned), ("unread", net.dropped_unread), ("rate", net.dropped_rate)];
        for (reason, count) in dropped {
            metrics::counter!("samkald_sip_dropped_by_admission_total", "reason" => reason).absolute(count);
        }
        metrics::counter!("samkald_sip_challenged_total").absolute(net.challenged);
        metrics::counter!("samkald_sip_bans_total").absolute(self.net.bans().made());
        metrics::gauge!("samkald_sip_bans").set(self.net.bans_in_force() as f64);
        metrics::gauge!("samkald_sip_sources").set(self.net.sources() as f64);
        for (shard, mailbox) in self.mailboxes.iter().enumerate() {
            let (label, load) = (shard.to_string(), mailbox.load(now));
            metrics::gauge!("samkald_shard_waiting_messages", "shard" => label.clone()).set(load.others as f64);
            let longest = mailbox.longest_wait().max(load.oldest_new_call).as_secs_f64();
            metrics::gauge!("samkald_shard_new_call_wait_max_seconds", "shard" => label).set(longest);
        }
    }
}

fn condition(name: &'static str, holds: bool, detail: String) -> Condition {
    Condition { name, holds, detail }
}
