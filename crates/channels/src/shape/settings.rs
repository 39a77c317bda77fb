//! The settings of one inbox, checked against its platform's [`Spec`].

use std::collections::BTreeMap;
use std::fmt;

use crate::{Field, FieldKind, Limit, Secret, Spec};

/// How far the time of a signature may be from ours, where a signature has one.
pub(crate) const TOLERANCE: Field = Field::preset(
    "tolerance",
    FieldKind::Number(30, 86_400),
    "300",
    "How many seconds the time of a signature may be from ours.",
);

/// The settings of one inbox. What is in there has been checked.
#[derive(Clone)]
pub struct Settings {
    spec: &'static Spec,
    given: BTreeMap<&'static str, Value>,
}

#[derive(Clone)]
enum Value {
    Plain(String),
    /// The secrets, and what was given as a whole.
    Secrets(Vec<Secret>, Secret),
}

/// What is wrong with a setting, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingProblem {
    /// A stable code: `unknown-setting`, `missing-setting`, `bad-setting`.
    pub code: &'static str,
    /// Which.
    pub setting: String,
    /// What to do.
    pub message: String,
}

impl fmt::Display for SettingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.setting, self.message)
    }
}

impl Settings {
    /// Checks values, by name, against what the platform needs.
    ///
    /// # Errors
    /// Everything that is wrong with them, in the order of names. No value is repeated there.
    pub fn new(
        spec: &'static Spec,
        given: &BTreeMap<String, String>,
    ) -> Result<Self, Vec<SettingProblem>> {
        let mut problems = Vec::new();
        let mut kept = BTreeMap::new();
        for (name, value) in given {
            match spec.field(name) {
                None => {
                    let known: Vec<_> = spec.fields.iter().map(|field| field.name).collect();
                    problems.push(SettingProblem {
                        code: "unknown-setting",
                        setting: name.clone(),
                        message: format!(
                            "{} has no such setting; it has {}",
                            spec.title,
                            known.join(", ")
                        ),
                    });
                }
                Some(_) if value.trim().is_empty() => {}
                Some(field) => match read(field, value.trim()) {
                    Ok(value) => {
                        kept.insert(field.name, value);
                    }
                    Err(message) => problems.push(SettingProblem {
                        code: "bad-setting",
                        setting: name.clone(),
                        message,
                    }),
                },
            }
        }
        let bad: Vec<String> = problems.iter().map(|problem| problem.setting.clone()).collect();
        for field in spec.fields {
            let absent =
                !kept.contains_key(field.name) && !bad.iter().any(|name| name == field.name);
            if field.required && absent {
                problems.push(SettingProblem {
                    code: "missing-setting",
                    setting: field.name.to_owned(),
                    message: format!("is needed: {}", field.help),
                });
            }
        }
        let any = |name: &&str| kept.contains_key(*name) || bad.iter().any(|bad| bad == name);
        if !spec.any_of.is_empty() && !spec.any_of.iter().any(any) {
            problems.push(SettingProblem {
                code: "missing-setting",
                setting: spec.any_of[0].to_owned(),
                message: format!("set at least one of {}", spec.any_of.join(", ")),
            });
        }
        if problems.is_empty() { Ok(Self { spec, given: kept }) } else { Err(problems) }
    }

    /// The platform they are for.
    #[must_use]
    pub fn spec(&self) -> &'static Spec {
        self.spec
    }

    /// A setting's value or its default; empty where there is neither.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.optional(name).unwrap_or("")
    }

    /// A setting's value or its default.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<&str> {
        match self.given.get(name) {
            Some(Value::Plain(text)) => Some(text),
            Some(Value::Secrets(..)) => None,
            None => self.spec.field(name)?.default,
        }
    }

    /// A number, or its default.
    #[must_use]
    pub fn number(&self, name: &str) -> u64 {
        self.optional(name).and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    /// A flag, or its default.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.optional(name) == Some("true")
    }

    /// The items of a list.
    pub fn list(&self, name: &str) -> impl Iterator<Item = &str> {
        self.optional(name).unwrap_or("").split(',').map(str::trim).filter(|item| !item.is_empty())
    }

    /// What a list of `name=value` says of a name.
    #[must_use]
    pub fn lookup(&self, list: &str, name: &str) -> Option<&str> {
        self.list(list).find_map(|item| {
            let (key, value) = item.split_once('=')?;
            (key.trim() == name).then(|| value.trim())
        })
    }

    /// A platform's limit with its number taken from a setting: for limits that the platform
    /// does not document.
    #[must_use]
    pub fn limit(&self, name: &str, unit: crate::Unit) -> Limit {
        Limit { max: usize::try_from(self.number(name)).unwrap_or(usize::MAX), unit }
    }

    /// Every secret under this name; none where it is not given.
    #[must_use]
    pub fn secrets(&self, name: &str) -> &[Secret] {
        match self.given.get(name) {
            Some(Value::Secrets(secrets, _)) => secrets,
            _ => &[],
        }
    }

    /// The secret that goes out: the first.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<&Secret> {
        self.secrets(name).first()
    }

    /// A secret that may have spaces in it, as a password may: all that was given.
    #[must_use]
    pub fn phrase(&self, name: &str) -> Option<&Secret> {
        match self.given.get(name) {
            Some(Value::Secrets(_, whole)) => Some(whole),
            _ => None,
        }
    }

    /// The address of the platform's API without a slash at its end, from `base_url`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.text("base_url").trim_end_matches('/')
    }
}

fn read(field: &Field, value: &str) -> Result<Value, String> {
    let good = match field.kind {
        FieldKind::Secret => {
            let secrets = value.split_whitespace().map(Secret::new).collect();
            return Ok(Value::Secrets(secrets, Secret::new(value)));
        }
        FieldKind::Text | FieldKind::List => !value.chars().any(char::is_control),
        FieldKind::Url => is_https(value),
        FieldKind::Number(least, most) => {
            value.parse::<u64>().is_ok_and(|number| (least..=most).contains(&number))
        }
        FieldKind::Flag => matches!(value, "true" | "false"),
        FieldKind::Choice(names) => names.contains(&value),
    };
    if good {
        Ok(Value::Plain(value.to_owned()))
    } else {
        Err(format!("has to be {}", field.kind.describe()))
    }
}

/// Plain `http` is for a program on the same machine: a test's, or a proxy.
fn is_https(value: &str) -> bool {
    let plain = value.bytes().all(|byte| byte.is_ascii_graphic());
    let host = |rest: &str| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or("");
        !host.is_empty() && !host.contains('@')
    };
    let local = |rest: &str| {
        ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| {
            rest.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
        })
    };
    plain
        && match (value.strip_prefix("https://"), value.strip_prefix("http://")) {
            (Some(rest), _) => host(rest),
            (None, Some(rest)) => host(rest) && local(rest),
            (None, None) => false,
        }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in &self.given {
            match value {
                Value::Plain(text) => map.entry(name, text),
                Value::Secrets(secrets, _) => map.entry(name, secrets),
            };
        }
        map.finish()
    }
}
