//! What rules look for, where they hold, and what is wrong with their files.

use crate::tests::support::{bundled_sources, compiled};
use crate::{AnswerErrors, Answers, Source};

use super::{Phrase, Prepared};

fn found(phrase: &str, text: &str) -> bool {
    let (phrase, text) = (Phrase::parse(phrase).unwrap(), Prepared::new(text));
    text.keys().any(|(at, _)| phrase.at(&text, at).is_some())
}

#[test]
fn phrases_stand_as_words_where_words_are_spaced() {
    for (phrase, text, is_found) in [
        ("usually", "It will usually arrive.", true),
        ("usually", "Usually!", true),
        ("usually", "unusually mighty", false),
        ("soon", "sooner", false),
        ("soon*", "sooner", true),
        ("*soon", "monsoon", true),
        ("as soon as possible", "as soon\nas  possible", true),
        ("Frau", "frau", false),
        ("Frau", "Frau Doktor", true),
        ("in der Regel", "In der Regel", true),
        ("quizás", "quizas", false),
        ("l'amour", "L’amour", true),
        ("大概", "这要大概三天", true),
        ("可能", "不可能", true),
        ("VIP", "各位VIP客户", true),
        ("VIP", "VIPs", false),
        ("น่าจะ", "ของน่าจะถึง", true),
        ("곧", "곧 도착합니다", true),
        ("곧", "곧장", false),
        ("👍", "ok👍🏽!", true),
        ("❤", "❤️", true),
        ("ca.", "Das sind ca. drei", true),
        ("ca.", "Afrika.", false),
        ("13", "am 13.", true),
        ("13", "130", false),
        ("ışık", "IŞIK", true),
        ("iade", "İADE", true),
        ("iade", "Iade", true),
    ] {
        assert_eq!(found(phrase, text), is_found, "{phrase} in {text}");
    }
}

/// The codes and words that a text offends in a locale under rules of its own.
fn offended(files: &[(&str, &str)], locale: &str, text: &str) -> Vec<(String, String)> {
    let mut all = bundled_sources(&["en", "zh-Hant", "pt-BR", "pt-PT"]);
    all.retain(|(path, _)| !path.ends_with("style.toml"));
    all.extend(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())));
    let answers = compiled(&all);
    let offended = answers.packs[locale].rules.offended(text);
    offended.into_iter().map(|(rule, words)| (rule.id.clone(), words.join("|"))).collect()
}

fn one_rule(id: &str, words: &str) -> String {
    format!("[{id}]\nwords = {words}\nwhy = \"w\"\ninstead = \"i\"\n")
}

#[test]
fn rules_hold_in_the_locales_that_their_folder_describes() {
    let rule = one_rule("vague.own", "[\"zzz\"]");
    for (path, holds) in [
        ("style.toml", ["en", "zh-Hant", "pt-BR", "pt-PT"].as_slice()),
        ("my/shop/faq/style.toml", &["en", "zh-Hant", "pt-BR", "pt-PT"]),
        ("faq/pt/style.toml", &["pt-BR", "pt-PT"]),
        ("pt-PT/style.toml", &["pt-PT"]),
        ("zh/style.toml", &["zh-Hant"]),
        ("zh-Hant/style.toml", &["zh-Hant"]),
    ] {
        for locale in ["en", "zh-Hant", "pt-BR", "pt-PT"] {
            let found = !offended(&[(path, &rule)], locale, "zzz").is_empty();
            assert_eq!(found, holds.contains(&locale), "{path} in {locale}");
        }
    }
}

#[test]
fn narrower_and_later_files_replace_keys_of_a_rule() {
    let wide = one_rule("vague.own", "[\"aaa\", \"bbb\"]");
    for (narrow, text, expected) in [
        ("[vague.own]\nwords = [\"ccc\"]\n", "aaa bbb ccc", vec![("vague.own", "ccc")]),
        ("[vague.own]\noff = true\n", "aaa bbb", vec![]),
        ("[vague.own]\nexcept = [\"aaa bbb\"]\n", "aaa bbb aaa", vec![("vague.own", "aaa")]),
        (
            "[blame.own]\nwords = [\"aaa\"]\nwhy = \"w\"\ninstead = \"i\"\n",
            "aaa bbb",
            vec![("blame.own", "aaa"), ("vague.own", "aaa|bbb")],
        ),
    ] {
        for path in ["pt-BR/style.toml", "shop/faq/pt/style.toml"] {
            let files = [("pt/style.toml", wide.as_str()), (path, narrow)];
            let found = offended(&files, "pt-BR", text);
            let found: Vec<_> = found.iter().map(|(id, w)| (id.as_str(), w.as_str())).collect();
            assert_eq!(found, expected, "{path}: {narrow}");
        }
    }
}

#[test]
fn what_is_wrong_in_style_toml_is_told_by_place() {
    let rule = "why = \"w\"\ninstead = \"i\"\n";
    for (path, text, code, line, column) in [
        ("en/style.toml", "[vauge.x]\n", "unknown-key", 1, 2),
        ("en/style.toml", "[vague.x]\nword = [\"a\"]\n", "unknown-key", 2, 1),
        ("en/style.toml", "[vague.x]\nwords = []\n", "bad-value", 2, 9),
        ("en/style.toml", "[vague.x]\nwords = [\"a\", \" \"]\n", "bad-value", 2, 15),
        ("en/style.toml", "[vague.x]\nwords = [\"a\", \"*\"]\n", "bad-value", 2, 15),
        ("en/style.toml", "[vague.x]\nwords = [\"a*b\"]\n", "bad-value", 2, 10),
        ("en/style.toml", "[vague.x]\nwords = [1]\n", "wrong-type", 2, 10),
        ("en/style.toml", "[vague.x]\nwords = [\"a\", \"a\"]\n", "duplicate-word", 2, 15),
        (
            "en/style.toml",
            "[vague.x]\nwords = [\"a\"]\n[blame.x]\nwords = [\"a\"]\n",
            "duplicate-word",
            4,
            10,
        ),
        ("en/style.toml", "[vague.x]\nwords = [\"a\"]\ncountries = [\"Mx\"]\n", "bad-value", 3, 14),
        ("en/style.toml", "[vague.x]\nwords = [\"a\"]\noff = \"yes\"\n", "wrong-type", 3, 7),
        ("en/style.toml", "[vague.X]\nwords = [\"a\"]\n", "bad-value", 1, 8),
        ("en/style.toml", "[vague.x]\n", "missing-key", 1, 8),
        ("en/style.toml", "[vague]\nx = 1\n", "wrong-type", 2, 5),
        ("en/style.toml", "[vague.x]\n[vague.x]\n", "syntax", 2, 8),
        ("en/style.toml", "[limits]\ntitle = -1\n", "bad-value", 2, 9),
        ("style.toml", "[limits]\nwidth = 1\n", "unknown-key", 2, 1),
        ("style.toml", "[untranslated]\n", "missing-key", 1, 1),
        ("xx/style.toml", "[vague.x]\nwords = [\"a\"]\n", "missing-file", 1, 1),
        ("en-us/style.toml", "[vague.x]\nwords = [\"a\"]\n", "missing-file", 1, 1),
    ] {
        let mut files = bundled_sources(&["en"]);
        files.retain(|(path, _)| !path.ends_with("style.toml"));
        let text = match text.split_once("]\n") {
            // What is not under test is right.
            Some((head, rest)) if head == "[vague.x" && !rest.starts_with('[') => {
                format!("{head}]\n{rest}{rule}")
            }
            _ => text.to_owned(),
        };
        files.push((path.to_owned(), text.clone().into_bytes()));
        let sources: Vec<_> = files.iter().map(|(path, bytes)| Source { path, bytes }).collect();
        let AnswerErrors(errors) = Answers::compile(&sources).expect_err("this is refused");
        let told = errors.iter().any(|error| {
            (error.code, error.line, error.column, error.path.as_str())
                == (code, line, column, path)
        });
        assert!(told, "{text}: {}", AnswerErrors(errors));
    }
}
