//! Facts that an answer names in most locales and not in one.

use std::collections::{BTreeMap, BTreeSet};

use super::reader::Found;
use crate::Style;
use crate::answers::Pack;
use crate::content::{Condition, Entry, Fact, Variant};

/// On what occasion a variant is said.
type Occasion<'a> = (Option<Style>, &'a [Condition]);
/// The facts named somewhere, by locale.
type Named<'a> = BTreeMap<&'a str, BTreeSet<Fact>>;

/// Each variant that lacks a fact which most locales name on the same occasion, and each
/// answer that names nowhere what it names somewhere in most locales; with the id.
pub(super) fn lacking(packs: &BTreeMap<String, Pack>) -> Vec<(&str, Found)> {
    let mut ids: BTreeMap<&str, BTreeMap<&str, &Entry>> = BTreeMap::new();
    for (tag, pack) in packs {
        for (id, entry) in &pack.entries {
            ids.entry(id).or_default().insert(tag, entry);
        }
    }
    let mut found = Vec::new();
    for (id, entries) in ids {
        let facts = |variants: &mut dyn Iterator<Item = &Variant>| -> BTreeSet<Fact> {
            variants.flat_map(|variant| variant.template.facts().map(|(fact, _)| fact)).collect()
        };
        let mut told: BTreeSet<(&str, Fact)> = BTreeSet::new();
        let occasions: BTreeSet<Occasion<'_>> =
            entries.values().flat_map(|entry| entry.variants.iter().map(occasion)).collect();
        for on in occasions {
            let variants: BTreeMap<&str, &Variant> = entries
                .iter()
                .filter_map(|(tag, entry)| {
                    Some((*tag, entry.variants.iter().find(|variant| occasion(variant) == on)?))
                })
                .collect();
            let named: Named<'_> = variants
                .iter()
                .map(|(tag, variant)| (*tag, facts(&mut std::iter::once(*variant))))
                .collect();
            for (tag, fact, how_many) in exceptions(&named) {
                told.insert((tag, fact));
                if !entries[tag].omits.contains(&fact) {
                    let found_here = message("here", fact, how_many, variants.len());
                    found.push((id, (variants[tag].place, "placeholder", found_here)));
                }
            }
        }
        let named: Named<'_> =
            entries.iter().map(|(tag, entry)| (*tag, facts(&mut entry.variants.iter()))).collect();
        for (tag, fact, how_many) in exceptions(&named) {
            if !told.contains(&(tag, fact)) && !entries[tag].omits.contains(&fact) {
                let found_there = message("in a variant", fact, how_many, entries.len());
                found.push((id, (entries[tag].place, "placeholder", found_there)));
            }
        }
    }
    found
}

fn occasion(variant: &Variant) -> Occasion<'_> {
    (variant.style, &variant.conditions)
}

/// The locales that lack a fact which more than half of them name, and how many do.
fn exceptions<'a>(named: &Named<'a>) -> Vec<(&'a str, Fact, usize)> {
    let mut counts: BTreeMap<Fact, usize> = BTreeMap::new();
    for fact in named.values().flatten() {
        *counts.entry(*fact).or_default() += 1;
    }
    let common = counts.into_iter().filter(|(_, count)| count * 2 > named.len());
    common
        .flat_map(|(fact, count)| {
            let without = named.iter().filter(move |(_, facts)| !facts.contains(&fact));
            without.map(move |(tag, _)| (*tag, fact, count))
        })
        .collect()
}

fn message(place: &str, fact: Fact, how_many: usize, of: usize) -> String {
    let name = fact.name();
    format!(
        "{how_many} of {of} locales name {{{name}}} {place}; name it, or write omits = [\"{name}\"] under the heading of the answer"
    )
}
