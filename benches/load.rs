//! From the bytes of the packs to an analyzer that answers.
#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot load its packs has nothing to measure"
)]

use benches::{compile, repository_packs};
use criterion::{Criterion, criterion_group, criterion_main};
use intent::Hints;

fn load(c: &mut Criterion) {
    let files = repository_packs().unwrap();
    c.bench_function("load", |b| {
        b.iter(|| {
            let analyzer = compile(&files).unwrap();
            assert_eq!(
                analyzer.analyze("Where is my parcel?", &Hints::default()).intent.as_str(),
                "tracking.status"
            );
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = load
}
criterion_main!(benches);
