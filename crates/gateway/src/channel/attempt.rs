//! One piece on its way: the request, what came of it, and how it goes on.

use std::time::Duration;

use channels::{Address, Dispatch, Idempotency, Outcome, Outgoing, Outlet, Piece, Response};
use jiff::{SignedDuration, Timestamp};
use store::{OutboxRow, Record, Sending, Store};

use super::client::{Answered, CallError};
use super::{Destination, handover, hooks, pace, rows, token};
use crate::app::App;
use crate::http::Answer;
use crate::{entropy, mail};

/// How long one request may take.
pub(super) const REQUEST: Duration = Duration::from_secs(20);
/// How long a destination is left alone that refuses our credentials.
const REFUSED: SignedDuration = SignedDuration::from_mins(1);
/// How long a receipt is waited for where nobody knows whether a request arrived.
const SETTLE: SignedDuration = SignedDuration::from_secs(30);

/// What is to be done with a row.
pub(super) enum Verdict {
    /// With what is to be written down of the last part.
    Sent(Vec<Record>),
    Later(SignedDuration, String),
    Dead(String),
    /// Never, and nothing else either.
    Gone(String),
}

/// How it goes on after a request.
pub(super) enum Step {
    Next,
    Again,
    Over(Verdict),
}

/// One row on its way.
pub(super) struct Attempt<'a> {
    pub(super) app: &'a App,
    pub(super) name: &'a str,
    pub(super) destination: &'a Destination,
    pub(super) outlet: &'a dyn Outlet,
    pub(super) settings: &'a channels::Settings,
    pub(super) row: &'a OutboxRow,
    pub(super) to: Address,
    /// The platform says that the time for free answers is over.
    pub(super) closed: bool,
    pub(super) renewed: bool,
    /// How often the same was tried in another way.
    pub(super) rounds: u8,
    /// What is to be written down of the last part, in the commit that ends the row.
    pub(super) kept: Vec<Record>,
}

impl Attempt<'_> {
    /// Sends one piece and says how it goes on.
    pub(super) async fn piece(&mut self, piece: &Piece, part: u32, last: bool) -> Answer<Step> {
        let (outlet, settings) = (self.outlet, self.settings);
        let token = match outlet.spec().renews {
            true => match token::access(self.app, self.name, outlet, settings, false).await? {
                Ok(token) => token,
                Err(missing) => return Ok(self.without_access(missing)),
            },
            false => None,
        };
        let key = rows::part_key(&self.row.outbound.id, part);
        let now = self.app.clock.now();
        let dispatch =
            Dispatch { settings, to: &self.to, piece, key: &key, now, token: token.as_ref() };
        let answered = match outlet.request(&dispatch) {
            Ok(Outgoing::Http(call)) => self.app.channels.client.call(&call, REQUEST).await,
            Ok(Outgoing::Mail(mail)) => post(settings, &mail, now).await,
            Err(error) => return Ok(over(format!("{}: {error}", error.code()))),
        };
        let now = self.app.clock.now();
        let (outcome, status) = match answered {
            Ok(answered) => (read(outlet, &answered, now), answered.status),
            Err(error) => match torn(outlet, &error, now) {
                Some(known) => known,
                None => return Ok(Step::Over(self.unanswered(&error, now))),
            },
        };
        // An error of its own is a failure of the destination, a refusal is not.
        if matches!(outcome, Outcome::Retry { .. }) && status >= 500 {
            self.fail(now);
        } else {
            self.destination.pace().succeeded();
        }
        let place = (part, last);
        self.settle(outcome, piece, place, now).await
    }

    /// What a request comes to that nobody answered.
    fn unanswered(&self, error: &CallError, now: Timestamp) -> Verdict {
        if let CallError::Unsendable(why) = error {
            return Verdict::Dead(format!("unsendable: {why}"));
        }
        self.fail(now);
        if matches!(error, CallError::Connect(_)) {
            return Verdict::Later(self.backoff(), error.to_string());
        }
        self.unsure(error.to_string())
    }

    /// It may have arrived, and is sent again: where a receipt may tell, not before that.
    fn unsure(&self, error: String) -> Verdict {
        self.app.metrics.unsure(self.name, "unanswered");
        let wait = self.backoff();
        let echoed = self.outlet.spec().idempotency == Idempotency::Echoed;
        Verdict::Later(if echoed { wait.max(SETTLE) } else { wait }, error)
    }

    /// What a request comes to that was not made: nobody gave us what it needs.
    fn without_access(&self, missing: token::Missing) -> Step {
        let now = self.app.clock.now();
        match missing {
            token::Missing::Failed { after, error } => {
                self.fail(now);
                self.put_off(now, after, format!("no access token: {error}"))
            }
            token::Missing::Refused { code, message } => self.unauthorized(now, &code, &message),
        }
    }

    /// Tries again later, no sooner than was asked for.
    fn put_off(&self, now: Timestamp, after: Option<SignedDuration>, error: String) -> Step {
        if let Some(after) = after {
            self.destination.pace().pause(now, after);
        }
        Step::Over(Verdict::Later(self.backoff().max(after.unwrap_or_default()), error))
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
        (part, last): (u32, bool),
        now: Timestamp,
    ) -> Answer<Step> {
        let told = |code: &str, message: &str| format!("{code}: {message}");
        self.rounds += 1;
        Ok(match outcome {
            Outcome::Sent { id } => {
                let mut records = self.named(piece, id.as_deref())?;
                let sending = Sending::Part { part, platform_id: id, at: now };
                records.push(Record::Sending { n: self.row.n, sending });
                if last {
                    self.kept = records;
                } else {
                    self.app.store.put(records).await?;
                }
                self.rounds = 0;
                Step::Next
            }
            Outcome::Retry { after, code, message } => {
                self.put_off(now, after, told(&code, &message))
            }
            Outcome::Unknown { code, message } => Step::Over(self.unsure(told(&code, &message))),
            Outcome::Gone { code, message } if self.row.outbound.kind == hooks::EVENT => {
                Step::Over(Verdict::Gone(told(&code, &message)))
            }
            // Where answers to customers go, each is tried, and whoever wrote it is told.
            Outcome::Final { code, message } | Outcome::Gone { code, message } => {
                over(told(&code, &message))
            }
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
                match token::access(self.app, self.name, outlet, settings, true).await? {
                    Ok(_) => Step::Again,
                    Err(missing) => self.without_access(missing),
                }
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

/// Hands a mail to its server, whose code answers like the status of a platform.
async fn post(
    settings: &channels::Settings,
    mail: &channels::Mail,
    now: Timestamp,
) -> Result<Answered, CallError> {
    match mail::send(settings, mail, now, REQUEST).await {
        Ok(mail::Reply { code, text }) => {
            Ok(Answered { status: code, headers: Vec::new(), body: text.into_bytes() })
        }
        Err(mail::MailError::Unsendable(why)) => Err(CallError::Unsendable(why)),
        Err(mail::MailError::Connect(why)) => Err(CallError::Connect(why)),
        Err(mail::MailError::Unknown(why)) => Err(CallError::Unknown(why)),
    }
}

fn over(error: String) -> Step {
    Step::Over(Verdict::Dead(error))
}

/// What is known by the head of an answer whose rest was cut off, with its status. None where
/// it is not known whether the message was taken.
fn torn(outlet: &dyn Outlet, error: &CallError, now: Timestamp) -> Option<(Outcome, u16)> {
    let CallError::Torn(head) = error else { return None };
    let status = head.status;
    let headers = headers(head);
    let response = Response { status, headers: &headers, body: &[], now };
    let outcome = match status {
        // Its id there is not known.
        200..=299 if outlet.spec().status_tells => Outcome::Sent { id: None },
        200..=299 => return None,
        // Whose key is refused, who is gone, what was taken before: no more need be said.
        401 | 409 | 410 => match outlet.read(&response) {
            known @ (Outcome::Sent { .. }
            | Outcome::Gone { .. }
            | Outcome::Renew { .. }
            | Outcome::Unauthorized { .. }) => known,
            _ => later(&response, error),
        },
        _ => later(&response, error),
    };
    Some((outcome, status))
}

/// It was not taken. Whether that is final stood in what is missing.
fn later(response: &Response<'_>, error: &CallError) -> Outcome {
    let (after, code) = (response.retry_after(), response.status.to_string());
    Outcome::Retry { after, code, message: error.to_string() }
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
