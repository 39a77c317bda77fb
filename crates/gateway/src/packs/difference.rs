//! What changed in files of packs, as patches.

use std::collections::{BTreeMap, BTreeSet};

use similar::TextDiff;

/// Lines around a change.
const AROUND: usize = 3;

/// One file before and after, as a unified diff; empty where nothing changed.
pub(crate) fn unified(path: &str, before: &str, after: &str) -> String {
    let path = path.trim_start_matches('/');
    TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(AROUND)
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string()
}

/// Every file that differs, by path, as unified diffs one after another.
pub(crate) fn between(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> String {
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let text = |files: &BTreeMap<String, String>, path: &String| {
        files.get(path).cloned().unwrap_or_default()
    };
    paths.iter().map(|path| unified(path, &text(before, path), &text(after, path))).collect()
}
