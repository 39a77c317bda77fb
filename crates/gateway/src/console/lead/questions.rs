//! What customers asked and the bot did not understand, put together.

use axum::extract::State;
use maud::html;
use store::{Figuring, SaidWhere};

use super::period::Days;
use super::zone;
use crate::console::fields::Query;
use crate::console::gate::Who;
use crate::console::shell::Page;
use crate::console::words::{self, text};
use crate::figures::group::groups;
use crate::http::Has;

/// Messages that are looked at.
const MESSAGES: usize = 2000;
/// Groups that are shown.
const SHOWN: usize = 100;
/// Messages of a group that are shown.
const EXAMPLES: usize = 3;

/// The page.
pub(super) async fn page(State(app): Has, who: Who, Query(fields): Query) -> Page {
    let days = Days::read(&fields, &zone(&app), who.now);
    let said = app.store.said(days.period(), SaidWhere::NotUnderstood, MESSAGES).await?;
    let knowledge = app.knowledge();
    let intents = knowledge.analyzer.intents();
    let groups = groups(&said);
    let body = html! {
        (days.form("/console/lead/questions", who.now))
        p.soft { (said.len()) @if said.len() == MESSAGES { " or more" }
            " messages in which no intent was found, in " (groups.len()) " groups of those that share half of their words. "
            "A sample is shown as a patch of the packs, for review; nothing is changed here." }
        table {
            thead { tr {
                th.number scope="col" { "Messages" } th scope="col" { "Language" }
                th scope="col" { "What was asked" } th scope="col" { "Make it a sample of" }
            } }
            tbody { @for group in groups.iter().take(SHOWN) {
                tr {
                    td.number { (group.said.len()) }
                    td { (words::language(&knowledge.answers, group.language)) }
                    td { @for said in group.said.iter().take(EXAMPLES) { (text::text(&said.text)) } }
                    td {
                        form.inline action="/console/lead/sample" {
                            input type="hidden" name="language" value=(group.language.unwrap_or("en"));
                            input type="hidden" name="text" value=(group.said[0].text);
                            select name="intent" required aria-label="Intent" {
                                option value="" { "choose …" }
                                @for intent in intents.iter().filter(|intent| intent.id.as_str() != "none") {
                                    option value=(intent.id) { (intent.id) }
                                }
                            }
                            " " button { "Show the patch" }
                        }
                    }
                }
            } }
        }
        @if groups.is_empty() { p.empty { "Everything was understood in this period." } }
    };
    Ok(super::page(&who, "/console/lead/questions", "Not understood", &body))
}
