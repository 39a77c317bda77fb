use jiff::{SignedDuration, Timestamp};

use super::script::{SCRIPTS, Script, sources};
use super::{Run, script};

#[test]
fn every_script_can_be_read_and_played_to_its_end() {
    for (id, text) in sources() {
        let read = toml::from_str::<Script>(text);
        assert!(read.is_ok(), "{id}: {:?}", read.err());
    }
    assert_eq!(SCRIPTS.len(), sources().len());
    for script in SCRIPTS.iter() {
        for line in &script.line {
            for rule in line.wants.iter().chain(&line.avoids) {
                assert!(
                    rule.any.iter().all(|words| words.to_lowercase() == *words),
                    "{}",
                    rule.rule
                );
                assert!(!rule.tip.is_empty() && !rule.any.is_empty(), "{}", rule.rule);
            }
        }
        // The best answer has everything that is wanted; the worst nothing.
        for best in [true, false] {
            let now = Timestamp::UNIX_EPOCH;
            let mut run = Run::start(script, now);
            let mut answers = 0;
            while !run.is_over() {
                let line = &script.line[answers.min(script.line.len() - 1)];
                let words = line.wants.iter().filter_map(|rule| rule.any.first().cloned());
                let text =
                    if best { words.collect::<Vec<_>>().join(", ") } else { "Hm.".to_owned() };
                run.answer(&text, now);
                answers += 1;
                assert!(answers < 20, "{} comes to an end", script.id);
            }
            let (points, of) = run.total();
            assert_eq!(points == of, best, "{}: {points} of {of}\n{run:#?}", script.id);
        }
    }
}

#[test]
fn time_and_tone_are_worth_points() {
    let start = Timestamp::UNIX_EPOCH;
    let good = "I am sorry, Maria. I will look for order 10234 myself.";
    for (seconds, text, points, says) in [
        (60, good, 5, "answered in 60 s"),
        (120, good, 4, "120 s: the target is 60 s"),
        (121, good, 3, "121 s"),
        (0, "I AM SORRY ABOUT 10234, LET ME SEE", 4, "capitals shout"),
        (0, "Sorry!! 10234, let me see", 4, "repeated marks"),
        (0, "Calm down, sorry, 10234, let me see", 4, "calm down"),
        (0, "No.", 2, "Say sorry"),
    ] {
        let mut run = Run::start(script("late_parcel").unwrap(), start);
        run.answer(text, start + SignedDuration::from_secs(seconds));
        let scored = &run.scored[0];
        assert_eq!((scored.points, scored.of), (points, 5), "{text} {scored:?}");
        let told = scored.good.iter().chain(&scored.better).any(|line| line.contains(says));
        assert!(told, "{says}: {scored:?}");
    }
    let mut run = Run::start(script("late_parcel").unwrap(), start);
    run.answer("No.", start);
    assert!(run.said.last().unwrap().1.contains("not even listening"), "{run:?}");
    run.answer("No.", start);
    assert!(run.said.last().unwrap().1.contains("heard that before"), "once, then it goes on");
    assert!(script("nothing").is_none());
}
