//! A long week-end of the desk, told by the real state machine and store under a clock that
//! is set: five countries, three tiers, a breach, a broken promise, a VIP, a night, a
//! holiday, the end of summer time, and a conversation that goes bot, person, bot.

use std::collections::BTreeMap;
use std::fmt::Write;

use desk::{Author, ConversationId};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use store::{EventQuery, Record, Store};

use super::support::{ADMIN, Service};
use crate::packs::{PackFile, PackFiles};

/// Friday, 15:00 in Berlin, the day before the clocks go back.
const BEGINS: &str = "2026-10-23T13:00:00Z";

const HOURS: &str = r#"
[hours]
timezone = "Europe/Berlin"
monday = ["09:00-18:00"]
tuesday = ["09:00-18:00"]
wednesday = ["09:00-18:00"]
thursday = ["09:00-18:00"]
friday = ["09:00-12:00", "13:00-17:00"]
saturday = []
sunday = []
holidays = ["2026-10-26"]
"#;

const DESK: &str = r#"
[[team]]
id = "care"
tier = 1
[[team]]
id = "specialists"
tier = 2
[[team]]
id = "lead"
tier = 3
# The lead can be reached on Saturdays too.
hours = { timezone = "Europe/Berlin", monday = ["09:00-18:00"], tuesday = ["09:00-18:00"], wednesday = ["09:00-18:00"], thursday = ["09:00-18:00"], friday = ["09:00-17:00"], saturday = ["10:00-14:00"], holidays = ["2026-10-26"] }

[survey]
csat = { share = 1, reopen_at_most = 2 }

[compensation]
tier_1 = { blue = 5, yellow = 10, red = 15 }
tier_2 = { blue = 15, yellow = 30, red = 50 }
tier_3 = { blue = 50, yellow = 100, red = 100 }
apology = 10
"#;

fn packs() -> PackFiles {
    let mut packs = PackFiles::embedded();
    let file = |path: &str, text: &'static str| PackFile {
        path: path.to_owned(),
        bytes: text.as_bytes().into(),
        file: None,
    };
    packs.faq.push(file("shop.toml", HOURS));
    packs.desk.push(file("desk.toml", DESK));
    packs
}

/// The story so far.
struct Story {
    service: Service,
    told: String,
    conversations: Vec<&'static str>,
    /// By conversation: the messages and events that were told.
    seen: BTreeMap<&'static str, (u64, u64)>,
}

impl Story {
    /// Writes down what is new, by the shop's clock.
    async fn tell(&mut self) {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let mut lines = Vec::new();
        for name in self.conversations.clone() {
            let (seq, n) = self.seen.get(name).copied().unwrap_or_default();
            let id = ConversationId::new(name);
            let store = &self.service.app.store;
            let messages = store.messages(&id, seq, 100).await.unwrap();
            let query = EventQuery { conversation: Some(id), after: n, limit: 100, latest: false };
            let events = store.events(&query).await.unwrap();
            let last = (
                messages.last().map_or(seq, |message| message.seq),
                events.last().map_or(n, |event| event.n),
            );
            self.seen.insert(name, last);
            for message in messages {
                let who = match &message.author {
                    Author::Customer => name.to_owned(),
                    Author::Bot => "bot".to_owned(),
                    Author::Agent(agent) => agent.to_string(),
                };
                let mut text =
                    message.text.replace("\n\n", "\n").replace('\n', "\n              │ ");
                for button in &message.buttons {
                    let _ = write!(text, " [{}]", button.title);
                }
                lines.push((
                    message.at,
                    0,
                    name,
                    format!("{who} → {}: {text}", if who == name { "shop" } else { name }),
                ));
            }
            for stored in events {
                let event = stored.event;
                let by = event.by.map_or_else(String::new, |by| format!(" by {by}"));
                let line = format!("  ({name}) {}{by}: {}", event.kind.as_str(), event.detail);
                lines.push((stored.at, 1, name, line));
            }
        }
        lines.sort_by(|a, b| (a.0, a.2, a.1).cmp(&(b.0, b.2, b.1)));
        for (at, _, _, line) in lines {
            let at = at.to_zoned(berlin.clone());
            let _ = writeln!(self.told, "{} {line}", at.strftime("%a %H:%M %Z"));
        }
    }

    async fn says(&mut self, name: &'static str, text: &str, customer: Value) {
        if !self.conversations.contains(&name) {
            self.conversations.push(name);
        }
        let mut body = json!({ "conversation_id": name });
        match text.strip_prefix('>') {
            Some(payload) => body["payload"] = json!(payload),
            None => body["text"] = json!(text),
        }
        if customer != Value::Null {
            body["customer"] = customer;
        }
        let got = self.service.post("/v1/messages", Some(ADMIN), &body).await;
        assert_eq!(got.outcome(), "200", "{got:?}");
        self.tell().await;
    }

    async fn does(&mut self, agent: &str, verb: &str, name: &str, mut body: Value) {
        let state =
            self.service.get(&format!("/v1/conversations/{name}"), Some(ADMIN)).await.json();
        let ticket = state["ticket"]["id"].as_str().unwrap_or_else(|| panic!("{name}: {state}"));
        body["agent"] = json!(agent);
        let path = format!("/v1/tickets/{ticket}/{verb}");
        let got = self.service.post(&path, Some(ADMIN), &body).await;
        assert_eq!(got.outcome(), "200", "{agent} {verb}: {got:?}");
        self.tell().await;
    }

    async fn presence(&mut self, name: &str, available: bool) {
        let user = self.service.app.store.user(name).await.unwrap().unwrap();
        let user = store::User { available, ..user };
        self.service.app.store.put(vec![Record::User(Box::new(user))]).await.unwrap();
        let _ =
            writeln!(self.told, "          {name} is {}", if available { "there" } else { "away" });
    }

    async fn wait(&mut self, minutes: i64) {
        self.service.wait(minutes).await;
        self.tell().await;
    }
}

#[tokio::test]
async fn a_long_week_end_of_the_desk() {
    let service = Service::at(BEGINS, &packs()).await;
    for (name, team, languages, skills) in [
        ("ana", "care", json!(["de", "en"]), json!(["vip"])),
        ("ben", "care", json!(["en", "es"]), json!([])),
        ("cat", "specialists", json!(["en", "de"]), json!([])),
        ("lea", "lead", json!(["de", "en"]), json!([])),
    ] {
        let body = json!({
            "name": name, "role": "agent", "password": "correct horse battery", "teams": [team],
            "languages": languages, "skills": skills, "capacity": 2,
        });
        let got = service.post("/v1/users", Some(ADMIN), &body).await;
        assert_eq!(got.outcome(), "200", "{got:?}");
    }
    let mut story =
        Story { service, told: String::new(), conversations: Vec::new(), seen: BTreeMap::new() };
    for name in ["ana", "ben", "cat", "lea"] {
        story.presence(name, true).await;
    }

    // Mexico: the bot knows the answer; then a person is wanted, and gives back.
    story.says("María", "¿Cuánto tarda el envío a México?", Value::Null).await;
    story.wait(2).await;
    story.says("María", "Quiero hablar con una persona", Value::Null).await;
    story.wait(4).await;
    story
        .does("ben", "reply", "María", json!({ "text": "Hola María, soy Ben. ¿En qué te ayudo?" }))
        .await;
    story.wait(1).await;
    story.says("María", "¿Aceptan PayPal?", Value::Null).await;
    story.does("ben", "hand-back", "María", json!({})).await;
    story.says("María", "¿Aceptan PayPal?", Value::Null).await;

    // Germany: a lost parcel, a promise that is not kept, one tier up, an apology.
    story.wait(10).await;
    story
        .says(
            "Jonas",
            "Mein Paket ist verloren gegangen, Bestellung #10234",
            json!({ "id": "k-7", "country": "DE" }),
        )
        .await;
    story.says("Jonas", ">option:resend", Value::Null).await;
    let promise = json!({ "text": "Nachforschung beim Paketdienst", "within_minutes": 30 });
    let text = "Ich frage beim Paketdienst nach und melde mich in einer halben Stunde.";
    story.does("ana", "reply", "Jonas", json!({ "text": text, "promise": promise })).await;
    story.wait(31).await;
    story.does("cat", "stage", "Jonas", json!({ "playbook": "lost", "stage": "choose" })).await;
    story
        .does(
            "cat",
            "reply",
            "Jonas",
            json!({ "text": "Ich habe den Versand eines neuen Pakets veranlasst." }),
        )
        .await;
    let problem =
        json!({ "cause": "lost by the carrier", "department": "carrier", "loss_cents": 4590 });
    story.does("cat", "resolve", "Jonas", json!({ "problem": problem })).await;

    // Japan, a VIP at night: nobody there reads Japanese.
    story
        .says(
            "Yuki",
            "届いた商品が破損していました",
            json!({ "id": "k-9", "country": "JP", "vip": true, "order_value": 420.0 }),
        )
        .await;
    story.says("Yuki", "注文番号は10871です", Value::Null).await;
    story.says("Yuki", "写真はありません", Value::Null).await;

    // United States: law goes to the lead, in neutral words, at once.
    story.says("Carol", "My lawyer will contact you about this", json!({ "country": "US" })).await;
    story.wait(16).await;
    story.presence("lea", false).await;

    // Friday 17:00: everybody goes home. China writes at night.
    story.wait(75).await;
    for name in ["ana", "ben", "cat"] {
        story.presence(name, false).await;
    }
    story.says("小明", "我要找人工客服", json!({ "country": "CN" })).await;
    story.says("小明", "有人吗？", Value::Null).await;

    // Saturday, Sunday with its 25 hours, and Monday, a holiday: Tuesday 08:55.
    story.wait(88 * 60 + 36).await;
    for name in ["ana", "ben", "cat", "lea"] {
        story.presence(name, true).await;
    }
    story.wait(10).await;
    story.says("Jonas", ">csat:2", Value::Null).await;
    story.does("ana", "take", "小明", json!({})).await;
    story
        .does("ana", "reply", "小明", json!({ "text": "您好，我是安娜，请问有什么可以帮您？" }))
        .await;
    story.does("ana", "take", "Yuki", json!({})).await;
    story.does("ana", "reply", "Yuki", json!({ "text": "新しい商品を本日発送いたします。" })).await;
    story.wait(30).await;
    story.says("Yuki", "ありがとうございます", Value::Null).await;
    insta::assert_snapshot!(story.told);
}
