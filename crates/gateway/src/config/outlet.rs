//! Help desks that conversations are handed over to, and webhooks that are told of events.

use channels::standard::Webhook;
use channels::{HelpDesk, Outlet as _};

use super::inbox::Inbox;
use super::layers::{ConfigError, Resolved};
use super::platform;

/// What is told or handed over to.
#[derive(Clone, Debug)]
pub struct Outlet {
    /// Its name; part of its address, `/v1/inboxes/NAME/webhook`, where it answers.
    pub name: String,
    /// What it is.
    pub kind: OutletKind,
    /// What it needs to know.
    pub settings: channels::Settings,
}

/// What an outlet is.
#[derive(Clone, Copy, Debug)]
pub enum OutletKind {
    /// People answer there.
    HelpDesk(&'static dyn HelpDesk),
    /// A program that hears of events.
    Webhook,
}

/// What posts events.
pub(crate) static WEBHOOK: Webhook = Webhook;

/// Reads every outlet by its kind.
pub(super) fn outlets(resolved: &Resolved, errors: &mut Vec<ConfigError>) -> Vec<Outlet> {
    let mut outlets = Vec::new();
    for outlet in resolved.outlets() {
        let name = outlet.name();
        if resolved.inboxes().iter().any(|inbox| inbox.name() == name) {
            errors.push(outlet.refuse("kind", "has the name of an inbox; choose another"));
            continue;
        }
        match read(outlet) {
            Ok(outlet) => outlets.push(outlet),
            Err(found) => errors.extend(found),
        }
    }
    outlets
}

fn read(outlet: &Inbox) -> Result<Outlet, Vec<ConfigError>> {
    let webhook = WEBHOOK.spec().name;
    let kind = match (outlet.channel(), channels::help_desk(outlet.channel())) {
        (kind, _) if kind == webhook => OutletKind::Webhook,
        (_, Some(desk)) => OutletKind::HelpDesk(desk),
        (channel, None) => {
            let desks = channels::HELP_DESKS.iter().map(|desk| desk.spec().name);
            let known: Vec<&str> = std::iter::once(webhook).chain(desks).collect();
            let message = format!("{channel:?} is none of: {}", known.join(", "));
            return Err(vec![outlet.refuse("kind", &message)]);
        }
    };
    let spec = match kind {
        OutletKind::HelpDesk(desk) => desk.spec(),
        OutletKind::Webhook => WEBHOOK.spec(),
    };
    let settings = platform::settings(outlet, spec)?;
    if let OutletKind::Webhook = kind {
        let keys = settings.secrets("secret").iter();
        if let Some(error) = keys.map(channels::standard::Key::parse).find_map(Result::err) {
            return Err(vec![outlet.refuse("secret", &format!("is no key: {error}"))]);
        }
    }
    Ok(Outlet { name: outlet.name().to_owned(), kind, settings })
}
