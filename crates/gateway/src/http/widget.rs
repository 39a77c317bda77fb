//! The widget: its script, its settings, and a page to see it on.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use desk::Payload;
use intent::IntentId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Id, Params};
use super::page::asset;
use super::problem::{Answer, Code, Problem};
use super::{Has, Shared};
use crate::attachments;
use crate::packs::Knowledge;
use crate::widget::{self, Asset, Texts};
use crate::wire::{ButtonBody, Locale, MAX_GRAPHEMES};

/// A browser asks again after so long; the answer is mostly that nothing changed.
const CACHE: &str = "public, max-age=300, stale-while-revalidate=86400";
/// What is offered as a question where the inbox names none.
const QUESTIONS: [&str; 3] = ["tracking.status", "shipping.time", "returns.policy"];

const DEMO: &str = include_str!("../../assets/widget/demo.html");
const DEMO_STYLE: &str = include_str!("../../assets/widget/demo.css");

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/widget.js", get(script))
        .route("/demo", get(async || asset("text/html; charset=utf-8", DEMO)))
        .route("/assets/demo.css", get(async || asset("text/css; charset=utf-8", DEMO_STYLE)))
}

/// The script, for pages of any origin: it holds nothing but itself.
async fn script(headers: HeaderMap) -> Response {
    let mut response = cached(&headers, widget::script(), "text/javascript; charset=utf-8");
    let headers = response.headers_mut();
    let mut say = |name: &'static str, value| headers.insert(name, HeaderValue::from_static(value));
    say("access-control-allow-origin", "*");
    say("cross-origin-resource-policy", "cross-origin");
    say("vary", "accept-encoding");
    response
}

/// Answers with something that changes with the binary alone: not again to whoever has it,
/// and smaller to whoever can read that.
fn cached(headers: &HeaderMap, asset: &Asset, kind: &'static str) -> Response {
    let has = |name: header::HeaderName, value: &str| {
        let text = headers.get(name).and_then(|text| text.to_str().ok()).unwrap_or_default();
        text.split(',').any(|part| part.split(';').next().unwrap_or_default().trim() == value)
    };
    // A tag holds for one form of the bytes.
    let zipped = has(header::ACCEPT_ENCODING, "gzip");
    let tag = if zipped { &asset.zipped_tag } else { &asset.tag };
    let headers = [(header::ETAG, tag.as_str()), (header::CACHE_CONTROL, CACHE)];
    if has(header::IF_NONE_MATCH, tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let kind = [(header::CONTENT_TYPE, kind)];
    if zipped {
        let how = [(header::CONTENT_ENCODING, "gzip")];
        return (headers, kind, how, asset.zipped.clone()).into_response();
    }
    (headers, kind, asset.text.clone()).into_response()
}

/// Which language.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// What page or browser say, BCP 47.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    locale: Option<Locale>,
}

/// How a widget looks and what it says by itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Widget)]
pub(super) struct WidgetBody {
    /// The inbox.
    inbox: String,
    /// The locale of the texts, BCP 47.
    locale: String,
    /// Whose times are shown, BCP 47: those of the answers.
    formats: String,
    /// `ltr` or `rtl`.
    dir: &'static str,
    /// What stands in the head.
    title: String,
    /// What is said first.
    greeting: String,
    /// The colour of the button, the head and the customer's messages.
    colour: String,
    /// What can be read on it.
    ink: String,
    /// `start` or `end`.
    side: &'static str,
    /// Images are shown from these hosts and no other.
    images: Vec<String>,
    /// The largest file taken, in bytes; 0 where none is.
    attachment_bytes: u64,
    /// Which files, by media type.
    attachment_types: Vec<&'static str>,
    /// The longest message, in characters as people see them.
    text_characters: usize,
    /// What is offered before anything is said.
    questions: Vec<ButtonBody>,
    /// The interface's texts.
    #[schema(value_type = Object)]
    texts: &'static Texts,
}

/// The settings of a widget, in the language nearest to the one asked for. `-` is the first
/// inbox there is.
#[utoipa::path(
    get,
    path = "/v1/widget/{inbox}",
    tag = "widget",
    params(("inbox" = String, Path, description = "The inbox"), Wanted),
    responses(
        (status = 200, description = "Its settings", body = WidgetBody),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn settings(
    State(app): Has,
    Id(inbox): Id,
    Params(wanted): Params<Wanted>,
    headers: HeaderMap,
) -> Answer<Response> {
    let inbox = Some(inbox.as_str()).filter(|inbox| *inbox != "-");
    let widget = app.widget(inbox).ok_or(Code::InboxNotFound)?;
    let knowledge = app.knowledge();
    let asked = wanted.locale.as_ref().map_or("und", Locale::as_str);
    let (locale, texts) = widget::texts(&knowledge.answers, asked);
    let own = |texts: &std::collections::BTreeMap<String, String>| {
        let tag = locale.to_ascii_lowercase();
        let primary = tag.split('-').next().unwrap_or_default();
        texts.get(&tag).or_else(|| texts.get(primary)).cloned()
    };
    let shop = &knowledge.answers.shop().name;
    let body = WidgetBody {
        inbox: widget.name.clone(),
        locale: locale.to_owned(),
        formats: widget::formats(&knowledge.answers, locale, asked),
        dir: widget::direction(locale),
        title: own(&widget.title).unwrap_or_else(|| shop.clone()),
        greeting: own(&widget.greeting).unwrap_or_else(|| texts.get("greeting").to_owned()),
        colour: widget.colour.to_string(),
        ink: widget.colour.ink().to_string(),
        side: widget.side.as_str(),
        images: widget.images.clone(),
        attachment_bytes: widget.attachment_bytes,
        attachment_types: attachments::kinds().collect(),
        text_characters: MAX_GRAPHEMES,
        questions: questions(&knowledge, &widget.questions, locale),
        texts,
    };
    let body = serde_json::to_string(&body).map_err(Problem::internal)?;
    let tag = format!("\"{}\"", &blake3::hash(body.as_bytes()).to_hex()[..16]);
    let sent = [(header::ETAG, tag.as_str()), (header::CACHE_CONTROL, "private, max-age=60")];
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known == Some(tag.as_str()) {
        return Ok((StatusCode::NOT_MODIFIED, sent).into_response());
    }
    Ok((sent, super::json(body)).into_response())
}

/// The questions that can be answered, as buttons.
fn questions(knowledge: &Knowledge, named: &[String], locale: &str) -> Vec<ButtonBody> {
    let ids: Vec<&str> = match named {
        [] => QUESTIONS.to_vec(),
        named => named.iter().map(String::as_str).collect(),
    };
    ids.into_iter()
        .filter(|id| knowledge.has_intent(id))
        .filter_map(|id| {
            let title = knowledge.answers.title(id, locale)?.to_owned();
            Some(ButtonBody { title, payload: Payload::Intent(IntentId::new(id)).to_string() })
        })
        .collect()
}
