//! E-mail addresses, links and telephone numbers.

use regex::Regex;

use super::{Message, add};
use crate::analysis::{Entity, EntityKind};

#[derive(Debug)]
pub(super) struct Contacts {
    email: Regex,
    url: Regex,
    marked: Regex,
    phone: Regex,
}

impl Contacts {
    pub(super) fn new() -> Result<Self, regex::Error> {
        Ok(Self {
            email: Regex::new(
                r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+",
            )?,
            url: Regex::new(r#"(?i)(?:https?://|www\.)[^\s<>"'，。）)]+"#)?,
            marked: Regex::new(r"(?:\+|00)[0-9](?:[ ().-]{0,2}[0-9]){7,14}")?,
            phone: Regex::new(r"\(?0[0-9](?:[ ()./-]{0,2}[0-9]){7,12}")?,
        })
    }

    pub(super) fn links(&self, message: &Message<'_>, found: &mut Vec<Entity>) {
        if message.text.contains('@') {
            for hit in self.email.find_iter(message.text) {
                let hit_text = hit.as_str().trim_end_matches(['.', '-']);
                add(
                    found,
                    EntityKind::Email,
                    hit.start(),
                    hit.start() + hit_text.len(),
                    hit_text.to_lowercase(),
                );
            }
        }
        let lower = &message.scan.folded.text;
        if lower.contains("://") || lower.contains("ww.") {
            for hit in self.url.find_iter(message.text) {
                let link = hit.as_str().trim_end_matches(['.', ',', '!', '?', ';', ':']);
                add(found, EntityKind::Url, hit.start(), hit.start() + link.len(), link.to_owned());
            }
        }
    }

    /// Numbers with a country's prefix: nothing else begins with + or 00.
    pub(super) fn marked_phones(&self, message: &Message<'_>, found: &mut Vec<Entity>) {
        self.add_all(&self.marked, message, found);
    }

    /// National numbers, which begin with 0.
    pub(super) fn phones(&self, message: &Message<'_>, found: &mut Vec<Entity>) {
        self.add_all(&self.phone, message, found);
    }

    fn add_all(&self, regex: &Regex, message: &Message<'_>, found: &mut Vec<Entity>) {
        for hit in regex.find_iter(message.text) {
            let touches =
                |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '#');
            if touches(message.text[..hit.start()].chars().next_back())
                || touches(message.text[hit.end()..].chars().next())
            {
                continue;
            }
            let value = hit.as_str().chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
            add(found, EntityKind::Phone, hit.start(), hit.end(), value);
        }
    }
}
