//! Rules of style as data: what a sentence must not say in some language or country, and
//! how long it may be. They come from `style.toml`: docs/ANSWERS.md, "Style".

mod phrase;
mod read;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::Country;

pub(crate) use phrase::{Phrase, Prepared};
pub(crate) use read::{Sheets, read};

/// In what way the words of a rule read badly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The customer is addressed in a way that is too near, too low or too high.
    Address,
    /// The customer or somebody else is blamed.
    Blame,
    /// A saying by a colour, or a colour that means another thing.
    Colour,
    /// A gesture, in words or as an emoji.
    Gesture,
    /// A feast told as if everybody kept it.
    Holiday,
    /// A saying that does not survive translation.
    Idiom,
    /// A number that brings bad luck or means an insult.
    Number,
    /// Looks, figure, age, sex or family of the customer.
    Person,
    /// A name that takes a side over a territory or a people.
    Politics,
    /// Oaths, blessings, food and drink that a religion has rules for.
    Religion,
    /// An animal, object or sign that means another thing elsewhere.
    Symbol,
    /// Words that promise nothing.
    Vague,
}

impl Kind {
    const ALL: [Self; 12] = [
        Self::Address,
        Self::Blame,
        Self::Colour,
        Self::Gesture,
        Self::Holiday,
        Self::Idiom,
        Self::Number,
        Self::Person,
        Self::Politics,
        Self::Religion,
        Self::Symbol,
        Self::Vague,
    ];

    /// The name in files, which is the code of its findings too.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Blame => "blame",
            Self::Colour => "colour",
            Self::Gesture => "gesture",
            Self::Holiday => "holiday",
            Self::Idiom => "idiom",
            Self::Number => "number",
            Self::Person => "person",
            Self::Politics => "politics",
            Self::Religion => "religion",
            Self::Symbol => "symbol",
            Self::Vague => "vague",
        }
    }
}

/// One rule of a locale.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) kind: Kind,
    /// `vague.time`: the kind and its name.
    pub(crate) id: String,
    phrases: Vec<Phrase>,
    /// Longer wordings that hold one of the phrases and are harmless.
    except: Vec<Phrase>,
    /// Why it offends or misleads.
    pub(crate) why: String,
    /// What to write.
    pub(crate) instead: String,
    /// Where alone it does; everywhere when empty.
    pub(crate) countries: Vec<Country>,
}

/// How long things may be, in characters unless said otherwise. What is not stated is not
/// limited.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limits {
    /// A title or the label of a button.
    pub(crate) title: Option<usize>,
    pub(crate) answer: Option<usize>,
    /// The same in bytes of UTF-8, by which some platforms count.
    pub(crate) bytes: Option<usize>,
    pub(crate) sentences: Option<usize>,
    /// Related questions offered with an answer.
    pub(crate) related: Option<usize>,
}

/// The rules of one locale: its own and those that it inherits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    rules: Vec<Rule>,
    /// By the first letter: rule and phrase of it.
    index: BTreeMap<char, Vec<(usize, usize)>>,
    pub(crate) limits: Limits,
    /// Function words of English, small, by which an untranslated sentence is known.
    pub(crate) english: BTreeSet<String>,
}

impl Rules {
    fn new(rules: Vec<Rule>, limits: Limits, english: BTreeSet<String>) -> Self {
        let mut index: BTreeMap<char, Vec<(usize, usize)>> = BTreeMap::new();
        for (at, rule) in rules.iter().enumerate() {
            for (number, phrase) in rule.phrases.iter().enumerate() {
                index.entry(phrase.key()).or_default().push((at, number));
            }
        }
        Self { rules, index, limits, english }
    }

    /// Every word that is looked for, with the id of its rule.
    #[cfg(test)]
    pub(crate) fn words(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rules
            .iter()
            .flat_map(|rule| rule.phrases.iter().map(|phrase| (rule.id.as_str(), phrase.as_str())))
    }

    /// The rules that a text offends, each with the words that do, in the order of rules. One
    /// walk through the text.
    pub(crate) fn offended(&self, text: &str) -> Vec<(&Rule, Vec<&str>)> {
        let text = Prepared::new(text);
        let mut found: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (start, key) in text.keys() {
            for &(at, number) in self.index.get(&key).into_iter().flatten() {
                let rule = &self.rules[at];
                let hit = rule.phrases[number].at(&text, start).is_some_and(|end| {
                    !rule.except.iter().any(|longer| longer.covers(&text, start, end))
                });
                if hit {
                    found.entry(at).or_default().insert(number);
                }
            }
        }
        found
            .into_iter()
            .map(|(at, numbers)| {
                let rule = &self.rules[at];
                (rule, numbers.into_iter().map(|number| rule.phrases[number].as_str()).collect())
            })
            .collect()
    }
}
