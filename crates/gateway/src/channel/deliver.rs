//! Sends what is to be sent: each destination by itself, each conversation in its order.

use std::sync::Arc;
use std::time::Duration;

use channels::{Address, Dispatch, Idempotency, Outcome, Outgoing, Outlet, Piece, Response};
use desk::Message;
use jiff::{SignedDuration, Timestamp};
use store::{OutboxRow, Record, Sending, Store};
use tokio::task::JoinSet;

use super::client::{Answered, CallError};
use super::{Destination, LEASE, handover, hooks, message, pace, rows, token};
use crate::app::App;
use crate::clock::Stopwatch;
use crate::config::Platform;
use crate::entropy;
use crate::http::Answer;
use crate::turn;

/// How often it is looked whether something is due that nobody told of.
const TICK: Duration = Duration::from_millis(250);
/// How many requests to one destination are under way at once.
const AT_ONCE: usize = 16;
/// How long one request may take.
pub(super) const REQUEST: Duration = Duration::from_secs(20);
/// How long the parts of one message may take altogether, well within the lease.
const ALL_PARTS_SECONDS: f64 = 60.0;
/// A message that could not be sent for so long is of no use to anybody.
const OLDEST: SignedDuration = SignedDuration::from_hours(24);
/// An event that no program took for so long is not told any more.
const OLDEST_EVENT: SignedDuration = SignedDuration::from_hours(76);
/// How long a destination is left alone that refuses our credentials.
const REFUSED: SignedDuration = SignedDuration::from_mins(1);
/// How long a receipt is waited for where nobody knows whether a request arrived.
const SETTLE: SignedDuration = SignedDuration::from_secs(30);

/// Sends to one destination what there is, until the task is dropped.
pub async fn deliver(app: Arc<App>, name: String) {
    let Some(destination) = app.channels.destinations.get(&name) else { return };
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = destination.ready.notified() => {}
        }
        if let Err(problem) = send_due(&app, &name).await {
            // What is due stays due.
            let code = problem.code().as_str();
            tracing::error!(destination = name, code, "nothing could be sent");
        }
    }
}

/// Sends everything that is due at a destination. Says how much was tried.
///
/// # Errors
/// The store fails; what was not sent is still due.
pub async fn send_due(app: &Arc<App>, name: &str) -> Answer<usize> {
    let Some(destination) = app.channels.destinations.get(name) else { return Ok(0) };
    let mut under_way = JoinSet::new();
    let mut tried = 0;
    loop {
        let now = app.clock.now();
        let lease = now.checked_add(LEASE).unwrap_or(Timestamp::MAX);
        let may = destination.pace().take(AT_ONCE - under_way.len(), now);
        let rows = match may {
            0 => Vec::new(),
            may => app.store.claim_outbox(name, now, lease, may).await?,
        };
        destination.pace().unused(may - rows.len());
        for row in rows {
            let (app, name) = (Arc::clone(app), name.to_owned());
            under_way.spawn(async move { send(&app, &name, row).await });
        }
        if under_way.is_empty() {
            return Ok(tried);
        }
        // The next of a conversation may go when this one is done; others need not wait for it.
        tokio::select! {
            Some(_) = under_way.join_next() => tried += 1,
            () = destination.ready.notified() => {}
        }
    }
}

/// What is to be done with a row.
enum Verdict {
    Sent,
    Later(SignedDuration, String),
    Dead(String),
}

async fn send(app: &App, name: &str, row: OutboxRow) {
    let Some(destination) = app.channels.destinations.get(name) else { return };
    if row.unsure {
        app.metrics.unsure(name);
        tracing::warn!(
            destination = name,
            id = row.outbound.id,
            "sent again: whoever sent it was stopped before the end was known"
        );
    }
    let verdict = try_to_send(app, name, destination, &row).await;
    let at = app.clock.now();
    let event = row.outbound.kind == hooks::EVENT;
    let too_old = at.duration_since(row.made_at) >= if event { OLDEST_EVENT } else { OLDEST };
    let sending = match verdict {
        Ok(Verdict::Sent) => {
            app.metrics.sent(name, "sent");
            Sending::Sent { at }
        }
        Ok(Verdict::Later(wait, error)) if !too_old => {
            app.metrics.sent(name, "later");
            let next_at = at.checked_add(wait).unwrap_or(Timestamp::MAX);
            Sending::Later { at, next_at, error }
        }
        Ok(Verdict::Dead(error) | Verdict::Later(_, error)) => {
            app.metrics.sent(name, "dead");
            tracing::error!(destination = name, id = row.outbound.id, error, "given up");
            turn::undelivered(app, &row, &error).await;
            Sending::Dead { at, error }
        }
        // The store fails: the row is taken up again when its lease ends.
        Err(problem) => {
            tracing::error!(destination = name, code = problem.code().as_str(), "not sent");
            return;
        }
    };
    if let Err(error) = app.store.put(vec![Record::Sending { n: row.n, sending }]).await {
        tracing::error!(%error, destination = name, "what came of sending could not be kept");
    }
}

/// What a row consists of.
enum Load<'a> {
    /// A message of the conversation, cut when it is sent.
    Message(&'a Platform, &'a Message),
    /// Cut when it was put in.
    Pieces(Vec<Piece>),
}

/// What a row consists of, and where it goes.
async fn load<'a>(
    app: &'a App,
    name: &str,
    row: &'a OutboxRow,
) -> Answer<Result<(Load<'a>, Address), String>> {
    if row.outbound.kind == rows::MESSAGE {
        let (Some(inbox), Some(said), Some(address)) =
            (app.channels.inbox(name), &row.message, &row.address)
        else {
            return Ok(Err("nothing-to-send: the message is gone".to_owned()));
        };
        let to = serde_json::from_str(&address.detail);
        let to = to.map_err(|error| format!("address-incomplete: {error}"));
        return Ok(to.map(|to| (Load::Message(inbox, said), to)));
    }
    let pieces = match handover::pieces(&row.outbound.body) {
        Ok(pieces) => pieces,
        Err(error) => return Ok(Err(error)),
    };
    let mut to = Address::default();
    // A hand-over begins a thread of its own; what comes after goes into it.
    if (row.parts > 0 || row.outbound.kind == handover::FOLLOW)
        && let Some(conversation) = &row.conversation
        && let Some(detail) = app.store.thread(name, conversation).await?
    {
        to = serde_json::from_str(&detail).unwrap_or_default();
    }
    Ok(Ok((Load::Pieces(pieces), to)))
}

async fn try_to_send(
    app: &App,
    name: &str,
    destination: &Destination,
    row: &OutboxRow,
) -> Answer<Verdict> {
    let Some((outlet, settings)) = app.channels.outlet(name) else {
        return Ok(Verdict::Later(SignedDuration::from_mins(1), "not in the settings".to_owned()));
    };
    let (load, to) = match load(app, name, row).await? {
        Ok(loaded) => loaded,
        Err(error) => return Ok(Verdict::Dead(error)),
    };
    let watch = Stopwatch::start();
    let (closed, renewed, rounds) = (false, false, 0);
    let mut attempt =
        Attempt { app, name, destination, outlet, settings, row, to, closed, renewed, rounds };
    let mut part = row.parts;
    loop {
        let now = app.clock.now();
        let cut;
        let pieces = match &load {
            Load::Pieces(pieces) => pieces,
            Load::Message(inbox, said) => {
                match message::pieces(inbox, row, said, attempt.closed, now) {
                    Ok(pieces) => cut = pieces,
                    Err(error) => return Ok(Verdict::Dead(format!("{}: {error}", error.code()))),
                }
                &cut
            }
        };
        let Some(piece) = pieces.get(part as usize) else { return Ok(Verdict::Sent) };
        if watch.seconds() > ALL_PARTS_SECONDS {
            return Ok(Verdict::Later(SignedDuration::ZERO, "slow".to_owned()));
        }
        match attempt.piece(piece, part).await? {
            Step::Next => part += 1,
            Step::Again => {}
            Step::Over(verdict) => return Ok(verdict),
        }
    }
}

/// How it goes on after a request.
enum Step {
    Next,
    Again,
    Over(Verdict),
}

/// One row on its way.
struct Attempt<'a> {
    app: &'a App,
    name: &'a str,
    destination: &'a Destination,
    outlet: &'a dyn Outlet,
    settings: &'a channels::Settings,
    row: &'a OutboxRow,
    to: Address,
    /// The platform says that the time for free answers is over.
    closed: bool,
    renewed: bool,
    /// How often the same was tried in another way.
    rounds: u8,
}

impl Attempt<'_> {
    async fn piece(&mut self, piece: &Piece, part: u32) -> Answer<Step> {
        let (outlet, settings) = (self.outlet, self.settings);
        let token = match outlet.spec().renews {
            true => token::access(self.app, self.name, outlet, settings, false).await?,
            false => None,
        };
        let key = rows::part_key(&self.row.outbound.id, part);
        let now = self.app.clock.now();
        let dispatch =
            Dispatch { settings, to: &self.to, piece, key: &key, now, token: token.as_ref() };
        let call = match outlet.request(&dispatch) {
            Ok(Outgoing::Http(call)) => call,
            Ok(Outgoing::Mail(_)) => {
                return Ok(over("no-mail: this version sends no mail".to_owned()));
            }
            Err(error) => return Ok(over(format!("{}: {error}", error.code()))),
        };
        let answered = self.app.channels.client.call(&call, REQUEST).await;
        let now = self.app.clock.now();
        let answered = match answered {
            Ok(answered) => answered,
            Err(error) => return Ok(Step::Over(self.unanswered(&error, now))),
        };
        let outcome = read(outlet, &answered, now);
        // An error of its own is a failure of the destination, a refusal is not.
        if answered.status < 500 {
            self.destination.pace().succeeded();
        } else {
            self.fail(now);
        }
        self.settle(outcome, piece, part, now).await
    }

    /// What a request comes to that nobody answered.
    fn unanswered(&self, error: &CallError, now: Timestamp) -> Verdict {
        let wait = self.backoff();
        if let CallError::Unsendable(why) = error {
            return Verdict::Dead(format!("unsendable: {why}"));
        }
        self.fail(now);
        let echoed = self.outlet.spec().idempotency == Idempotency::Echoed;
        match error {
            CallError::Unknown(_) if echoed => Verdict::Later(wait.max(SETTLE), error.to_string()),
            _ => Verdict::Later(wait, error.to_string()),
        }
    }

    fn backoff(&self) -> SignedDuration {
        let random = entropy::number();
        match self.row.outbound.kind.as_str() {
            hooks::EVENT => pace::schedule(self.row.attempts, random),
            _ => pace::backoff(self.row.attempts, random),
        }
    }

    fn fail(&self, now: Timestamp) {
        if self.destination.pace().failed(now, entropy::number()) {
            self.app.metrics.opened(self.name);
            tracing::warn!(destination = self.name, "left alone for a while: it keeps failing");
        }
    }

    async fn settle(
        &mut self,
        outcome: Outcome,
        piece: &Piece,
        part: u32,
        now: Timestamp,
    ) -> Answer<Step> {
        let told = |code: &str, message: &str| format!("{code}: {message}");
        self.rounds += 1;
        Ok(match outcome {
            Outcome::Sent { id } => {
                let mut records = self.named(piece, id.as_deref())?;
                let sending = Sending::Part { part, platform_id: id, at: now };
                records.push(Record::Sending { n: self.row.n, sending });
                self.app.store.put(records).await?;
                self.rounds = 0;
                Step::Next
            }
            Outcome::Retry { after, code, message } => {
                let wait = self.backoff();
                if let Some(after) = after {
                    self.destination.pace().pause(now, after);
                }
                let wait = wait.max(after.unwrap_or_default());
                Step::Over(Verdict::Later(wait, told(&code, &message)))
            }
            Outcome::Final { code, message } => over(told(&code, &message)),
            Outcome::WindowClosed { code, message } if self.closed => over(told(&code, &message)),
            Outcome::WindowClosed { .. } => {
                self.closed = true;
                Step::Again
            }
            // Whatever a platform says, nothing goes round and round.
            _ if self.rounds > 3 => {
                over("the platform asks for the same again and again".to_owned())
            }
            Outcome::TokenSpent => {
                self.to.token = None;
                self.readdress().await?;
                Step::Again
            }
            Outcome::Moved { to } => {
                self.to.key = to;
                self.readdress().await?;
                Step::Again
            }
            Outcome::Renew { code } if self.renewed => {
                self.unauthorized(now, &code, "renewed in vain")
            }
            Outcome::Renew { .. } => {
                self.renewed = true;
                let (outlet, settings) = (self.outlet, self.settings);
                let _ = token::access(self.app, self.name, outlet, settings, true).await?;
                Step::Again
            }
            Outcome::Unauthorized { code, message } => self.unauthorized(now, &code, &message),
        })
    }

    /// Keeps what a help desk calls what it made of a piece.
    fn named(&mut self, piece: &Piece, id: Option<&str>) -> Answer<Vec<Record>> {
        let Some((desk, _)) = self.app.channels.desks.get(self.name) else { return Ok(Vec::new()) };
        let Some(conversation) = self.row.conversation.clone() else { return Ok(Vec::new()) };
        handover::named(*desk, &mut self.to, piece, id);
        let detail = serde_json::to_string(&self.to).map_err(crate::http::Problem::internal)?;
        let (destination, key) = (self.name.to_owned(), self.to.key.clone());
        Ok(vec![Record::Thread { destination, conversation, key, detail }])
    }

    /// Nothing goes out until somebody acts; what waits stays.
    fn unauthorized(&self, now: Timestamp, code: &str, message: &str) -> Step {
        self.destination.pace().pause(now, REFUSED);
        tracing::error!(destination = self.name, code, message, "our credentials are refused");
        Step::Over(Verdict::Later(REFUSED, format!("{code}: {message}")))
    }

    async fn readdress(&self) -> Answer<()> {
        if self.row.outbound.kind != rows::MESSAGE {
            return Ok(());
        }
        let Some(conversation) = self.row.conversation.clone() else { return Ok(()) };
        let detail = serde_json::to_string(&self.to).map_err(crate::http::Problem::internal)?;
        let sender = self.to.key.clone();
        Ok(self.app.store.put(vec![Record::Detail { conversation, sender, detail }]).await?)
    }
}

fn over(error: String) -> Step {
    Step::Over(Verdict::Dead(error))
}

fn read(outlet: &dyn Outlet, answered: &Answered, now: Timestamp) -> Outcome {
    outlet.read(&Response {
        status: answered.status,
        headers: &headers(answered),
        body: &answered.body,
        now,
    })
}

pub(super) fn headers(answered: &Answered) -> Vec<(&str, &[u8])> {
    answered.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect()
}
