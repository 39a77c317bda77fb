//! The pages of docs/channels tell every setting as it is.

use std::path::Path;

use crate::platform::CHANNELS;
use crate::shape::{Field, Spec};

/// One row of a page's table.
fn row(field: &Field) -> String {
    let needed = match (field.required, field.default) {
        (true, _) => "needed".to_owned(),
        (false, Some(default)) => format!("`{default}`"),
        (false, None) => String::new(),
    };
    let kind = field.kind.describe();
    format!("| `{}` | {kind} | {needed} | {} |", field.name, field.help)
}

#[expect(clippy::disallowed_methods, reason = "the pages are files of the repository")]
fn page(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/channels");
    std::fs::read_to_string(root.join(format!("{name}.md"))).unwrap_or_default()
}

fn check(spec: &Spec) {
    let page = page(spec.name);
    let rows: Vec<String> = spec.fields.iter().map(row).collect();
    let table = rows.join("\n");
    assert!(
        page.contains(&table),
        "docs/channels/{}.md lacks this table of {}:\n\n{table}",
        spec.name,
        spec.title
    );
}

#[test]
fn every_platform_has_a_page_with_its_settings() {
    for channel in CHANNELS {
        check(channel.spec());
    }
    for desk in crate::HELP_DESKS {
        check(desk.spec());
    }
    check(crate::Outlet::spec(&crate::standard::Webhook));
}

/// The file of settings refuses a secret that stands in it as such, which it knows by words.
#[test]
fn names_of_settings_say_whether_they_are_secret() {
    let words = ["secret", "token", "password", "key"];
    let specs = CHANNELS.iter().map(|channel| channel.spec());
    for spec in specs.chain(crate::HELP_DESKS.iter().map(|desk| desk.spec())) {
        for field in spec.fields {
            let secret = field.kind == crate::FieldKind::Secret;
            let told = field.name.split('_').any(|word| words.contains(&word));
            assert!(secret || !told, "{}: {}", spec.name, field.name);
        }
    }
}
