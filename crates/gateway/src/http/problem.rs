//! What can be wrong with a request: one table, and its form on the wire (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::DeskError;
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

use crate::entropy::NoEntropy;

macro_rules! problems {
    ($($name:ident $status:literal $code:literal, $title:literal, $help:literal;)*) => {
        /// Which problem. The code is stable; titles and help may be reworded.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $title] $name,)*
        }

        impl Code {
            /// Every problem there is, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            const fn row(self) -> (u16, &'static str, &'static str, &'static str) {
                match self {
                    $(Self::$name => ($status, $code, $title, $help),)*
                }
            }
        }
    };
}

problems! {
    InvalidJson 400 "invalid-json", "The body is not JSON",
        "Send one JSON value in UTF-8; the detail names line and column.";
    InvalidQuery 400 "invalid-query", "The query cannot be read",
        "See /openapi.json for the parameters of this address.";
    TokenRequired 401 "token-required", "A token is required",
        "Send Authorization: Bearer with the token of the conversation, or an API token (the first one is in DIR/admin-token).";
    TokenInvalid 401 "token-invalid", "The API token is not valid",
        "Send the token as it stands in DIR/admin-token, or leave the header out to be a visitor.";
    IdentityInvalid 401 "identity-invalid", "The identity is not signed for this inbox",
        "Sign it on your server with the inbox's identity_secret; docs/widget/identity.md shows how.";
    IdentityExpired 401 "identity-expired", "The identity is no longer valid",
        "Sign a new one, at most an hour ahead, and call identify again.";
    SignatureRefused 401 "signature-refused", "The request is not signed by the platform",
        "Compare the inbox's secret with the platform's; nothing on the way may change the body.";
    SignInFailed 401 "sign-in-failed", "Name and password do not fit",
        "Try again; after five wrong passwords the name is locked for a while. `switchboard user add` sets a new password.";
    Forbidden 403 "forbidden", "This caller may not do that",
        "Sign in as somebody who may, or use an API token with the scope that the detail names.";
    CsrfRequired 403 "csrf-required", "The request does not come from a page of ours",
        "Send the header x-csrf-token as GET /v1/session gives it.";
    ClaimsNotVouched 403 "claims-not-vouched", "Nobody vouches for these claims",
        "Say who the customer is with an API token only, from your server.";
    RasaOff 403 "rasa-off", "Rasa's webhook is switched off",
        "Set rasa = \"token\" or \"open\" in switchboard.toml.";
    NotFound 404 "not-found", "Nothing is at this address",
        "See /openapi.json for the addresses there are.";
    ConversationNotFound 404 "conversation-not-found", "There is no such conversation",
        "Start one by leaving conversation_id out, or send the token that came with its first reply.";
    InboxNotFound 404 "inbox-not-found", "There is no such inbox",
        "Compare the name with those under [inbox.NAME] in switchboard.toml.";
    AttachmentNotFound 404 "attachment-not-found", "There is no such file",
        "Send the file first, to POST /v1/conversations/{id}/attachments.";
    OutboundNotFound 404 "outbound-not-found", "There is nothing of that number that could not be sent",
        "List what could not be sent with GET /v1/outbox.";
    TicketNotFound 404 "ticket-not-found", "There is no such ticket",
        "List the tickets with GET /v1/tickets.";
    UserNotFound 404 "user-not-found", "There is nobody of that name",
        "List the people with GET /v1/users.";
    TaskNotFound 404 "task-not-found", "There is no such task",
        "List the tasks with GET /v1/tasks.";
    MethodNotAllowed 405 "method-not-allowed", "The address does not take this method",
        "See /openapi.json for the methods of this address.";
    MessageIdReused 409 "message-id-reused", "The message_id was used before with another body",
        "Give every message an id of its own; repeat an id only to repeat the same request.";
    TicketOwned 409 "ticket-owned", "Another person has the ticket",
        "Take it over first (POST …/take), or leave it to its owner; `current` shows who has it.";
    TierAbove 409 "tier-above", "The ticket is of a tier above your teams'",
        "Take it by naming its tier (POST …/take with `tier`), or leave it to its team; `current` shows it.";
    TicketChanged 409 "ticket-changed", "Somebody else was faster",
        "Look at `current`, which shows what changed, and decide again.";
    TicketOpen 409 "ticket-open", "People see to this conversation already",
        "Act on the ticket that is open; `current` names it.";
    BadStage 409 "bad-stage", "The playbook does not go there",
        "Name one of the stages that the detail lists.";
    NameTaken 409 "name-taken", "There is one of that name already",
        "Choose another name, or change the one there is.";
    TicketResolved 409 "ticket-resolved", "The ticket is resolved already",
        "Read the conversation; a new message of the customer may have opened another ticket.";
    IdentityOther 409 "identity-other", "The conversation is another customer's",
        "Begin a new conversation for this customer.";
    AttachmentTooLarge 413 "attachment-too-large", "The file is larger than the inbox takes",
        "Send a smaller one; attachment_megabytes of the inbox is the bound.";
    AttachmentType 415 "attachment-type", "Files of this kind are not taken",
        "Send a picture (JPEG, PNG, GIF, WebP, HEIC, AVIF), a PDF or a video (MP4, MOV, WebM).";
    BodyTooLarge 413 "body-too-large", "The body is larger than 256 KiB",
        "Send less at once: split a batch, cut a long text.";
    UnsupportedMediaType 415 "unsupported-media-type", "The body is not declared as JSON",
        "Send Content-Type: application/json, without a Content-Encoding.";
    InvalidBody 422 "invalid-body", "The body does not have the shape expected",
        "See /openapi.json for the shape; the detail names the place.";
    EmptyText 422 "empty-text", "The text is empty",
        "Send what the customer wrote; there is nothing to answer otherwise.";
    TextTooLong 422 "text-too-long", "The text is longer than 4,000 characters",
        "Cut it; characters are counted as people see them (grapheme clusters).";
    BatchTooLarge 422 "batch-too-large", "The batch has more than 1,000 messages",
        "Split it, or use `switchboard classify` for large files.";
    InvalidField 422 "invalid-field", "A field has a value that cannot be",
        "The detail names the field and what it takes.";
    MessageIdNeedsConversation 422 "message-id-needs-conversation", "A message_id needs somebody to be unique for",
        "Leave it out of a visitor's first message, or send it with an API token.";
    PacksBroken 422 "packs-broken", "The new packs are broken; the old ones stay in force",
        "Mend what `errors` lists, then reload again. `switchboard check` tells the same.";
    TooManyAttachments 422 "too-many-attachments", "The conversation has too many files",
        "Ten a message and fifty a conversation are taken.";
    LockedOut 429 "locked-out", "Too many wrong passwords",
        "Wait as long as Retry-After says, in seconds.";
    RateLimited 429 "rate-limited", "Too many requests",
        "Wait as long as Retry-After says, in seconds.";
    Internal 500 "internal", "Something went wrong here",
        "Nothing was lost that was acknowledged. Try again; tell whoever runs the service the x-request-id of the response.";
    Overloaded 503 "overloaded", "More is asked than can be done now",
        "Try again after Retry-After seconds.";
    ChannelNotSetUp 503 "channel-not-set-up", "The inbox lacks a setting",
        "The detail names it; set it in switchboard.toml and start the service again.";
    Stopping 503 "stopping", "The service is stopping",
        "Try again when it is back.";
    ConversationBusy 503 "conversation-busy", "Too many messages of this conversation at once",
        "Try again after Retry-After seconds; nothing was stored.";
    StoreUnavailable 503 "store-unavailable", "The database cannot be used",
        "Try again; tell whoever runs the service the x-request-id. Nothing was stored.";
    TimedOut 503 "timed-out", "The request took too long",
        "Send the body faster or try again. With a message_id a repeated turn is answered once.";
}

impl Code {
    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.row().0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// What is wrong, in general.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.row().2
    }

    /// What to do.
    #[must_use]
    pub fn help(self) -> &'static str {
        self.row().3
    }
}

/// A problem with one request.
#[derive(Clone, Debug)]
pub struct Problem {
    code: Code,
    detail: Option<String>,
    retry_after_seconds: Option<u64>,
    errors: Vec<ProblemError>,
    current: Option<Box<serde_json::Value>>,
    /// For the log, never for the caller.
    cause: Option<String>,
}

/// The result of a handler.
pub type Answer<T> = Result<T, Problem>;

/// A problem on the wire (RFC 9457), `application/problem+json`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// The address that explains the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is wrong, in general.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong with this request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Stable: decide by this.
    pub code: &'static str,
    /// What to do.
    pub help: &'static str,
    /// Everything wrong with packs that were to be loaded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemError>,
    /// What is now, where somebody else was faster: conversation, ticket and last events.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    pub current: Option<Box<serde_json::Value>>,
}

/// One thing wrong with a file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemError {
    /// Stable.
    pub code: &'static str,
    /// The file.
    pub path: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Goes with a response to whatever logs it: why, for those who run the service.
#[derive(Clone, Debug)]
pub(super) struct Cause {
    pub(super) code: &'static str,
    pub(super) why: Option<String>,
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self {
            code,
            detail: None,
            retry_after_seconds: None,
            errors: Vec::new(),
            current: None,
            cause: None,
        }
    }
}

impl Problem {
    /// With what is wrong in this request. Never a customer's text.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..code.into() }
    }

    /// A failure of ours: the cause is logged and not told.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
    pub fn internal(cause: impl ToString) -> Self {
        Self { cause: Some(cause.to_string()), ..Code::Internal.into() }
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after_seconds: Some(seconds.max(1)), ..self }
    }

    /// Lists what is wrong with files.
    #[must_use]
    pub fn with_errors(self, errors: Vec<ProblemError>) -> Self {
        Self { errors, ..self }
    }

    /// Shows what is now.
    #[must_use]
    pub fn with_current(self, current: &impl Serialize) -> Self {
        Self { current: serde_json::to_value(current).ok().map(Box::new), ..self }
    }

    /// Which problem.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// What is wrong with this request, where there is more to say than the title.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// What is wrong with files.
    #[must_use]
    pub fn errors(&self) -> &[ProblemError] {
        &self.errors
    }

    /// What is now, where somebody else was faster.
    #[must_use]
    pub fn current(&self) -> Option<&serde_json::Value> {
        self.current.as_deref()
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = self.detail.as_deref().unwrap_or(self.code.title());
        write!(f, "{what}\nhelp: {}", self.code.help())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let code = self.code;
        let body = ProblemBody {
            kind: format!("/problems/{}", code.as_str()),
            title: code.title(),
            status: code.status().as_u16(),
            detail: self.detail,
            code: code.as_str(),
            help: code.help(),
            errors: self.errors,
            current: self.current,
        };
        let mut response = (code.status(), axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json; charset=utf-8"),
        );
        if code.status() == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(Cause { code: code.as_str(), why: self.cause });
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::Conflict { .. } => Code::ConversationBusy,
            StoreError::MessageIdReused => Code::MessageIdReused,
            StoreError::Overloaded => Code::Overloaded,
            StoreError::BadCursor => {
                return Self::new(Code::InvalidField, "cursor: not one that this service made");
            }
            StoreError::Closed => Code::Stopping,
            StoreError::Unavailable { .. }
            | StoreError::Corrupt { .. }
            | StoreError::NewerFormat { .. }
            | StoreError::ForeignFile { .. } => Code::StoreUnavailable,
        };
        let problem = Self { cause: Some(error.to_string()), ..code.into() };
        if code.status() == StatusCode::SERVICE_UNAVAILABLE {
            problem.retry_after(1)
        } else {
            problem
        }
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::StaleFence { .. } => Self::new(Code::TicketChanged, error.to_string()),
            DeskError::Owned { .. } => Self::new(Code::TicketOwned, error.to_string()),
            DeskError::TierAbove { .. } => Self::new(Code::TierAbove, error.to_string()),
            DeskError::TicketOpen => Code::TicketOpen.into(),
            DeskError::BadStage { .. } => Self::new(Code::BadStage, error.to_string()),
            DeskError::BadPromise | DeskError::BadSnooze { .. } => {
                Self::new(Code::InvalidField, error.to_string())
            }
            DeskError::TicketResolved => Code::TicketResolved.into(),
        }
    }
}

impl From<NoEntropy> for Problem {
    fn from(error: NoEntropy) -> Self {
        Self::internal(error)
    }
}
