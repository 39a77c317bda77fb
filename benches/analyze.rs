//! `analyze`, by language, by length, by number of keywords, each beside the bare fold +
//! automaton + sum of the same run. Compare within a run; machines differ.
#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot load its packs has nothing to measure"
)]

use std::hint::black_box;

use benches::{Message, compile, keyword_pack, messages, repository_packs};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use intent::{Analyzer, Bare, Hints};

fn both(c: &mut Criterion, group: &str, id: &str, analyzer: &Analyzer, texts: &[&Message]) {
    let mut group = c.benchmark_group(group);
    group.throughput(Throughput::Elements(texts.len() as u64));
    let bare = Bare::new(analyzer);
    group.bench_function(BenchmarkId::new("bare", id), |b| {
        b.iter(|| texts.iter().map(|m| bare.score(black_box(&m.text))).sum::<i64>());
    });
    group.bench_function(BenchmarkId::new("analyze", id), |b| {
        b.iter(|| {
            for message in texts {
                let analysis = analyzer.analyze(black_box(&message.text), &Hints::default());
                assert_eq!(analysis.intent.as_str(), message.intent, "{}", message.text);
            }
        });
    });
    group.finish();
}

fn by_language(c: &mut Criterion) {
    let files = repository_packs().unwrap();
    let analyzer = compile(&files).unwrap();
    let messages = messages(&analyzer, &files);
    for language in analyzer.languages() {
        let texts: Vec<&Message> =
            messages.iter().filter(|m| m.language == *language).take(200).collect();
        both(c, "language", language, &analyzer, &texts);
    }
    let texts: Vec<&Message> = messages.iter().step_by(5).collect();
    both(c, "language", "all", &analyzer, &texts);
}

fn by_length(c: &mut Criterion) {
    let files = repository_packs().unwrap();
    let analyzer = compile(&files).unwrap();
    let story = "I ordered a lamp three weeks ago and it has still not arrived. ".repeat(40);
    for length in [10, 40, 130, 500, 2000] {
        let text: String = story.chars().take(length).collect();
        let intent = analyzer.analyze(&text, &Hints::default()).intent.to_string();
        let message = Message { language: "en".to_owned(), text, intent };
        both(c, "length", &length.to_string(), &analyzer, &[&message]);
    }
}

fn by_keywords(c: &mut Criterion) {
    for count in [1_000, 10_000, 100_000] {
        let (files, text) = keyword_pack(count);
        let analyzer = compile(&files).unwrap();
        let analysis = analyzer.analyze(&text, &Hints::default());
        assert_eq!(
            analysis.intents.iter().map(|i| i.evidence.len()).sum::<usize>(),
            2,
            "two keywords stand in the text"
        );
        let message =
            Message { language: "en".to_owned(), text, intent: analysis.intent.to_string() };
        both(c, "keywords", &count.to_string(), &analyzer, &[&message]);
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).warm_up_time(std::time::Duration::from_millis(300)).measurement_time(std::time::Duration::from_millis(1200));
    targets = by_language, by_length, by_keywords
}
criterion_main!(benches);
