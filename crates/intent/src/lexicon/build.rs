//! How the literals of all languages become one lexicon.

use fst::MapBuilder;

use super::slips::{Deletions, has_typos};
use super::{Boundary, Lexicon, Literal, Role, Use, offset};
use crate::fold::fold;
use crate::model::Moved;
use crate::pack::concepts::Mode;
use crate::pack::language::{Edge, Language};
use crate::packed::List;
use crate::segment::Script;

/// Gathers literals before the lexicon is built.
#[derive(Debug, Default)]
pub(crate) struct LexiconBuilder {
    literals: Vec<(String, Use)>,
}

/// A keyword that folds to nothing: it consists of what folding takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FoldsToNothing;

/// Where a literal may begin, which says how it is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Begins {
    /// Where a word begins.
    AtWord,
    /// Inside words too.
    Inside,
    /// Anywhere in a script without spaces.
    Unspaced,
}

impl LexiconBuilder {
    /// Adds a literal in all the spellings that its language has for it.
    pub(crate) fn add(
        &mut self,
        text: &str,
        language: u8,
        pack: &Language,
        mode: Mode,
        role: Role,
    ) -> Result<(), FoldsToNothing> {
        let folded = fold(text).text;
        if folded.trim().is_empty() {
            return Err(FoldsToNothing);
        }
        let accented = !text.is_ascii()
            && folded.is_ascii()
            && folded.bytes().any(|b| b.is_ascii_alphabetic());
        let usage = Use { language, mode, role, accented };
        for spelling in spellings(text, &folded, pack) {
            self.literals.push((spelling, usage));
        }
        Ok(())
    }

    /// Sorts what is there; languages do it side by side, before they are put together.
    pub(crate) fn sort(&mut self) {
        self.literals.sort_unstable();
        self.literals.dedup();
    }

    /// Adds the literals of a language that was compiled by itself.
    pub(crate) fn append(&mut self, other: Self, to: &Moved) {
        self.literals.extend(other.literals.into_iter().map(|(text, usage)| {
            let role = match usage.role {
                Role::Atom(atom) => Role::Atom(to.atom(atom)),
                Role::Keyword(rule) => Role::Keyword(to.rule(rule)),
                role => role,
            };
            (text, Use { role, ..usage })
        }));
    }

    pub(crate) fn build(mut self, boundaries: Vec<Boundary>) -> Lexicon {
        // Stable, since that is fast where sorted runs follow each other.
        self.literals.sort();
        self.literals.dedup();
        let begins = |text: &str, uses: &[(String, Use)]| {
            let inside = |usage: &Use| {
                usage.mode == Mode::Part
                    || (boundaries[usize::from(usage.language)].start == Edge::Any
                        && !text.as_bytes()[0].is_ascii())
            };
            if text.chars().next().is_some_and(|c| Script::of(c).is_unspaced()) {
                Begins::Unspaced
            } else if uses.iter().any(|(_, usage)| inside(usage)) {
                Begins::Inside
            } else {
                Begins::AtWord
            }
        };
        let mut groups: Vec<(Begins, &[(String, Use)])> = self
            .literals
            .chunk_by(|a, b| a.0 == b.0)
            .map(|group| (begins(&group[0].0, group), group))
            .collect();
        // Each kind keeps the order of texts, which the map of words asks for.
        groups.sort_by_key(|(begins, _)| *begins);
        let until = |last| groups.partition_point(|(begins, _)| *begins <= last);
        let mut lexicon = Lexicon {
            first_inside: until(Begins::AtWord),
            first_unspaced: until(Begins::Inside),
            boundaries,
            ..Lexicon::default()
        };
        for (_, group) in &groups {
            let (text, _) = &group[0];
            let from = lexicon.uses.len();
            lexicon.uses.extend(group.iter().map(|(_, usage)| *usage));
            let inside = lexicon.uses[from..].iter().any(|usage| lexicon.may_be_inside(usage));
            lexicon.texts.push_str(text);
            lexicon.literals.push(Literal {
                text: offset(lexicon.texts.len()),
                uses: offset(lexicon.uses.len()),
                inside: u8::from(inside),
            });
        }
        let numbered = || (0u32..).zip(&groups).map(|(at, (_, group))| (at, group[0].0.as_str()));
        let slips = numbered().filter(|&(at, text)| has_typos(text, lexicon.uses(at as usize)));
        lexicon.deletions = Deletions::of(slips);
        lexicon.words = words(numbered().take(lexicon.first_inside));
        lexicon.prefixes = prefixes(&lexicon.boundaries);
        lexicon.link();
        lexicon
    }
}

/// A map from texts, sorted, to their numbers.
fn words<'t>(texts: impl Iterator<Item = (u32, &'t str)>) -> List<u8> {
    let mut map = MapBuilder::memory();
    for (at, text) in texts {
        // Sorted and without repetitions, nothing is refused; writing is to memory.
        if map.insert(text, u64::from(at)).is_err() {
            return List::default();
        }
    }
    map.into_inner().unwrap_or_default().into_iter().collect()
}

/// What may stand between the beginning of a word and a literal, in any language.
fn prefixes(boundaries: &[Boundary]) -> Vec<String> {
    let mut all: Vec<String> =
        boundaries.iter().flat_map(|boundary| &boundary.prefixes).cloned().collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The folded literal, without its apostrophes, joined where it has a hyphen, and in the
/// transcriptions of its language.
fn spellings(text: &str, folded: &str, pack: &Language) -> Vec<String> {
    let mut spellings = vec![folded.to_owned()];
    if folded.contains('\'') && folded.chars().any(char::is_alphanumeric) {
        spellings.push(folded.replace('\'', ""));
    }
    if text.contains('-') && folded.contains(' ') {
        spellings.push(fold(&text.replace('-', "")).text);
    }
    if pack.transcriptions.is_empty() {
        return spellings;
    }
    let lower = text.to_lowercase();
    let mut transcribed = lower.clone();
    for (from, to) in &pack.transcriptions {
        transcribed = transcribed.replace(from.as_str(), to);
    }
    if transcribed != lower {
        spellings.push(fold(&transcribed).text);
    }
    spellings.retain(|s| !s.trim().is_empty());
    spellings
}
