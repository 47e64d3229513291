//! The core does what a slow and obvious matcher does, request by request, whatever the day brings.
//! Days are drawn; a failure prints the shortest centre and the shortest day that show it, as a story.

#![cfg(not(loom))]

mod day;
mod floor;

use day::Day;
use day::events::event;
use day::scene::scene;
use proptest::prelude::*;

fn days() -> ProptestConfig {
    let cases = std::env::var("DAYS").ok().and_then(|days| days.parse().ok()).unwrap_or(400);
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 20_000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(days())]

    #[test]
    fn every_day_goes_as_the_slow_matcher_says(scene in scene(), events in proptest::collection::vec(event(), 1..200)) {
        let mut day = Day::new(&scene);
        for event in &events {
            day.lives(event);
        }
        day.ends();
    }
}
