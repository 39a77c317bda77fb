//! Who speaks to customers of a language, found once.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use crate::answers::Answers;
use crate::format::Formats;
use crate::locale;

/// How many languages are remembered. Browsers send a few dozen; whoever makes up more has
/// them found anew.
const KEPT: usize = 256;
/// No language that somebody speaks has a longer tag.
const LONGEST: usize = 64;

/// A locale that speaks, and how it writes numbers and dates for the customer's region.
#[derive(Debug)]
pub(crate) struct Voice {
    pub(crate) tag: String,
    pub(crate) formats: Arc<Formats>,
}

/// The voices by the customer's language, the nearest first. Formatters of another region
/// take longer to make than an answer takes to render.
#[derive(Default)]
pub(crate) struct Voices(RwLock<HashMap<String, Arc<[Voice]>>>);

impl Voices {
    pub(crate) fn of(&self, answers: &Answers, tag: &str) -> Arc<[Voice]> {
        // A panic cannot leave the map half-changed.
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(tag).cloned();
        known.unwrap_or_else(|| {
            let found = find(answers, tag);
            if tag.len() <= LONGEST {
                let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
                if kept.len() >= KEPT {
                    kept.clear();
                }
                kept.insert(tag.to_owned(), Arc::clone(&found));
            }
            found
        })
    }
}

fn find(answers: &Answers, tag: &str) -> Arc<[Voice]> {
    let voice = |(own, pack): (&str, &crate::answers::Pack)| {
        let regional =
            locale::regional(tag, &pack.names.formats).and_then(|locale| Formats::new(&locale));
        let formats = regional.map_or_else(|| Arc::clone(&pack.formats), Arc::new);
        Voice { tag: own.to_owned(), formats }
    };
    answers.chain(tag).into_iter().map(voice).collect()
}

impl Clone for Voices {
    /// What was found is found again: a copy of answers may come to have other locales.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Voices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Voices").finish_non_exhaustive()
    }
}
