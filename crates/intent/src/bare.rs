//! What is measured against.

use aho_corasick::AhoCorasick;

use crate::analyzer::Analyzer;
use crate::lexicon::{DENSE, Match, Role, automaton};

/// The least that any matcher does with a message: folds it, runs one automaton over the
/// literals of all packs, checks boundaries and adds weights up by intent. It understands
/// nothing; benchmarks measure [`Analyzer::analyze`] against it in the same run.
#[derive(Debug)]
pub struct Bare<'a> {
    analyzer: &'a Analyzer,
    automaton: Option<AhoCorasick>,
}

impl<'a> Bare<'a> {
    /// Builds the automaton, which takes seconds for many languages.
    #[must_use]
    pub fn new(analyzer: &'a Analyzer) -> Self {
        let lexicon = &analyzer.model.lexicon;
        Self { analyzer, automaton: automaton(lexicon.texts(), DENSE) }
    }

    /// The best sum of weights.
    #[must_use]
    pub fn score(&self, text: &str) -> i64 {
        let model = &self.analyzer.model;
        let text = &text[..text.floor_char_boundary(Analyzer::MAX_BYTES)];
        let folded = crate::fold::fold(text);
        let mut segments = crate::segment::Segments::default();
        segments.fill(&folded.text);
        let mut sums = vec![0i64; model.specs.len()];
        let mut add = |hit: crate::lexicon::Hit| {
            if let Role::Keyword(rule) = hit.usage.role {
                let rule = &model.rules[rule as usize];
                sums[usize::from(rule.intent)] += i64::from(rule.weight);
            }
        };
        for hit in self.automaton.iter().flat_map(|a| a.find_overlapping_iter(&folded.text)) {
            let (start, end, literal) = (hit.start(), hit.end(), hit.pattern().as_usize());
            let found = Match { start, end, literal };
            model.lexicon.check(found, &folded.text, &segments.edges, &mut add);
        }
        sums.into_iter().max().unwrap_or(0)
    }
}
