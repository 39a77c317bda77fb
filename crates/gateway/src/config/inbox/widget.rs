//! The settings of a widget: who may embed it, how it looks, what it says first.

use std::collections::BTreeMap;

use super::Inbox;
use crate::config::{ConfigError, Secret};

/// The largest file a customer may send where the inbox says nothing, in MiB.
const ATTACHMENT_MIB: u64 = 5;
/// The largest an inbox may allow.
const MAX_ATTACHMENT_MIB: u64 = 25;
/// The shortest secret that identities are signed with, in characters.
const MIN_SECRET: usize = 32;
/// The longest text of an inbox's own, in characters.
const MAX_TEXT: usize = 500;

const SETTINGS: &[&str] =
    &["origins", "colour", "side", "images", "questions", "attachment_megabytes", "identity_hash"];
const TABLES: &[&str] = &["greeting", "title"];
const SECRETS: &[&str] = &["identity_secret", "identity_secret_previous"];

/// A widget on pages of a shop.
#[derive(Clone, Debug)]
pub struct Widget {
    /// The inbox's name, which pages put into `data-inbox`.
    pub name: String,
    /// Pages of which origins may use it.
    pub origins: Vec<OriginRule>,
    /// The colour of the button, the head and the customer's own messages.
    pub colour: Colour,
    /// At which edge of the page it stands.
    pub side: Side,
    /// Images are loaded from these hosts and no other.
    pub images: Vec<String>,
    /// Intents that are offered as questions before anything is said.
    pub questions: Vec<String>,
    /// What stands in the head, by locale.
    pub title: BTreeMap<String, String>,
    /// What is said first, by locale.
    pub greeting: BTreeMap<String, String>,
    /// The largest file a customer may send, in bytes; 0 takes none.
    pub attachment_bytes: u64,
    /// With what identities are signed: the secret in force, then the one before it.
    pub identity: Vec<Secret>,
    /// Takes an HMAC of the customer's id for an identity. It has no end: whoever learns one
    /// is that customer until the secret changes.
    pub identity_hash: bool,
}

/// Which origins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OriginRule {
    /// All of them, and pages opened from a disk.
    Any,
    /// This one: `https://shop.example`.
    Exactly(String),
    /// Every host below one: scheme with `://`, and the end of the host with its dot.
    Below(String, String),
}

/// A colour, as `#rrggbb` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

/// An edge of the page, as the direction of its writing has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Left where one writes from left to right.
    Start,
    /// Right where one writes from left to right.
    End,
}

impl Side {
    /// The name in files and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::End => "end",
        }
    }
}

impl OriginRule {
    /// Reads one rule.
    ///
    /// # Errors
    /// What is expected instead.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const TAKES: &str = "takes origins such as https://shop.example, https://*.shop.example \
                             or http://localhost:3000, without a path, or * for all";
        if text == "*" {
            return Ok(Self::Any);
        }
        let (scheme, host) = text.split_once("://").ok_or(TAKES)?;
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-:[]".contains(c);
        let (below, name) = host.strip_prefix("*.").map_or((false, host), |rest| (true, rest));
        if !matches!(scheme, "http" | "https") || name.is_empty() || !name.chars().all(fits) {
            return Err(TAKES);
        }
        Ok(if below {
            Self::Below(format!("{scheme}://"), format!(".{name}"))
        } else {
            Self::Exactly(text.to_owned())
        })
    }

    /// Whether pages of this origin, as browsers send it, fall under the rule.
    #[must_use]
    pub fn allows(&self, origin: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exactly(allowed) => allowed == origin,
            Self::Below(scheme, end) => {
                let host =
                    origin.strip_prefix(scheme.as_str()).and_then(|h| h.strip_suffix(end.as_str()));
                host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '@', ':']))
            }
        }
    }
}

impl Colour {
    /// Reads `#rrggbb`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits =
            text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    /// Relative luminance, 0 to 1, by WCAG 2.2.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// What can be read on it: white or black, whichever stands out more. One of them
    /// always has a contrast of 4.58 to 1 or more, which is AA.
    #[must_use]
    pub fn ink(self) -> Self {
        let light = self.luminance();
        let (on_white, on_black) = (1.05 / (light + 0.05), (light + 0.05) / 0.05);
        Self(if on_white >= on_black { [255; 3] } else { [0; 3] })
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Widget {
    /// The widget of a service that configures none: called `web`, on pages anywhere. What
    /// it reaches is what any visitor reaches.
    #[must_use]
    pub fn built_in() -> Self {
        Self {
            name: "web".to_owned(),
            origins: vec![OriginRule::Any],
            colour: Colour([0x1d, 0x4e, 0xd8]),
            side: Side::End,
            images: Vec::new(),
            questions: Vec::new(),
            title: BTreeMap::new(),
            greeting: BTreeMap::new(),
            attachment_bytes: ATTACHMENT_MIB << 20,
            identity: Vec::new(),
            identity_hash: false,
        }
    }

    /// Whether pages of this origin may use it.
    #[must_use]
    pub fn allows(&self, origin: &str) -> bool {
        self.origins.iter().any(|rule| rule.allows(origin))
    }

    /// Reads an inbox of the channel `widget`.
    ///
    /// # Errors
    /// Everything wrong with it, with places.
    pub fn read(inbox: &Inbox) -> Result<Self, Vec<ConfigError>> {
        let mut errors = inbox.check(SETTINGS, TABLES, SECRETS);
        let mut widget =
            Self { name: inbox.name().to_owned(), origins: Vec::new(), ..Self::built_in() };
        for origin in inbox.list("origins") {
            match OriginRule::parse(origin) {
                Ok(rule) => widget.origins.push(rule),
                Err(takes) => errors.push(inbox.refuse("origins", takes)),
            }
        }
        if inbox.list("origins").is_empty() {
            errors.push(inbox.refuse(
                "origins",
                "is missing; list the origins of your shop's pages, or * for all",
            ));
        }
        let mut take = |key: &str, takes: &str, read: &mut dyn FnMut(&str) -> bool| {
            if inbox.text(key).is_some_and(|text| !read(text)) {
                errors.push(inbox.refuse(key, takes));
            }
        };
        take("colour", "takes a colour such as #1d4ed8", &mut |text| {
            Colour::parse(text).map(|colour| widget.colour = colour).is_some()
        });
        take("side", "takes start or end", &mut |text| {
            let side = [Side::Start, Side::End].into_iter().find(|side| side.as_str() == text);
            side.map(|side| widget.side = side).is_some()
        });
        take("identity_hash", "takes true or false", &mut |text| {
            text.parse().map(|yes| widget.identity_hash = yes).is_ok()
        });
        take("attachment_megabytes", "takes a whole number from 0 (none) to 25", &mut |text| {
            let number = text.parse().ok().filter(|n| *n <= MAX_ATTACHMENT_MIB);
            number.map(|number: u64| widget.attachment_bytes = number << 20).is_some()
        });
        for host in inbox.list("images") {
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
            if host.contains('.') && host.chars().all(fits) {
                widget.images.push(host.to_owned());
            } else {
                errors.push(inbox.refuse("images", "takes hosts such as cdn.shop.example"));
            }
        }
        widget.questions = inbox.list("questions").into_iter().map(str::to_owned).collect();
        for (table, texts) in [("greeting", &mut widget.greeting), ("title", &mut widget.title)] {
            for (locale, text) in inbox.table(table) {
                if text.chars().count() > MAX_TEXT {
                    let message = format!("takes {MAX_TEXT} characters at most");
                    errors.push(inbox.refuse(&format!("{table}.{locale}"), &message));
                }
                texts.insert(locale.to_ascii_lowercase(), text.to_owned());
            }
        }
        for name in SECRETS {
            let Some(secret) = inbox.secret(name) else { continue };
            if secret.reveal().chars().count() < MIN_SECRET {
                errors.push(
                    inbox.refuse(name, "is too short to sign with: it takes 32 characters or more"),
                );
            }
            widget.identity.push(secret.clone());
        }
        if errors.is_empty() { Ok(widget) } else { Err(errors) }
    }
}
