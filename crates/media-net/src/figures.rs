//! What a worker counts between two looks, and how it reaches the node's metrics.
//! Knows names of metrics; doesn't know who reads them.

use media::Traffic;

/// Two seconds of sound: what was shorter is not judged.
const JUDGED_PACKETS: u64 = 100;

/// Counted since the last look.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) packets_in: u64,
    pub(crate) packets_out: u64,
    pub(crate) refused: u64,
    pub(crate) lost: u64,
    /// Datagrams at the browsers' port that nobody here knows.
    pub(crate) strangers: u64,
    /// Packets of recorded legs that the scribe had no room for.
    pub(crate) not_taped: u64,
    /// Frames that a program had no room for.
    pub(crate) not_streamed: u64,
}

impl Figures {
    /// A leg has ended: how it sounded.
    pub(crate) fn ended(&mut self, traffic: &Traffic) {
        self.lost += traffic.lost;
        let Some(quality) = traffic.quality.filter(|_| traffic.received >= JUDGED_PACKETS) else { return };
        metrics::histogram!("samkald_rtp_quality_mos").record(quality.opinion());
        metrics::histogram!("samkald_rtp_jitter_seconds").record(traffic.jitter_time.as_secs_f64());
        if let Some(way) = traffic.round_trip {
            metrics::histogram!("samkald_rtp_round_trip_seconds").record(way.as_secs_f64());
        }
    }

    /// Adds what was counted to the node's metrics, and begins anew.
    pub(crate) fn publish(&mut self, ports: usize) {
        let Self { packets_in, packets_out, refused, lost, strangers, not_taped, not_streamed } = std::mem::take(self);
        metrics::counter!("samkald_rtp_packets_total", "direction" => "in").increment(packets_in);
        metrics::counter!("samkald_rtp_packets_total", "direction" => "out").increment(packets_out);
        metrics::counter!("samkald_rtp_refused_total").increment(refused);
        metrics::counter!("samkald_rtp_lost_total").increment(lost);
        metrics::counter!("samkald_web_strangers_total").increment(strangers);
        metrics::counter!("samkald_recordings_packets_lost_total").increment(not_taped);
        metrics::counter!("samkald_bot_frames_dropped_total", "direction" => "to_bot").increment(not_streamed);
        metrics::gauge!("samkald_rtp_ports_in_use").set(ports as f64);
    }
}
