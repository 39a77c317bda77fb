//! Inboxes of messaging platforms: what stands in the file, checked against what the
//! platform needs.

use std::collections::BTreeMap;

use channels::{Channel, FieldKind, Spec};

use super::inbox::{Inbox, Widget};
use super::layers::{ConfigError, Resolved};

/// An inbox of a messaging platform.
#[derive(Clone, Debug)]
pub struct Platform {
    /// Its name: part of its address, `/v1/inboxes/NAME/webhook`.
    pub name: String,
    /// The platform.
    pub channel: &'static dyn Channel,
    /// What the platform needs to know.
    pub settings: channels::Settings,
}

impl Platform {
    /// Checks an inbox of the file; none where its channel is no platform.
    ///
    /// # Errors
    /// Everything that is wrong with it, with its place.
    #[must_use]
    pub fn read(inbox: &Inbox) -> Option<Result<Self, Vec<ConfigError>>> {
        let channel = channels::channel(inbox.channel())?;
        let settings = settings(inbox, channel.spec());
        Some(settings.map(|settings| Self { name: inbox.name().to_owned(), channel, settings }))
    }
}

/// What the file says, by the names and kinds of a platform's settings.
pub(super) fn settings(
    inbox: &Inbox,
    spec: &'static Spec,
) -> Result<channels::Settings, Vec<ConfigError>> {
    let names: Vec<&str> = spec.fields.iter().map(|field| field.name).collect();
    let secrets: Vec<&str> = (spec.fields.iter())
        .filter(|field| field.kind == FieldKind::Secret || inbox.secret(field.name).is_some())
        .map(|field| field.name)
        .collect();
    let plain: Vec<&str> = names.iter().copied().filter(|name| !secrets.contains(name)).collect();
    let mut errors = inbox.check(&plain, &[], &secrets);
    let mut given = BTreeMap::new();
    for name in names {
        let list = inbox.list(name);
        let value = match inbox.secret(name) {
            Some(secret) => secret.reveal().to_owned(),
            None if list.is_empty() => continue,
            None => list.join(","),
        };
        given.insert(name.to_owned(), value);
    }
    match channels::Settings::new(spec, &given) {
        Ok(settings) if errors.is_empty() => Ok(settings),
        Ok(_) => Err(errors),
        Err(problems) => {
            let told = |problem: &&channels::SettingProblem| {
                // A secret that could not be read was told of with its reason.
                !(problem.code == "missing-setting"
                    && errors.iter().any(|error| error.to_string().contains(&problem.setting)))
            };
            let more: Vec<ConfigError> = (problems.iter().filter(told))
                .map(|problem| inbox.refuse(&problem.setting, &problem.message))
                .collect();
            errors.extend(more);
            Err(errors)
        }
    }
}

/// Reads every inbox by its channel.
pub(super) fn inboxes(
    resolved: &Resolved,
    errors: &mut Vec<ConfigError>,
) -> (Vec<Platform>, Vec<Widget>) {
    let (mut inboxes, mut widgets) = (Vec::new(), Vec::new());
    for inbox in resolved.inboxes() {
        match inbox.channel() {
            "widget" => match Widget::read(inbox) {
                Ok(widget) => widgets.push(widget),
                Err(found) => errors.extend(found),
            },
            channel => match Platform::read(inbox) {
                Some(Ok(platform)) => inboxes.push(platform),
                Some(Err(found)) => errors.extend(found),
                None => {
                    let known = names().join(", ");
                    let message = format!("{channel:?} is no channel; known: {known}");
                    errors.push(inbox.refuse("channel", &message));
                }
            },
        }
    }
    if widgets.is_empty() {
        widgets.push(Widget::built_in());
    }
    (inboxes, widgets)
}

/// What an inbox may have for its channel: the widget and every platform.
fn names() -> Vec<&'static str> {
    let platforms = channels::CHANNELS.iter().map(|channel| channel.spec().name);
    std::iter::once("widget").chain(platforms).collect()
}
