//! What is known of the matter, in the order in which somebody needs it.

use desk::{Dispute, Promise, Resolution};
use maud::{Markup, html};

use super::View;
use super::transcript::percent;
use crate::console::{canned, shell, words};

pub(super) fn packet(view: &View<'_>) -> Markup {
    let packet = &view.packet;
    html! {
        section {
            h2 { "At a glance" }
            dl {
                @for (key, line) in &packet.summary { dt { (key) } dd { bdi { (view.told(line)) } } }
                dt { "gravity" } dd { (packet.arithmetic) }
                @for (kind, value) in &packet.entities { dt { (kind.replace('_', " ")) } dd { bdi { (value) } } }
            }
        }
        (deadlines(view))
        @if !packet.intents.is_empty() {
            section {
                h2 { "What the customer wants" }
                ul {
                    @for intent in packet.intents.iter().rev() {
                        li {
                            bdi { (intent.name) } " " span.soft { (percent(intent.confidence)) " % · #" (intent.seq) }
                            @for words in &intent.words { " " q { bdi { (words) } } }
                        }
                    }
                }
            }
        }
        @if !packet.moods.is_empty() {
            section {
                h2 { "Mood" }
                ul { @for mood in packet.moods.iter().rev() {
                    li { "#" (mood.seq) " " strong { (mood.label) } ", anger " (mood.anger) " of 3"
                        @if !mood.reasons.is_empty() { span.soft { " (" (mood.reasons.join(", ")) ")" } } }
                } }
            }
        }
        @if let Some(dispute) = &packet.dispute { (dispute_of(view, dispute)) }
        (canned::suggestions(view))
        @if !packet.earlier.is_empty() {
            section {
                h2 { "Earlier matters" }
                ul { @for earlier in &packet.earlier { li { (view.told(earlier)) } } }
            }
        }
    }
}

fn deadlines(view: &View<'_>) -> Markup {
    let ticket = view.ticket();
    let open = |promise: &&Promise| promise.is_open();
    html! {
        section {
            h2 { "Due" }
            ul.dues {
                @if let Some(answer) = &ticket.answer { li { (words::due("answer", answer, view.now)) } }
                @for promise in ticket.promises.iter().filter(open) {
                    li { (words::due("promise", &promise.deadline, view.now)) " " bdi { (promise.text) } }
                }
                @if ticket.next_due().is_none() { li { (words::next_due(ticket, view.now)) } }
                @match &ticket.resolution {
                    Some(Resolution::Running(deadline)) => { li { (words::due("settlement", deadline, view.now)) } },
                    Some(Resolution::Paused { left, .. }) => { li.soft {
                        (words::icon("pause")) " settlement: the clock stands, " (words::span(*left)) " of open time left"
                    } },
                    None => {},
                }
                @if ticket.translated { li { "Nobody on duty reads this language: time for a translator is counted in." } }
            }
        }
    }
}

fn dispute_of(view: &View<'_>, dispute: &Dispute) -> Markup {
    let worth = view.conversation.memory.order_value_cents;
    let currency = &view.knowledge.answers.shop().currency;
    html! {
        section.dispute {
            h2 { "Playbook " span.tag { (dispute.playbook.replace('_', " ")) } }
            p { strong { (dispute.stage.replace('_', " ")) } ": " (dispute.what) }
            @if view.is_open() {
                @for (n, next) in dispute.next.iter().enumerate() {
                    @let key = (n == 0).then_some("p");
                    form.inline method="post" action={ "/console/tickets/" (view.ticket().id) "/stage" } data-boost {
                        (shell::csrf(view.who))
                        input type="hidden" name="playbook" value=(dispute.playbook);
                        input type="hidden" name="stage" value=(next);
                        button aria-keyshortcuts=[key] { "Next: " (next.replace('_', " ")) }
                    } " "
                }
            }
            @if !dispute.evidence.is_empty() { p { "Keep: " (dispute.evidence.join("; ")) } }
            h3 { "The customer may choose" }
            ul { @for option in &dispute.options {
                li { (option.replace('_', " "))
                    @if dispute.choice.as_ref() == Some(option) { " " span.tag { (words::icon("check")) " chosen" } } }
            } }
            h3 { "May be offered on top" }
            @if dispute.offers.is_empty() { p.soft { "Nothing at this tier and severity." } }
            ul { @for rung in &dispute.offers {
                li { (rung.offer.replace('_', " ")) " " strong { (rung.percent) " %" } " of the order"
                    @if worth > 0 {
                        span.soft { ", at most " (words::money(worth * u64::from(rung.percent) / 100, currency))
                            " of orders worth " (words::money(worth, currency)) }
                    } }
            } }
        }
    }
}
