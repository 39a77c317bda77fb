//! What a rule says and what is remembered of it.

use intent::{EmotionLabel, IntentId, Severity};

use crate::conversation::{Asked, Collected, Memory, Need, Owner, Pending};
use crate::decide::{ANSWERS, Case, lately};
use crate::decision::{Action, Decision, Handoff, Part, Rule, Text};
use crate::floor::{self, Route, Routed};
use crate::message::Notes;
use crate::payload::Payload;
use crate::reading::{AFFIRM, DENY, GREETING, HUMAN, Resolution, THANKS, Wish};
use crate::ticket::{Progress, TicketState};

/// How many questions are remembered.
const REMEMBERED: usize = 16;
/// How many answers go with a hand-over: the customer wants to read who comes and when.
const ANSWERS_WITH_HANDOFF: usize = 1;

/// Makes the decision of a rule.
pub(crate) fn compose(case: &Case<'_>, rule: Rule, why: String) -> Decision {
    let mut draft = Draft::default();
    let people =
        rule.hands_over() || case.conversation.owner != Owner::Bot || case.low_mark().is_some();
    let handoff = people.then(|| handoff(case, rule));
    let action = match rule {
        Rule::Rated => draft.rated(case),
        // The bot says nothing where a person does.
        Rule::Chosen if matches!(case.conversation.owner, Owner::Agent(_)) => Action::Silent,
        Rule::Chosen => {
            draft.text(Text::OptionNoted);
            Action::Handoff
        }
        Rule::PersonOwns | Rule::WaitingSilent | Rule::SmallTalkAgain => Action::Silent,
        Rule::Waiting => {
            draft.text(Text::HandoffAgain);
            Action::Handoff
        }
        Rule::Clarify => draft.clarify(case),
        Rule::Collect => draft.collect(case, false),
        Rule::CollectAgain => draft.collect(case, true),
        Rule::AlreadyAnswered => {
            draft.text(Text::AlreadyAnswered);
            draft.buttons.push(Payload::Human);
            draft.pending = Some(Pending::Person);
            Action::Answer
        }
        Rule::Answer => draft.answer(case),
        Rule::SmallTalk => draft.small_talk(case),
        Rule::Fallback => {
            draft.text(Text::Fallback);
            let nearest = case.input.analysis.nearest.iter().filter(|id| case.is_topic(id));
            draft.buttons.extend(nearest.cloned().map(Payload::Intent));
            draft.buttons.push(Payload::Human);
            Action::Fallback
        }
        Rule::PersonAsked
        | Rule::RedIntent
        | Rule::HandoffIntent
        | Rule::Angry
        | Rule::Repeated
        | Rule::NotUnderstood
        | Rule::NoAnswer
        | Rule::Request => draft.hand_over(case, rule, handoff.as_ref()),
    };
    let memory = draft.remember(case);
    let fence = case.conversation.fence;
    let notes = Notes::of(case.input.analysis, rule.as_str(), &why);
    let rated = case.mark().map(|rating| (rating, case.low_mark().is_some()));
    let chosen = case.choice().map(str::to_owned);
    let Draft { say, buttons, .. } = draft;
    Decision { action, rule, why, fence, say, buttons, handoff, rated, chosen, notes, memory }
}

#[derive(Default)]
struct Draft {
    say: Vec<Part>,
    buttons: Vec<Payload>,
    pending: Option<Pending>,
    /// A question was asked before people take over.
    asked: bool,
}

impl Draft {
    fn text(&mut self, text: Text) {
        self.say.push(Part::Text(text));
    }

    fn answers<'a>(&mut self, wishes: impl Iterator<Item = &'a Wish<'a>>) {
        self.say.extend(wishes.map(|wish| Part::Answer(wish.id.clone())));
    }

    fn rated(&mut self, case: &Case<'_>) -> Action {
        let (text, action) = match (case.low_mark(), case.mark()) {
            (Some(low), _) => (low.survey().reopens(), Action::Handoff),
            (None, Some(rating)) => (rating.survey().thanks(), Action::Answer),
            (None, None) => return Action::Silent,
        };
        self.text(text);
        action
    }

    /// Takes up the customer's mood first, but not twice in a row.
    fn soothe(&mut self, case: &Case<'_>) -> bool {
        let text = match case.reading.mood {
            EmotionLabel::Angry => Text::SootheAngry,
            EmotionLabel::Worried => Text::SootheWorried,
            EmotionLabel::Disappointed => Text::SootheDisappointed,
            EmotionLabel::Neutral | EmotionLabel::Positive | EmotionLabel::Confused => {
                return false;
            }
        };
        if case.said(text.id()) {
            return false;
        }
        self.text(text);
        true
    }

    fn clarify(&mut self, case: &Case<'_>) -> Action {
        let options: Vec<IntentId> =
            case.reading.wishes.iter().take(2).map(|wish| wish.id.clone()).collect();
        self.text(Text::Clarify);
        self.buttons.extend(options.iter().cloned().map(Payload::Clarify));
        self.buttons.push(Payload::Human);
        self.pending = Some(Pending::Clarify { options });
        Action::Clarify
    }

    /// Asks for what is needed, after the answers that need nothing.
    fn collect(&mut self, case: &Case<'_>, again: bool) -> Action {
        let Some((need, wish)) = case.lacking() else { return Action::Silent };
        self.asked = wish.carried_out_by_people();
        let times = match case.reading.resolution {
            Resolution::Missed(missed, times) if missed == need => times.saturating_add(1),
            _ => 1,
        };
        if !again {
            self.soothe(case);
            let ready = case
                .answers()
                .filter(|wish| case.reading.lacks(wish).is_none() && !wish.carried_out_by_people());
            self.answers(ready.take(ANSWERS - 1));
        }
        self.text(match (need, again) {
            (Need::OrderNumber, false) => Text::CollectOrderNumber,
            (Need::OrderNumber, true) => Text::CollectAgain,
            (Need::Country, _) => Text::CollectCountry,
            (Need::Photo, _) => Text::CollectPhoto,
            (Need::WhatHappened, _) => Text::CollectWhatHappened,
        });
        if again {
            self.buttons.push(Payload::Human);
        }
        let said = |wish: &&Wish<'_>| !self.say.contains(&Part::Answer(wish.id.clone()));
        let wishes = case.reading.wishes.iter().filter(said).map(|wish| wish.id.clone()).collect();
        self.pending = Some(Pending::Collect { need, wishes, times });
        Action::Collect
    }

    fn answer(&mut self, case: &Case<'_>) -> Action {
        self.soothe(case);
        self.answers(case.answers().take(ANSWERS));
        let rest = case.answers().skip(ANSWERS);
        self.buttons.extend(rest.map(|wish| Payload::Intent(wish.id.clone())));
        Action::Answer
    }

    fn small_talk(&mut self, case: &Case<'_>) -> Action {
        let Some(id) = &case.reading.small_talk else { return Action::Silent };
        // "Yes" and "no" to nothing: thanks are taken, and help is offered.
        let id = if id.as_str() == AFFIRM { IntentId::new(THANKS) } else { id.clone() };
        let has_answer = case.policy.intents.get(&id).is_some_and(|rule| rule.answerable);
        let greets = id.as_str() == GREETING && !case.said(Text::Greeting.id());
        let part = if id.as_str() == DENY || greets || !has_answer || case.said(id.as_str()) {
            Part::Text(Text::Greeting)
        } else {
            Part::Answer(id.clone())
        };
        if id.as_str() == DENY {
            self.buttons.push(Payload::Human);
        }
        self.say.push(part);
        Action::Answer
    }

    fn hand_over(&mut self, case: &Case<'_>, rule: Rule, handoff: Option<&Handoff>) -> Action {
        // Law, safety and fraud get neutral words, whatever the mood.
        let risk = case.reading.wishes.iter().any(|wish| {
            wish.severity() == Severity::Red
                && (wish.tier() >= 3 || wish.rule.is_some_and(|rule| rule.handoff))
        });
        if risk {
            self.text(Text::AcknowledgeRisk);
        } else if !self.soothe(case) {
            self.text(Text::AcknowledgeNeutral);
        }
        self.text(Text::Handoff);
        if let Some(handoff) = handoff {
            self.tell_wait(handoff);
        }
        // Whoever asks again and again has had the answer.
        if rule != Rule::Repeated {
            self.answers(case.answers().take(ANSWERS_WITH_HANDOFF));
        }
        // Where law or safety is touched a person speaks of ways out, not the bot.
        let progress = handoff.and_then(|handoff| handoff.playbook.as_ref()).filter(|_| !risk);
        let playbook = progress.and_then(|it| case.policy.book.playbooks.get(&it.playbook));
        if let Some(playbook) = playbook {
            self.text(Text::Options);
            let prefers = case.customer.prefers.as_deref();
            let options = playbook.options(prefers).into_iter().map(str::to_owned);
            self.buttons.extend(options.map(Payload::Option));
        }
        Action::Handoff
    }

    /// Says honestly when somebody comes.
    fn tell_wait(&mut self, handoff: &Handoff) {
        if handoff.translator {
            self.text(Text::Translator);
        }
        match handoff.route {
            _ if handoff.next_opening.is_some() => self.text(Text::OutOfHours),
            Route::Queue { .. } => self.text(Text::QueuePlace),
            Route::Nobody => self.text(Text::QueueNobody),
            Route::To(_) | Route::Open => {}
        }
    }

    /// What the bot knows after this turn; announces itself where it has not yet.
    fn remember(&mut self, case: &Case<'_>) -> Memory {
        let before = &case.conversation.memory;
        let reading = &case.reading;
        let mut memory = before.clone();
        if !self.say.is_empty() {
            if !before.disclosed {
                self.say.insert(0, Part::Text(Text::Disclosure));
                memory.disclosed = true;
            }
            memory.said = self.say.iter().map(|part| self.key(part, case)).collect();
            memory.offered.clear();
        }
        let language = case.input.analysis.language.tag.as_ref();
        // A label that the bot wrote says nothing of the customer's language.
        if language != "und" && !reading.pressed {
            memory.language = Some(language.to_owned());
        }
        memory.order.clone_from(&reading.order);
        memory.country.clone_from(&reading.remembered_country);
        memory.pending = self.pending.take();
        memory.ledger.clone_from(&reading.ledger);
        memory.anger = before.anger.max(reading.level);
        memory.questions = before.questions.saturating_add(u8::from(self.asked));
        memory.vip |= case.customer.vip;
        memory.order_value_cents = before.order_value_cents.max(case.customer.order_value_cents);
        if let Some(need) = reading.settled {
            let seq = case.conversation.messages.saturating_add(1);
            memory.collected.push(Collected { need, seq });
        }
        if case.conversation.owner != Owner::Bot {
            memory.failures = 0;
            memory.reassured = true;
            return memory;
        }
        memory.failures = if reading.failed { before.failures.saturating_add(1) } else { 0 };
        memory.reassured = false;
        self.remember_questions(&mut memory, case);
        memory
    }

    fn key(&self, part: &Part, case: &Case<'_>) -> String {
        let wish = case.reading.wishes.iter().find(|wish| match part {
            Part::Answer(id) => wish.id == *id,
            Part::Text(_) => false,
        });
        wish.map_or_else(|| part.id().to_owned(), |wish| case.reading.question(wish).key())
    }

    fn remember_questions(&self, memory: &mut Memory, case: &Case<'_>) {
        let window = case.policy.thresholds.repeat_window;
        memory.asked.retain(|asked| lately(asked.last, case.now, window));
        for wish in case.reading.wishes.iter().filter(|wish| wish.restated) {
            // What is only offered as a button has not been seen to yet.
            if self.buttons.contains(&Payload::Intent(wish.id.clone())) {
                continue;
            }
            let question = case.reading.question(wish);
            let place = memory.asked.iter().position(|asked| asked.question == question);
            let times = place.map_or(0, |place| memory.asked.remove(place).times);
            memory.asked.push(Asked { question, times: times.saturating_add(1), last: case.now });
        }
        let excess = memory.asked.len().saturating_sub(REMEMBERED);
        memory.asked.drain(..excess);
    }
}

/// What people take the conversation as, this message included.
fn handoff(case: &Case<'_>, rule: Rule) -> Handoff {
    let (reading, policy, now) = (&case.reading, case.policy, case.now);
    let past = case.conversation.past.as_ref().filter(|_| rule == Rule::Rated);
    let ticket = case.conversation.ticket.as_ref().or(past);
    let mut severity = reading.severity.max(ticket.map_or(Severity::Blue, |t| t.severity));
    let mut tier = reading.tier.max(ticket.map_or(1, |ticket| ticket.tier));
    if past.is_some() {
        // What a person settled badly is for the lead.
        tier = 3;
        severity = severity.max(Severity::Yellow);
    }
    let memory = &case.conversation.memory;
    let vip = memory.vip || case.customer.vip;
    let worth = memory.order_value_cents.max(case.customer.order_value_cents);
    let language = Some(&*case.input.analysis.language.tag).filter(|tag| *tag != "und");
    let need = floor::Need { tier, language: language.or(memory.language.as_deref()), vip };
    let taken = case.conversation.ticket.is_some();
    let Routed { route, translator } = if taken {
        Routed { route: Route::Open, translator: false }
    } else {
        case.floor.route(&need, &policy.book, now)
    };
    let answered = case.conversation.ticket.as_ref().and_then(|t| t.first_response_at).is_some();
    let hours = policy.hours_of(tier);
    let due_at = match answered {
        true => policy.next_due(severity, tier, now),
        false => policy.due(severity, tier, now),
    };
    let open = case.conversation.ticket.as_ref();
    let translator = translator || open.is_some_and(|ticket| ticket.translated);
    let due_at = policy.translated(due_at, tier, translator);
    // A promise that was made is never put off, and a graver matter brings it forward.
    let answer = match open.and_then(|ticket| ticket.answer) {
        Some(before) if before.breached || before.due_at <= due_at => before,
        _ => policy.deadline(now, due_at, tier),
    };
    let resolution = match open.and_then(|ticket| ticket.resolution) {
        Some(before) => before.resume(now, policy.book.warn_percent, hours),
        None => policy.resolution(severity, tier, now),
    };
    let mut intents = ticket.map_or_else(Vec::new, |ticket| ticket.intents.clone());
    let person = reading.person.then(|| IntentId::new(HUMAN));
    for id in reading.wishes.iter().map(|wish| &wish.id).chain(&person) {
        if !intents.contains(id) {
            intents.push(id.clone());
        }
    }
    let playbook = match ticket.and_then(|ticket| ticket.playbook.clone()) {
        Some(progress) => Some(progress),
        None => policy.book.playbook_of(intents.iter().map(IntentId::as_str)).map(|playbook| {
            let first = playbook.stages.first();
            Progress {
                playbook: playbook.id.clone(),
                stage: first.map_or_else(String::new, |stage| stage.id.clone()),
                choice: None,
            }
        }),
    };
    Handoff {
        severity,
        tier,
        answer,
        resolution,
        alarm_at: open
            .filter(|ticket| ticket.state != TicketState::Waiting)
            .and_then(|ticket| ticket.alarm_at)
            .unwrap_or_else(|| hours.end_of_day(now)),
        next_opening: (!hours.is_open(now)).then(|| hours.next_opening(now)),
        intents,
        team: policy.book.team(tier).map(|team| team.id.clone()),
        route,
        translator,
        priority: priority(severity, vip, worth >= policy.book.order_value_cents, reading.level),
        playbook,
    }
}

/// Severity before all, then the customer, the order's worth, the mood.
fn priority(severity: Severity, vip: bool, worth: bool, anger: u8) -> u16 {
    let severity = match severity {
        Severity::Blue => 0,
        Severity::Yellow => 100,
        Severity::Red => 200,
    };
    severity + 40 * u16::from(vip) + 20 * u16::from(worth) + 5 * u16::from(anger.min(3))
}
