//! What a message means in its conversation: the analysis, the button pressed, and the
//! question of ours that it may answer.

mod typed;

use intent::{Analysis, EmotionLabel, EntityKind, IntentId, IntentMatch, Severity};
use jiff::Timestamp;

use crate::conversation::{Asked, Conversation, Customer, Need, Pending, Question};
use crate::decision::Input;
use crate::ledger::{self, Cause, Mark};
use crate::payload::Payload;
use crate::policy::{IntentRule, Policy, Then};

pub(crate) const AFFIRM: &str = "chat.affirm";
pub(crate) const DENY: &str = "chat.deny";
pub(crate) const GREETING: &str = "chat.greeting";
pub(crate) const THANKS: &str = "chat.thanks";
pub(crate) const HUMAN: &str = "service.human";
/// A question like any other, in a domain of small talk.
const BOT_IDENTITY: &str = "chat.bot_identity";

/// One thing that the customer wants.
#[derive(Clone, Debug)]
pub(crate) struct Wish<'a> {
    pub(crate) id: IntentId,
    /// What the policy says of it; none for an intent the policy does not know.
    pub(crate) rule: Option<&'a IntentRule>,
    /// What the analyzer found; none for a button or a wish of an earlier message.
    pub(crate) found: Option<&'a IntentMatch>,
    /// Said again by the customer, rather than gone on with by us.
    pub(crate) restated: bool,
}

impl<'a> Wish<'a> {
    fn new(id: &IntentId, policy: &'a Policy) -> Self {
        Self { id: id.clone(), rule: policy.intents.get(id), found: None, restated: false }
    }

    pub(crate) fn answerable(&self) -> bool {
        self.rule.is_some_and(|rule| rule.answerable)
    }

    pub(crate) fn severity(&self) -> Severity {
        self.rule.map_or(Severity::Yellow, |rule| rule.severity)
    }

    pub(crate) fn tier(&self) -> u8 {
        self.rule.map_or(1, |rule| rule.tier)
    }

    pub(crate) fn carried_out_by_people(&self) -> bool {
        self.rule.is_some_and(|rule| rule.then == Then::Handoff)
    }

    fn needs(&self, need: Need) -> bool {
        self.rule.is_some_and(|rule| rule.needs.contains(&need))
    }
}

/// How a message answers what the bot asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// Nothing was asked, or the customer speaks of something else.
    None,
    /// It does.
    Answered,
    /// The customer does not have what was asked for.
    Declined(Need),
    /// It does not, and this was asked so often.
    Missed(Need, u8),
}

/// A message as the rules see it.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    /// What the customer wants, the surest first; no small talk.
    pub(crate) wishes: Vec<Wish<'a>>,
    /// Small talk, where nothing else is wanted.
    pub(crate) small_talk: Option<IntentId>,
    /// A person is asked for.
    pub(crate) person: bool,
    /// How it answers what the bot asked.
    pub(crate) resolution: Resolution,
    /// Nothing in it was understood.
    pub(crate) failed: bool,
    /// The order last named, in this message or before.
    pub(crate) order: Option<String>,
    /// The country known to matter: named in this message or before, else the customer's.
    pub(crate) country: Option<String>,
    /// The country to remember.
    pub(crate) remembered_country: Option<String>,
    pub(crate) mood: EmotionLabel,
    pub(crate) level: u8,
    /// How soon a person would have to see to it.
    pub(crate) severity: Severity,
    /// Which tier would have to see to it.
    pub(crate) tier: u8,
    /// A button was pressed, or its label typed.
    pub(crate) pressed: bool,
    /// Which.
    pub(crate) payload: Option<Payload>,
    /// What was asked for and is now given, or will not be.
    pub(crate) settled: Option<Need>,
    /// What made the matter graver until now, this message included.
    pub(crate) ledger: Vec<Mark>,
    collected: Vec<Need>,
    products: Vec<String>,
    named_order: bool,
    named_country: bool,
}

impl<'a> Reading<'a> {
    pub(crate) fn of(
        input: &Input<'a>,
        conversation: &Conversation,
        customer: &Customer,
        policy: &'a Policy,
        now: Timestamp,
    ) -> Self {
        let memory = &conversation.memory;
        let analysis = input.analysis;
        let payload = (input.payload.cloned())
            .or_else(|| typed::label(input.text, conversation))
            .or_else(|| typed::mark(input.text, conversation))
            .filter(|payload| payload.intent().is_none_or(|id| policy.intents.contains_key(id)));

        let entity = |kind| analysis.entity(kind).map(|entity| entity.value.clone());
        let (order, country) = (entity(EntityKind::OrderNumber), entity(EntityKind::Country));
        let products: Vec<String> = (analysis.entities.iter())
            .filter(|entity| entity.kind == EntityKind::Product)
            .map(|entity| entity.value.clone())
            .collect();

        let mut reading = Self {
            wishes: Vec::new(),
            small_talk: None,
            person: false,
            resolution: Resolution::None,
            failed: false,
            named_order: order.is_some(),
            named_country: country.is_some(),
            order: order.or_else(|| memory.order.clone()),
            country: None,
            remembered_country: memory.country.clone().or_else(|| customer.country.clone()),
            mood: analysis.emotion.label,
            level: analysis.emotion.level,
            severity: Severity::default(),
            tier: 1,
            pressed: payload.is_some(),
            payload: payload.clone(),
            settled: None,
            ledger: memory.ledger.clone(),
            collected: memory.collected.iter().map(|collected| collected.need).collect(),
            products,
        };
        match &payload {
            Some(payload) => reading.take_payload(payload, policy),
            None => reading.take_analysis(analysis, policy),
        }
        reading.resolve(analysis, memory.pending.as_ref(), policy);
        reading.follow_up(memory.asked.last().map(|asked| &asked.question.intent), policy);
        if reading.named_country && reading.country_is_where_goods_go() {
            reading.remembered_country = country.clone();
        }
        reading.country = country.or_else(|| reading.remembered_country.clone());
        reading.failed = reading.failed
            || (reading.wishes.is_empty() && reading.small_talk.is_none() && !reading.person);
        reading.judge(conversation, policy, now);
        reading.weigh(analysis, payload.is_none(), policy);
        reading
    }

    fn take_payload(&mut self, payload: &Payload, policy: &'a Policy) {
        match payload {
            Payload::Intent(id) | Payload::Clarify(id) => self.wish_for(id, policy),
            Payload::Human => self.person = true,
            Payload::Yes => self.small_talk = Some(IntentId::new(AFFIRM)),
            Payload::No => self.small_talk = Some(IntentId::new(DENY)),
            // What else they mean depends on the ticket; on their own they are thanks.
            Payload::Option(_) | Payload::Mark(_) => {
                self.small_talk = Some(IntentId::new(THANKS));
            }
        }
    }

    fn take_analysis(&mut self, analysis: &'a Analysis, policy: &'a Policy) {
        for found in analysis.wishes() {
            match found.id.domain() {
                "none" => {}
                "chat" if found.id.as_str() != BOT_IDENTITY => {
                    self.small_talk.get_or_insert_with(|| found.id.clone());
                }
                _ => {
                    self.wish_for(&found.id, policy);
                    if let Some(wish) = self.wishes.last_mut().filter(|wish| wish.id == found.id) {
                        wish.found = Some(found);
                    }
                }
            }
        }
        // "Hello, where is my parcel" wants the parcel.
        if !self.wishes.is_empty() || self.person {
            self.small_talk = None;
        }
    }

    /// Adds what the customer says now.
    fn wish_for(&mut self, id: &IntentId, policy: &'a Policy) {
        if id.as_str() == HUMAN {
            self.person = true;
        } else if !self.wants(id) {
            self.wishes.push(Wish { restated: true, ..Wish::new(id, policy) });
        }
    }

    fn wants(&self, id: &IntentId) -> bool {
        self.wishes.iter().any(|wish| wish.id == *id)
    }

    fn says(&self, id: &str) -> bool {
        self.small_talk.as_ref().is_some_and(|small_talk| small_talk.as_str() == id)
    }

    /// Takes the message as the answer to what the bot asked, where it can be one.
    fn resolve(&mut self, analysis: &Analysis, pending: Option<&Pending>, policy: &'a Policy) {
        if self.person {
            return;
        }
        match pending {
            Some(Pending::Person) if self.says(AFFIRM) => {
                self.person = true;
                self.small_talk = None;
                self.resolution = Resolution::Answered;
            }
            None | Some(Pending::Person) => {}
            Some(Pending::Clarify { options }) => self.resolve_clarify(options, policy),
            Some(Pending::Collect { need, wishes, times }) => {
                self.resolve_collect(analysis, *need, wishes, *times, policy);
            }
        }
    }

    fn resolve_clarify(&mut self, options: &[IntentId], policy: &'a Policy) {
        if self.wishes.iter().any(|wish| options.contains(&wish.id)) {
            self.wishes.retain(|wish| options.contains(&wish.id));
            self.wishes.truncate(1);
            self.resolution = Resolution::Answered;
        } else if !self.wishes.is_empty() {
            // Something else is wanted.
        } else if self.says(DENY) {
            self.small_talk = None;
            self.failed = true;
        } else if self.says(AFFIRM) || self.named_order || self.named_country {
            self.small_talk = None;
            // "Yes" to a choice of two means the one named first, which is the likelier.
            self.wishes.extend(options.first().map(|id| Wish::new(id, policy)));
            self.resolution = Resolution::Answered;
        }
    }

    fn resolve_collect(
        &mut self,
        analysis: &Analysis,
        need: Need,
        wishes: &[IntentId],
        times: u8,
        policy: &'a Policy,
    ) {
        let given = match need {
            Need::OrderNumber => self.named_order,
            Need::Country => self.named_country,
            // Whatever comes next is the answer: an account of what happened names much.
            Need::Photo | Need::WhatHappened => {
                !self.says(DENY)
                    && self.small_talk.as_ref().is_none_or(|said| said.as_str() == AFFIRM)
            }
        };
        // People find an order by these as well.
        let instead = need == Need::OrderNumber
            && [EntityKind::TrackingNumber, EntityKind::Email, EntityKind::Phone]
                .into_iter()
                .any(|kind| analysis.entity(kind).is_some());
        let same = wishes.iter().any(|id| self.wants(id));
        let ends = self
            .small_talk
            .as_ref()
            .is_some_and(|small_talk| ![AFFIRM, DENY, GREETING].contains(&small_talk.as_str()));
        self.resolution = if given {
            Resolution::Answered
        } else if self.says(DENY) || instead {
            Resolution::Declined(need)
        } else if ends || !(self.wishes.is_empty() || same) {
            return;
        } else {
            self.failed = self.wishes.is_empty() && self.small_talk.is_none();
            Resolution::Missed(need, times)
        };
        if self.resolution != Resolution::Missed(need, times) {
            self.settled = Some(need);
        }
        self.small_talk = None;
        let said_now = std::mem::take(&mut self.wishes);
        self.wishes.extend(wishes.iter().map(|id| Wish::new(id, policy)));
        for wish in said_now {
            match self.wishes.iter_mut().find(|asked| asked.id == wish.id) {
                Some(asked) => *asked = wish,
                None => self.wishes.push(wish),
            }
        }
    }

    /// "And to Japan?": a country or order number alone asks the last question anew.
    fn follow_up(&mut self, last: Option<&IntentId>, policy: &'a Policy) {
        let alone = self.wishes.is_empty() && self.small_talk.is_none() && !self.person;
        let (true, Some(last)) = (alone && !self.failed, last) else { return };
        let wish = Wish::new(last, policy);
        let of_an_order =
            matches!(last.domain(), "tracking" | "order" | "returns" | "refund" | "item");
        if self.named_order && of_an_order || self.named_country && wish.needs(Need::Country) {
            self.wishes.push(Wish { restated: true, ..wish });
            self.resolution = Resolution::Answered;
        }
    }

    /// "Made in China" does not say where the parcel shall go.
    fn country_is_where_goods_go(&self) -> bool {
        self.wishes.is_empty()
            || self.wishes.iter().any(|wish| !matches!(wish.id.domain(), "product" | "promo"))
    }

    fn weigh(&mut self, analysis: &Analysis, typed: bool, policy: &Policy) {
        let person = self.person.then(|| Wish::new(&IntentId::new(HUMAN), policy));
        let wishes = self.wishes.iter().chain(&person);
        self.severity = wishes.clone().map(Wish::severity).max().unwrap_or_default();
        self.tier = wishes.map(Wish::tier).max().unwrap_or(1);
        self.severity = self.severity.max(policy.book.weights.severity(&self.ledger));
        if self.level >= 3 {
            self.tier = self.tier.saturating_add(1);
        }
        if typed {
            self.severity = self.severity.max(analysis.severity);
            self.tier = self.tier.max(analysis.tier);
        }
        self.tier = self.tier.clamp(1, 3);
    }

    /// Whether this is known now.
    pub(crate) fn knows(&self, need: Need) -> bool {
        match need {
            Need::OrderNumber => self.order.is_some(),
            Need::Country => self.country.is_some(),
            Need::Photo | Need::WhatHappened => false,
        }
    }

    /// What a wish lacks, unless the customer declined to say it.
    pub(crate) fn lacks(&self, wish: &Wish<'_>) -> Option<Need> {
        let needs = wish.rule.map_or(&[][..], |rule| &rule.needs);
        needs.iter().copied().find(|&need| !self.knows(need) && !self.is_settled(need))
    }

    /// Whether it was asked for and will not be asked for again.
    fn is_settled(&self, need: Need) -> bool {
        self.settled == Some(need) || self.collected.contains(&need)
    }

    /// Adds to the ledger what this message adds to the matter's gravity.
    fn judge(&mut self, conversation: &Conversation, policy: &Policy, now: Timestamp) {
        let memory = &conversation.memory;
        let weights = &policy.book.weights;
        let mut mark = |cause, times: u16| {
            let points = weights.of(cause).saturating_mul(times);
            ledger::add(&mut self.ledger, Mark { cause, points, at: now });
        };
        let lately = |at| crate::decide::lately(at, now, policy.thresholds.repeat_window);
        let again = self.wishes.iter().filter(|wish| wish.restated).any(|wish| {
            let asked = |asked: &&Asked| asked.question.intent == wish.id && lately(asked.last);
            memory.asked.iter().any(|asked_before| asked(&asked_before))
        });
        if again {
            mark(Cause::Repeated, 1);
        }
        if self.failed {
            mark(Cause::Failed, 1);
        }
        if self.level > memory.anger {
            mark(Cause::Anger, u16::from(self.level - memory.anger));
        }
    }

    /// A wish with what it is about.
    pub(crate) fn question(&self, wish: &Wish<'_>) -> Question {
        let country = self.named_country || wish.needs(Need::Country);
        let order = self.named_order || wish.needs(Need::OrderNumber);
        let about = self.country.iter().filter(|_| country);
        let about = about.chain(self.order.iter().filter(|_| order)).chain(&self.products);
        Question { intent: wish.id.clone(), about: about.cloned().collect() }
    }
}
