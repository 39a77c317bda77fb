//! What is allowed in a sentence but reads badly: docs/ANSWERS.md, "Style".

mod facts;
mod measure;
mod reader;
#[cfg(test)]
mod tests;

use crate::answers::{Answers, Origin};
use crate::load::Place;
use reader::{Found, Reader};

/// Something that is allowed but reads badly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable code: `too-long`, `vague`.
    pub code: &'static str,
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The id of the answer, or the name of the table of facts.
    pub id: String,
    /// What reads badly, and what to do.
    pub message: String,
}

pub(crate) fn lint(answers: &Answers) -> Vec<Finding> {
    let mut findings: Vec<(Place, Finding)> = Vec::new();
    let mut absent = |code, path: String, id: &str, message| {
        let finding = Finding { code, path, line: 1, id: id.to_owned(), message };
        findings.push((Place::default(), finding));
    };
    for key in &answers.borrowed {
        let message = format!(
            "the shop does not state [{key}], so the example shop's is told; copy the table and correct it"
        );
        absent("example-fact", "shop.toml".to_owned(), key, message);
    }
    let english = answers.packs.get("en").map(|pack| &pack.entries);
    for tag in answers.packs.keys().filter(|tag| *tag != "en") {
        let texts = english.iter().flat_map(|entries| entries.values());
        let chain = answers.chain(tag);
        let others = || chain.iter().filter(|(tag, _)| *tag != "en");
        for id in texts.filter(|entry| entry.text.is_some()).map(|entry| entry.id.as_str()) {
            if others().all(|(_, pack)| !pack.entries.contains_key(id)) {
                let message =
                    format!("{tag} lacks {id}, so it is said in English; add it: ## {id}");
                absent("missing-text", format!("{tag}/texts.md"), id, message);
            }
        }
    }
    let mut note = |id: &str, (place, code, message): Found| {
        let (path, line) = Origin::line(&answers.origins, place);
        findings.push((place, Finding { code, path, line, id: id.to_owned(), message }));
    };
    for (tag, pack) in &answers.packs {
        let reader = Reader::new(tag, pack, english);
        for (key, text, place) in &pack.named {
            reader.offences(text, &[], *place).into_iter().for_each(|found| note(key, found));
        }
        for entry in pack.entries.values() {
            reader.entry(entry).into_iter().for_each(|found| note(&entry.id, found));
        }
    }
    for (id, found) in facts::lacking(&answers.packs) {
        note(id, found);
    }
    findings.sort_by(|(a, left), (b, right)| (a, left.code).cmp(&(b, right.code)));
    findings.into_iter().map(|(_, finding)| finding).collect()
}
