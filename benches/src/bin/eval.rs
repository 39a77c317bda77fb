//! Prints the table of the README: how often the packs are right about the labelled
//! messages of `tests/eval`, or of the files named as arguments.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "it reads files and prints a table"
)]

use std::fs;
use std::path::{Path, PathBuf};

use benches::{compile, repository_packs};
use intent::{Analyzer, EmotionLabel, Hints};
use serde_json::Value;

/// Counts of one file, or of all.
#[derive(Debug, Default)]
struct Counts {
    messages: usize,
    right: usize,
    language: usize,
    answered: usize,
    answered_right: usize,
    /// Out of scope: labelled so, taken so, and both.
    none: [usize; 3],
    angry: [usize; 3],
}

impl Counts {
    fn add(&mut self, analyzer: &Analyzer, line: &Value) {
        let text = |key: &str| line[key].as_str().unwrap_or_default();
        let analysis = analyzer.analyze(text("text"), &Hints::default());
        let top = analysis.intent.as_str();
        let also = line["also"].as_array().map_or(&[][..], Vec::as_slice);
        let right = top == text("intent") || also.iter().any(|id| id.as_str() == Some(top));
        self.messages += 1;
        self.right += usize::from(right);
        self.language += usize::from(*analysis.language.tag == *text("lang"));
        self.answered += usize::from(top != "none");
        self.answered_right += usize::from(top != "none" && right);
        pair(&mut self.none, text("intent") == "none", top == "none");
        let angry = analysis.emotion.label == EmotionLabel::Angry;
        pair(&mut self.angry, text("emotion") == "angry", angry);
    }

    fn row(&self, name: &str) {
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        let [labelled, taken, both] = self.none;
        let [angry, heard, anger_both] = self.angry;
        println!(
            "| {name} | {} | {:.3} | {:.3} | {:.2} / {:.2} | {:.3} at {:.2} | {:.2} / {:.2} |",
            self.messages,
            share(self.right, self.messages),
            share(self.language, self.messages),
            share(both, labelled),
            share(both, taken),
            share(self.answered_right, self.answered),
            share(self.answered, self.messages),
            share(anger_both, angry),
            share(anger_both, heard),
        );
    }

    fn merge(&mut self, other: &Self) {
        self.messages += other.messages;
        self.right += other.right;
        self.language += other.language;
        self.answered += other.answered;
        self.answered_right += other.answered_right;
        for at in 0..3 {
            self.none[at] += other.none[at];
            self.angry[at] += other.angry[at];
        }
    }
}

fn pair(counts: &mut [usize; 3], labelled: bool, taken: bool) {
    counts[0] += usize::from(labelled);
    counts[1] += usize::from(taken);
    counts[2] += usize::from(labelled && taken);
}

fn files() -> std::io::Result<Vec<PathBuf>> {
    let named: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if !named.is_empty() {
        return Ok(named);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/eval");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    files.sort();
    Ok(files)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let analyzer = compile(&repository_packs()?)?;
    println!(
        "| language | messages | accuracy | language told | out of scope: recall / precision | of those answered, right | anger: recall / precision |"
    );
    println!("|---|---|---|---|---|---|---|");
    let mut all = Counts::default();
    for file in files()? {
        let mut counts = Counts::default();
        for line in fs::read_to_string(&file)?.lines() {
            counts.add(&analyzer, &serde_json::from_str(line)?);
        }
        counts.row(&file.file_stem().unwrap_or_default().to_string_lossy());
        all.merge(&counts);
    }
    all.row("all");
    Ok(())
}
