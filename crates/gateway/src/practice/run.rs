//! One go at a script: what was said, when, and what it was worth.

use jiff::Timestamp;

use super::script::{Line, Script};

/// An answer longer than this, in characters, is not read to its end.
const LONG: usize = 700;
/// An answer of so many letters, most of them capitals, shouts.
const LETTERS: usize = 12;
/// Words that blame or order about, whoever the customer is.
const BLAME: [&str; 9] = [
    "calm down",
    "your fault",
    "you should have",
    "as i said",
    "as i already",
    "obviously",
    "you have to understand",
    "that's not my",
    "not my problem",
];

/// One go at a script.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) script: &'static Script,
    /// What was said so far: by the customer, or not.
    pub(crate) said: Vec<(bool, String)>,
    /// What each answer was worth.
    pub(crate) scored: Vec<Scored>,
    /// When the customer said the last line.
    asked_at: Timestamp,
    /// The line that is being answered.
    line: usize,
    /// It is answered for the second time.
    again: bool,
}

/// What an answer was worth, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scored {
    /// How long it took, in seconds.
    pub(crate) seconds: i64,
    /// Points, and how many there could have been.
    pub(crate) points: i32,
    pub(crate) of: i32,
    /// What was good, and what would be better.
    pub(crate) good: Vec<String>,
    pub(crate) better: Vec<String>,
}

impl Run {
    /// The customer says the first line.
    pub(crate) fn start(script: &'static Script, now: Timestamp) -> Self {
        let first = script.line.first().map(|line| (true, line.says.clone()));
        Self {
            script,
            said: first.into_iter().collect(),
            scored: Vec::new(),
            asked_at: now,
            line: 0,
            again: false,
        }
    }

    /// Whether the customer has nothing more to say.
    pub(crate) fn is_over(&self) -> bool {
        self.line >= self.script.line.len()
    }

    /// When the customer waits since.
    pub(crate) fn asked_at(&self) -> Timestamp {
        self.asked_at
    }

    /// Takes an answer, and says the next line.
    pub(crate) fn answer(&mut self, text: &str, now: Timestamp) {
        let Some(line) = self.script.line.get(self.line) else { return };
        let seconds = now.duration_since(self.asked_at).as_secs().max(0);
        let (scored, met) = score(line, text, seconds, self.script.target_seconds);
        self.scored.push(scored);
        self.said.push((false, text.to_owned()));
        let disappointed = met * 2 < line.wants.len() && !self.again;
        match line.otherwise.as_ref().filter(|_| disappointed) {
            Some(otherwise) => {
                self.again = true;
                self.said.push((true, otherwise.clone()));
            }
            None => {
                self.again = false;
                self.line += 1;
                let next = self.script.line.get(self.line);
                self.said.extend(next.map(|line| (true, line.says.clone())));
            }
        }
        self.asked_at = now;
    }

    /// Points of all answers together, and how many there could have been.
    pub(crate) fn total(&self) -> (i32, i32) {
        let points = self.scored.iter().map(|scored| scored.points).sum::<i32>().max(0);
        (points, self.scored.iter().map(|scored| scored.of).sum())
    }
}

/// Two points for time, one for each thing that is wanted, one less for each that is not.
/// Says also how many of those wanted were met.
fn score(line: &Line, text: &str, seconds: i64, target: u32) -> (Scored, usize) {
    let small = text.to_lowercase();
    let (mut good, mut better) = (Vec::new(), Vec::new());
    let target = i64::from(target);
    let mut points = if seconds <= target {
        good.push(format!("answered in {seconds} s (target {target} s)"));
        2
    } else {
        better.push(format!(
            "{seconds} s: the target is {target} s; a short first answer is better than a late one"
        ));
        i32::from(seconds <= target * 2)
    };
    let mut met = 0;
    for wanted in &line.wants {
        if wanted.holds(&small) {
            met += 1;
            points += 1;
            good.push(wanted.rule.clone());
        } else {
            better.push(wanted.tip.clone());
        }
    }
    for avoided in line.avoids.iter().filter(|rule| rule.holds(&small)) {
        points -= 1;
        better.push(format!("{}: {}", avoided.rule, avoided.tip));
    }
    for fault in tone(text, &small) {
        points -= 1;
        better.push(fault);
    }
    let of = 2 + i32::try_from(line.wants.len()).unwrap_or(i32::MAX - 2);
    (Scored { seconds, points, of, good, better }, met)
}

/// What is wrong with the tone of any answer.
fn tone(text: &str, small: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if let Some(words) = BLAME.iter().find(|words| small.contains(**words)) {
        faults.push(format!("“{words}” puts the blame on the customer"));
    }
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = text.chars().filter(|c| c.is_uppercase()).count();
    if letters >= LETTERS && capitals * 2 > letters {
        faults.push("capitals shout".to_owned());
    }
    if text.contains("!!") || text.contains("??") {
        faults.push("repeated marks shout".to_owned());
    }
    if text.chars().count() > LONG {
        faults.push(format!("longer than {LONG} characters: nobody who is upset reads that far"));
    }
    faults
}
