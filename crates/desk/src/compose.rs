//! What a rule says and what is remembered of it.

use intent::{EmotionLabel, IntentId, Severity};

use crate::conversation::{Asked, Memory, Need, Owner, Pending};
use crate::decide::{ANSWERS, Case, lately};
use crate::decision::{Action, Decision, Handoff, Part, Rule, Text};
use crate::payload::Payload;
use crate::reading::{AFFIRM, DENY, GREETING, HUMAN, Resolution, THANKS, Wish};

/// How many questions are remembered.
const REMEMBERED: usize = 16;
/// How many answers go with a hand-over: the customer wants to read who comes and when.
const ANSWERS_WITH_HANDOFF: usize = 1;

/// Makes the decision of a rule.
pub(crate) fn compose(case: &Case<'_>, rule: Rule, why: String) -> Decision {
    let mut draft = Draft::default();
    let action = match rule {
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
        | Rule::Request => draft.hand_over(case, rule),
    };
    let memory = draft.remember(case);
    let handoff =
        (rule.hands_over() || case.conversation.owner != Owner::Bot).then(|| handoff(case));
    let fence = case.conversation.fence;
    let Draft { say, buttons, .. } = draft;
    Decision { action, rule, why, fence, say, buttons, handoff, memory }
}

#[derive(Default)]
struct Draft {
    say: Vec<Part>,
    buttons: Vec<Payload>,
    pending: Option<Pending>,
}

impl Draft {
    fn text(&mut self, text: Text) {
        self.say.push(Part::Text(text));
    }

    fn answers<'a>(&mut self, wishes: impl Iterator<Item = &'a Wish<'a>>) {
        self.say.extend(wishes.map(|wish| Part::Answer(wish.id.clone())));
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
        let Some((need, _)) = case.lacking() else { return Action::Silent };
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

    fn hand_over(&mut self, case: &Case<'_>, rule: Rule) -> Action {
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
        if !case.policy.hours.is_open(case.now) {
            self.text(Text::OutOfHours);
        }
        // Whoever asks again and again has had the answer.
        if rule != Rule::Repeated {
            self.answers(case.answers().take(ANSWERS_WITH_HANDOFF));
        }
        Action::Handoff
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
fn handoff(case: &Case<'_>) -> Handoff {
    let reading = &case.reading;
    let ticket = case.conversation.ticket.as_ref();
    let severity = ticket.map_or(reading.severity, |ticket| ticket.severity.max(reading.severity));
    let tier = ticket.map_or(reading.tier, |ticket| ticket.tier.max(reading.tier));
    let fresh = case.policy.due(severity, case.now);
    // A promise that was made is never put off, and a graver matter brings it forward.
    let due_at = ticket.and_then(|ticket| ticket.due_at).map_or(fresh, |due| due.min(fresh));
    let open = case.policy.hours.is_open(case.now);
    let mut intents = ticket.map_or_else(Vec::new, |ticket| ticket.intents.clone());
    let person = reading.person.then(|| IntentId::new(HUMAN));
    for id in reading.wishes.iter().map(|wish| &wish.id).chain(&person) {
        if !intents.contains(id) {
            intents.push(id.clone());
        }
    }
    Handoff {
        severity,
        tier,
        due_at,
        next_opening: (!open).then(|| case.policy.hours.next_opening(case.now)),
        intents,
    }
}
