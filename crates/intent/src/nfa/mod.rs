//! All sentence patterns as one automaton over atoms (concepts and words), and its run
//! over the hits of a message. Patterns are never expanded: a pattern of n elements has
//! n states, and patterns that begin alike share them.

mod build;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub(crate) use build::{NfaBuilder, Part, Pattern};

use crate::model::Moved;
use crate::packed::{List, Packed};

/// The index of a pattern rule.
pub(crate) type RuleIndex = u32;

const ROOT: u32 = 0;

/// Gaps between neighbours, and under `…`, in units of [`crate::scan`]'s distance: a word
/// is six, a character of an unspaced script two, a comma one, a filler nothing.
pub(crate) const NEXT: u32 = 1;
pub(crate) const GAP: u32 = 30;

/// How many partial matches of one message are followed.
const MAX_ACTIVE: usize = 4096;

/// A state, in one cache line. Its edges and rules end where those of the next state begin.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// Which atoms lead on, one bit in 64 each, from neighbour to neighbour …
    next_mask: u64,
    /// … and over a gap; no bit, no look-up.
    gap_mask: u64,
    /// Both together, by other bits: states that many atoms lead on from have most bits of one
    /// mask, and few atoms pass two by chance.
    check: u64,
    next: u32,
    gap: u32,
    accepts: u32,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(crate) struct Nfa {
    /// One more than there are, to end the last.
    states: List<State>,
    /// Atom and target, sorted within a state.
    next: List<(u32, u32)>,
    gap: List<(u32, u32)>,
    accepts: List<RuleIndex>,
    /// By atom, where the states begin that it leads to from the root; one more than atoms.
    starts: List<u32>,
    start_states: List<u32>,
}

impl Packed for State {
    const BYTES: usize = 36;
    fn write(&self, out: &mut Vec<u8>) {
        let Self { next_mask, gap_mask, check, next, gap, accepts } = *self;
        (((next_mask, gap_mask), check), ((next, gap), accepts)).write(out);
    }
    #[inline]
    fn read(bytes: &[u8]) -> Self {
        let (((next_mask, gap_mask), check), ((next, gap), accepts)) = Packed::read(bytes);
        Self { next_mask, gap_mask, check, next, gap, accepts }
    }
}

/// The targets of an atom among the sorted edges of a state.
fn targets(edges: &List<(u32, u32)>, of: Range<u32>, atom: u32) -> impl Iterator<Item = u32> {
    let of = of.start as usize..of.end as usize;
    let from = edges.partition_point_in(of.clone(), |(a, _)| a < atom);
    let to = edges.range(from..of.end);
    to.take_while(move |&(a, _)| a == atom).map(|(_, target)| target)
}

impl Nfa {
    /// Puts the automata of languages behind each other: no pattern reaches from one into
    /// another, since each hears atoms of its own.
    pub(crate) fn link(parts: impl Iterator<Item = (Part, Moved)>) -> Self {
        let mut nfa = Self::default();
        let mut starts: Vec<(u32, u32)> = Vec::new();
        for (part, to) in parts {
            let base = count(nfa.states.len());
            let edge = |&(atom, target): &(u32, u32)| (to.atom(atom), base + target);
            let mask = |edges: &[(u32, u32)], bit: fn(u32) -> u64| {
                edges.iter().fold(0, |mask, &(atom, _)| mask | bit(to.atom(atom)))
            };
            let (next, gap, accepts) =
                (count(nfa.next.len()), count(nfa.gap.len()), count(nfa.accepts.len()));
            for (at, &(n, g, a)) in part.states.iter().enumerate() {
                let end = part.states.get(at + 1).copied().unwrap_or((n, g, a));
                let next_edges = &part.next[n as usize..end.0 as usize];
                let gap_edges = &part.gap[g as usize..end.1 as usize];
                nfa.states.push(State {
                    next_mask: mask(next_edges, bit),
                    gap_mask: mask(gap_edges, bit),
                    check: mask(next_edges, check) | mask(gap_edges, check),
                    next: next + n,
                    gap: gap + g,
                    accepts: accepts + a,
                });
            }
            part.next.iter().map(edge).for_each(|edge| nfa.next.push(edge));
            part.gap.iter().map(edge).for_each(|edge| nfa.gap.push(edge));
            part.accepts.iter().for_each(|&rule| nfa.accepts.push(to.rule(rule)));
            starts.extend(part.starts.iter().map(edge));
        }
        starts.sort_unstable();
        let atoms = starts.last().map_or(0, |&(atom, _)| atom + 1);
        let mut at = 0;
        for atom in 0..=atoms {
            at += starts[at..].iter().take_while(|&&(a, _)| a < atom).count();
            nfa.starts.push(count(at));
        }
        nfa.start_states = starts.into_iter().map(|(_, target)| target).collect();
        nfa
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn bit(atom: u32) -> u64 {
    1 << (atom.wrapping_mul(0x9e37_79b1) >> 26)
}

fn check(atom: u32) -> u64 {
    1 << (atom.wrapping_mul(0x9e37_79b1) >> 20 & 63)
}

/// An atom found in the message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AtomHit {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) atom: u32,
    /// What counts of a rule that uses this hit, in thousandths.
    pub(crate) factor: u16,
    pub(crate) flags: u8,
}

/// A pattern found in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PatternHit {
    pub(crate) rule: RuleIndex,
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// The smallest factor of its hits.
    pub(crate) factor: u16,
    /// The union of their flags.
    pub(crate) flags: u8,
}

/// Partial matches; reused from message to message.
#[derive(Debug, Default)]
pub(crate) struct Active {
    matches: Vec<Partial>,
    /// Those that what begins at one position may continue: several atoms do.
    near: Vec<Near>,
}

/// Which atoms lead on from a partial match at the position at hand, by the bits of its state's
/// masks and by those of its check: nearly every look at a match ends here.
#[derive(Clone, Copy, Debug)]
struct Near {
    mask: u64,
    check: u64,
    at: u32,
}

/// A partial match.
#[derive(Clone, Copy, Debug)]
struct Partial {
    next_mask: u64,
    gap_mask: u64,
    check: u64,
    state: u32,
    start: u32,
    end: u32,
    /// The distance of its end.
    reached: u32,
    factor: u16,
    flags: u8,
}

impl Active {
    /// Gathers what may go on at a position of the text, and drops what nothing can continue
    /// that begins there or later.
    fn come_to(&mut self, start: u32, here: u32) {
        self.near.clear();
        let mut kept = 0;
        for at in 0..self.matches.len() {
            let partial = self.matches[at];
            let (next, gap) = partial.reaches(here);
            if !next && (!gap || partial.gap_mask == 0) {
                continue;
            }
            if partial.end <= start {
                let mask = if next { partial.next_mask } else { 0 }
                    | if gap { partial.gap_mask } else { 0 };
                self.near.push(Near { mask, check: partial.check, at: count(kept) });
            }
            self.matches[kept] = partial;
            kept += 1;
        }
        self.matches.truncate(kept);
    }
}

impl Partial {
    /// Whether what begins at this distance is its neighbour, and whether a gap reaches it.
    fn reaches(&self, here: u32) -> (bool, bool) {
        let apart = here.saturating_sub(self.reached);
        (apart <= NEXT, apart <= GAP)
    }
}

impl Nfa {
    /// Finds all patterns in hits sorted by start. `distance` holds, for every position of
    /// the text, how far it is from the beginning.
    pub(crate) fn run(
        &self,
        hits: &[AtomHit],
        distance: &[u32],
        active: &mut Active,
        mut found: impl FnMut(PatternHit),
    ) {
        active.matches.clear();
        for hits in hits.chunk_by(|a, b| a.start == b.start) {
            let start = hits[0].start;
            let here = distance[start as usize];
            active.come_to(start, here);
            for hit in hits {
                self.go_on(hit, here, distance, active, &mut found);
                for target in self.starts_of(hit.atom) {
                    self.step(target, None, hit, distance, active, &mut found);
                }
            }
        }
    }

    /// Continues what may go on with one hit.
    fn go_on(
        &self,
        hit: &AtomHit,
        here: u32,
        distance: &[u32],
        active: &mut Active,
        found: &mut impl FnMut(PatternHit),
    ) {
        let (bit, check) = (bit(hit.atom), check(hit.atom));
        for near in 0..active.near.len() {
            let near = active.near[near];
            if (near.mask & bit == 0) | (near.check & check == 0) {
                continue;
            }
            let from = active.matches[near.at as usize];
            let (next, gap) = from.reaches(here);
            if next && from.next_mask & bit != 0 {
                for target in targets(&self.next, self.next_of(from.state), hit.atom) {
                    self.step(target, Some(from), hit, distance, active, found);
                }
            }
            if gap && from.gap_mask & bit != 0 {
                for target in targets(&self.gap, self.gap_of(from.state), hit.atom) {
                    self.step(target, Some(from), hit, distance, active, found);
                }
            }
        }
    }

    fn next_of(&self, state: u32) -> Range<u32> {
        self.states.at(state as usize).next..self.states.at(state as usize + 1).next
    }

    fn gap_of(&self, state: u32) -> Range<u32> {
        self.states.at(state as usize).gap..self.states.at(state as usize + 1).gap
    }

    fn starts_of(&self, atom: u32) -> impl Iterator<Item = u32> {
        let at = atom as usize;
        let range = if at + 1 < self.starts.len() {
            self.starts.at(at) as usize..self.starts.at(at + 1) as usize
        } else {
            0..0
        };
        self.start_states.range(range)
    }

    fn step(
        &self,
        target: u32,
        from: Option<Partial>,
        hit: &AtomHit,
        distance: &[u32],
        active: &mut Active,
        found: &mut impl FnMut(PatternHit),
    ) {
        let state = self.states.at(target as usize);
        let next = Partial {
            next_mask: state.next_mask,
            gap_mask: state.gap_mask,
            check: state.check,
            state: target,
            start: from.map_or(hit.start, |a| a.start),
            end: hit.end,
            reached: distance[hit.end as usize],
            factor: from.map_or(hit.factor, |a| a.factor.min(hit.factor)),
            flags: from.map_or(hit.flags, |a| a.flags | hit.flags),
        };
        let end = self.states.at(target as usize + 1).accepts;
        for rule in self.accepts.range(state.accepts as usize..end as usize) {
            let Partial { start, end, factor, flags, .. } = next;
            found(PatternHit { rule, start, end, factor, flags });
        }
        if state.check != 0 && active.matches.len() < MAX_ACTIVE {
            active.matches.push(next);
        }
    }
}
