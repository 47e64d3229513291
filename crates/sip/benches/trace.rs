//! What the tap costs: asked by each message while nothing is traced, and told of a leg while something is.
//! Prints times; asserts none.

#![allow(missing_docs, reason = "criterion_group! writes a function without a line of its own")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use model::{CallId, Dialled, Moment, ShardNo};
use sip::trace::{Depth, Filter, Link, Nothing, Tap, Wish};

fn trace(criterion: &mut Criterion) {
    let tap = Tap::new(|| Moment::EPOCH, Nothing);
    criterion.bench_function("ask a shut tap", |bench| bench.iter(|| black_box(&tap).is_on()));
    let filter = Filter::Number(Dialled::parse("20999999").expect("a number"));
    tap.start(Wish { filter, depth: Depth::Personal, span: Duration::from_secs(3_600) }).expect("room");
    let (local, remote) = ("<sip:+4589402222@hotline.example>;tag=00", "<sip:+4520123456@operator.example>;tag=1c18");
    let call = Some(CallId::new(1, ShardNo(0), 1));
    let link = Link { call, agent: None, call_id: "18262871821120269520@10.0.0.2", local, remote };
    criterion.bench_function("tell an open tap of a leg", |bench| bench.iter(|| tap.link(black_box(&link))));
}

criterion_group!(benches, trace);
criterion_main!(benches);
