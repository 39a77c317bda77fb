//! What can be done with a ticket: each thing a form of its own, each with its key.

use desk::{AgentId, Owner};
use maud::{Markup, html};
use store::User;

use super::View;
use crate::console::{shell, words};

/// Departments as the problem log names them most often; others can be typed.
const DEPARTMENTS: [&str; 6] =
    ["warehouse", "carrier", "supplier", "payment", "product", "shop page"];

pub(super) fn compose(view: &View<'_>) -> Markup {
    if !view.is_open() {
        return html! { div.compose id="compose" { p.soft { "This ticket is resolved. A new message of the customer goes to the bot first." } } };
    }
    html! {
        div.compose id="compose" {
            (claim(view))
            (reply(view))
            div.actions {
                (note(view))
                (transfer(view))
                (simple(view, "escalate", "u", "Tier up", &html! {
                    label { "Why " input name="why" required maxlength="300"; }
                }))
                (snooze(view))
                (resolve(view))
                (simple(view, "hand-back", "b", "Give back to the bot", &html! {
                    p { "The bot tells the customer that it answers again." }
                }))
                (simple(view, "release", "v", "Give up", &html! {
                    p { "The ticket waits for another person." }
                }))
            }
        }
    }
}

fn form(view: &View<'_>, verb: &str, body: &Markup) -> Markup {
    html! {
        form method="post" action={ "/console/tickets/" (view.ticket().id) "/" (verb) } data-boost {
            (shell::csrf(view.who))
            input type="hidden" name="fence" value=(view.conversation.fence.0);
            (body)
        }
    }
}

/// A form behind its name.
fn simple(view: &View<'_>, verb: &str, key: &str, label: &str, body: &Markup) -> Markup {
    html! {
        details.action {
            summary aria-keyshortcuts=(key) { (label) }
            (form(view, verb, &html! { (body) button.main { (label) } }))
        }
    }
}

fn claim(view: &View<'_>) -> Markup {
    let label = match &view.conversation.owner {
        Owner::Agent(_) if view.is_mine() => return html! {},
        Owner::Agent(agent) => format!("Take over from {agent}"),
        Owner::Queue | Owner::Bot => "Claim".to_owned(),
    };
    let Some(reach) = view.below() else {
        return form(view, "take", &html! { button.main aria-keyshortcuts="c" { (label) } });
    };
    // Behind its name, and what is pressed in the end says which tier.
    let ticket = view.ticket();
    html! {
        details.action.above {
            summary aria-keyshortcuts="c" { (label) " …" }
            (form(view, "take", &html! {
                p { (words::icon("alert")) " This ticket is for tier " (ticket.tier)
                    @if let Some(team) = &ticket.team { " (" (team) ")" }
                    "; your teams are of tier " (reach) @if reach > 1 { " at most" } "." }
                input type="hidden" name="tier" value=(ticket.tier);
                button.main { (label) ": tier " (ticket.tier) }
            }))
        }
    }
}

fn reply(view: &View<'_>) -> Markup {
    let others: Option<&AgentId> = match &view.conversation.owner {
        Owner::Agent(agent) if !view.is_mine() => Some(agent),
        _ => None,
    };
    let draft = view.draft.get("text").unwrap_or_default();
    let promise = view.draft.get("promise");
    form(
        view,
        "reply",
        &html! {
            input type="hidden" name="message_id" value=(view.message_id);
            label.hidden for="reply" { "Answer to the customer" }
            textarea id="reply" name="text" rows="4" maxlength="4000" required
                aria-keyshortcuts="r" aria-describedby="reply-help" data-draft=(view.ticket().id)
                data-writing={ "/console/tickets/" (view.ticket().id) "/writing" }
                data-canned={ "/console/tickets/" (view.ticket().id) "/canned" }
                placeholder="Answer the customer. / for canned answers" { (draft) }
            div.popup id="canned" hidden {}
            div.row {
                @match (others, view.below()) {
                    (None, Some(_)) => {
                        button.main disabled { "Send" }
                        span id="reply-help" { (words::icon("alert")) " For tier " (view.ticket().tier) ". Claim it first." }
                    },
                    (Some(agent), _) => {
                        button.main disabled { "Send" }
                        span id="reply-help" { (words::icon("alert")) " " (agent) " has it. Take it over first." }
                    },
                    (None, None) => {
                        button.main { "Send" }
                        span.soft id="reply-help" { "Ctrl Enter sends." }
                    },
                }
                details.promise open[promise.is_some()] {
                    summary { "Promise a time" }
                    label { "What " input name="promise" maxlength="200" value=[promise]; }
                    label { "Within "
                        select name="within_minutes" {
                            @for (minutes, label) in [(30, "30 min"), (60, "1 h"), (120, "2 h"), (240, "4 h"), (1440, "1 day"), (2880, "2 days")] {
                                option value=(minutes) { (label) }
                            }
                        }
                    }
                }
            }
        },
    )
}

fn note(view: &View<'_>) -> Markup {
    simple(
        view,
        "note",
        "n",
        "Note",
        &html! {
            label for="note" { "For colleagues; no customer reads it" }
            textarea id="note" name="text" rows="2" maxlength="4000" required {}
        },
    )
}

fn snooze(view: &View<'_>) -> Markup {
    let latest = view.ticket().next_due().map(|(owed, deadline)| (owed, deadline.due_at));
    let lengths = [
        (15, "15 min"),
        (60, "1 h"),
        (180, "3 h"),
        (1440, "1 day"),
        (4320, "3 days"),
        (10_080, "a week"),
    ];
    let fits = |minutes: i64| {
        let until = view.now + jiff::SignedDuration::from_mins(minutes);
        latest.is_none_or(|(_, due)| until <= due)
    };
    let lengths: Vec<_> = lengths.into_iter().filter(|(minutes, _)| fits(*minutes)).collect();
    simple(
        view,
        "snooze",
        "z",
        "Snooze",
        &html! {
            @if let Some((owed, due)) = latest {
                p.soft { "At most until the " (owed.as_str()) " is due: " (words::moment(due)) "." }
            }
            label { "For "
                select name="minutes" required {
                    @for (minutes, label) in lengths { option value=(minutes) { (label) } }
                }
            }
        },
    )
}

fn transfer(view: &View<'_>) -> Markup {
    let me = &view.who.user.name;
    let others = view.users.iter().filter(|user| user.name != *me && user.disabled_at.is_none());
    let others: Vec<&User> = others.collect();
    if others.is_empty() {
        return html! {};
    }
    let reads = |user: &User| {
        let language = view.ticket().language.as_deref().unwrap_or("en");
        user.profile.languages.iter().any(|tag| tag == language)
    };
    simple(
        view,
        "transfer",
        "t",
        "Transfer",
        &html! {
            label { "To "
                select name="to" required {
                    @for user in others {
                        option value=(user.name) {
                            (user.name)
                            @if !user.available { ", not there" }
                            @if reads(user) { ", reads the language" }
                        }
                    }
                }
            }
        },
    )
}

fn resolve(view: &View<'_>) -> Markup {
    simple(
        view,
        "resolve",
        "x",
        "Resolve",
        &html! {
            p.soft { "What lay behind it, where it should not happen again. May be left empty." }
            label { "Cause " input name="cause" maxlength="300"; }
            label { "Department " input name="department" list="departments" maxlength="60"; }
            datalist id="departments" { @for name in DEPARTMENTS { option value=(name) {} } }
            label { "Loss in " (view.knowledge.answers.shop().currency) " "
                input name="loss" inputmode="decimal" pattern="[0-9]+([.,][0-9]{1,2})?"; }
        },
    )
}
