//! One pass over a message: what stands in it, in which language, under which negation.

use crate::Hints;
use crate::fitted::Fitted;
use crate::fold::{Folded, fold_into};
use crate::lexicon::{Hit, MIN_TYPO_LETTERS, Match, Role};
use crate::model::Model;
use crate::nfa::{Active, AtomHit, PatternHit};
use crate::own_words::OwnWords;
use crate::pack::language::Mood;
use crate::segment::{ENDS, STARTS, Script, Segments};
use crate::vote::{self, Ballot, Vote};

/// What it costs to step over a word, and over a character of an unspaced script; a comma
/// costs one, the end of a sentence more than any gap.
const WORD: u32 = 6;
const CHARACTER: u32 = 2;

/// Why a hit counts less than its rule's weight.
pub(crate) const TYPO: u8 = 1;
pub(crate) const ACCENT: u8 = 2;
pub(crate) const FOREIGN: u8 = 4;

/// A word that denies, and what it reaches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    /// The negator itself.
    pub(crate) negator: (u32, u32),
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// A keyword of an intent in the message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeywordHit {
    pub(crate) rule: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) factor: u16,
    pub(crate) flags: u8,
}

/// Everything that was found in one message. The buffers are reused.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    pub(crate) folded: Folded,
    pub(crate) segments: Segments,
    hits: Vec<Hit>,
    /// For every position, how far the hits reach that begin at or before it, and how far
    /// those of the message's language that begin at it.
    reach: Vec<(u32, u32)>,
    pub(crate) votes: Vote,
    /// For every position, how far it is from the beginning, see [`crate::nfa::NEXT`].
    distance: Vec<u32>,
    pub(crate) atoms: Vec<AtomHit>,
    pub(crate) keywords: Vec<KeywordHit>,
    pub(crate) patterns: Vec<PatternHit>,
    /// Mood, language, start and end; in the order of the text.
    pub(crate) moods: Vec<(Mood, u8, u32, u32)>,
    pub(crate) scopes: Vec<Scope>,
    /// Where clauses begin: sorted, the first is 0.
    pub(crate) clauses: Vec<u32>,
    breakers: Vec<(u32, u32)>,
    negators: Vec<(u32, u32, bool)>,
    exceptions: Vec<(u32, u32)>,
    fillers: Vec<(u32, u32)>,
    active: Active,
    matches: Vec<Match>,
}

impl Scan {
    pub(crate) fn fill(
        &mut self,
        model: &Model,
        fitted: Option<&Fitted>,
        text: &str,
        hints: &Hints<'_>,
    ) {
        self.read(model, text);
        self.vote(model, fitted, text, hints);
        self.go_on(model, fitted, fitted.map(|fitted| &fitted.own_words), text, hints);
    }

    /// Like [`Scan::fill`], with the language known beforehand: for samples.
    pub(crate) fn fill_in(
        &mut self,
        model: &Model,
        own_words: Option<&OwnWords>,
        text: &str,
        language: Option<u8>,
    ) {
        self.fill_as(model, own_words, text, language, &Hints::default());
    }

    /// Like [`Scan::fill_in`], as it is read in a conversation in that language: what speaks
    /// for others counts less.
    pub(crate) fn fill_amid(
        &mut self,
        model: &Model,
        own_words: Option<&OwnWords>,
        text: &str,
        language: u8,
    ) {
        let conversation = model.languages.get(usize::from(language)).map(|info| &*info.tag);
        let hints = Hints { conversation, ..Hints::default() };
        self.fill_as(model, own_words, text, Some(language), &hints);
    }

    fn fill_as(
        &mut self,
        model: &Model,
        own_words: Option<&OwnWords>,
        text: &str,
        language: Option<u8>,
        hints: &Hints<'_>,
    ) {
        self.read(model, text);
        self.vote(model, None, text, hints);
        if let Some(language) = language {
            self.votes.decide(language);
        }
        self.go_on(model, None, own_words, text, hints);
    }

    fn vote(&mut self, model: &Model, fitted: Option<&Fitted>, text: &str, hints: &Hints<'_>) {
        let Self { folded, segments, hits, votes, .. } = self;
        let ballot = Ballot { model, fitted, text: &folded.text, original: text, segments, hits };
        votes.count(&ballot, hints);
    }

    /// Folds the text and looks keywords up.
    fn read(&mut self, model: &Model, text: &str) {
        self.folded = fold_into(text, std::mem::take(&mut self.folded));
        self.segments.fill(&self.folded.text);
        self.hits.clear();
        let (text, hits) = (&self.folded.text, &mut self.hits);
        model.lexicon.find(text, &self.segments.edges, &mut self.matches, |hit| hits.push(hit));
    }

    /// Everything that depends on the language.
    fn go_on(
        &mut self,
        model: &Model,
        fitted: Option<&Fitted>,
        own_words: Option<&OwnWords>,
        text: &str,
        hints: &Hints<'_>,
    ) {
        let found = self.hits.len();
        self.repair(model, own_words);
        // Where nothing spoke for a language, what the slips stand for does.
        if self.votes.top().is_none() && self.hits.len() > found {
            self.vote(model, fitted, text, hints);
        }
        self.sort_out(model, text);
        self.measure();
        self.find_clauses();
        self.find_scopes(model);
        // By start, end and atom, the greatest factor first, as one number to compare.
        self.atoms.sort_unstable_by_key(|a| {
            let place = u64::from(a.start) << 32 | u64::from(a.end);
            u128::from(place) << 64 | u128::from(u64::from(a.atom) << 16 | u64::from(!a.factor))
        });
        self.atoms.dedup_by_key(|a| (a.start, a.end, a.atom));
        self.patterns.clear();
        let patterns = &mut self.patterns;
        model.nfa.run(&self.atoms, &self.distance, &mut self.active, |hit| patterns.push(hit));
        self.keep_best();
    }

    /// The words of spaced scripts, each with whether it was taken for a slip.
    pub(crate) fn words(&self) -> impl Iterator<Item = (&str, bool)> {
        let spaced = self.segments.words.iter().filter(|word| !word.script.is_unspaced());
        spaced.filter_map(|word| {
            let slipped = |hit: &Hit| hit.typo && hit.start as usize == word.start;
            let text = self.folded.text.get(word.start..word.end)?;
            Some((text, self.hits.iter().any(slipped)))
        })
    }

    /// Looks for slips of one letter in words that nothing else stands on.
    fn repair(&mut self, model: &Model, own_words: Option<&OwnWords>) {
        let top = self.votes.top();
        let own = |word: &str| {
            own_words.zip(top).is_some_and(|(own, top)| {
                own.has(top, &model.languages[usize::from(top)].tag, word)
            })
        };
        let text = &self.folded.text;
        self.reach.clear();
        self.reach.resize(text.len() + 1, (0, 0));
        for hit in &self.hits {
            let (any, own) = &mut self.reach[hit.start as usize];
            if hit.usage.role != Role::Typical {
                *any = hit.end.max(*any);
            }
            if Some(hit.usage.language) == top {
                *own = hit.end.max(*own);
            }
        }
        let mut furthest = 0;
        for (reach, _) in &mut self.reach {
            furthest = furthest.max(*reach);
            *reach = furthest;
        }
        for word in &self.segments.words {
            let length = word.end - word.start;
            if word.script.is_unspaced()
                || word.script == Script::Digit
                || !(MIN_TYPO_LETTERS..=64).contains(&length)
            {
                continue;
            }
            let end = word.end as u32;
            let (any, same) = self.reach[word.start];
            let known = any >= end || same >= end.saturating_sub(3);
            let slice = &text[word.start..word.end];
            if !known && slice.chars().count() >= MIN_TYPO_LETTERS && !own(slice) {
                let hits = &mut self.hits;
                model.lexicon.find_typo(slice, word.start, top, |hit| hits.push(hit));
            }
        }
    }

    /// Distributes the hits by what they are good for.
    fn sort_out(&mut self, model: &Model, original: &str) {
        for list in [&mut self.breakers, &mut self.exceptions, &mut self.fillers] {
            list.clear();
        }
        self.negators.clear();
        self.atoms.clear();
        self.keywords.clear();
        self.moods.clear();
        let ascii = original.is_ascii();
        for hit in &self.hits {
            let Some((factor, mut flags)) = vote::factor(&self.votes, model, hit) else { continue };
            let mut factor = factor;
            if hit.typo {
                flags |= TYPO;
                factor = factor * 7 / 10;
            }
            let (start, end) = (hit.start, hit.end);
            match hit.usage.role {
                Role::Atom(_) | Role::Keyword(_) => {
                    let accented = has_accents(&self.folded, start, end, original, ascii);
                    if accented.is_some_and(|accented| accented != hit.usage.accented) {
                        flags |= ACCENT;
                        factor = factor * 9 / 10;
                    }
                    let (start, end) = widen(&self.segments.edges, start, end);
                    match hit.usage.role {
                        Role::Keyword(rule) => {
                            self.keywords.push(KeywordHit { rule, start, end, factor, flags })
                        }
                        Role::Atom(atom) => {
                            let mut push = |atom| {
                                self.atoms.push(AtomHit { start, end, atom, factor, flags });
                            };
                            push(atom);
                            // The message's language hears concepts of any word that counts.
                            let own = |language: u8| {
                                let atoms = &model.own_atoms[usize::from(language)];
                                atoms.get(atom as usize).copied().flatten()
                            };
                            let top = self.votes.top().unwrap_or(hit.usage.language);
                            own(top).into_iter().for_each(&mut push);
                            if hit.usage.language != top && flags & FOREIGN == 0 {
                                own(hit.usage.language).into_iter().for_each(&mut push);
                            }
                        }
                        _ => {}
                    }
                }
                // What follows is grammar: it counts in the message's own language only.
                _ if flags & FOREIGN != 0 => {}
                Role::Mood(mood) => self.moods.push((mood, hit.usage.language, start, end)),
                Role::Filler => self.fillers.push((start, end)),
                Role::NegateBefore => self.negators.push((start, end, true)),
                Role::NegateAfter => self.negators.push((start, end, false)),
                Role::NegateException => self.exceptions.push((start, end)),
                Role::Breaker | Role::Contrast => self.breakers.push((start, end)),
                Role::Function | Role::Typical => {}
            }
        }
        // Of phrases that begin together the longest comes first.
        self.moods.sort_unstable_by_key(|&(mood, language, start, end)| {
            (start, std::cmp::Reverse(end), mood, language)
        });
    }

    /// Lays out distances: what costs nothing to step over, what cannot be stepped over.
    fn measure(&mut self) {
        let text = &self.folded.text;
        self.distance.clear();
        self.distance.resize(text.len() + 1, 0);
        for word in &self.segments.words {
            if word.script.is_unspaced() {
                for (at, c) in text[word.start..word.end].char_indices() {
                    self.distance[word.start + at + c.len_utf8()] = CHARACTER;
                }
            } else {
                self.distance[word.end] = WORD;
            }
        }
        for &(start, end) in &self.fillers {
            self.distance[start as usize + 1..=end as usize].fill(0);
        }
        for &comma in &self.segments.commas {
            self.distance[comma] += 1;
        }
        for &end in &self.segments.sentence_ends {
            self.distance[end] += 1000;
        }
        let mut sum = 0;
        for cost in &mut self.distance {
            sum += *cost;
            *cost = sum;
        }
    }

    fn find_clauses(&mut self) {
        self.clauses.clear();
        self.clauses.push(0);
        let positions =
            self.segments.commas.iter().chain(&self.segments.sentence_ends).map(|&at| at as u32);
        self.clauses.extend(positions.chain(self.breakers.iter().map(|&(start, _)| start)));
        self.clauses.sort_unstable();
        self.clauses.dedup();
    }

    /// The clause around a position.
    pub(crate) fn clause(&self, at: u32) -> (u32, u32) {
        let next = self.clauses.partition_point(|&start| start <= at);
        let start = self.clauses.get(next.saturating_sub(1)).copied().unwrap_or(0);
        let end = self.clauses.get(next).copied().unwrap_or(self.folded.text.len() as u32);
        (start, end)
    }

    fn find_scopes(&mut self, model: &Model) {
        self.scopes.clear();
        let window =
            self.votes.top().map_or(4, |top| model.languages[usize::from(top)].negation_window)
                * WORD;
        for &(start, end, before) in &self.negators {
            if self.exceptions.iter().any(|&(from, to)| from <= start && end <= to) {
                continue;
            }
            // A negator that is part of a longer one ("not" in "not only") is that one.
            if self
                .negators
                .iter()
                .any(|&(from, to, _)| from <= start && end <= to && to - from > end - start)
            {
                continue;
            }
            let (clause_start, clause_end) = self.clause(start);
            let scope = if before {
                let limit = self.distance[end as usize] + window;
                let reach = (end..=clause_end)
                    .take_while(|&at| self.distance[at as usize] <= limit)
                    .last()
                    .unwrap_or(end);
                Scope { negator: (start, end), start: end, end: reach }
            } else {
                let limit = self.distance[start as usize].saturating_sub(window);
                let reach = (clause_start..=start)
                    .find(|&at| self.distance[at as usize] >= limit)
                    .unwrap_or(start);
                Scope { negator: (start, end), start: reach, end: start }
            };
            self.scopes.push(scope);
        }
    }

    /// Whether a stretch is denied by a negator outside of it.
    pub(crate) fn denied(&self, start: u32, end: u32) -> bool {
        self.scopes.iter().any(|scope| {
            let own = scope.negator.0 < end && scope.negator.1 > start;
            !own && scope.start < end && scope.end > start
        })
    }

    /// Whether a negator stands right beside a stretch: a mood is denied by no other ("you
    /// never gave permission, outrageous" is angry).
    pub(crate) fn denied_closely(&self, start: u32, end: u32) -> bool {
        let apart = |a: u32, b: u32| {
            self.distance[b as usize].saturating_sub(self.distance[a as usize]) <= WORD
        };
        self.scopes.iter().any(|scope| {
            let (from, to) = scope.negator;
            scope.start < end
                && scope.end > start
                && (to <= start && apart(to, start) || end <= from && apart(end, from))
        })
    }

    /// Of each rule the longest match, the earliest of these; keywords inside a longer
    /// keyword of their rule's language are dropped.
    fn keep_best(&mut self) {
        self.patterns.sort_unstable_by_key(|p| {
            (p.rule, std::cmp::Reverse(p.factor), std::cmp::Reverse(p.end - p.start), p.start)
        });
        self.patterns.dedup_by_key(|p| p.rule);
        self.keywords.sort_unstable_by_key(|k| (k.start, std::cmp::Reverse(k.end), k.rule));
        let mut kept = 0;
        for at in 0..self.keywords.len() {
            let hit = self.keywords[at];
            let inside = self.keywords.iter().any(|other| {
                other.start <= hit.start
                    && hit.end <= other.end
                    && other.end - other.start > hit.end - hit.start
                    && other.flags & TYPO == 0
            });
            if !inside {
                self.keywords[kept] = hit;
                kept += 1;
            }
        }
        self.keywords.truncate(kept);
    }
}

/// Whether Latin letters were typed with marks; nothing for other scripts.
fn has_accents(folded: &Folded, start: u32, end: u32, original: &str, ascii: bool) -> Option<bool> {
    let slice = folded.text.get(start as usize..end as usize)?;
    if !slice.is_ascii() {
        return None;
    }
    if ascii {
        return Some(false);
    }
    let span = folded.span(start as usize, end as usize, original);
    Some(span.of(original).chars().any(|c| !c.is_ascii() && c.is_alphabetic()))
}

/// Widens a stretch to whole words where it ends inside one.
fn widen(edges: &[u8], start: u32, end: u32) -> (u32, u32) {
    let (mut start, mut end) = (start as usize, end as usize);
    while start > 0 && edges[start] & STARTS == 0 {
        start -= 1;
    }
    while end + 1 < edges.len() && edges[end] & ENDS == 0 {
        end += 1;
    }
    (start as u32, end as u32)
}
