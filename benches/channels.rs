//! What it costs to believe and read a platform's request, beside the least that anyone does:
//! one HMAC over the bytes and one reading of the JSON.

use std::collections::BTreeMap;
use std::hint::black_box;

use channels::Verified;
use channels::{CHANNELS, Channel, FieldKind, Kind, Request, Sample, SampleRequest, Settings};
use criterion::{Criterion, criterion_group, criterion_main};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::Sha256;

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

fn settings(channel: &dyn Channel) -> Settings {
    let spec = channel.spec();
    let given: BTreeMap<String, String> = (spec.fields.iter())
        .filter(|field| field.required || spec.any_of.contains(&field.name))
        .map(|field| {
            let value = match field.kind {
                FieldKind::Secret => SECRET,
                FieldKind::Url => "https://example.com",
                _ => "4711",
            };
            (field.name.to_owned(), value.to_owned())
        })
        .collect();
    let plain = [("mode".to_owned(), "plain".to_owned())];
    let more = plain.into_iter().filter(|_| spec.name == "wechat");
    Settings::new(spec, &given.into_iter().chain(more).collect()).expect("settings that fit")
}

/// How many texts a request says: one, or the bench is of no worth.
fn said(channel: &dyn Channel, settings: &Settings, sample: &SampleRequest) -> usize {
    let headers: Vec<(&str, &[u8])> =
        (sample.headers.iter()).map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let request = Request {
        method: sample.method,
        query: &sample.query,
        headers: &headers,
        body: &sample.body,
    };
    let now = Timestamp::UNIX_EPOCH;
    let Ok(Verified::Delivery { delivery, .. }) = channel.verify(settings, &request, now) else {
        return 0;
    };
    let items = channel.parse(settings, &delivery, now);
    items.iter().flatten().filter(|event| matches!(event.kind, Kind::Text { .. })).count()
}

fn least(body: &[u8]) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key of any length");
    mac.update(body);
    let code = mac.finalize().into_bytes();
    let value: Result<serde_json::Value, _> = serde_json::from_slice(body);
    value.is_ok() && code[0] < 255
}

fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("webhook");
    for channel in CHANNELS {
        let settings = settings(*channel);
        let sample = Sample {
            text: "Where is my order 4711? It should have come three weeks ago.",
            sender: "77",
            id: "1",
            now: Timestamp::UNIX_EPOCH,
        };
        let request = channel.sample(&settings, &sample).expect("a sample");
        let name = channel.spec().name;
        assert_eq!(said(*channel, &settings, &request), 1, "{name}");
        group.bench_function(name, |bencher| {
            bencher.iter(|| said(*channel, black_box(&settings), black_box(&request)));
        });
        group.bench_function(format!("{name}, the least"), |bencher| {
            bencher.iter(|| least(black_box(&request.body)));
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
