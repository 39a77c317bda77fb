//! A rule set tried against itself: what it says twice, what can never be heard, what one
//! language takes from another. Each finding that can go wrong names a message that does.

mod keywords;
mod rules;
mod samples;
mod sentences;

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::Analysis;
use crate::analyzer::{Analyzer, Hints};
use crate::fold::fold;
use crate::own_words::OwnWords;
use crate::pack::concepts::Mode;
use crate::pack::diagnostics::{Place, locate};
use crate::pack::packs::{self, LanguagePack, Packs, Samples};
use crate::pack::{PackErrors, Source};
use crate::parallel;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Customers are misunderstood, or a rule is without effect.
    Error,
    /// Some customers may be.
    Warning,
    /// Worth knowing; nothing goes wrong by it.
    Note,
}

impl Level {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// What findings there are, and what each means.
pub const FINDINGS: [(&str, &str); 11] = [
    ("sample-missed", "a sample does not reach its intent, or one under `not` does"),
    ("sample-repeated", "two samples are the same once folded"),
    ("sample-in-another-language", "a sample is told to be in another language than its pack"),
    ("keyword-repeated", "two keywords of a language are the same once folded"),
    ("keyword-inside-keyword", "a keyword stands inside a keyword of another intent"),
    ("keyword-of-two-languages", "a keyword means another intent in another language"),
    ("function-word-elsewhere", "a keyword is a function word of another language"),
    ("rule-never-fires", "no sentence that a pattern stands for is ever heard"),
    ("rule-never-wins", "every sentence that a pattern stands for is taken for another intent"),
    (
        "concept-without-words",
        "a part of a pattern uses a concept that has no words in its language",
    ),
    ("pattern-without-sample", "no sample of the intent is heard by a pattern"),
];

/// One thing found in packs that do compile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// One of [`FINDINGS`].
    pub rule: &'static str,
    /// How bad.
    pub level: Level,
    /// The language of the pack; `shared` for patterns over concepts alone.
    pub language: String,
    /// The index of the source.
    pub source: usize,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is found.
    pub message: String,
    /// A message that goes wrong by it, where one does.
    pub example: Option<String>,
    /// What to do.
    pub help: &'static str,
}

impl Analyzer {
    /// Tries the packs that this analyzer was compiled from against themselves. Costs about
    /// as much as reading ten messages a rule. Sorted by level, language and place.
    ///
    /// # Errors
    /// The sources do not compile; they are then not those of this analyzer.
    pub fn prove(&self, sources: &[Source<'_>]) -> Result<Vec<Finding>, PackErrors> {
        let packs = packs::read(sources, Samples::Read)?;
        let ground = Ground::new(self, &packs);
        let by_language = parallel::map(&packs.languages, |_, pack| {
            let mut found = Vec::new();
            keywords::prove(&ground, pack, &mut found);
            rules::prove(&ground, pack, &mut found);
            samples::prove(&ground, pack, &mut found);
            found
        });
        let mut found: Vec<Found> = by_language.into_iter().flatten().collect();
        rules::prove_shared(&ground, &mut found);
        found.sort_by(|a, b| {
            (a.level, &a.language, a.place, a.rule).cmp(&(b.level, &b.language, b.place, b.rule))
        });
        let locate = Located::new(sources);
        Ok(found.into_iter().map(|found| locate.finding(found)).collect())
    }
}

/// A finding before its place is told by line.
struct Found {
    rule: &'static str,
    level: Level,
    language: String,
    place: Place,
    message: String,
    example: Option<String>,
    help: &'static str,
}

/// Lines of the sources.
struct Located<'s> {
    sources: &'s [Source<'s>],
}

impl<'s> Located<'s> {
    fn new(sources: &'s [Source<'s>]) -> Self {
        Self { sources }
    }

    fn finding(&self, found: Found) -> Finding {
        let Found { rule, level, language, place, message, example, help } = found;
        let bytes = self.sources.get(place.source).map_or(&[][..], |source| source.bytes);
        let (line, column, _) = locate(bytes, place.at);
        Finding {
            rule,
            level,
            language,
            source: place.source,
            line,
            column,
            message,
            example,
            help,
        }
    }
}

/// What every proof stands on.
struct Ground<'a> {
    analyzer: &'a Analyzer,
    packs: &'a Packs,
    /// The index of each rule by name.
    rules: BTreeMap<&'a str, u32>,
    /// By language: its function words, folded.
    function_words: BTreeMap<&'a str, BTreeSet<String>>,
    /// By folded text: the language, the intent and the keyword as it is written.
    keywords: BTreeMap<String, Vec<(&'a str, &'a str, &'a str)>>,
}

impl<'a> Ground<'a> {
    fn new(analyzer: &'a Analyzer, packs: &'a Packs) -> Self {
        let rules =
            (0u32..).zip(&analyzer.model.rules).map(|(at, rule)| (&*rule.name, at)).collect();
        let folded = |pack: &'a LanguagePack| {
            let words = pack.language.function_words.iter();
            (pack.language.tag.as_str(), words.map(|word| fold(&word.text).text).collect())
        };
        let mut keywords: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for pack in &packs.languages {
            for entry in &pack.entries {
                for keyword in &entry.keywords {
                    let text = keyword.text.text.as_str();
                    let tag = pack.language.tag.as_str();
                    let of = keywords.entry(fold(text).text).or_default();
                    of.push((tag, entry.id.text.as_str(), text));
                }
            }
        }
        Self {
            analyzer,
            packs,
            rules,
            function_words: packs.languages.iter().map(folded).collect(),
            keywords,
        }
    }

    fn rule(&self, language: &str, intent: &str, name: &str) -> Option<u32> {
        self.rules.get(format!("{language}/{intent}/{name}").as_str()).copied()
    }

    fn language_index(&self, tag: &str) -> Option<u8> {
        let at = self.packs.languages.iter().position(|pack| pack.language.tag == tag);
        at.and_then(|at| u8::try_from(at).ok())
    }

    /// Reads a message of a conversation in a language.
    fn own_words(&self) -> Option<&OwnWords> {
        self.analyzer.fitted.as_ref().map(|fitted| &fitted.own_words)
    }

    fn read_in(&self, language: &str, text: &str) -> Analysis {
        let hints = Hints { locale: None, conversation: Some(language) };
        self.analyzer.analyze(text, &hints)
    }
}

/// Whether a bot would see to an intent: it is the first, or the next beside it.
fn acted_on(analysis: &Analysis, intent: &str) -> bool {
    analysis.intent.as_str() == intent
        || (analysis.intent.as_str() != "none"
            && analysis.wishes().take(2).any(|found| found.id.as_str() == intent))
}

/// The words of a concept in one language, as a sentence would use them.
fn spoken_words(pack: &LanguagePack) -> BTreeMap<&str, Vec<&str>> {
    pack.concepts
        .iter()
        .map(|concept| {
            let whole = concept.words.iter().filter(|(mode, _)| *mode == Mode::Word);
            let parts = concept.words.iter().filter(|(mode, _)| *mode != Mode::Word);
            let words = whole.chain(parts).map(|(_, text)| text.text.as_str());
            (concept.name.as_str(), words.collect())
        })
        .collect()
}
