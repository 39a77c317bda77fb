use intent::Severity;

use super::*;
use crate::packs::{PackFile, PackFiles};

fn outcome(action: Action, about: &str, people: Option<(Severity, u8)>) -> Outcome {
    Outcome {
        action,
        rule: "answer",
        intent: "a.b".to_owned(),
        about: about.split(' ').filter(|id| !id.is_empty()).map(str::to_owned).collect(),
        severity: people.map(|(severity, _)| severity),
        tier: people.map(|(_, tier)| tier),
        language: Some("en".to_owned()),
    }
}

#[test]
fn changes_are_told_apart() {
    use Action::{Answer, Clarify, Fallback, Handoff, Silent};
    use Severity::{Red, Yellow};
    let of = outcome;
    let other_language = |outcome: Outcome| Outcome { language: Some("es".to_owned()), ..outcome };
    for (before, after, kind) in [
        (of(Answer, "a", None), of(Answer, "a", None), None),
        (of(Answer, "a", None), of(Answer, "a b", None), Some(Kind::OtherAnswer)),
        (of(Answer, "a", None), of(Fallback, "", None), Some(Kind::AnswerLost)),
        (of(Fallback, "", None), of(Answer, "a", None), Some(Kind::NewAnswer)),
        (of(Answer, "a", None), of(Clarify, "a b", None), Some(Kind::OtherQuestion)),
        (of(Fallback, "", None), of(Silent, "", None), Some(Kind::OtherQuestion)),
        (of(Answer, "a", None), of(Handoff, "a", Some((Red, 1))), Some(Kind::NewHandoff)),
        (of(Handoff, "a", Some((Red, 1))), of(Answer, "a", None), Some(Kind::UrgentHandoffLost)),
        (of(Handoff, "a", Some((Yellow, 1))), of(Answer, "a", None), Some(Kind::HandoffLost)),
        (
            of(Handoff, "a", Some((Red, 1))),
            of(Handoff, "a", Some((Yellow, 3))),
            Some(Kind::LessUrgent),
        ),
        (
            of(Handoff, "a", Some((Yellow, 1))),
            of(Handoff, "a", Some((Yellow, 2))),
            Some(Kind::MoreUrgent),
        ),
        (
            of(Handoff, "a", Some((Yellow, 1))),
            of(Handoff, "b", Some((Yellow, 1))),
            Some(Kind::OtherWish),
        ),
        (of(Answer, "a", None), other_language(of(Answer, "a", None)), Some(Kind::OtherLanguage)),
    ] {
        assert_eq!(Kind::of(&before, &after), kind, "{before} → {after}");
    }
}

fn knowledge(more: &[(&str, &'static str)]) -> Knowledge {
    let mut files = PackFiles::embedded();
    files.intents.extend(more.iter().map(|(path, text)| PackFile {
        path: (*path).to_owned(),
        bytes: text.as_bytes().into(),
        file: None,
    }));
    Knowledge::compile(&files).unwrap_or_else(|faults| panic!("{faults}"))
}

fn logged(conversation: &str, text: &str, rule: Option<&str>) -> LoggedTurn {
    LoggedTurn {
        at: None,
        conversation: (!conversation.is_empty()).then(|| conversation.to_owned()),
        text: text.to_owned(),
        locale: None,
        payload: None,
        intent: None,
        action: None,
        rule: rule.map(str::to_owned),
        packs: None,
    }
}

#[test]
fn what_changes_is_grouped_the_worst_first() {
    let in_force = knowledge(&[]);
    let candidate = knowledge(&[(
        "intents.toml",
        "[[intent]]\nid = \"risk.legal_threat\"\nmeans = \"x\"\nseverity = \"blue\"\ntier = 1\n\
         [[intent]]\nid = \"tracking.status\"\nmeans = \"x\"\nseverity = \"blue\"\ntier = 1\nhandoff = true\n",
    )]);
    let log = [
        logged("a", "where is my parcel?", None),
        logged("", "where is my parcel?", None),
        logged("", "how long does delivery to Mexico take?", None),
        logged("b", "You will hear from my lawyer.", None),
        logged("b", "hello??", Some("waiting")),
    ];
    let replay = replay(&in_force, &candidate, &log);
    assert_eq!((replay.messages, replay.with_people, replay.changed), (4, 1, 3));
    let told: Vec<(Kind, Vec<usize>)> = replay
        .groups
        .iter()
        .map(|group| (group.kind, group.messages.iter().map(|m| m.line).collect()))
        .collect();
    assert_eq!(told, [(Kind::LessUrgent, vec![4]), (Kind::NewHandoff, vec![1, 2])]);
    let none = super::replay(&in_force, &in_force, &log);
    assert_eq!((none.changed, none.groups.len()), (0, 0));
}

#[test]
fn one_change_does_not_drag_others_after_it() {
    let in_force = knowledge(&[]);
    let candidate = knowledge(&[(
        "en/chat.toml",
        "[[intent]]\nid = \"chat.greeting\"\nkeywords = [{ text = \"asdkjh\", weight = 9000 }]\n",
    )]);
    // Nobody understands them; the second time in a row people take over. The candidate
    // takes the first for a greeting, and would only fall back at the second by itself.
    let log = [logged("a", "asdkjh qwpoe zzxx", None), logged("a", "blorp fnargle", None)];
    let replay = replay(&in_force, &candidate, &log);
    let told: Vec<_> = replay.groups.iter().map(|g| (g.kind, g.messages.len())).collect();
    assert_eq!(told, [(Kind::NewAnswer, 1)], "{replay:?}");
    let apart = [logged("", "blorp fnargle", None)];
    assert_eq!(super::replay(&in_force, &candidate, &apart).changed, 0);
}
