use super::*;
use crate::eval::tests::outcome;

fn told(report: &Report, baseline: Option<&Report>) -> String {
    let mut out = Vec::new();
    tell::report(&mut out, report, 3).unwrap();
    if let Some(baseline) = baseline {
        tell::difference(&mut out, &Difference::between(baseline, report), 3).unwrap();
    }
    anstream::adapter::strip_str(std::str::from_utf8(&out).unwrap()).to_string()
}

#[test]
fn figures_as_people_read_them() {
    let mut wrong = outcome("es", "a.b", "c.d", 970);
    wrong.labelled.text = "¿dónde\u{1b}[31m?".to_owned();
    wrong.reasons.push(eval::Reason {
        intent: "c.d".to_owned(),
        rule: "es/c.d/where".to_owned(),
        words: "dónde".to_owned(),
        weight: 1200,
    });
    let before = vec![
        outcome("es", "a.b", "a.b", 910),
        wrong.clone(),
        outcome("ja", "none", "none", 620),
        outcome("ja", "a.b c.d", "a.b", 450),
    ];
    let mut after = before.clone();
    after[1].got = "a.b".to_owned();
    after[2].got = "c.d".to_owned();
    let (before, after) = (Report::of(&before, "0011"), Report::of(&after, "2233"));
    insta::assert_snapshot!(told(&before, None));
    insta::assert_snapshot!(told(&after, Some(&before)));
}

#[test]
fn a_floor_is_a_name_and_a_share() {
    let good = floor("accuracy.es = 0.8").unwrap();
    assert_eq!((good.name.as_str(), good.least), ("accuracy.es", 0.8));
    for bad in ["accuracy", "accuracy=x", "accuracy=1.2", "accuracy=-0.1"] {
        assert!(floor(bad).is_err(), "{bad}");
    }
}
