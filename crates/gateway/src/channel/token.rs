//! Access tokens of platforms that give them for a while: shared by all nodes, asked for by
//! one at a time.

use channels::{Outlet, Response, Secret, Settings};
use jiff::{SignedDuration, Timestamp};
use store::{ChannelAccess, Record, Store};

use super::attempt::{REQUEST, headers};
use crate::app::App;
use crate::http::Answer;

/// A token that ends so soon is renewed.
const SOON: SignedDuration = SignedDuration::from_secs(60);

fn is_good(access: &ChannelAccess, now: Timestamp) -> bool {
    access.until.duration_since(now) > SOON
}

/// The access token that is there, without asking anybody.
pub(super) async fn held(app: &App, name: &str) -> Answer<Option<Secret>> {
    let now = app.clock.now();
    let access = app.store.channel_access(name).await?.filter(|access| is_good(access, now));
    Ok(access.map(|access| Secret::new(access.token)))
}

/// The access token of an inbox, got anew where it ends soon or is no longer good.
pub(super) async fn access(
    app: &App,
    name: &str,
    outlet: &dyn Outlet,
    settings: &Settings,
    anew: bool,
) -> Answer<Option<Secret>> {
    let Some(destination) = app.channels.destinations.get(name) else { return Ok(None) };
    let before = app.store.channel_access(name).await?;
    let now = app.clock.now();
    if let Some(access) = before.as_ref().filter(|access| !anew && is_good(access, now)) {
        return Ok(Some(Secret::new(access.token.clone())));
    }
    // The others wait, and then find what the first has got.
    let _alone = destination.renewing.lock().await;
    let now = app.clock.now();
    let current = app.store.channel_access(name).await?;
    if current != before
        && let Some(access) = current.as_ref().filter(|access| is_good(access, now))
    {
        return Ok(Some(Secret::new(access.token.clone())));
    }
    let refresh = current.and_then(|access| access.refresh).map(Secret::new);
    let Some(call) = outlet.renew(settings, refresh.as_ref()) else {
        return Ok(None);
    };
    let answered = match app.channels.client.call(&call, REQUEST).await {
        Ok(answered) => answered,
        Err(error) => {
            tracing::warn!(inbox = name, %error, "no access token");
            return Ok(None);
        }
    };
    let response = Response {
        status: answered.status,
        headers: &headers(&answered),
        body: &answered.body,
        now: app.clock.now(),
    };
    match outlet.renewed(&response) {
        Ok(got) => {
            let access = ChannelAccess {
                name: name.to_owned(),
                token: got.token.expose().to_owned(),
                until: got.until,
                refresh: got.refresh.or(refresh).map(|refresh| refresh.expose().to_owned()),
            };
            app.store.put(vec![Record::Access(access)]).await?;
            Ok(Some(got.token))
        }
        Err(outcome) => {
            tracing::error!(inbox = name, ?outcome, "the platform gives no access token");
            Ok(None)
        }
    }
}
