//! `/openapi.json`: the description of the service, made from the handlers themselves.

use axum::Json;
use axum::response::IntoResponse;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{ProblemBody, classify, conversations, messages, ops, rasa, tickets};

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
        conversations::conversation,
        conversations::messages,
        tickets::list,
        tickets::ticket,
        tickets::reply,
        tickets::resolve,
        tickets::hand_back,
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
