use std::path::Path;

use super::*;
use crate::config::{Given, Settings};

/// What a file of settings comes to; a secret stands in `$SECRET` and in the file `secret`.
fn settings(file: &str) -> Result<Settings, Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("switchboard.toml");
    files::write_new(&path, file.as_bytes()).unwrap();
    files::write_new(&folder.path().join("secret"), format!("{}\n", "f".repeat(32)).as_bytes())
        .unwrap();
    let environment = |name: &str| (name == "SECRET").then(|| "e".repeat(32).into());
    let resolved = Given::default().with_file(&path).resolve(environment);
    let strip = |error: ConfigError| {
        error.to_string().replace(&*folder.path().join("").to_string_lossy(), "")
    };
    resolved
        .and_then(|resolved| Settings::read(&resolved))
        .map_err(|errors| errors.into_iter().map(strip).collect())
}

#[test]
fn a_widget_is_read_with_its_secrets() {
    let settings = settings(
        "[inbox.shop]\nchannel = \"widget\"\ncolour = \"#336699\"\nside = \"start\"\n\
         origins = [\"https://shop.example\", \"https://*.shop.example\"]\n\
         identity_secret_env = \"SECRET\"\nidentity_secret_previous_file = \"secret\"\n\
         greeting = { es = \"¡Hola!\", pt-BR = \"Olá!\" }\n",
    )
    .unwrap();
    let [widget] = settings.widgets.as_slice() else { panic!("{:?}", settings.widgets) };
    assert_eq!(widget.colour.to_string(), "#336699");
    assert_eq!(widget.side, Side::Start);
    let secrets: Vec<_> = widget.identity.iter().map(Secret::reveal).collect();
    assert_eq!(secrets, ["e".repeat(32), "f".repeat(32)]);
    assert_eq!(widget.greeting["pt-br"], "Olá!");
    assert!(!format!("{settings:?}").contains("eeee"), "a secret is shown");
}

#[track_caller]
fn refuse(file: &str, expect: &[&str]) {
    let errors = settings(file).unwrap_err();
    assert_eq!(errors.len(), expect.len(), "{errors:#?}");
    for (error, part) in errors.iter().zip(expect) {
        assert!(error.contains(part), "{error:?} does not say {part:?}");
        assert!(!error.contains("hunter2"), "{error:?} tells a secret");
    }
}

#[test]
fn what_is_wrong_with_an_inbox_is_named_with_its_place() {
    refuse("inbox = 1", &["switchboard.toml:1:9: `inbox` takes tables"]);
    refuse("[inbox]\nshop = 1", &["switchboard.toml:2:1: write [inbox.shop]"]);
    refuse("[inbox.Shop]\nchannel = \"widget\"", &[":1:8: \"Shop\" is no name"]);
    refuse("[inbox.shop]\ncolour = \"#000000\"", &[":1:8: inbox \"shop\" has no channel"]);
    refuse(
        "[inbox.shop]\nchannel = \"fax\"",
        &[":1:8: inbox \"shop\": `channel` \"fax\" is no channel"],
    );
    let widget =
        |more: &str| format!("[inbox.shop]\nchannel = \"widget\"\norigins = \"*\"\n{more}");
    refuse(&widget("color = \"#000000\""), &[":4:1: inbox \"shop\": `color` is no setting"]);
    refuse(&widget("colour = \"blue\""), &[":4:1: inbox \"shop\": `colour` takes a colour"]);
    refuse(&widget("  side = 1979-05-27"), &[":4:3: inbox \"shop\": `side` takes a text"]);
    refuse(
        &widget("identity_secret = \"hunter2\""),
        &[":4:1: inbox \"shop\": `identity_secret` is a secret"],
    );
    refuse(&widget("identity_secret_plain = \"hunter2\""), &["`identity_secret` is too short"]);
    refuse(
        &widget("identity_secret_env = \"NONE\""),
        &["`identity_secret` is in $NONE, which is not set"],
    );
    refuse(&widget("identity_secret_file = \"none\""), &["`identity_secret` is in none:"]);
    refuse(
        &widget("identity_secret_env = \"SECRET\"\nidentity_secret_file = \"secret\""),
        &[":5:1: inbox \"shop\": `identity_secret` is named twice"],
    );
    refuse(
        "[inbox.shop]\nchannel = \"widget\"\norigins = [\"shop.example\"]",
        &[":3:1: inbox \"shop\": `origins` takes origins such as"],
    );
    refuse("[inbox.shop]\nchannel = \"widget\"", &["`origins` is missing"]);
    refuse(&widget("images = [\"https://cdn.example\"]"), &["`images` takes hosts"]);
}

#[test]
fn a_rule_allows_its_own_origins_alone() {
    for (rule, origin, expect) in [
        ("*", "null", true),
        ("https://shop.example", "https://shop.example", true),
        ("https://shop.example", "http://shop.example", false),
        ("https://shop.example", "https://shop.example.evil.example", false),
        ("http://localhost:3000", "http://localhost:3000", true),
        ("https://*.shop.example", "https://de.shop.example", true),
        ("https://*.shop.example", "https://shop.example", false),
        ("https://*.shop.example", "https://evilshop.example", false),
        ("https://*.shop.example", "https://evil.example/.shop.example", false),
    ] {
        assert_eq!(OriginRule::parse(rule).unwrap().allows(origin), expect, "{rule} {origin}");
    }
    for broken in ["shop.example", "https://", "https://shop.example/path", "ftp://shop.example"] {
        assert!(OriginRule::parse(broken).is_err(), "{broken}");
    }
}

#[test]
fn what_stands_on_a_colour_can_be_read() {
    for (colour, ink) in [("#1d4ed8", "#ffffff"), ("#ffd400", "#000000"), ("#777777", "#000000")] {
        assert_eq!(Colour::parse(colour).unwrap().ink().to_string(), ink, "{colour}");
    }
    for broken in ["1d4ed8", "#1d4ed", "#1d4edg", "#1d4e€", "red"] {
        assert_eq!(Colour::parse(broken), None, "{broken}");
    }
}

#[test]
fn people_see_settings_and_no_secret() {
    let text = "[inbox.shop]\nchannel = \"widget\"\norigins = \"*\"\nidentity_secret_env = \"SECRET\"\n\
                identity_secret_previous_plain = \"hunter2\"\n";
    let table = DeTable::parse(text).unwrap();
    let environment = |name: &str| (name == "SECRET").then(|| "hunter2".into());
    let mut errors = Vec::new();
    let inboxes =
        read(KEY, Path::new("s.toml"), text, &table.get_ref()["inbox"], &environment, &mut errors);
    let shown: Vec<_> = inboxes[0]
        .shown()
        .map(|(key, value, origin)| format!("{key} {value} # {origin}"))
        .collect();
    assert_eq!(
        shown,
        [
            "inbox.shop.channel widget # s.toml:1",
            "inbox.shop.origins * # s.toml:3",
            "inbox.shop.identity_secret (secret, set) # $SECRET at s.toml:4",
            "inbox.shop.identity_secret_previous (secret, set) # in plain at s.toml:5",
        ]
    );
}
