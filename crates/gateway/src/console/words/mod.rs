//! How things are called and shown: the same word and sign everywhere.

pub(super) mod advice;
pub(super) mod key;
pub(super) mod markdown;
#[cfg(test)]
mod tests;
pub(super) mod text;
pub(super) mod told;

use desk::{Deadline, Ticket, TicketState};
use intent::Severity;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use crate::wire::seconds;

/// A sign. It is never alone: a word stands beside it.
pub(super) fn icon(name: &str) -> Markup {
    let path = match name {
        "alert" => "M8 1.5 15 14H1zM8 6v4M8 11.6v.8",
        "clock" => "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM8 4.5V8l2.5 1.8",
        "pause" => "M5 3v10M11 3v10",
        "check" => "M2.5 8.5 6.5 12.5 13.5 4",
        "octagon" => "M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3zM8 4.6v4.2M8 10.6v.8",
        "circle" => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z",
        "person" => {
            "M8 8.2a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14.5c0-3 2.4-4.6 5.5-4.6s5.5 1.6 5.5 4.6"
        }
        "note" => "M3 2h10v8.5L9.5 14H3zM9.5 14v-3.5H13M5.5 5.5h5M5.5 8h3",
        "up" => "M8 13.5v-11M3.5 7 8 2.5 12.5 7",
        _ => "M3 8h10",
    };
    html! {
        svg.icon viewBox="0 0 16 16" aria-hidden="true" focusable="false" { path d=(path); }
    }
}

/// How grave: a sign, a word and a colour.
pub(super) fn severity(severity: Severity) -> Markup {
    let (sign, word) = match severity {
        Severity::Red => ("octagon", "red"),
        Severity::Yellow => ("alert", "yellow"),
        Severity::Blue => ("circle", "blue"),
    };
    html! { span.tag.(word) { (icon(sign)) " " (word) } }
}

/// The same of a ticket. While nobody waits for people it does not cry out.
pub(super) fn gravity(ticket: &Ticket) -> Markup {
    let calm = matches!(ticket.state, TicketState::Waiting | TicketState::Resolved);
    html! { span.calm[calm] { (severity(ticket.severity)) } }
}

/// Where a ticket stands.
pub(super) fn state(state: TicketState) -> &'static str {
    match state {
        TicketState::Open => "waits for a person",
        TicketState::Assigned => "in hand",
        TicketState::Waiting => "customer's turn",
        TicketState::Resolved => "resolved",
    }
}

/// A moment: the browser writes it in its own zone.
pub(super) fn moment(at: Timestamp) -> Markup {
    let text = at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    html! { time datetime=(seconds(at)) data-local { (text) } }
}

/// What is due of a ticket next; where nothing is, on whom it waits.
pub(super) fn next_due(ticket: &Ticket, now: Timestamp) -> Markup {
    if let Some((owed, deadline)) = ticket.next_due() {
        return due(owed.as_str(), &deadline, now);
    }
    let (sign, told) = match ticket.state {
        TicketState::Waiting => ("pause", "the customer is awaited"),
        TicketState::Resolved => ("check", "settled"),
        TicketState::Open | TicketState::Assigned => ("pause", "nothing due"),
    };
    html! { span.due.none { (icon(sign)) " " (told) } }
}

/// A deadline with what is left of it. The page counts on from there.
pub(super) fn due(what: &str, deadline: &Deadline, now: Timestamp) -> Markup {
    let (state, sign, text) = if deadline.due_at <= now {
        ("late", "alert", format!("late by {}", span(now.duration_since(deadline.due_at))))
    } else {
        let left = span(deadline.due_at.duration_since(now));
        let soon = deadline.warn_at <= now;
        (if soon { "soon" } else { "fine" }, "clock", format!("in {left}"))
    };
    html! {
        span.due.(state) data-due=(seconds(deadline.due_at))
            data-warn=(seconds(deadline.warn_at)) title=(seconds(deadline.due_at)) {
            (icon(sign)) " " span.what { (what) } " " span.left { (text) }
        }
    }
}

/// How long, in the two units that matter.
pub(super) fn span(length: SignedDuration) -> String {
    let seconds = length.as_secs().max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, _) => format!("{hours} h {minutes:02} min"),
        _ => format!("{days} d {hours} h"),
    }
}

/// A language by the name that its speakers give it.
pub(super) fn language(answers: &faq::Answers, tag: Option<&str>) -> Markup {
    let Some(tag) = tag.filter(|tag| *tag != "und") else {
        return html! { span.soft { "language unknown" } };
    };
    let name = answers.endonym(tag).or_else(|| answers.endonym(answers.locale_for(tag)));
    let relative = |name: &&str| {
        let primary = tag.split('-').next().unwrap_or_default();
        answers.locale_for(tag).split('-').next() == Some(primary) && !name.is_empty()
    };
    match name.filter(relative) {
        Some(name) => html! { abbr title=(tag) { bdi lang=(tag) { (name) } } },
        None => html! { (tag) },
    }
}

/// Hundredths of the shop's currency as an amount.
pub(super) fn money(cents: u64, currency: &str) -> String {
    format!("{}.{:02} {currency}", cents / 100, cents % 100)
}
