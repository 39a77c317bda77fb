//! A conversation in a few characters a turn, for the tests of the rules.

use std::fmt::Write as _;
use std::sync::Arc;

use intent::{
    Analysis, Confidence, Emotion, EmotionLabel, Entity, EntityKind, IntentId, IntentMatch,
    IntentSpec, LanguageGuess, Severity, Span,
};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::{
    Act, AgentId, Book, Calendar, Change, Conversation, ConversationId, Customer, Decision,
    DeskError, Event, Floor, Input, Message, Offer, Owner, Payload, Person, Policy, Reply, Rule,
    Source, Step, Ticket, TicketId, TicketState, Utterance, decide, wake,
};

/// Intents of the bundled taxonomy, each with class and tier; `*` is always handed over.
const INTENTS: &str = "
    chat.greeting blue 1
    chat.thanks blue 1
    chat.goodbye blue 1
    chat.affirm blue 1
    chat.deny blue 1
    chat.bot_identity blue 1
    product.price yellow 1
    product.specs yellow 1
    promo.discount blue 1
    shipping.time yellow 1
    shipping.cost yellow 1
    payment.methods yellow 1
    payment.unauthorized red 2 *
    tracking.status yellow 1
    tracking.delayed yellow 1
    tracking.lost red 1
    order.cancel yellow 1
    order.cancel_policy yellow 1
    refund.request yellow 1
    refund.status yellow 1
    item.damaged yellow 1
    item.counterfeit red 3
    account.privacy yellow 3
    account.login yellow 2
    service.human yellow 1 *
    risk.legal_threat red 3 *
    none blue 1
";

/// Without answers: what the bot cannot answer, and what needs none.
const UNANSWERED: [&str; 6] =
    ["chat.affirm", "chat.deny", "account.login", "service.human", "risk.legal_threat", "none"];

pub(crate) fn policy() -> Policy {
    let intents: Vec<IntentSpec> = INTENTS
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let mut words = line.split_whitespace();
            let mut word = || words.next().unwrap_or_default();
            IntentSpec {
                id: IntentId::new(word()),
                means: String::new(),
                severity: Severity::parse(word()).expect("a severity"),
                tier: word().parse().expect("a tier"),
                handoff: word() == "*",
            }
        })
        .collect();
    let weekday = || vec![("09:00".parse().expect("a time"), "18:00".parse().ok())];
    let week = [weekday(), weekday(), weekday(), weekday(), weekday(), vec![], vec![]];
    let hours = Calendar::new(TimeZone::UTC, week, []).expect("good hours");
    Policy::standard(&intents, |id| !UNANSWERED.contains(&id.as_str()), hours, book())
}

/// The bundled book, without a look at the intents.
pub(crate) fn book() -> Book {
    let sources = [
        ("desk.toml", include_str!("../../../desk/desk.toml")),
        ("playbooks/damaged.toml", include_str!("../../../desk/playbooks/damaged.toml")),
        ("playbooks/lost.toml", include_str!("../../../desk/playbooks/lost.toml")),
        ("playbooks/late.toml", include_str!("../../../desk/playbooks/late.toml")),
    ];
    let sources =
        sources.map(|(path, text)| Source { path, name: path, bytes: text.as_bytes(), own: false });
    Book::compile(&sources, &|_| true).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// What the analyzer would say, written as words: `tracking.status`, with a confidence
/// `refund.request:480`, with its place `refund.request:480@0-6`, denied `!refund.request`,
/// `order=10234`, `country=MX`, `email=a@b.c`, `angry2`, `worried`, `disappointed`,
/// `near=promo.discount`, `lang=es`.
pub(crate) fn analysis(words: &str, policy: &Policy) -> Analysis {
    let mut analysis = Analysis {
        language: LanguageGuess {
            tag: Arc::from("en"),
            confidence: Confidence::from_permille(900),
        },
        intent: IntentId::new("none"),
        confidence: Confidence::default(),
        intents: Vec::new(),
        nearest: Vec::new(),
        entities: Vec::new(),
        emotion: Emotion::default(),
        severity: Severity::Blue,
        tier: 1,
        handoff: false,
        act_from: Analysis::ACT_FROM,
    };
    for (place, word) in words.split_whitespace().enumerate() {
        if let Some(level) = word.strip_prefix("angry") {
            let level = level.parse().expect("a level");
            let label = if level >= 2 { EmotionLabel::Angry } else { EmotionLabel::Neutral };
            analysis.emotion = Emotion { label, level, evidence: Vec::new() };
        } else if word == "worried" {
            analysis.emotion.label = EmotionLabel::Worried;
        } else if word == "disappointed" {
            analysis.emotion.label = EmotionLabel::Disappointed;
        } else if let Some((kind, value)) = word.split_once('=') {
            let kind = match kind {
                "near" => {
                    analysis.nearest.push(IntentId::new(value));
                    continue;
                }
                "lang" => {
                    analysis.language.tag = Arc::from(value);
                    continue;
                }
                "order" => EntityKind::OrderNumber,
                "country" => EntityKind::Country,
                "email" => EntityKind::Email,
                _ => panic!("{word}: no such entity"),
            };
            let span = Span { start: 0, end: 0 };
            analysis.entities.push(Entity { kind, span, value: value.to_owned() });
        } else {
            analysis.intents.push(found(word, place));
        }
    }
    for found in analysis.intents.iter().filter(|found| !found.denied) {
        let Some(rule) = policy.intents.get(&found.id) else { continue };
        analysis.severity = analysis.severity.max(rule.severity);
        analysis.tier = analysis.tier.max(rule.tier);
        analysis.handoff |= rule.handoff;
    }
    if let Some(first) = analysis.intents.iter().find(|found| !found.denied) {
        analysis.intent = first.id.clone();
        analysis.confidence = first.confidence;
    }
    analysis
}

fn found(word: &str, place: usize) -> IntentMatch {
    let denied = word.starts_with('!');
    let word = word.trim_start_matches('!');
    let (word, span) = word.split_once('@').unwrap_or((word, ""));
    let (id, confidence) = word.split_once(':').unwrap_or((word, "900"));
    let span = match span.split_once('-') {
        Some((start, end)) => {
            Span { start: start.parse().expect("an offset"), end: end.parse().expect("an offset") }
        }
        None => Span { start: place * 10, end: place * 10 + 10 },
    };
    IntentMatch {
        id: IntentId::new(id),
        confidence: Confidence::from_permille(confidence.parse().expect("thousandths")),
        score: 0,
        denied,
        spans: vec![span],
        clause: Span { start: 0, end: 100 },
        evidence: Vec::new(),
    }
}

/// A conversation under way.
pub(crate) struct Chat {
    pub(crate) policy: Policy,
    pub(crate) customer: Customer,
    pub(crate) conversation: Conversation,
    pub(crate) messages: Vec<Message>,
    pub(crate) tickets: Vec<Ticket>,
    pub(crate) events: Vec<Event>,
    pub(crate) floor: Floor,
    pub(crate) now: Timestamp,
}

impl Chat {
    /// Begins on a Tuesday at ten.
    pub(crate) fn new() -> Self {
        Self::at("2026-11-17T10:00:00Z")
    }

    pub(crate) fn at(now: &str) -> Self {
        let now = now.parse().expect("a moment");
        Self {
            policy: policy(),
            customer: Customer::default(),
            conversation: Conversation::start(ConversationId::new("c"), now),
            messages: Vec::new(),
            tickets: Vec::new(),
            events: Vec::new(),
            floor: Floor::default(),
            now,
        }
    }

    pub(crate) fn decides(&self, words: &str) -> Decision {
        let (words, payload) = match words.strip_prefix('>') {
            Some(payload) => ("", Some(Payload::parse(payload).expect("a payload"))),
            None => (words, None),
        };
        let analysis = analysis(words, &self.policy);
        let input = Input { text: words, analysis: &analysis, payload: payload.as_ref() };
        let (customer, policy) = (&self.customer, &self.policy);
        decide(&input, &self.conversation, customer, policy, &self.floor, self.now)
    }

    /// Takes a turn; a minute later is now.
    pub(crate) fn says(&mut self, words: &str) -> Decision {
        let decision = self.decides(words);
        self.turn(words, &decision).expect("the fence holds");
        self.pass(1);
        decision
    }

    /// Takes a turn whose decision is not looked at.
    pub(crate) fn hears(&mut self, words: &str) {
        let _ = self.says(words);
    }

    pub(crate) fn turn(&mut self, text: &str, decision: &Decision) -> Result<(), DeskError> {
        let reply = (!decision.say.is_empty()).then(|| render(decision));
        let said = Utterance { text, language: None, attachments: &[] };
        let id = TicketId::new(&format!("t{}", self.tickets.len() + 1));
        let change =
            crate::turn(&self.conversation, said, decision, reply.as_ref(), &id, self.now)?;
        self.keep(change);
        Ok(())
    }

    /// What a person does on the last ticket: `take`, `release`, `reply`, `promise 120`
    /// (an answer with a promise for so many minutes), `escalate`, `stage damaged choose`,
    /// `snooze 60`, `resolve`, `hand_back`; `take_over` where the bot has the conversation.
    pub(crate) fn agent(&mut self, name: &str, act: &str) -> Result<(), DeskError> {
        let agent = AgentId::new(name);
        let person = Person { agent: &agent, fence: None, reach: None };
        let now = self.now;
        if act == "take_over" {
            let id = TicketId::new(&format!("t{}", self.tickets.len() + 1));
            let (conversation, policy) = (&self.conversation, &self.policy);
            let change = crate::take_over(conversation, &id, &person, policy, now)?;
            self.keep(change);
            self.pass(1);
            return Ok(());
        }
        let id = TicketId::new(&format!("t{}", self.tickets.len()));
        let words: Vec<&str> = act.split(' ').collect();
        let act = match words.as_slice() {
            ["take"] => Act::Take,
            ["release"] => Act::Release,
            ["reply"] => Act::Reply { text: "Hello.".to_owned(), promise: None },
            ["promise", minutes] => {
                let until = now + SignedDuration::from_mins(minutes.parse().expect("minutes"));
                Act::Reply { text: "Soon.".to_owned(), promise: Some(("soon".to_owned(), until)) }
            }
            ["escalate"] => Act::Escalate("asked for".to_owned()),
            ["stage", playbook, stage] => {
                Act::Stage { playbook: (*playbook).to_owned(), stage: (*stage).to_owned() }
            }
            ["snooze", minutes] => {
                let minutes = minutes.parse().expect("minutes");
                Act::Snooze(now + SignedDuration::from_mins(minutes))
            }
            ["resolve"] => Act::Resolve(None),
            ["hand_back"] => Act::HandBack(Reply::default()),
            _ => panic!("{act}: no such act"),
        };
        let change = crate::act(&self.conversation, &id, &person, &act, &self.policy, now)?;
        self.keep(change);
        self.pass(1);
        Ok(())
    }

    /// Lets time pass, and does what becomes due in it.
    pub(crate) fn wait(&mut self, minutes: i64) -> Vec<Step> {
        let until = self.now + SignedDuration::from_mins(minutes);
        let mut steps = Vec::new();
        while let Some(at) = self.conversation.wake_at().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            let step = wake(&self.conversation, &self.policy, self.now).expect("something is due");
            let reply = (!step.say.is_empty()).then(|| Reply {
                text: step.say.iter().map(|text| text.id()).collect::<Vec<_>>().join(" "),
                ..Reply::default()
            });
            let (conversation, policy) = (&self.conversation, &self.policy);
            let change = crate::step(conversation, &step, reply.as_ref(), policy, self.now);
            self.keep(change.expect("the fence holds"));
            steps.push(step);
            assert!(steps.len() < 100, "what is due comes to an end");
        }
        self.now = until;
        steps
    }

    pub(crate) fn pass(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
    }

    fn keep(&mut self, change: Change) {
        if let Some(ticket) = change.ticket {
            match self.tickets.iter_mut().find(|before| before.id == ticket.id) {
                Some(before) => {
                    assert!(may_become(before, &ticket), "{before:?} became {ticket:?}");
                    *before = ticket;
                }
                None => self.tickets.push(ticket),
            }
        }
        assert!(change.conversation.fence >= self.conversation.fence, "the fence only rises");
        let moved = change.conversation.owner != self.conversation.owner;
        assert_eq!(moved, change.conversation.fence > self.conversation.fence, "fence and owner");
        self.messages.extend(change.messages);
        self.events.extend(change.events);
        self.conversation = change.conversation;
        self.check();
    }

    /// What holds after every step.
    fn check(&self) {
        let conversation = &self.conversation;
        let unresolved: Vec<&Ticket> =
            self.tickets.iter().filter(|ticket| ticket.state != TicketState::Resolved).collect();
        assert!(unresolved.len() <= 1, "one unresolved ticket at most");
        assert_eq!(conversation.ticket.as_ref(), unresolved.first().copied(), "the same ticket");
        let bot = conversation.owner == Owner::Bot;
        assert_eq!(bot, conversation.ticket.is_none(), "people own what has a ticket");
        for ticket in &self.tickets {
            let done = ticket.state == TicketState::Resolved;
            let awaited = done || ticket.state == TicketState::Waiting;
            assert_eq!(ticket.due_at().is_none(), awaited, "due exactly while people are awaited");
            assert!(ticket.alarm_at.is_none() || !awaited, "an alarm for an answer");
            assert_eq!(ticket.return_at.is_some(), ticket.state == TicketState::Waiting);
            assert_eq!(ticket.resolution.is_none(), done);
            assert_eq!(ticket.resolved_at.is_some(), done);
            assert_eq!(ticket.outcome.is_some(), done);
            assert!((1..=3).contains(&ticket.tier));
            assert_eq!(ticket.state == TicketState::Open, ticket.assignee.is_none());
        }
        if let (Owner::Agent(agent), Some(ticket)) = (&conversation.owner, &conversation.ticket) {
            assert_eq!(ticket.assignee.as_ref(), Some(agent));
        }
        let mut chain = None;
        for message in &self.messages {
            chain = Some(message.chained(chain));
            assert_eq!(message.hash, chain, "every message is tied to those before");
        }
        assert_eq!(conversation.chain, chain);
        let seqs: Vec<u64> = self.messages.iter().map(|message| message.seq).collect();
        assert_eq!(seqs, (1..=conversation.messages).collect::<Vec<_>>(), "no hole, none twice");
        assert!(self.messages.is_sorted_by_key(|message| message.at));
    }
}

fn may_become(before: &Ticket, after: &Ticket) -> bool {
    let up = after.tier > before.tier;
    let reopened = after.reopened > before.reopened;
    let broken = |ticket: &Ticket| ticket.answer.is_some_and(|answer| answer.breached);
    let up = up || after.apologies > before.apologies;
    after.severity >= before.severity
        && (before.state != TicketState::Resolved || reopened || after.state == before.state)
        && after.tier >= before.tier
        && before.first_response_at.is_none_or(|at| after.first_response_at == Some(at))
        && match (before.due_at(), after.due_at()) {
            (Some(before_due), Some(after_due)) => {
                after_due <= before_due || up || broken(after) || broken(before)
            }
            _ => true,
        }
}

fn render(decision: &Decision) -> Reply {
    let said: Vec<&str> = decision.say.iter().map(crate::Part::id).collect();
    let buttons = decision
        .buttons
        .iter()
        .map(|payload| Offer { title: format!("[{payload}]"), payload: payload.to_string() });
    Reply { text: said.join(" "), buttons: buttons.collect(), ..Reply::default() }
}

/// `action rule: said … [buttons …] -> severity tier due`, without the disclosure.
pub(crate) fn summary(decision: &Decision) -> String {
    let mut line = format!("{} {}", decision.action.as_str(), decision.rule.as_str());
    if decision.action.as_str() == decision.rule.as_str() {
        line = decision.rule.as_str().to_owned();
    }
    if !decision.say.is_empty() {
        line.push(':');
    }
    for part in decision.say.iter().filter(|part| part.id() != "text.disclosure") {
        let _ = write!(line, " {}", part.id().trim_start_matches("text."));
    }
    if !decision.buttons.is_empty() {
        let buttons: Vec<String> = decision.buttons.iter().map(Payload::to_string).collect();
        let _ = write!(line, " [{}]", buttons.join(" "));
    }
    if let Some(handoff) = &decision.handoff {
        let due = handoff.due_at().strftime("%a %H:%M");
        let _ = write!(line, " -> {} {} {due}", handoff.severity.as_str(), handoff.tier);
    }
    line
}

/// Runs a conversation and compares what is decided at each turn. A turn `@ana reply` is a
/// person's act, `+90` lets minutes pass.
#[track_caller]
pub(crate) fn check(chat: &mut Chat, turns: &[(&str, &str)]) {
    for (turn, (words, expected)) in turns.iter().enumerate() {
        if let Some(minutes) = words.strip_prefix('+') {
            chat.pass(minutes.parse().expect("minutes"));
        } else if let Some((agent, act)) =
            words.strip_prefix('@').and_then(|words| words.split_once(' '))
        {
            let result = chat.agent(agent, act).map_or_else(|error| error.code(), |()| "");
            assert_eq!(result, *expected, "turn {}: {words}", turn + 1);
        } else {
            let decision = chat.says(words);
            assert_eq!(summary(&decision), *expected, "turn {}: {words}", turn + 1);
            assert!(
                !decision.why.is_empty() && decision.rule.as_str() != "",
                "every rule says why"
            );
        }
    }
}

/// Every rule, for the test that each is reached.
pub(crate) const RULES: [Rule; 21] = [
    Rule::Rated,
    Rule::Chosen,
    Rule::PersonOwns,
    Rule::Waiting,
    Rule::WaitingSilent,
    Rule::PersonAsked,
    Rule::RedIntent,
    Rule::HandoffIntent,
    Rule::Angry,
    Rule::Repeated,
    Rule::NotUnderstood,
    Rule::NoAnswer,
    Rule::Clarify,
    Rule::Collect,
    Rule::CollectAgain,
    Rule::Request,
    Rule::AlreadyAnswered,
    Rule::Answer,
    Rule::SmallTalkAgain,
    Rule::SmallTalk,
    Rule::Fallback,
];
