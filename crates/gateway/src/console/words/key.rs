//! The keys. What a key does stands on the element it acts on (`aria-keyshortcuts`); this
//! is the list that `?` shows.

use maud::{Markup, html};

/// Keys and what they do, by the place they are for.
const KEYS: &[(&str, &[(&str, &str)])] = &[
    (
        "Everywhere",
        &[("g q", "to the queue"), ("?", "this list"), ("Esc", "leave a field or close this list")],
    ),
    (
        "Queue",
        &[
            ("j", "next ticket"),
            ("k", "ticket before"),
            ("Enter", "open it"),
            ("1 … 5", "mine, waiting for a person, all, customer's turn, resolved"),
        ],
    ),
    (
        "Ticket",
        &[
            ("c", "claim, or take over"),
            ("r", "write an answer"),
            ("Ctrl Enter", "send it"),
            ("/ in an answer", "canned answers"),
            ("n", "private note"),
            ("t", "transfer"),
            ("u", "one tier up"),
            ("b", "give back to the bot"),
            ("v", "give up: back into the queue"),
            ("x", "resolve"),
            ("z", "snooze"),
            ("p", "playbook: next stage"),
            ("i", "insert the first suggested answer"),
            ("]", "next ticket of the list"),
            ("[", "ticket before"),
        ],
    ),
];

/// The list, in a dialog.
pub(in crate::console) fn overlay() -> Markup {
    html! {
        dialog id="keys" aria-labelledby="keys-title" {
            h2 id="keys-title" { "Keyboard" }
            div.columns {
                @for (place, keys) in KEYS {
                    section {
                        h3 { (place) }
                        dl {
                            @for (key, what) in *keys {
                                div { dt { kbd { (key) } } dd { (what) } }
                            }
                        }
                    }
                }
            }
            form method="dialog" { button.main { "Close" } }
        }
    }
}
