//! All sentence patterns as one automaton over atoms (concepts and words), and its run
//! over the hits of a message. Patterns are never expanded: a pattern of n elements has
//! n states, and patterns that begin alike share them.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::model::Moved;
use crate::pack::pattern::Node;

/// The index of a pattern rule.
pub(crate) type RuleIndex = u32;

const ROOT: u32 = 0;

/// Gaps between neighbours, and under `…`, in units of [`crate::scan`]'s distance: a word
/// is six, a character of an unspaced script two, a comma one, a filler nothing.
pub(crate) const NEXT: u32 = 1;
pub(crate) const GAP: u32 = 30;

/// From so many partial matches on, those that nothing can continue are looked for.
const CROWDED: usize = 16;

/// How many partial matches of one message are followed.
const MAX_ACTIVE: usize = 4096;

/// A state, in one cache line. Its edges and rules end where those of the next state begin.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// Which atoms lead on, one bit in 64 each, from neighbour to neighbour …
    next_mask: u64,
    /// … and over a gap; no bit, no look-up.
    gap_mask: u64,
    next: u32,
    gap: u32,
    accepts: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Nfa {
    /// One more than there are, to end the last.
    states: Vec<State>,
    /// Atom and target, sorted within a state.
    next: Vec<(u32, u32)>,
    gap: Vec<(u32, u32)>,
    accepts: Vec<RuleIndex>,
    /// By atom, where the states begin that it leads to from the root; one more than atoms.
    starts: Vec<u32>,
    start_states: Vec<u32>,
}

/// The automaton of one language, with numbers of its own.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Part {
    /// Where the edges and rules of each state begin: next, gap, accepts; one more than
    /// there are, to end the last.
    states: Vec<(u32, u32, u32)>,
    next: Vec<(u32, u32)>,
    gap: Vec<(u32, u32)>,
    accepts: Vec<RuleIndex>,
    /// Atom and state that it leads to from the root, sorted.
    starts: Vec<(u32, u32)>,
}

/// The targets of an atom among the sorted edges of a state.
fn targets(edges: &[(u32, u32)], atom: u32) -> impl Iterator<Item = u32> {
    let first = edges.partition_point(|&(a, _)| a < atom);
    edges[first..].iter().take_while(move |&&(a, _)| a == atom).map(|&(_, target)| target)
}

/// Builds an [`Nfa`] from patterns.
#[derive(Debug)]
pub(crate) struct NfaBuilder {
    next: Vec<(u32, u32, u32)>,
    gap: Vec<(u32, u32, u32)>,
    accepts: Vec<Vec<RuleIndex>>,
    /// States by what leads to them: the same predecessors and the same atom are one state.
    merged: FxHashMap<(Vec<(u32, bool)>, u32), u32>,
}

impl Default for NfaBuilder {
    fn default() -> Self {
        // The root is there from the beginning.
        Self {
            next: Vec::new(),
            gap: Vec::new(),
            accepts: vec![Vec::new()],
            merged: FxHashMap::default(),
        }
    }
}

/// The positions at which a part of a pattern may begin and end; the flag says that a gap
/// lies between the edge and the position.
#[derive(Debug, Default)]
struct Fragment {
    first: Vec<(usize, bool)>,
    last: Vec<(usize, bool)>,
    /// May be passed without reading anything; whether over a gap.
    empty: Option<bool>,
}

/// The positions of one pattern: atoms in the order of the text, and who precedes whom.
#[derive(Debug, Default)]
struct Positions {
    atoms: Vec<u32>,
    before: Vec<Vec<(usize, bool)>>,
}

/// A pattern with its elements resolved to atoms.
#[derive(Debug)]
pub(crate) struct Pattern {
    rule: RuleIndex,
    positions: Positions,
    whole: Fragment,
}

impl Pattern {
    /// Resolves one pattern of a rule; `atom` names concepts and words.
    pub(crate) fn new(
        node: &Node,
        rule: RuleIndex,
        atom: &mut dyn FnMut(&Node) -> Option<u32>,
    ) -> Self {
        let mut positions = Positions::default();
        let whole = positions.read(node, atom);
        Self { rule, positions, whole }
    }
}

impl NfaBuilder {
    /// Adds one pattern.
    pub(crate) fn add(&mut self, pattern: &Pattern) {
        let Pattern { rule, positions, whole } = pattern;
        let mut states: Vec<u32> = Vec::with_capacity(positions.atoms.len());
        for (at, &atom) in positions.atoms.iter().enumerate() {
            let mut from: Vec<(u32, bool)> =
                positions.before[at].iter().map(|&(p, gap)| (states[p], gap)).collect();
            if whole.first.iter().any(|&(p, _)| p == at) {
                from.push((ROOT, false));
            }
            from.sort_unstable();
            from.dedup();
            states.push(self.state(from, atom));
        }
        for &(at, _) in &whole.last {
            let accepts = &mut self.accepts[states[at] as usize];
            if !accepts.contains(rule) {
                accepts.push(*rule);
            }
        }
    }

    fn state(&mut self, from: Vec<(u32, bool)>, atom: u32) -> u32 {
        let key = (from, atom);
        if let Some(&state) = self.merged.get(&key) {
            return state;
        }
        self.accepts.push(Vec::new());
        let state = u32::try_from(self.accepts.len() - 1).unwrap_or(ROOT);
        for &(source, gap) in &key.0 {
            let edges = if gap { &mut self.gap } else { &mut self.next };
            edges.push((source, atom, state));
        }
        self.merged.insert(key, state);
        state
    }

    pub(crate) fn build(self) -> Part {
        let Self { next, mut gap, accepts, .. } = self;
        let (mut starts, mut next): (Vec<_>, Vec<_>) =
            next.into_iter().partition(|&(source, ..)| source == ROOT);
        for edges in [&mut starts, &mut next, &mut gap] {
            edges.sort_unstable();
            edges.dedup();
        }
        let mut part = Part::default();
        let (mut next_at, mut gap_at) = (0, 0);
        for state in 0..=count(accepts.len()) {
            next_at += next[next_at..].iter().take_while(|&&(source, ..)| source < state).count();
            gap_at += gap[gap_at..].iter().take_while(|&&(source, ..)| source < state).count();
            part.states.push((count(next_at), count(gap_at), count(part.accepts.len())));
            part.accepts.extend(accepts.get(state as usize).into_iter().flatten());
        }
        let edge = |(_, atom, target)| (atom, target);
        part.starts = starts.into_iter().map(edge).collect();
        part.next = next.into_iter().map(edge).collect();
        part.gap = gap.into_iter().map(edge).collect();
        part
    }
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
            let mask = |edges: &[(u32, u32)]| {
                edges.iter().fold(0, |mask, &(atom, _)| mask | bit(to.atom(atom)))
            };
            let (next, gap, accepts) =
                (count(nfa.next.len()), count(nfa.gap.len()), count(nfa.accepts.len()));
            for (at, &(n, g, a)) in part.states.iter().enumerate() {
                let end = part.states.get(at + 1).copied().unwrap_or((n, g, a));
                nfa.states.push(State {
                    next_mask: mask(&part.next[n as usize..end.0 as usize]),
                    gap_mask: mask(&part.gap[g as usize..end.1 as usize]),
                    next: next + n,
                    gap: gap + g,
                    accepts: accepts + a,
                });
            }
            nfa.next.extend(part.next.iter().map(edge));
            nfa.gap.extend(part.gap.iter().map(edge));
            nfa.accepts.extend(part.accepts.iter().map(|&rule| to.rule(rule)));
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

impl Positions {
    fn read(&mut self, node: &Node, atom: &mut dyn FnMut(&Node) -> Option<u32>) -> Fragment {
        match node {
            Node::Word(_) | Node::Concept(_) => match atom(node) {
                Some(atom) => {
                    let at = self.atoms.len();
                    self.atoms.push(atom);
                    self.before.push(Vec::new());
                    Fragment { first: vec![(at, false)], last: vec![(at, false)], empty: None }
                }
                None => Fragment { empty: Some(false), ..Fragment::default() },
            },
            Node::Gap => Fragment { empty: Some(true), ..Fragment::default() },
            Node::Optional(inner) => {
                let mut fragment = self.read(inner, atom);
                fragment.empty = Some(fragment.empty.unwrap_or(false));
                fragment
            }
            Node::Choice(nodes) => {
                let mut all = Fragment::default();
                for node in nodes {
                    let one = self.read(node, atom);
                    all.first.extend(one.first);
                    all.last.extend(one.last);
                    all.empty = all.empty.or(one.empty);
                }
                all
            }
            Node::Sequence(nodes) => {
                let mut whole = Fragment { empty: Some(false), ..Fragment::default() };
                for node in nodes {
                    let next = self.read(node, atom);
                    whole = self.follow(whole, next);
                }
                whole
            }
        }
    }

    fn follow(&mut self, left: Fragment, right: Fragment) -> Fragment {
        for &(to, before_to) in &right.first {
            for &(from, after_from) in &left.last {
                self.before[to].push((from, after_from || before_to));
            }
        }
        let mut first = left.first;
        if let Some(gap) = left.empty {
            first.extend(right.first.iter().map(|&(p, g)| (p, g || gap)));
        }
        let mut last = right.last;
        if let Some(gap) = right.empty {
            last.extend(left.last.iter().map(|&(p, g)| (p, g || gap)));
        }
        let empty = left.empty.zip(right.empty).map(|(l, r)| l || r);
        Fragment { first, last, empty }
    }
}

fn bit(atom: u32) -> u64 {
    1 << (atom.wrapping_mul(0x9e37_79b1) >> 26)
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

/// A partial match; reused from message to message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Active {
    next_mask: u64,
    gap_mask: u64,
    state: u32,
    start: u32,
    end: u32,
    /// The distance of its end.
    reached: u32,
    factor: u16,
    flags: u8,
}

impl Nfa {
    /// Finds all patterns in hits sorted by start. `distance` holds, for every position of
    /// the text, how far it is from the beginning.
    pub(crate) fn run(
        &self,
        hits: &[AtomHit],
        distance: &[u32],
        active: &mut Vec<Active>,
        mut found: impl FnMut(PatternHit),
    ) {
        active.clear();
        for hit in hits {
            let bit = bit(hit.atom);
            let here = distance[hit.start as usize];
            for at in 0..active.len() {
                let from = active[at];
                if from.end > hit.start {
                    continue;
                }
                let apart = here.saturating_sub(from.reached);
                if apart <= NEXT && from.next_mask & bit != 0 {
                    for target in targets(self.next_of(from.state), hit.atom) {
                        self.step(target, Some(from), hit, distance, active, &mut found);
                    }
                }
                if apart <= GAP && from.gap_mask & bit != 0 {
                    for target in targets(self.gap_of(from.state), hit.atom) {
                        self.step(target, Some(from), hit, distance, active, &mut found);
                    }
                }
            }
            for &target in self.starts_of(hit.atom) {
                self.step(target, None, hit, distance, active, &mut found);
            }
            if active.len() > CROWDED {
                active.retain(|a| {
                    let apart = here.saturating_sub(a.reached);
                    apart <= NEXT || (apart <= GAP && a.gap_mask != 0)
                });
            }
        }
    }

    fn next_of(&self, state: u32) -> &[(u32, u32)] {
        let at = state as usize;
        &self.next[self.states[at].next as usize..self.states[at + 1].next as usize]
    }

    fn gap_of(&self, state: u32) -> &[(u32, u32)] {
        let at = state as usize;
        &self.gap[self.states[at].gap as usize..self.states[at + 1].gap as usize]
    }

    fn starts_of(&self, atom: u32) -> &[u32] {
        let at = atom as usize;
        match self.starts.get(at..at + 2) {
            Some(&[from, to]) => &self.start_states[from as usize..to as usize],
            _ => &[],
        }
    }

    fn step(
        &self,
        target: u32,
        from: Option<Active>,
        hit: &AtomHit,
        distance: &[u32],
        active: &mut Vec<Active>,
        found: &mut impl FnMut(PatternHit),
    ) {
        let state = self.states[target as usize];
        let next = Active {
            next_mask: state.next_mask,
            gap_mask: state.gap_mask,
            state: target,
            start: from.map_or(hit.start, |a| a.start),
            end: hit.end,
            reached: distance[hit.end as usize],
            factor: from.map_or(hit.factor, |a| a.factor.min(hit.factor)),
            flags: from.map_or(hit.flags, |a| a.flags | hit.flags),
        };
        let accepts = state.accepts as usize..self.states[target as usize + 1].accepts as usize;
        for &rule in &self.accepts[accepts] {
            let Active { start, end, factor, flags, .. } = next;
            found(PatternHit { rule, start, end, factor, flags });
        }
        if state.next_mask | state.gap_mask != 0 && active.len() < MAX_ACTIVE {
            active.push(next);
        }
    }
}
