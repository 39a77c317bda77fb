//! What to do about a problem, for somebody at a page: the API's own help speaks of
//! addresses and headers.

use maud::{Markup, html};

use crate::http::Code;

/// What to do.
pub(in crate::console) fn advice(code: Code) -> Markup {
    let own = match code {
        Code::NotFound | Code::MethodNotAllowed => {
            "The link may be old, or the address not whole. What you look for is found from the queue or by the search."
        }
        Code::TicketNotFound | Code::ConversationNotFound => {
            "The address may not be whole. Look for it in the queue, or by order, name or words."
        }
        Code::SignInFailed => {
            "Try again; after five wrong passwords the name is locked for a while. An admin sets a new password."
        }
        Code::LockedOut | Code::RateLimited => "Wait a little, then try again.",
        Code::TierAbove => "Claim it first, by its tier, or leave it to its team.",
        Code::CsrfRequired => "Load the page again, and send what you wrote from there.",
        Code::Forbidden => "Ask an admin, where you should be able to.",
        _ => return coded(code.help()),
    };
    html! { (own) }
}

/// A text in which what is typed to a computer stands between backticks.
pub(in crate::console) fn coded(text: &str) -> Markup {
    html! {
        @for (n, part) in text.split('`').enumerate() {
            @if n % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}
