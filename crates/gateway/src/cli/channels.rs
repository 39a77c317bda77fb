//! `switchboard channels`, `switchboard outbox` and `switchboard simulate`.

#[cfg(test)]
mod tests;

use std::io::Write;

use ::channels::Sample;
use clap::{Args, Subcommand};
use store::{AnyStore, OutboxEntry, OutboxQuery, OutboxState, Record, Store};

use super::{Done, Failure, wait};
use crate::channel::{self, Channels};
use crate::clock::Clock;
use crate::config::{GivenData, Settings};
use crate::database;
use crate::entropy;
use crate::wire::{ChannelBody, OutboundBody};

fn open(settings: &Settings) -> Result<AnyStore, Failure> {
    let path = database::file(settings);
    if settings.database.is_none() && !path.is_file() {
        let path = path.display();
        return Err(Failure::Invalid(format!(
            "{path}: there is no such database\nhelp: name its folder with --data"
        )));
    }
    wait(async { Ok(database::open(settings).await?) })
}

#[derive(Debug, Args)]
#[command(after_help = "\
Looks into the database, whether or not a service uses it. Exit code 1 says that something
needs a look: an inbox that never had a rightly signed request, or something that could not
be sent.

  switchboard channels
  switchboard channels --json | jq '.[] | select(.dead > 0)'")]
pub(super) struct ShowChannels {
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    given: GivenData,
}

impl ShowChannels {
    pub(super) fn run(self) -> Done {
        let settings = super::read(self.given.0)?;
        let store = open(&settings)?;
        let connected = Channels::new(&settings);
        let now = Clock::system().now();
        let figures = wait(async { Ok(store.channel_figures().await?) })?;
        let rows = channel::shown(&connected, figures, now);
        let mut out = anstream::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?;
        } else if rows.is_empty() {
            writeln!(out, "no inbox is set up; see docs/CHANNELS.md")?;
        } else {
            rows.iter().try_for_each(|row| tell(&mut out, row))?;
        }
        let amiss = |row: &ChannelBody| {
            row.dead > 0 || (row.verified_since.is_none() && connected.inbox(&row.name).is_some())
        };
        if rows.iter().any(amiss) { Err(Failure::Expectation) } else { Ok(()) }
    }
}

fn tell(out: &mut impl Write, row: &ChannelBody) -> std::io::Result<()> {
    let platform = row.platform.unwrap_or("not in the settings");
    writeln!(out, "{} ({platform})", row.name)?;
    let when = |at: &Option<String>| at.clone().unwrap_or_else(|| "never".to_owned());
    let mut line = |what: &str, text: String| writeln!(out, "  {what:<12} {text}");
    line("verified", format!("since {}", when(&row.verified_since)))?;
    line(
        "in",
        format!(
            "{} events, {} repeated, the last {}; {} wait, {} unreadable",
            row.events,
            row.repeated,
            when(&row.last_event_at),
            row.inbound,
            row.unreadable
        ),
    )?;
    line(
        "out",
        format!(
            "{} sent, the last {}; {} wait{}, {} could not be sent",
            row.sent,
            when(&row.sent_at),
            row.outbound,
            row.oldest_at.as_ref().map(|at| format!(" since {at}")).unwrap_or_default(),
            row.dead
        ),
    )?;
    if row.refused > 0 {
        line("refused", format!("{} unsigned, the last {}", row.refused, when(&row.refused_at)))?;
    }
    if let Some(error) = &row.last_error {
        let (count, at) = (row.failures, when(&row.failed_at));
        line("failures", format!("{count}, the last {at}: {error}"))?;
    }
    if row.gone_at.is_some() {
        let how = "switchboard outbox replay tries whether it is back";
        line("gone", format!("told nothing since {}: {how}", when(&row.gone_at)))?;
    }
    if row.unsure > 0 {
        line("unsure", format!("{} sent again after a stop", row.unsure))?;
    }
    Ok(())
}

#[derive(Debug, Args)]
#[command(after_help = "\
  switchboard outbox list                        what could not be sent, and why
  switchboard outbox list --state waiting
  switchboard outbox replay 4711                 tries it again; a running service sends it
  switchboard outbox replay --all --to whatsapp")]
pub(super) struct Outbox {
    #[command(subcommand)]
    what: OutboxVerb,
}

#[derive(Debug, Subcommand)]
enum OutboxVerb {
    /// List what could not be sent, or what waits to be
    List {
        /// dead, waiting, sending or sent
        #[arg(long, default_value = "dead", value_parser = ["dead", "waiting", "sending", "sent"])]
        state: String,
        /// Only to this inbox or destination
        #[arg(long, value_name = "NAME")]
        to: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        given: GivenData,
    },
    /// Try again what could not be sent
    Replay {
        /// Its number, as `list` shows it
        #[arg(required_unless_present = "all")]
        number: Vec<u64>,
        /// Everything
        #[arg(long, conflicts_with = "number")]
        all: bool,
        /// Only to this inbox or destination
        #[arg(long, value_name = "NAME")]
        to: Option<String>,
        #[command(flatten)]
        given: GivenData,
    },
}

impl Outbox {
    pub(super) fn run(self) -> Done {
        match self.what {
            OutboxVerb::List { state, to, json, given } => {
                let store = open(&super::read(given.0)?)?;
                let rows = wait(list(&store, OutboxState::parse(&state), to))?;
                let mut out = anstream::stdout().lock();
                if json {
                    let rows: Vec<OutboundBody> = rows.into_iter().map(Into::into).collect();
                    writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?;
                    return Ok(());
                }
                for row in &rows {
                    let error = row.error.as_deref().unwrap_or(row.state.as_str());
                    let of = row.conversation.as_ref().map(|id| format!(" of {id}"));
                    writeln!(
                        out,
                        "{}  {} to {}{}  {}  {error}",
                        row.n,
                        row.kind,
                        row.destination,
                        of.unwrap_or_default(),
                        row.made_at
                    )?;
                }
                writeln!(out, "{} in all", rows.len())?;
                Ok(())
            }
            OutboxVerb::Replay { number, all, to, given } => {
                let store = open(&super::read(given.0)?)?;
                let rows = wait(list(&store, Some(OutboxState::Dead), to))?;
                let meant: Vec<&OutboxEntry> =
                    rows.iter().filter(|row| all || number.contains(&row.n)).collect();
                if let Some(missing) = number.iter().find(|n| !meant.iter().any(|row| row.n == **n))
                {
                    return Err(Failure::Invalid(format!(
                        "{missing} is not among what could not be sent\nhelp: see switchboard outbox list"
                    )));
                }
                let at = Clock::system().now();
                let records = meant.iter().map(|row| Record::Replay { n: row.n, at }).collect();
                wait(async {
                    store.put(records).await?;
                    Ok(store.close().await?)
                })?;
                writeln!(anstream::stdout(), "{} wait to be sent again", meant.len())?;
                Ok(())
            }
        }
    }
}

async fn list(
    store: &AnyStore,
    state: Option<OutboxState>,
    destination: Option<String>,
) -> Result<Vec<OutboxEntry>, Failure> {
    let mut all: Vec<OutboxEntry> = Vec::new();
    loop {
        let after = all.last().map_or(0, |row| row.n);
        let destination = destination.clone();
        let query = OutboxQuery { state, destination, after, ..OutboxQuery::default() };
        let page = store.outbox(&query).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
Sends a message to a running service as the inbox's platform would: in its form, rightly
signed with the inbox's own secret. The reply goes where the inbox's replies go: set base_url
to a program of yours to see it.

  switchboard simulate whatsapp \"where is my parcel?\"
  switchboard simulate shop-line \"退款\" --server https://chat.example.com --sender U1")]
pub(super) struct Simulate {
    /// The inbox, or the platform where one inbox has it
    inbox: String,
    /// What the customer writes
    text: String,
    /// Where the service is [default: as its settings say]
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// How the platform calls the customer
    // An address of nobody's, which mail needs and every other platform takes for an id.
    #[arg(long, default_value = "customer@sample.example")]
    sender: String,
    /// The platform's id of the message; the same again is a repeated delivery [default: a new one]
    #[arg(long)]
    id: Option<String>,
    #[command(flatten)]
    given: GivenData,
}

impl Simulate {
    pub(super) fn run(self) -> Done {
        let settings = super::read(self.given.0)?;
        let named = settings.inboxes.iter().find(|inbox| inbox.name == self.inbox);
        let mut of_platform =
            settings.inboxes.iter().filter(|inbox| inbox.channel.spec().name == self.inbox);
        let inbox = match (named, of_platform.next(), of_platform.next()) {
            (Some(inbox), ..) | (None, Some(inbox), None) => inbox,
            (None, Some(_), Some(_)) => {
                let why = format!("several inboxes have the platform {}; name one", self.inbox);
                return Err(Failure::Invalid(why));
            }
            (None, None, _) => {
                let names: Vec<&str> =
                    settings.inboxes.iter().map(|inbox| inbox.name.as_str()).collect();
                return Err(Failure::Invalid(format!(
                    "there is no inbox {}; in the settings: {}",
                    self.inbox,
                    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
                )));
            }
        };
        let now = Clock::system().now();
        let new = || entropy::id(now).map_err(|error| Failure::Invalid(error.to_string()));
        let id = self.id.map_or_else(new, Ok)?;
        let sample = Sample { text: &self.text, sender: &self.sender, id: &id, now };
        let Some(sample) = inbox.channel.sample(&inbox.settings, &sample) else {
            return Err(Failure::Invalid(format!(
                "the inbox {} lacks the secret that {} signs with",
                inbox.name,
                inbox.channel.spec().title
            )));
        };
        let server = self.server.unwrap_or_else(|| format!("http://{}", settings.listen));
        let url = format!("{}/v1/inboxes/{}/webhook", server.trim_end_matches('/'), inbox.name);
        let (status, body) = wait(async {
            channel::post_sample(&url, &sample).await.map_err(|error| {
                Failure::Invalid(format!("{error}\nhelp: is a service there? name it by --server"))
            })
        })?;
        let mut out = anstream::stdout().lock();
        writeln!(out, "{status} {}", body.trim_end())?;
        if (200..300).contains(&status) { Ok(()) } else { Err(Failure::Expectation) }
    }
}
