//! What another system calls an intent, as an id of ours.

use std::collections::{BTreeMap, BTreeSet};

/// Labels that stand for "nothing of these" in other systems.
const NONE: [&str; 5] = ["none", "out_of_scope", "oos", "nlu_fallback", "fallback"];

/// Gives each label its id, in the order in which the labels are first seen.
#[derive(Debug)]
pub(super) struct Names {
    domain: String,
    none: BTreeSet<String>,
    ids: BTreeMap<String, String>,
    taken: BTreeSet<String>,
}

impl Names {
    pub(super) fn new(domain: &str, none: &[String]) -> Self {
        Self {
            domain: domain.to_owned(),
            none: NONE.into_iter().map(str::to_owned).chain(none.iter().cloned()).collect(),
            ids: BTreeMap::new(),
            taken: BTreeSet::from(["none".to_owned()]),
        }
    }

    pub(super) fn id(&mut self, label: &str) -> String {
        let label = label.trim();
        if self.none.contains(label) {
            return "none".to_owned();
        }
        if let Some(id) = self.ids.get(label) {
            return id.clone();
        }
        let wanted = self.wanted(label);
        // Two labels that differ in a sign alone stay two intents.
        let id = (1..)
            .map(|n| if n == 1 { wanted.clone() } else { format!("{wanted}_{n}") })
            .find(|id| !self.taken.contains(id))
            .unwrap_or(wanted);
        self.taken.insert(id.clone());
        self.ids.insert(label.to_owned(), id.clone());
        id
    }

    fn wanted(&self, label: &str) -> String {
        if is_id(label) {
            return label.to_owned();
        }
        // Rasa's retrieval intents are `faq/ask_hours`: a domain and a name.
        let (domain, name) = match label.split_once('/') {
            Some((domain, name)) if !snake(domain).is_empty() => (snake(domain), name),
            _ => (self.domain.clone(), label),
        };
        match snake(name).as_str() {
            // A label without a Latin letter still needs a name.
            "" => format!("{domain}.intent"),
            name => format!("{domain}.{name}"),
        }
    }
}

/// Whether a label is an id as it stands: `domain.name` of a-z, 0-9 and _.
fn is_id(label: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    label.split_once('.').is_some_and(|(domain, name)| part(domain) && part(name))
}

/// `FindConnection` and `find connection!` as `find_connection`.
pub(super) fn snake(label: &str) -> String {
    let mut out = String::new();
    let mut lower_before = false;
    for c in label.chars() {
        if !c.is_ascii_alphanumeric() {
            if !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
            lower_before = false;
            continue;
        }
        if c.is_ascii_uppercase() && lower_before {
            out.push('_');
        }
        lower_before = c.is_ascii_lowercase() || c.is_ascii_digit();
        out.push(c.to_ascii_lowercase());
    }
    out.truncate(out.trim_end_matches('_').len());
    out
}
