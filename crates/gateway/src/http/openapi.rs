//! `/openapi.json`: the description of the service, made from the handlers themselves.

use axum::Json;
use axum::response::IntoResponse;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{
    ProblemBody, acts, attachments, audit, channels, classify, conversations, desk, follow,
    inboxes, messages, notes, ops, people, rasa, session, tasks, tickets, tokens, widget,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Switchboard",
        description = "Reads customers' messages in many languages, answers what is known, \
            hands the rest to people. Problems are RFC 9457 with a stable `code`.",
        license(name = "MIT OR Apache-2.0"),
    ),
    paths(
        classify::classify,
        messages::take,
        conversations::begin,
        inboxes::webhook,
        channels::channels,
        channels::outbox,
        channels::replay,
        conversations::conversation,
        conversations::messages,
        follow::follow,
        follow::typing,
        attachments::keep,
        attachments::read,
        widget::settings,
        tickets::list,
        tickets::ticket,
        acts::reply,
        acts::take,
        acts::release,
        acts::transfer,
        acts::escalate,
        acts::stage,
        acts::snooze,
        acts::resolve,
        acts::hand_back,
        acts::take_over,
        notes::notes,
        notes::note,
        desk::desk,
        desk::events,
        desk::packet,
        desk::problems,
        tasks::ask,
        tasks::tasks,
        tasks::done,
        session::sign_in,
        session::session,
        session::sign_out,
        session::presence,
        people::users,
        people::add_user,
        people::change_user,
        tokens::tokens,
        tokens::add_token,
        tokens::revoke_token,
        audit::audit,
        ops::reload,
        rasa::parse,
        rasa::webhook,
        ops::healthz,
        ops::readyz,
        ops::metrics,
    ),
    components(schemas(ProblemBody)),
    modifiers(&Tokens),
)]
struct Description;

struct Tokens;

impl Modify for Tokens {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "An API token, or the token of a conversation for its own turns and reads",
            ))
            .build();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
        let session = ApiKeyValue::with_description(
            "switchboard_session",
            "Somebody who has signed in (POST /v1/session); what changes something also needs \
             the header x-csrf-token",
        );
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
        let rasa =
            ApiKeyValue::with_description("token", "An API token, as Rasa's clients send it");
        components.add_security_scheme("rasa_token", SecurityScheme::ApiKey(ApiKey::Query(rasa)));
    }
}

/// The description of the service.
#[must_use]
pub fn description() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

pub(super) async fn openapi() -> impl IntoResponse {
    Json(description())
}
