//! What the benches share: the packs of the repository, made-up packs of a given size,
//! and messages with the answers they must get. A bench that got a wrong answer fails: a
//! fast wrong answer is worth nothing.
#![expect(
    clippy::disallowed_methods,
    reason = "benches read the packs of the repository, start programs and measure time"
)]

pub mod load;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use intent::{Analyzer, Hints, Options, PackErrors, Source};

/// Files of a pack by path.
pub type Files = Vec<(String, Vec<u8>)>;

/// The packs of the repository.
///
/// # Errors
/// When the folder cannot be read.
pub fn repository_packs() -> io::Result<Files> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../intents");
    let mut files = Files::new();
    walk(&root, &root, &mut files)?;
    files.sort();
    Ok(files)
}

fn walk(root: &Path, folder: &Path, files: &mut Files) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        if path.is_dir() {
            walk(root, &path, files)?;
        } else if path.extension().is_some_and(|e| e == "toml" || e == "lock") {
            let relative =
                path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.push((relative, fs::read(&path)?));
        }
    }
    Ok(())
}

/// Compiles files.
///
/// # Errors
/// What is wrong with them.
pub fn compile(files: &Files) -> Result<Analyzer, PackErrors> {
    let sources: Vec<Source<'_>> =
        files.iter().map(|(path, bytes)| Source { path, bytes }).collect();
    let options = Options {
        order_number_patterns: vec!["#?[1-9][0-9]{4,7}".to_owned()],
        products: Vec::new(),
    };
    Analyzer::compile(&sources, &options)
}

/// A message and the intent that it must be taken for.
#[derive(Clone, Debug)]
pub struct Message {
    /// The language it is written in.
    pub language: String,
    /// What the customer typed.
    pub text: String,
    /// What the analyzer said when the bench began; every pass must say the same.
    pub intent: String,
}

/// Plain questions of each language whose answer nobody doubts.
const CERTAIN: [(&str, &str, &str); 6] = [
    ("en", "Where is my parcel?", "tracking.status"),
    ("es", "¿Dónde está mi paquete?", "tracking.status"),
    ("de", "Wo ist mein Paket?", "tracking.status"),
    ("ja", "荷物は今どこですか？", "tracking.status"),
    ("zh", "我的包裹到哪里了？", "tracking.status"),
    ("ar", "وين طلبي؟", "tracking.status"),
];

/// Messages of the project's own labelled set for the languages at hand.
///
/// # Panics
/// When an answer that nobody doubts is wrong.
#[must_use]
pub fn messages(analyzer: &Analyzer, files: &Files) -> Vec<Message> {
    let hints = Hints::default();
    for (language, text, intent) in CERTAIN {
        if analyzer.languages().iter().any(|l| l == language) {
            assert_eq!(analyzer.analyze(text, &hints).intent.as_str(), intent, "{text}");
        }
    }
    let mut messages = Vec::new();
    for (path, bytes) in files {
        let Some((language, _)) = path.split_once('/') else { continue };
        // Samples stand one a line, in quotes.
        for line in String::from_utf8_lossy(bytes)
            .lines()
            .skip_while(|l| !l.starts_with("samples"))
            .step_by(7)
        {
            let text = line.trim().trim_end_matches(',').trim_matches(['"', '\'']);
            if line.starts_with("  ") && text.len() > 3 {
                let intent = analyzer.analyze(text, &hints).intent.to_string();
                messages.push(Message {
                    language: language.to_owned(),
                    text: text.to_owned(),
                    intent,
                });
            }
        }
    }
    messages
}

/// A pack of one language with so many keywords, and a text that holds two of them.
#[must_use]
pub fn keyword_pack(count: usize) -> (Files, String) {
    const SYLLABLES: [&str; 24] = [
        "ba", "ko", "ri", "ten", "lu", "mar", "sen", "do", "fi", "gra", "hul", "ja", "ket", "lom",
        "mi", "nor", "pa", "qui", "ros", "tav", "ur", "ves", "wil", "zan",
    ];
    let word = |mut at: usize| {
        let mut word = String::new();
        for _ in 0..4 {
            word.push_str(SYLLABLES[at % SYLLABLES.len()]);
            at /= SYLLABLES.len();
        }
        word
    };
    // A step that is prime to the number of words spreads them over the alphabet.
    let words: Vec<String> = (0..count).map(|at| word(at * 7919 + 13)).collect();
    let mut intents = String::from(
        "[[intent]]\nid = \"none\"\nmeans = \"none\"\nseverity = \"blue\"\ntier = 1\n",
    );
    let mut rules = String::new();
    for (at, chunk) in words.chunks(count.div_ceil(40).max(1)).enumerate() {
        intents.push_str(&format!(
            "[[intent]]\nid = \"bench.i{at}\"\nmeans = \"bench\"\nseverity = \"blue\"\ntier = 1\n"
        ));
        rules.push_str(&format!("[[intent]]\nid = \"bench.i{at}\"\nkeywords = [\n"));
        for word in chunk {
            rules.push_str(&format!("  {{ text = \"{word}\", weight = 1500 }},\n"));
        }
        rules.push_str("]\n");
    }
    let language =
        "tag = \"en\"\nfunction_words = [\"the\", \"is\", \"and\", \"my\", \"please\", \"have\"]\n";
    let files = vec![
        ("intents.toml".to_owned(), intents.into_bytes()),
        ("en/language.toml".to_owned(), language.as_bytes().to_vec()),
        ("en/bench.toml".to_owned(), rules.into_bytes()),
    ];
    let text = format!(
        "Hello, I have been waiting and the {} is still not here, please tell me what happened and whether the {} is coming this week.",
        words[count / 3],
        words[count / 3 + 1]
    );
    (files, text)
}
