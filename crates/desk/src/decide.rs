//! The table of rules.

use intent::{IntentId, Severity};
use jiff::{SignedDuration, Timestamp};

use crate::compose::compose;
use crate::conversation::{Conversation, Customer, Need, Owner, Pending};
use crate::decision::{Decision, Input, Rule};
use crate::floor::Floor;
use crate::payload::Payload;
use crate::policy::Policy;
use crate::reading::{GREETING, Reading, Resolution, Wish};
use crate::survey::Rating;
use crate::ticket::FollowUp;

#[cfg(test)]
mod tests;

/// How many answers go into one reply.
pub(crate) const ANSWERS: usize = 2;
/// From which level of anger on a person takes over.
const ANGRY: u8 = 2;
/// How many questions are asked before people take over.
const QUESTIONS: u8 = 2;
/// How often the same thing is asked for.
const ASKED_AT_MOST: u8 = 2;

/// Everything a rule may look at.
#[derive(Debug)]
pub(crate) struct Case<'a> {
    pub(crate) input: Input<'a>,
    pub(crate) conversation: &'a Conversation,
    pub(crate) customer: &'a Customer,
    pub(crate) policy: &'a Policy,
    pub(crate) floor: &'a Floor,
    pub(crate) now: Timestamp,
    pub(crate) reading: Reading<'a>,
}

/// Why a rule applies, in a sentence with the numbers; none when it does not.
type Why = Option<String>;
type Check = fn(&Case<'_>) -> Why;

/// The rules in order: the first that applies decides.
const TABLE: [(Rule, Check); 21] = [
    (Rule::Rated, rated),
    (Rule::Chosen, chosen),
    (Rule::PersonOwns, person_owns),
    (Rule::Waiting, waiting),
    (Rule::WaitingSilent, waiting_silent),
    (Rule::PersonAsked, person_asked),
    (Rule::RedIntent, red_intent),
    (Rule::HandoffIntent, handoff_intent),
    (Rule::Angry, angry),
    (Rule::Repeated, repeated),
    (Rule::NotUnderstood, not_understood),
    (Rule::NoAnswer, no_answer),
    (Rule::Clarify, clarify),
    (Rule::Collect, collect),
    (Rule::CollectAgain, collect_again),
    (Rule::Request, request),
    (Rule::AlreadyAnswered, already_answered),
    (Rule::Answer, answer),
    (Rule::SmallTalkAgain, small_talk_again),
    (Rule::SmallTalk, small_talk),
    (Rule::Fallback, fallback),
];

/// Decides what to do with a message. Total: every message gets a decision.
///
/// `floor` matters to a hand-over alone: a caller may decide without anybody on it first,
/// and again with everybody when the decision hands over.
pub fn decide(
    input: &Input<'_>,
    conversation: &Conversation,
    customer: &Customer,
    policy: &Policy,
    floor: &Floor,
    now: Timestamp,
) -> Decision {
    let reading = Reading::of(input, conversation, customer, policy, now);
    let case = Case { input: *input, conversation, customer, policy, floor, now, reading };
    let mut applies = TABLE.iter().filter_map(|&(rule, check)| Some((rule, check(&case)?)));
    // The last rule always applies.
    let (rule, mut why) = applies.next().unwrap_or((Rule::Fallback, String::new()));
    if rule.hands_over() {
        // People see every reason, not only the first.
        for (_, also) in applies.filter(|(rule, _)| rule.hands_over()) {
            why.push_str("; ");
            why.push_str(&also);
        }
    }
    compose(&case, rule, why)
}

impl Rule {
    /// Whether it makes the bot hand the conversation to people.
    #[must_use]
    pub fn hands_over(self) -> bool {
        matches!(
            self,
            Self::PersonAsked
                | Self::RedIntent
                | Self::HandoffIntent
                | Self::Angry
                | Self::Repeated
                | Self::NotUnderstood
                | Self::NoAnswer
                | Self::Request
        )
    }
}

fn rated(case: &Case<'_>) -> Why {
    let rating = case.mark()?;
    let most = case.policy.book.surveys.of(rating.survey()).and_then(|terms| terms.reopen_at_most);
    let most = most.map_or_else(|| "no mark".to_owned(), |most| format!("up to {most}"));
    Some(format!("a mark of {rating} ({most} opens the ticket again)"))
}

fn chosen(case: &Case<'_>) -> Why {
    let choice = case.choice()?;
    Some(format!("the customer chooses {choice}"))
}

fn person_owns(case: &Case<'_>) -> Why {
    matches!(case.conversation.owner, Owner::Agent(_))
        .then(|| "a person answers this conversation".to_owned())
}

fn waiting(case: &Case<'_>) -> Why {
    (case.conversation.owner == Owner::Queue && !case.conversation.memory.reassured)
        .then(|| "a person is on the way; said once more".to_owned())
}

fn waiting_silent(case: &Case<'_>) -> Why {
    (case.conversation.owner == Owner::Queue)
        .then(|| "a person is on the way; the customer was told twice".to_owned())
}

fn person_asked(case: &Case<'_>) -> Why {
    case.reading.person.then(|| "the customer asks for a person".to_owned())
}

fn red_intent(case: &Case<'_>) -> Why {
    let red = case.reading.wishes.iter().find(|wish| wish.severity() == Severity::Red)?;
    let minutes = case.policy.red.within.as_mins();
    Some(format!("{} is red (answered within {minutes} minutes){}", red.id, sureness(red)))
}

fn handoff_intent(case: &Case<'_>) -> Why {
    let wish = handed_over(case)?;
    Some(format!("{} is always handed to people{}", wish.id, sureness(wish)))
}

fn handed_over<'a>(case: &'a Case<'_>) -> Option<&'a Wish<'a>> {
    case.reading.wishes.iter().find(|wish| wish.rule.is_some_and(|rule| rule.handoff))
}

fn angry(case: &Case<'_>) -> Why {
    let level = case.reading.level;
    (level >= ANGRY).then(|| format!("anger is at level {level} of 3 ({ANGRY} hands over)"))
}

fn repeated(case: &Case<'_>) -> Why {
    let limit = case.policy.thresholds.repeats;
    let hours = case.policy.thresholds.repeat_window.as_hours();
    case.reading.wishes.iter().filter(|wish| wish.restated).find_map(|wish| {
        let times = case.times_asked(wish) + 1;
        (times >= limit).then(|| {
            format!("{} was asked {times} times within {hours} hours ({limit} hand over)", wish.id)
        })
    })
}

fn not_understood(case: &Case<'_>) -> Why {
    let limit = case.policy.thresholds.failures;
    let failures = case.conversation.memory.failures.saturating_add(1);
    (case.reading.failed && failures >= limit)
        .then(|| format!("{failures} messages in a row were not understood ({limit} hand over)"))
}

fn no_answer(case: &Case<'_>) -> Why {
    let wish = case.reading.wishes.iter().find(|wish| !wish.answerable())?;
    Some(format!("{} has no answer{}", wish.id, sureness(wish)))
}

/// Two readings of the same words. Two wishes in different words are both seen to.
fn clarify(case: &Case<'_>) -> Why {
    let thresholds = case.policy.thresholds;
    let asked = matches!(case.conversation.memory.pending, Some(Pending::Clarify { .. }));
    let [first, second, ..] = case.reading.wishes.as_slice() else { return None };
    let (one, two) = (first.found?, second.found?);
    let (sure, less) = (one.confidence.permille(), two.confidence.permille());
    let apart = sure.abs_diff(less);
    let same_words =
        one.spans.iter().any(|a| two.spans.iter().any(|b| a.start < b.end && b.start < a.end));
    let close = sure.max(less) < thresholds.sure && apart <= thresholds.margin;
    (same_words && close && !asked).then(|| {
        format!(
            "the same words say {} ({}) and {} ({}): {} apart, up to {} is asked back",
            first.id,
            fraction(sure),
            second.id,
            fraction(less),
            fraction(apart),
            fraction(thresholds.margin),
        )
    })
}

fn collect(case: &Case<'_>) -> Why {
    let (need, wish) = case.lacking()?;
    let missed = matches!(case.reading.resolution, Resolution::Missed(missed, _) if missed == need);
    (!missed).then(|| format!("{} needs the {}", wish.id, need.in_words()))
}

fn collect_again(case: &Case<'_>) -> Why {
    let (need, wish) = case.lacking()?;
    let Resolution::Missed(missed, times) = case.reading.resolution else { return None };
    let again = missed == need && times < need.asked_at_most();
    again.then(|| {
        let times = times + 1;
        let most = need.asked_at_most();
        format!("{} needs the {}; asked {times} of {most} times", wish.id, need.in_words())
    })
}

fn request(case: &Case<'_>) -> Why {
    let wish = case.reading.wishes.iter().find(|wish| wish.carried_out_by_people())?;
    let number =
        if case.reading.order.is_some() { "order number known" } else { "no order number" };
    Some(format!("a person carries out {} ({number})", wish.id))
}

fn already_answered(case: &Case<'_>) -> Why {
    let again = !case.reading.wishes.is_empty() && case.answers().next().is_none();
    again.then(|| {
        let ids: Vec<&str> = case.reading.wishes.iter().map(|wish| wish.id.as_str()).collect();
        format!("{} was answered just before", ids.join(" and "))
    })
}

fn answer(case: &Case<'_>) -> Why {
    let answers: Vec<String> =
        case.answers().take(ANSWERS).map(|wish| format!("{}{}", wish.id, sureness(wish))).collect();
    (!answers.is_empty()).then(|| format!("known: {}", answers.join(" and ")))
}

fn small_talk_again(case: &Case<'_>) -> Why {
    let small_talk = case.reading.small_talk.as_ref()?;
    let again = small_talk.as_str() != GREETING && case.said(small_talk.as_str());
    again.then(|| format!("{small_talk} was replied to just before"))
}

fn small_talk(case: &Case<'_>) -> Why {
    case.reading.small_talk.as_ref().map(|id| format!("{id} alone"))
}

fn fallback(case: &Case<'_>) -> Why {
    let limit = case.policy.thresholds.failures;
    let failures = case.conversation.memory.failures.saturating_add(1);
    Some(format!("nothing reaches the bar: {failures} in a row ({limit} hand over)"))
}

impl Case<'_> {
    /// How often this was asked before, lately.
    fn times_asked(&self, wish: &Wish<'_>) -> u8 {
        let question = self.reading.question(wish);
        let window = self.policy.thresholds.repeat_window;
        self.conversation
            .memory
            .asked
            .iter()
            .find(|asked| asked.question == question && lately(asked.last, self.now, window))
            .map_or(0, |asked| asked.times)
    }

    /// What is needed first, and the surest wish that needs it.
    pub(crate) fn lacking(&self) -> Option<(Need, &Wish<'_>)> {
        let asked = self.conversation.memory.questions;
        let (need, wish) = self
            .reading
            .wishes
            .iter()
            .take(ANSWERS)
            .filter(|wish| asked < QUESTIONS || !wish.carried_out_by_people())
            .find_map(|wish| Some((self.reading.lacks(wish)?, wish)))?;
        // Asked often enough, the wish is seen to without it.
        let exhausted = matches!(self.reading.resolution,
            Resolution::Missed(missed, times) if missed == need && times >= need.asked_at_most());
        (!exhausted).then_some((need, wish))
    }

    /// The wishes with answers that were not just given.
    pub(crate) fn answers(&self) -> impl Iterator<Item = &Wish<'_>> {
        self.reading
            .wishes
            .iter()
            .filter(|wish| wish.answerable() && !self.said(&self.reading.question(wish).key()))
    }

    /// The mark of a customer who was asked for one, on the scale that was asked for.
    pub(crate) fn mark(&self) -> Option<Rating> {
        let past = self.conversation.past.as_ref()?;
        let FollowUp::Asked(survey, _) = past.follow_up else { return None };
        match self.reading.payload {
            Some(Payload::Mark(rating)) if self.conversation.ticket.is_none() => {
                Some(rating).filter(|rating| rating.survey() == survey)
            }
            _ => None,
        }
    }

    /// The same where it opens the ticket again.
    pub(crate) fn low_mark(&self) -> Option<Rating> {
        self.mark().filter(|rating| self.policy.book.surveys.reopens(*rating))
    }

    /// The way out of the ticket's dispute that the customer chooses.
    pub(crate) fn choice(&self) -> Option<&str> {
        let progress = self.conversation.ticket.as_ref()?.playbook.as_ref()?;
        let playbook = self.policy.book.playbooks.get(&progress.playbook)?;
        match &self.reading.payload {
            Some(Payload::Option(id)) if playbook.options.contains(id) => Some(id),
            _ => None,
        }
    }

    /// Whether it can be offered as a topic: nobody is offered a threat of law.
    pub(crate) fn is_topic(&self, id: &IntentId) -> bool {
        let rule = self.policy.intents.get(id);
        id.domain() != "chat" && rule.is_some_and(|rule| rule.answerable && !rule.handoff)
    }

    /// Whether this was part of the last reply.
    pub(crate) fn said(&self, key: &str) -> bool {
        self.conversation.memory.said.iter().any(|said| said == key)
    }
}

impl Need {
    fn in_words(self) -> &'static str {
        match self {
            Self::OrderNumber => "order number",
            Self::Country => "country",
            Self::Photo => "photo",
            Self::WhatHappened => "customer's own account",
        }
    }

    /// A number can be mistyped; whoever does not name a country is answered in general.
    fn asked_at_most(self) -> u8 {
        match self {
            Self::OrderNumber => ASKED_AT_MOST,
            Self::Country | Self::Photo | Self::WhatHappened => 1,
        }
    }
}

pub(crate) fn lately(last: Timestamp, now: Timestamp, window: SignedDuration) -> bool {
    now.duration_since(last) < window
}

fn sureness(wish: &Wish<'_>) -> String {
    wish.found.map_or_else(String::new, |found| {
        format!(", confidence {}", fraction(found.confidence.permille()))
    })
}

/// Thousandths as a decimal fraction.
fn fraction(permille: u16) -> String {
    format!("{}.{:03}", permille / 1000, permille % 1000)
}
