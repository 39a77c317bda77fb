//! Access tokens of platforms that give them for a while: shared by all nodes, asked for by
//! one at a time.

use channels::{Outcome, Outlet, Response, Secret, Settings};
use jiff::{SignedDuration, Timestamp};
use store::{ChannelAccess, Record, Store};

use super::attempt::{REQUEST, headers};
use super::client::CallError;
use crate::app::App;
use crate::http::Answer;

/// A token that ends so soon is renewed.
const SOON: SignedDuration = SignedDuration::from_secs(60);

/// Why there is no access token where there is something to ask for one with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// Whoever gives them did not answer, or not now.
    Failed {
        /// What they ask for.
        after: Option<SignedDuration>,
        /// What was wrong.
        error: String,
    },
    /// Nothing will change until somebody acts: what we ask with is refused.
    Refused {
        /// What they said.
        code: String,
        /// In words.
        message: String,
    },
}

fn is_good(access: &ChannelAccess, now: Timestamp) -> bool {
    access.until.duration_since(now) > SOON
}

/// The access token that is there, without asking anybody.
pub(super) async fn held(app: &App, name: &str) -> Answer<Option<Secret>> {
    let now = app.clock.now();
    let access = app.store.channel_access(name).await?.filter(|access| is_good(access, now));
    Ok(access.map(|access| Secret::new(access.token)))
}

/// The access token of an inbox, got anew where it ends soon or is no longer good; none where
/// there is nothing to ask for one with.
pub(super) async fn access(
    app: &App,
    name: &str,
    outlet: &dyn Outlet,
    settings: &Settings,
    anew: bool,
) -> Answer<Result<Option<Secret>, Missing>> {
    let Some(destination) = app.channels.destinations.get(name) else { return Ok(Ok(None)) };
    let before = app.store.channel_access(name).await?;
    let now = app.clock.now();
    if let Some(access) = before.as_ref().filter(|access| !anew && is_good(access, now)) {
        return Ok(Ok(Some(Secret::new(access.token.clone()))));
    }
    // The others wait, and then find what came of it for the first: asking in vain one after
    // the other would outlast the leases of what is to be sent.
    let (mut missing, waited) = match destination.renewing.try_lock() {
        Ok(alone) => (alone, false),
        Err(_) => (destination.renewing.lock().await, true),
    };
    let now = app.clock.now();
    let current = app.store.channel_access(name).await?;
    if current != before
        && let Some(access) = current.as_ref().filter(|access| is_good(access, now))
    {
        return Ok(Ok(Some(Secret::new(access.token.clone()))));
    }
    if let Some(missing) = missing.as_ref().filter(|_| waited) {
        return Ok(Err(missing.clone()));
    }
    let refresh = current.and_then(|access| access.refresh).map(Secret::new);
    let Some(call) = outlet.renew(settings, refresh.as_ref()) else { return Ok(Ok(None)) };
    let got = match app.channels.client.call(&call, REQUEST).await {
        Ok(answered) => {
            let headers = headers(&answered);
            let (status, body) = (answered.status, answered.body.as_slice());
            let now = app.clock.now();
            outlet.renewed(&Response { status, headers: &headers, body, now }).map_err(refused)
        }
        Err(CallError::Unsendable(message)) => {
            Err(Missing::Refused { code: "unsendable".to_owned(), message })
        }
        Err(error) => Err(Missing::Failed { after: None, error: error.to_string() }),
    };
    match got {
        Ok(got) => {
            *missing = None;
            let access = ChannelAccess {
                name: name.to_owned(),
                token: got.token.expose().to_owned(),
                until: got.until,
                refresh: got.refresh.or(refresh).map(|refresh| refresh.expose().to_owned()),
            };
            app.store.put(vec![Record::Access(access)]).await?;
            Ok(Ok(Some(got.token)))
        }
        Err(why) => {
            tracing::warn!(inbox = name, ?why, "no access token");
            Ok(Err(missing.insert(why).clone()))
        }
    }
}

/// What an answer without a token says.
fn refused(outcome: Outcome) -> Missing {
    match outcome {
        Outcome::Retry { after, code, message } => {
            Missing::Failed { after, error: format!("{code}: {message}") }
        }
        Outcome::Unknown { code, message } => {
            Missing::Failed { after: None, error: format!("{code}: {message}") }
        }
        Outcome::Final { code, message }
        | Outcome::Gone { code, message }
        | Outcome::WindowClosed { code, message }
        | Outcome::Unauthorized { code, message } => Missing::Refused { code, message },
        Outcome::Renew { code } => Missing::Refused { code, message: String::new() },
        Outcome::Sent { .. } | Outcome::TokenSpent | Outcome::Moved { .. } => {
            Missing::Failed { after: None, error: "an answer without a token".to_owned() }
        }
    }
}
