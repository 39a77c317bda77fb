//! `POST /v1/classify`: what is understood of messages, without a conversation.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use intent::Hints;

use super::caller::Caller;
use super::extract::{Body, checked_text};
use super::problem::{Answer, Code, Problem};
use super::{Has, Shared, json};
use crate::clock::Stopwatch;
use crate::wire::{
    AnalysisBody, ClassifyAnswer, ClassifyRequest, ClassifyResults, Locale, MAX_BATCH,
};

/// What is understood of one message, or of many.
#[utoipa::path(
    post,
    path = "/v1/classify",
    tag = "messages",
    request_body = ClassifyRequest,
    responses(
        (status = 200, description = "The analysis, or `results` in the order of the batch", body = ClassifyAnswer<'static>),
        (status = "default", description = "A problem", body = super::ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn classify(
    State(app): Has,
    _: Caller,
    Body(request): Body<ClassifyRequest>,
) -> Answer<Response> {
    match request {
        ClassifyRequest { text: Some(text), locale, messages: None } => {
            checked_text("text", &text)?;
            one(&app, &text, locale.as_ref()).map(json)
        }
        ClassifyRequest { text: None, locale: None, messages: Some(messages) } => {
            if messages.len() > MAX_BATCH {
                return Err(Code::BatchTooLarge.into());
            }
            for (index, message) in messages.iter().enumerate() {
                checked_text(&format!("messages[{index}].text"), &message.text)?;
            }
            // A batch takes milliseconds: the threads that serve others are kept free.
            let batch = tokio::task::spawn_blocking(move || {
                let knowledge = app.knowledge();
                let packs = knowledge.analyzer.packs_hash();
                let analyses: Vec<_> = messages
                    .iter()
                    .map(|message| {
                        analyse(&app, &knowledge, &message.text, message.locale.as_ref())
                    })
                    .collect();
                let results = messages
                    .iter()
                    .zip(&analyses)
                    .map(|(message, analysis)| AnalysisBody::of(&message.text, analysis, packs))
                    .collect();
                serde_json::to_string(&ClassifyAnswer::Batch(ClassifyResults { results }))
            });
            match batch.await {
                Ok(Ok(body)) => Ok(json(body).into_response()),
                Ok(Err(error)) => Err(Problem::internal(error)),
                Err(_) => Err(Problem::internal("a batch ended in a panic")),
            }
        }
        _ => Err(Problem::new(Code::InvalidBody, "send either `text` or `messages`")),
    }
}

fn one(app: &Shared, text: &str, locale: Option<&Locale>) -> Answer<String> {
    let knowledge = app.knowledge();
    let analysis = analyse(app, &knowledge, text, locale);
    let packs = knowledge.analyzer.packs_hash();
    let body = ClassifyAnswer::One(AnalysisBody::of(text, &analysis, packs));
    serde_json::to_string(&body).map_err(Problem::internal)
}

pub(super) fn analyse(
    app: &Shared,
    knowledge: &crate::packs::Knowledge,
    text: &str,
    locale: Option<&Locale>,
) -> intent::Analysis {
    let hints = Hints { locale: locale.map(Locale::as_str), conversation: None };
    let watch = Stopwatch::start();
    let analysis = knowledge.analyzer.analyze(text, &hints);
    app.metrics.analysed(watch.seconds());
    analysis
}
