//! How the patterns of one language become an automaton.

use rustc_hash::FxHashMap;

use super::{ROOT, RuleIndex, count};
use crate::pack::pattern::Node;

/// The automaton of one language, with numbers of its own.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// Where the edges and rules of each state begin: next, gap, accepts; one more than
    /// there are, to end the last.
    pub(super) states: Vec<(u32, u32, u32)>,
    pub(super) next: Vec<(u32, u32)>,
    pub(super) gap: Vec<(u32, u32)>,
    pub(super) accepts: Vec<RuleIndex>,
    /// Atom and state that it leads to from the root, sorted.
    pub(super) starts: Vec<(u32, u32)>,
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
