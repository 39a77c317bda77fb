//! What holds for any bytes and any context.

use proptest::prelude::*;

use super::support::{at, bundled, bundled_sources};
use crate::{Answers, Composition, Context, Country, Offer, Part, Source, Style, Text};

/// Pieces from which files that are nearly right are made.
const PIECES: [&str; 24] = [
    "## a.b\n",
    "## text.also\n",
    "### if country\n",
    "### friendly, if order and closed\n",
    "### \n",
    "```toml\n",
    "```\n",
    "title = \"A\"\n",
    "related = [\"a.b\"]\n",
    "[shop]\n",
    "name = ",
    "= {",
    "}\n",
    "{shop.name}",
    "{",
    "**",
    "[x](",
    "\\",
    "\n\n",
    "- item\n",
    "Grüße 你好\n",
    "\u{0}",
    "\r\n",
    "\u{feff}",
];

fn files() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let path = prop_oneof![
        Just("shop.toml".to_owned()),
        Just("en/names.toml".to_owned()),
        Just("en/texts.md".to_owned()),
        Just("x-y/z.md".to_owned()),
        "[a-zA-Z/._-]{0,12}",
    ];
    let pieces = proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..20);
    let bytes = prop_oneof![
        pieces.prop_map(|pieces| pieces.concat().into_bytes()),
        proptest::collection::vec(any::<u8>(), 0..200),
    ];
    proptest::collection::vec((path, bytes), 0..6)
}

fn compile(files: &[(String, Vec<u8>)]) -> Result<Answers, crate::AnswerErrors> {
    let sources: Vec<_> = files.iter().map(|(path, bytes)| Source { path, bytes }).collect();
    Answers::compile(&sources)
}

proptest! {
    #[test]
    fn loading_is_total_and_errors_have_places(files in files()) {
        if let Err(errors) = compile(&files) {
            prop_assert!(!errors.0.is_empty());
            for error in &errors.0 {
                prop_assert!(error.line >= 1 && error.column >= 1 && !error.help.is_empty(), "{}", error);
            }
            prop_assert_eq!(compile(&files).err(), Some(errors));
        }
    }

    #[test]
    fn a_spoilt_file_of_the_bundle_never_panics(index in any::<proptest::sample::Index>(), cut in any::<proptest::sample::Index>(), piece in proptest::sample::select(&PIECES[..])) {
        let mut files = bundled_sources(&["en"]);
        let file = index.index(files.len());
        let bytes = &mut files[file].1;
        let at = cut.index(bytes.len());
        bytes.splice(at..at, piece.bytes());
        // Whether it compiles depends on where the piece fell.
        let _ = compile(&files).map(|answers| answers.lint());
    }
}

/// Parts and offers by number, so that those that do not exist come up too.
fn composition(answers: &Answers, parts: &[u8], offers: &[u8], related: usize) -> Composition {
    let ids: Vec<&str> = answers.ids().collect();
    let id = |n: u8| {
        ids.get(usize::from(n)).map_or_else(|| format!("no.such{n}"), |id| (*id).to_owned())
    };
    let part = |n: &u8| match Text::ALL.get(usize::from(*n)) {
        Some(text) if n.is_multiple_of(2) => Part::Text(*text),
        _ => Part::Answer(id(*n)),
    };
    let offer = |n: &u8| match n % 5 {
        0 => Offer::Human,
        1 => Offer::Yes,
        2 => Offer::No,
        3 => Offer::Clarify(id(*n)),
        _ => Offer::Intent(id(*n)),
    };
    Composition {
        parts: parts.iter().map(part).collect(),
        offers: offers.iter().map(offer).collect(),
        related,
    }
}

#[test]
fn rendering_is_total_and_leaves_no_brace() {
    let answers = bundled(&["en"]);
    let mut runner = proptest::test_runner::TestRunner::default();
    let moment = -4_000_000_000_i64..40_000_000_000_i64;
    let input = (
        (
            proptest::collection::vec(any::<u8>(), 0..5),
            proptest::collection::vec(any::<u8>(), 0..5),
            0..6_usize,
        ),
        (
            moment.clone(),
            proptest::option::of(moment),
            proptest::option::of(any::<u8>()),
            any::<bool>(),
        ),
        (
            proptest::option::of("[A-Z]{2}"),
            proptest::option::of("[^{}]{0,80}"),
            0..4_usize,
            "[a-zA-Z-]{0,12}",
        ),
    );
    let check = runner.run(
        &input,
        |((parts, offers, related), (now, due, team, open), (country, order, style, tag))| {
            let timestamp = |seconds: i64| {
                jiff::Timestamp::from_second(seconds).unwrap_or(at("2026-11-21T10:00:00Z"))
            };
            let context = Context {
                country: country.as_deref().and_then(Country::parse),
                order,
                open,
                next_opening: due.map(timestamp),
                style: Style::ALL.get(style).copied(),
                topics: team.map(|team| (format!("no.such{team}"), "order.cancel".to_owned())),
                team,
                due: due.map(timestamp),
                ..Context::at(timestamp(now))
            };
            let said =
                answers.render(&composition(&answers, &parts, &offers, related), &context, &tag);
            prop_assert!(!said.text.contains(['{', '}']), "{}", said.text);
            prop_assert!(!said.markdown.contains(['{', '}']), "{}", said.markdown);
            prop_assert!(
                said.buttons
                    .iter()
                    .all(|button| !button.title.is_empty() && button.title.chars().count() <= 24)
            );
            prop_assert!(said.answers.iter().all(|id| answers.has(id, &tag)));
            Ok(())
        },
    );
    check.unwrap();
}
