//! The crates' "must never" column.

use std::path::Path;
use std::process::Command;

/// What only the edge may stand on.
const OUTSIDE: [&str; 13] = [
    "axum",
    "clap",
    "getrandom",
    "hyper",
    "libsqlite3-sys",
    "mio",
    "rusqlite",
    "serde_json",
    "socket2",
    "store",
    "tokio",
    "tokio-postgres",
    "tracing",
];

#[test]
fn pure_crates_reach_no_runtime_no_network_and_no_database() {
    for package in ["intent", "faq", "desk", "channels"] {
        let tree = Command::new(env!("CARGO"))
            .args(["tree", "--locked", "--offline", "-e", "normal", "--prefix", "none", "-p"])
            .arg(package)
            .current_dir(harness::workspace())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&tree.stderr).into_owned();
        assert!(tree.status.success(), "{said}");
        let tree = String::from_utf8(tree.stdout).unwrap();
        let names: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
        assert!(names.contains(&package), "{tree}");
        for name in OUTSIDE {
            // Platforms speak JSON.
            let spoken = package == "channels" && name == "serde_json";
            assert!(
                spoken || !names.contains(&name),
                "{package} stands on {name}: cargo tree -p {package} -i {name}"
            );
        }
    }
}

#[test]
fn pure_crates_make_no_exception_from_the_ban_on_clock_environment_and_files() {
    for package in ["intent", "faq", "desk", "channels"] {
        let source = harness::workspace().join("crates").join(package).join("src");
        let mut files = Vec::new();
        rust_files(&source, &mut files);
        assert!(!files.is_empty());
        for (path, text) in files {
            for lint in ["disallowed_methods", "clippy::all", "warnings)"] {
                assert!(!text.contains(lint), "{path} makes an exception: {lint}");
            }
        }
    }
}

#[test]
fn channels_and_intents_know_nothing_of_each_other() {
    let manifest = |name: &str| {
        let path = harness::workspace().join("crates").join(name).join("Cargo.toml");
        std::fs::read_to_string(path).unwrap()
    };
    for other in ["intent", "faq", "desk", "store", "gateway"] {
        assert!(!manifest("channels").contains(&format!("\n{other}.workspace")), "{other}");
    }
    for other in ["intent", "faq", "desk", "store"] {
        assert!(!manifest(other).contains("\nchannels.workspace"), "{other}");
    }
}

#[test]
fn every_crate_is_under_the_workspaces_lints() {
    for entry in std::fs::read_dir(harness::workspace().join("crates")).unwrap() {
        let manifest = entry.unwrap().path().join("Cargo.toml");
        let text = std::fs::read_to_string(&manifest).unwrap();
        assert!(text.contains("[lints]\nworkspace = true"), "{}", manifest.display());
        let versions = text.lines().filter(|line| line.contains("version = \""));
        assert_eq!(versions.count(), 0, "{} has a version number of its own", manifest.display());
    }
}

fn rust_files(folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let tests = path.file_stem().is_some_and(|name| name == "tests");
        if tests {
            continue;
        }
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            files.push((path.display().to_string(), text));
        }
    }
}
