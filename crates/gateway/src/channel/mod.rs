//! Channels: what platforms bring is kept and then worked off into turns; what turns and
//! people say is kept by the same commit and then sent.
//!
//! Everything that has to be done is a row of the store. What is here in memory makes it
//! faster or gentler, never different: a process that is killed loses none of it.

mod agent;
mod attempt;
mod client;
mod deliver;
mod handover;
mod hear;
mod hooks;
mod message;
mod pace;
mod receive;
mod rows;
mod token;
mod work;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use channels::{Channel, HelpDesk, Inlet, Outlet};
use desk::ConversationId;
use jiff::SignedDuration;
use store::{ChannelFigures, Record, Store, StoreError};
use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore};
use tokio::task::AbortHandle;

use self::client::Client;
use self::pace::Pace;
use crate::app::App;
use crate::config::{OutletKind, Platform, Settings, WEBHOOK};
use crate::wire::ChannelBody;

pub use deliver::{deliver, send_due};
pub(crate) use receive::{answer, receive};
pub(crate) use rows::add;
pub use work::{work, work_due};

/// How long a row belongs to whoever took it up.
const LEASE: SignedDuration = SignedDuration::from_secs(90);

/// How many courtesies are under way at once; more are left out.
const COURTESIES: usize = 32;
/// How long one may take.
const COURTESY: Duration = Duration::from_secs(5);

/// How long a service of ours may take over a sample.
const SAMPLE: Duration = Duration::from_secs(30);

/// Everything that is connected.
#[derive(Debug)]
pub struct Channels {
    inboxes: BTreeMap<String, Platform>,
    desks: BTreeMap<String, (&'static dyn HelpDesk, channels::Settings)>,
    webhooks: BTreeMap<String, channels::Settings>,
    destinations: BTreeMap<String, Destination>,
    client: Arc<Client>,
    /// Something came in.
    arrived: Notify,
    /// Courtesies under way.
    courtesies: Arc<Semaphore>,
    /// Requests without a right signature, by inbox, that are not written down yet.
    refused: Mutex<BTreeMap<String, u64>>,
}

/// What brings events.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    name: &'a str,
    inlet: &'a dyn Inlet,
    /// Where it is a platform on which customers write.
    channel: Option<&'static dyn Channel>,
    settings: &'a channels::Settings,
}

impl Source<'_> {
    /// The largest body it may bring, in bytes.
    pub(crate) fn body_limit(&self) -> usize {
        self.settings.spec().body_limit
    }
}

/// Something that is sent to.
#[derive(Debug)]
struct Destination {
    pace: Mutex<Pace>,
    /// There is something to be sent.
    ready: Notify,
    /// It said that nobody wants anything there any more; also kept in the store.
    gone: AtomicBool,
    /// One asks for an access token, the others wait for it, and for why there is none.
    renewing: tokio::sync::Mutex<Option<token::Missing>>,
}

impl Destination {
    fn new(rate: Option<u32>) -> Self {
        Self {
            pace: Mutex::new(Pace::new(rate)),
            ready: Notify::new(),
            gone: AtomicBool::new(false),
            renewing: tokio::sync::Mutex::default(),
        }
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        // Between two statements nothing is half changed.
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Channels {
    pub(crate) fn new(settings: &Settings) -> Self {
        let inboxes: BTreeMap<String, Platform> =
            settings.inboxes.iter().map(|inbox| (inbox.name.clone(), inbox.clone())).collect();
        let mut destinations: BTreeMap<String, Destination> = (inboxes.iter())
            .map(|(name, inbox)| (name.clone(), Destination::new(inbox.channel.spec().rate)))
            .collect();
        let (mut desks, mut webhooks) = (BTreeMap::new(), BTreeMap::new());
        for outlet in &settings.outlets {
            let (name, settings) = (outlet.name.clone(), outlet.settings.clone());
            destinations.insert(name.clone(), Destination::new(settings.spec().rate));
            match outlet.kind {
                OutletKind::HelpDesk(desk) => drop(desks.insert(name, (desk, settings))),
                OutletKind::Webhook => drop(webhooks.insert(name, settings)),
            }
        }
        Self {
            inboxes,
            desks,
            webhooks,
            destinations,
            client: Arc::new(Client::new(settings.allow_private)),
            arrived: Notify::new(),
            courtesies: Arc::new(Semaphore::new(COURTESIES)),
            refused: Mutex::default(),
        }
    }

    /// The inbox with this name.
    pub(crate) fn inbox(&self, name: &str) -> Option<&Platform> {
        self.inboxes.get(name)
    }

    /// The help desk with this name.
    #[cfg(test)]
    pub(crate) fn desk(&self, name: &str) -> Option<(&'static dyn HelpDesk, &channels::Settings)> {
        self.desks.get(name).map(|(desk, settings)| (*desk, settings))
    }

    /// What brings events under this name: an inbox, or a help desk.
    pub(crate) fn source(&self, name: &str) -> Option<Source<'_>> {
        if let Some(inbox) = self.inboxes.get(name) {
            let channel = Some(inbox.channel);
            return Some(Source {
                name: &inbox.name,
                inlet: inbox.channel,
                channel,
                settings: &inbox.settings,
            });
        }
        let (name, (desk, settings)) = self.desks.get_key_value(name)?;
        Some(Source { name, inlet: *desk, channel: None, settings })
    }

    /// What sends under this name.
    fn outlet(&self, name: &str) -> Option<(&dyn Outlet, &channels::Settings)> {
        if let Some(inbox) = self.inboxes.get(name) {
            return Some((inbox.channel, &inbox.settings));
        }
        if let Some((desk, settings)) = self.desks.get(name) {
            return Some((*desk, settings));
        }
        self.webhooks.get(name).map(|settings| (&WEBHOOK as &dyn Outlet, settings))
    }

    /// Everything that is sent to, by name.
    pub(crate) fn destinations(&self) -> impl Iterator<Item = &str> {
        self.destinations.keys().map(String::as_str)
    }

    /// Until when a destination is left alone, where it is.
    pub(crate) fn closed(&self, name: &str, now: jiff::Timestamp) -> Option<jiff::Timestamp> {
        self.destinations.get(name)?.pace().closed(now)
    }

    /// Whether a destination said that nobody wants anything there any more.
    fn gone(&self, name: &str) -> bool {
        self.destinations.get(name).is_some_and(|it| it.gone.load(Ordering::Relaxed))
    }

    /// Says that there is something to be sent.
    pub(crate) fn wake(&self, destination: &str) {
        if let Some(destination) = self.destinations.get(destination) {
            destination.ready.notify_one();
        }
    }

    /// Whether somebody woke whoever sends there since this was last asked.
    #[cfg(test)]
    pub(crate) fn was_woken(&self, destination: &str) -> bool {
        let woken = std::pin::pin!(self.destinations[destination].ready.notified());
        woken.enable()
    }

    /// Sends something that nothing depends on, beside everything else.
    fn courtesy(&self, destination: &str, call: channels::Call, now: jiff::Timestamp) {
        let Ok(place) = Arc::clone(&self.courtesies).try_acquire_owned() else { return };
        if self.closed(destination, now).is_some() {
            return;
        }
        let client = Arc::clone(&self.client);
        tokio::spawn(async move {
            if let Err(error) = client.call(&call, COURTESY).await {
                tracing::debug!(%error, "a courtesy was not taken");
            }
            drop(place);
        });
    }

    fn refused(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The conversation of a sender: the same for the same, told by nobody who sees it alone.
fn conversation_of(inbox: &str, key: &str) -> ConversationId {
    let mut hasher = blake3::Hasher::new_derive_key("switchboard 2026 conversation of a channel");
    hasher.update(&(inbox.len() as u64).to_be_bytes());
    hasher.update(inbox.as_bytes());
    hasher.update(key.as_bytes());
    let hash = hasher.finalize().to_hex();
    ConversationId::new(&format!("{inbox}-{}", &hash.as_str()[..32]))
}

/// Begins to work off what comes in and to send what goes out, in the background: a platform
/// that waits for its acknowledgement goes first. One process serves a file:
/// what is under way in it is what a process of before was stopped in. Where several share a
/// database, what is under way may be another node's.
///
/// # Errors
/// As [`Store::put`].
pub(crate) async fn start(
    app: &Arc<App>,
    background: &Handle,
) -> Result<Vec<AbortHandle>, StoreError> {
    if app.channels.destinations.is_empty() {
        return Ok(Vec::new());
    }
    if !app.store.is_shared() {
        app.store.put(vec![Record::Release { at: app.clock.now() }]).await?;
    }
    remember(app).await?;
    let mut tasks = vec![background.spawn(work(Arc::clone(app))).abort_handle()];
    for name in app.channels.destinations() {
        let task = deliver(Arc::clone(app), name.to_owned());
        tasks.push(background.spawn(task).abort_handle());
    }
    Ok(tasks)
}

/// Knows again which destinations are gone.
///
/// # Errors
/// As [`Store::channel_figures`].
pub(crate) async fn remember(app: &App) -> Result<(), StoreError> {
    for figures in app.store.channel_figures().await? {
        if let Some(destination) = app.channels.destinations.get(&figures.name) {
            destination.gone.store(figures.gone_at.is_some(), Ordering::Relaxed);
        }
    }
    Ok(())
}

/// The figures of everything that is connected, and of what was: by name.
pub(crate) fn shown(
    channels: &Channels,
    figures: Vec<ChannelFigures>,
    now: jiff::Timestamp,
) -> Vec<ChannelBody> {
    let mut all: BTreeMap<String, ChannelFigures> = (channels.destinations())
        .map(|name| {
            (name.to_owned(), ChannelFigures { name: name.to_owned(), ..Default::default() })
        })
        .collect();
    all.extend(figures.into_iter().map(|figures| (figures.name.clone(), figures)));
    let body = |figures: ChannelFigures| {
        let platform = channels.outlet(&figures.name).map(|(outlet, _)| outlet.spec().name);
        let closed = channels.closed(&figures.name, now);
        ChannelBody::of(figures, platform, closed)
    };
    all.into_values().map(body).collect()
}

/// Sends a sample to a service of ours. Says its status and body.
pub(crate) async fn post_sample(
    url: &str,
    sample: &channels::SampleRequest,
) -> Result<(u16, String), String> {
    let url = match sample.query.as_str() {
        "" => url.to_owned(),
        query => format!("{url}?{query}"),
    };
    let answered = Client::new(true).post(&url, sample, SAMPLE).await;
    let answered = answered.map_err(|error| error.to_string())?;
    Ok((answered.status, String::from_utf8_lossy(&answered.body).into_owned()))
}
