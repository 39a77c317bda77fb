//! The files of the repository, for tests.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::{Answers, Source};

/// The folder of the bundled answers.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../faq")
}

/// The files of the bundled facts and of some locales, with the rules of style that hold in
/// them: path and bytes.
#[expect(clippy::disallowed_methods, reason = "tests read the repository's own files")]
pub(crate) fn bundled_sources(locales: &[&str]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let languages = locales.iter().filter_map(|tag| tag.split_once('-'));
    let shared = languages.map(|(language, _)| format!("{language}/style.toml"));
    for path in ["shop.toml".to_owned(), "style.toml".to_owned()].into_iter().chain(shared) {
        if let Ok(bytes) = std::fs::read(root().join(&path)) {
            files.push((path, bytes));
        }
    }
    for locale in locales {
        for file in std::fs::read_dir(root().join(locale)).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            files.push((format!("{locale}/{name}"), std::fs::read(&path).unwrap()));
        }
    }
    files.sort();
    files.dedup();
    files
}

/// Compiles files; the errors fail the test as people read them.
pub(crate) fn compiled(files: &[(String, Vec<u8>)]) -> Answers {
    let sources: Vec<_> = files.iter().map(|(path, bytes)| Source { path, bytes }).collect();
    Answers::compile(&sources).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The bundled answers of some locales.
pub(crate) fn bundled(locales: &[&str]) -> Answers {
    compiled(&bundled_sources(locales))
}

pub(crate) fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap()
}

/// The locales that the repository holds, sorted.
#[expect(clippy::disallowed_methods, reason = "tests read the repository's own files")]
pub(crate) fn locales() -> Vec<String> {
    let entries = std::fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path());
    let mut locales: Vec<_> = entries
        .filter(|path| path.join("names.toml").is_file())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    locales.sort();
    locales
}
