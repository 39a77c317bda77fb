//! Conversations, messages and tickets to be stored.

use desk::{
    AgentId, Asked, Author, Cause, Collected, Conversation, ConversationId, Deadline, Fence,
    FollowUp, Mark, Memory, Message, Need, NotedIntent, Notes, Offer, Owner, Pending, Problem,
    Progress, Promise, Question, Rating, Resolution, Survey, TeamId, Ticket, TicketId, TicketState,
};
use intent::{IntentId, Severity};
use jiff::Timestamp;
use store::{Batch, Turn, TurnKey};

/// Seconds after a moment of 2026.
pub(crate) fn time(seconds: i64) -> Timestamp {
    Timestamp::new(1_795_000_000 + seconds, 123_456_000).expect("in range")
}

pub(crate) fn id(name: &str) -> ConversationId {
    ConversationId::new(name)
}

pub(crate) fn conversation(name: &str) -> Conversation {
    Conversation::start(id(name), time(0))
}

pub(crate) fn message(seq: u64, author: Author) -> Message {
    Message {
        seq,
        at: time(i64::try_from(seq).expect("small")),
        author,
        text: format!("message {seq}"),
        markdown: None,
        language: None,
        buttons: Vec::new(),
        answers: Vec::new(),
        attachments: Vec::new(),
        notes: None,
        hash: None,
    }
}

pub(crate) fn deadline(seconds: i64) -> Deadline {
    let (due_at, warn_at) = (time(seconds), time(seconds - 60));
    Deadline { due_at, warn_at, warned: false, breached: false }
}

pub(crate) fn ticket(name: &str, conversation: &str) -> Ticket {
    Ticket {
        id: TicketId::new(name),
        conversation: id(conversation),
        state: TicketState::Open,
        severity: Severity::Yellow,
        tier: 1,
        rule: "red_intent".to_owned(),
        why: "because".to_owned(),
        intents: vec![IntentId::new("tracking.lost")],
        language: Some("es".to_owned()),
        order: Some("10234".to_owned()),
        team: None,
        assignee: None,
        priority: 100,
        opened_at: time(0),
        answer: Some(deadline(900)),
        resolution: Some(Resolution::Running(deadline(9000))),
        alarm_at: Some(time(1800)),
        return_at: None,
        snoozed_until: None,
        promises: Vec::new(),
        playbook: None,
        first_response_at: None,
        resolved_at: None,
        outcome: None,
        problem: None,
        follow_up: FollowUp::None,
        reopened: 0,
        translated: false,
        apologies: 0,
    }
}

pub(crate) fn turn(conversation: &Conversation, message_id: Option<&str>, body: u8) -> Turn {
    Turn {
        conversation: conversation.id.clone(),
        seq: conversation.messages.saturating_sub(1),
        key: message_id.map(|message_id| TurnKey {
            caller: "shop".to_owned(),
            message_id: message_id.to_owned(),
        }),
        body_hash: [body; 32],
        response: r#"{"reply":"…"}"#.to_owned(),
    }
}

/// What a conversation may look like.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Script {
    /// Only begun.
    Fresh,
    /// Every field of the memory is filled, in many scripts.
    Full,
    /// The bot waits for a country.
    Collecting,
    /// The bot offered a person.
    Offered,
    /// People are on the way.
    HandedOver,
    /// A person answers.
    Answered,
}

impl Script {
    pub(crate) const ALL: [Self; 6] = [
        Self::Fresh,
        Self::Full,
        Self::Collecting,
        Self::Offered,
        Self::HandedOver,
        Self::Answered,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Full => "full",
            Self::Collecting => "collecting",
            Self::Offered => "offered",
            Self::HandedOver => "handed-over",
            Self::Answered => "answered",
        }
    }
}

/// A conversation and its messages.
pub(crate) fn batch(script: Script, name: &str) -> Batch {
    let mut conversation = conversation(name);
    let mut messages = vec![message(1, Author::Customer)];
    match script {
        Script::Fresh => {}
        Script::Full => {
            conversation.memory = full();
            conversation.contact = Some("c-4711".to_owned());
            conversation.chain = Some([7; 32]);
            messages[0].notes = Some(notes());
            messages[0].attachments = vec![desk::Attachment {
                id: "a-1".to_owned(),
                name: "Bild 写真.png".to_owned(),
                kind: "image/png".to_owned(),
                bytes: 70_000,
                sha256: "0".repeat(64),
            }];
            messages.push(Message {
                text: "退款\0 \u{200b}مرحبا 👋 \"'; DROP TABLE messages; --".to_owned(),
                markdown: Some("**退款**".to_owned()),
                language: Some("zh-Hant".to_owned()),
                buttons: vec![offer("Sí \"claro\"", "yes"), offer("No", "no")],
                answers: vec!["refund.policy".to_owned(), "refund.status".to_owned()],
                attachments: Vec::new(),
                hash: Some([7; 32]),
                ..message(2, Author::Bot)
            });
        }
        Script::Collecting => {
            let wishes = vec![IntentId::new("shipping.time")];
            conversation.memory.pending =
                Some(Pending::Collect { need: Need::Country, wishes, times: 1 });
        }
        Script::Offered => conversation.memory.pending = Some(Pending::Person),
        Script::HandedOver => {
            conversation.owner = Owner::Queue;
            conversation.fence = Fence(1);
            conversation.ticket = Some(ticket(&format!("t-{name}"), name));
        }
        Script::Answered => {
            let ana = AgentId::new("ana");
            conversation.owner = Owner::Agent(ana.clone());
            conversation.fence = Fence(2);
            conversation.ticket = Some(Ticket {
                state: TicketState::Waiting,
                severity: Severity::Red,
                tier: 3,
                assignee: Some(ana.clone()),
                team: Some(TeamId::new("lead")),
                answer: None,
                resolution: Some(Resolution::Paused {
                    left: jiff::SignedDuration::from_mins(90),
                    warned: true,
                    breached: false,
                }),
                alarm_at: None,
                return_at: Some(time(100_000)),
                promises: vec![Promise {
                    n: 1,
                    text: "Mañana".to_owned(),
                    by: ana.clone(),
                    made_at: time(2),
                    deadline: Deadline { warned: true, ..deadline(5000) },
                    kept_at: Some(time(3)),
                }],
                playbook: Some(Progress {
                    playbook: "lost".to_owned(),
                    stage: "trace".to_owned(),
                    choice: Some("resend".to_owned()),
                }),
                problem: Some(Problem {
                    cause: "carrier".to_owned(),
                    department: "warehouse".to_owned(),
                    loss_cents: 1250,
                }),
                reopened: 1,
                translated: true,
                apologies: 2,
                follow_up: Rating::new(Survey::Nps, 0).map_or(FollowUp::None, FollowUp::Rated),
                first_response_at: Some(time(2)),
                ..ticket(&format!("t-{name}"), name)
            });
            messages.push(message(2, Author::Agent(ana)));
        }
    }
    conversation.messages = messages.len() as u64;
    conversation.updated_at = time(2);
    let ticket = conversation.ticket.clone();
    Batch { ticket, ..Batch::of(conversation, messages) }
}

fn offer(title: &str, payload: &str) -> Offer {
    Offer { title: title.to_owned(), payload: payload.to_owned() }
}

fn full() -> Memory {
    Memory {
        disclosed: true,
        language: Some("zh-Hant".to_owned()),
        locale: Some("zh-TW".to_owned()),
        time_zone: Some("Asia/Taipei".to_owned()),
        order: Some("10234".to_owned()),
        country: Some("MX".to_owned()),
        pending: Some(Pending::Clarify {
            options: vec![IntentId::new("order.cancel"), IntentId::new("order.cancel_policy")],
        }),
        failures: 1,
        said: vec!["text.clarify".to_owned(), "shipping.time MX".to_owned()],
        asked: vec![
            Asked {
                question: Question {
                    intent: IntentId::new("shipping.time"),
                    about: vec!["MX".to_owned(), "10234".to_owned()],
                },
                times: 2,
                last: time(1),
            },
            Asked {
                question: Question { intent: IntentId::new("product.price"), about: Vec::new() },
                times: 1,
                last: time(2),
            },
        ],
        offered: vec![offer("取消訂單", "clarify:order.cancel")],
        reassured: true,
        ledger: vec![Mark { cause: Cause::Anger, points: 2, at: time(1) }],
        anger: 2,
        questions: 1,
        collected: vec![Collected { need: Need::Photo, seq: 1 }],
        vip: true,
        order_value_cents: 12_345,
        variant: Some("concise".to_owned()),
    }
}

fn notes() -> Notes {
    Notes {
        rule: "answer".to_owned(),
        why: "known: \"退款\"".to_owned(),
        intents: vec![NotedIntent {
            id: "refund.status".to_owned(),
            confidence: 912,
            spans: vec![(0, 7)],
        }],
        entities: vec![("order_number".to_owned(), "10234".to_owned())],
        mood: "worried".to_owned(),
        anger: 1,
        reasons: vec!["emotion/capitals +1".to_owned()],
    }
}
