//! Lists the packs, answers and desk rules of the repository so that the binary carries
//! them, and compiles the packs so that a start need not.
#![expect(clippy::disallowed_methods, reason = "a build script reads what it embeds")]

use std::env;
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

fn main() -> io::Result<()> {
    let variable = |name| env::var_os(name).map(PathBuf::from).ok_or(io::ErrorKind::NotFound);
    let root = variable("CARGO_MANIFEST_DIR")?.join("../..").canonicalize()?;
    let mut code = String::new();
    for (name, folder, extensions) in [
        ("INTENTS", "intents", &["toml", "lock"][..]),
        ("FAQ", "faq", &["toml", "md"][..]),
        ("DESK", "desk", &["toml"][..]),
    ] {
        println!("cargo::rerun-if-changed={}", root.join(folder).display());
        let mut paths = Vec::new();
        walk(&root.join(folder), &mut paths)?;
        paths.retain(|path| path.extension().is_some_and(|e| extensions.iter().any(|x| e == *x)));
        paths.sort();
        let list = format!("pub(super) const {name}: &[(&str, &[u8])] = &[\n");
        code.push_str(&list);
        for path in paths {
            println!("cargo::rerun-if-changed={}", path.display());
            let relative = path.strip_prefix(root.join(folder)).map_err(io::Error::other)?;
            let relative = relative.to_string_lossy().replace('\\', "/");
            writeln!(code, "    ({relative:?}, include_bytes!({path:?})),")
                .map_err(io::Error::other)?;
        }
        code.push_str("];\n");
    }
    let out = variable("OUT_DIR")?;
    fs::write(out.join("packs.bin"), compiled(&root.join("intents"))?)?;
    code.push_str("pub(super) const COMPILED: &[u8] = include_bytes!(\"packs.bin\");\n");
    fs::write(out.join("embedded.rs"), code)
}

/// The packs as [`intent::Compiled`] keeps them. Nothing where they are broken: the binary
/// then compiles them when it starts, and says what is wrong with them.
fn compiled(folder: &Path) -> io::Result<Vec<u8>> {
    let mut paths = Vec::new();
    walk(folder, &mut paths)?;
    paths.sort();
    let mut files = Vec::new();
    for path in &paths {
        let relative = path.strip_prefix(folder).map_err(io::Error::other)?;
        let relative = relative.to_string_lossy().replace('\\', "/");
        if relative.ends_with(".toml") || relative.ends_with(".lock") {
            files.push((relative, fs::read(path)?));
        }
    }
    let sources: Vec<_> =
        files.iter().map(|(path, bytes)| intent::Source { path, bytes }).collect();
    match intent::Compiled::new(&sources) {
        Ok(compiled) => Ok(compiled.to_bytes()),
        Err(errors) => {
            println!("cargo::warning=the packs do not compile: {}", errors.0.len());
            Ok(Vec::new())
        }
    }
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        if path.is_dir() {
            // A folder is watched too, so that a new file in it is seen.
            println!("cargo::rerun-if-changed={}", path.display());
            walk(&path, paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}
