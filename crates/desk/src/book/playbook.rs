//! What to do about a dispute, stage by stage.

use std::collections::{BTreeMap, BTreeSet};

use super::Rung;
use crate::conversation::Need;

/// One dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Playbook {
    /// Its name.
    pub id: String,
    /// The intents it is for; where there are none a person chooses it.
    pub intents: Vec<String>,
    /// What is asked for before people take over.
    pub collect: Vec<Need>,
    /// What the person asks for and keeps.
    pub evidence: Vec<String>,
    /// What the customer may choose from; at least two.
    pub options: Vec<String>,
    /// In order; the first is where it begins.
    pub stages: Vec<Stage>,
    /// What may be offered, see [`super::Book::offers`].
    pub ladder: Vec<Rung>,
}

/// One step on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Its name within the playbook.
    pub id: String,
    /// What the person does.
    pub what: String,
    /// Where it may go from here; nowhere at the end.
    pub next: Vec<String>,
}

impl Playbook {
    /// A stage by its name.
    #[must_use]
    pub fn stage(&self, id: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    /// The options, one the customer is known to prefer first.
    #[must_use]
    pub fn options(&self, prefers: Option<&str>) -> Vec<&str> {
        let mut options: Vec<&str> = self.options.iter().map(String::as_str).collect();
        options.sort_by_key(|option| Some(*option) != prefers);
        options
    }

    /// A stage from which no way leads to an end, or that comes round to itself.
    pub(super) fn endless(&self) -> Option<&Stage> {
        let mut ends = BTreeMap::new();
        self.stages.iter().find(|stage| !self.ends(&stage.id, &mut BTreeSet::new(), &mut ends))
    }

    /// Whether every way from a stage comes to an end.
    fn ends<'a>(
        &'a self,
        id: &'a str,
        on_the_way: &mut BTreeSet<&'a str>,
        known: &mut BTreeMap<&'a str, bool>,
    ) -> bool {
        if let Some(known) = known.get(id) {
            return *known;
        }
        if !on_the_way.insert(id) {
            return false;
        }
        // A stage that is not there is told as such.
        let next = self.stage(id).map_or(&[][..], |stage| &stage.next);
        let ends = next.iter().all(|next| self.ends(next, on_the_way, known));
        on_the_way.remove(id);
        known.insert(id, ends);
        ends
    }

    /// A stage that no way leads to.
    pub(super) fn unreached(&self) -> Option<&Stage> {
        let mut reached: BTreeSet<&str> = self.stages.iter().take(1).map(|s| &*s.id).collect();
        let mut edge: Vec<&str> = reached.iter().copied().collect();
        while let Some(id) = edge.pop() {
            for next in self.stage(id).map_or(&[][..], |stage| &stage.next) {
                if reached.insert(next) {
                    edge.push(next);
                }
            }
        }
        self.stages.iter().find(|stage| !reached.contains(stage.id.as_str()))
    }
}
