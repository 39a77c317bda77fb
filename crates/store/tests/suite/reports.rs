use desk::{Author, Event, EventKind, NotedIntent, Notes, Offer, TicketId};
use store::{Batch, Figuring, Note, Period, Record, Reports, SaidWhere, Store};

use super::{Backend, conversation, id, message, ticket, time};

pub(crate) async fn words_names_and_numbers_are_found(backend: impl Backend) {
    let store = backend.open().await;
    for (name, contact, order, author, text) in [
        ("c1", Some("maria.lopez"), Some("10234"), Author::Customer, "¿Dónde está mi café?"),
        ("c2", None, Some("#55231"), Author::Customer, "我要退款，杯子收到就是碎的"),
        (
            "c3",
            Some("Li Wei"),
            None,
            Author::Agent(desk::AgentId::new("ana")),
            "The parcel 10234 left",
        ),
        ("c4", None, None, Author::Bot, "Your parcel is on its way"),
        ("c5", None, None, Author::Customer, "the café again"),
    ] {
        let mut talk = conversation(name);
        talk.contact = contact.map(str::to_owned);
        talk.messages = 1;
        let mut said = message(1, author);
        said.text = text.to_owned();
        let ticket = order.map(|order| desk::Ticket {
            order: Some(order.to_owned()),
            ..ticket(&format!("t-{name}"), name)
        });
        talk.ticket.clone_from(&ticket);
        let _ = store
            .commit(Batch { ticket, ..Batch::of(talk, vec![said]) }, None)
            .await
            .expect("stored");
    }
    for (typed, expected) in [
        // By number, with and without its sign; then where it was said.
        ("10234", vec!["c1", "c3"]),
        ("#55231", vec!["c2"]),
        ("55231", vec!["c2"]),
        ("t-c2", vec!["c2"]),
        ("c5", vec!["c5"]),
        ("maria", vec!["c1"]),
        ("lopez", vec!["c1"]),
        ("wei", vec!["c3"]),
        // Words by their beginnings, whatever the accents; the latest first.
        ("cafe", vec!["c5", "c1"]),
        ("CAF", vec!["c5", "c1"]),
        ("café donde", vec!["c1"]),
        ("退款", vec!["c2"]),
        ("款退", vec![]),
        ("碎", vec!["c2"]),
        // What the bot says is not searched.
        ("way", vec![]),
        ("nothing", vec![]),
        ("\"", vec![]),
        ("text:parcel", vec![]),
        ("", vec![]),
    ] {
        let found = store.search(typed, 10).await.expect("readable");
        let names: Vec<&str> = found.iter().map(|found| found.conversation.as_str()).collect();
        assert_eq!(names, expected, "{typed:?}");
    }
    let found = store.search("cafe", 1).await.expect("readable");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].words, Some((1, "the café again".to_owned())));
    let found = store.search("10234", 10).await.expect("readable");
    assert_eq!(found[0].ticket.as_ref().map(|ticket| ticket.id.as_str()), Some("t-c1"));
    assert_eq!(found[0].contact.as_deref(), Some("maria.lopez"));
}

pub(crate) async fn notes_stay_among_people(backend: impl Backend) {
    let store = backend.open().await;
    let batch = Batch::of(conversation("c"), Vec::new());
    let note = |text: &str| Note {
        conversation: id("c"),
        ticket: TicketId::new("t"),
        at: time(7),
        by: "ana".to_owned(),
        text: text.to_owned(),
    };
    let records = vec![Record::Note(note("careful")), Record::Note(note("second"))];
    let _ = store.commit(Batch { records, ..batch }, None).await.expect("stored");
    assert_eq!(store.notes(&id("c")).await, Ok(vec![note("careful"), note("second")]));
    assert_eq!(store.notes(&id("d")).await, Ok(vec![]));
    assert_eq!(store.messages(&id("c"), 0, 10).await, Ok(vec![]), "no message");
    assert_eq!(store.search("careful", 10).await, Ok(vec![]), "nor is it found");
}

fn notes(intents: &[&str]) -> Notes {
    let noted = |id: &&str| NotedIntent { id: (*id).to_owned(), confidence: 900, spans: vec![] };
    Notes {
        rule: "answer".to_owned(),
        why: String::new(),
        intents: intents.iter().map(noted).collect(),
        entities: vec![],
        mood: "neutral".to_owned(),
        anger: 0,
        reasons: vec![],
    }
}

fn rated(survey: desk::Survey, mark: u8) -> desk::FollowUp {
    desk::Rating::new(survey, mark).map_or(desk::FollowUp::None, desk::FollowUp::Rated)
}

pub(crate) async fn what_customers_were_asked_comes_out_as_it_was(backend: impl Backend) {
    let store = backend.open().await;
    let asked = desk::Survey::ALL.map(|survey| desk::FollowUp::Asked(survey, time(90)));
    let marks = desk::Survey::ALL
        .into_iter()
        .flat_map(|survey| survey.scale().map(move |mark| rated(survey, mark)));
    let first = [desk::FollowUp::None, desk::FollowUp::Due(time(90))];
    let mut expected = None;
    for follow_up in first.into_iter().chain(asked).chain(marks) {
        let told = desk::Ticket {
            state: desk::TicketState::Resolved,
            resolved_at: Some(time(600)),
            outcome: Some(desk::Outcome::Resolved),
            answer: None,
            follow_up,
            ..ticket("t", "c")
        };
        let talk = desk::Conversation { past: Some(told.clone()), ..conversation("c") };
        let batch = Batch { ticket: Some(told.clone()), ..Batch::of(talk.clone(), vec![]) };
        let _ = store.commit(batch, expected).await.expect("stored");
        let stored = store.conversation(&id("c")).await.expect("readable").expect("there");
        assert_eq!(stored.conversation.past, Some(told));
        expected = Some(stored.version);
    }
}

/// Tickets as they were written while satisfaction was all that was asked for; `more` is a
/// column that has to be given, with its value.
pub(crate) fn before_there_were_surveys(more: Option<(&str, &str)>) -> String {
    let (column, value) = more.map_or_else(Default::default, |(column, value)| {
        (format!(", {column}"), format!(", {value}"))
    });
    let mut sql = String::new();
    for (name, csat, wake_at, detail) in [
        ("none", "NULL", "NULL", "{}"),
        ("due", "NULL", "90000000", r#"{"follow_up_at":90000000}"#),
        ("asked", "NULL", "NULL", r#"{"followed_up_at":90000000}"#),
        ("rated", "4", "NULL", "{}"),
        ("again", "1", "90000000", r#"{"follow_up_at":90000000,"reopened":1}"#),
    ] {
        let found = format!("FROM conversations WHERE id = 'c-{name}'");
        sql.push_str(&format!(
            "INSERT INTO conversations (id, version, owner, fence, started_at, updated_at, \
             messages, memory, wake_at) \
             VALUES ('c-{name}', 1, 'bot', 2, 0, 0, 0, '{{}}', {wake_at});\
             INSERT INTO tickets (id, conversation, state, severity, tier, rule, why, intents, \
             opened_at, resolved_at, outcome, priority, csat, detail{column}) \
             SELECT 't-{name}', n, 'resolved', 1, 1, 'red_intent', 'because', '[]', 0, 600000000, \
             'resolved', 0, {csat}, '{detail}'{value} {found};\
             UPDATE conversations SET ticket = (SELECT t.n FROM tickets t WHERE t.id = 't-{name}') \
             WHERE id = 'c-{name}';"
        ));
    }
    sql
}

/// What became of them.
pub(crate) async fn what_was_asked_was_satisfaction(store: &impl Store) {
    let at = jiff::Timestamp::from_second(90).expect("a moment");
    for (name, expected) in [
        ("none", desk::FollowUp::None),
        ("due", desk::FollowUp::Due(at)),
        ("asked", desk::FollowUp::Asked(desk::Survey::Csat, at)),
        ("rated", rated(desk::Survey::Csat, 4)),
        // Who gave a mark is not asked for another.
        ("again", rated(desk::Survey::Csat, 1)),
    ] {
        let found = store.ticket(&TicketId::new(&format!("t-{name}"))).await;
        assert_eq!(found.expect("readable").expect("there").follow_up, expected, "{name}");
        let stored = store.conversation(&id(&format!("c-{name}"))).await.expect("readable");
        let past = stored.expect("there").conversation.past.expect("resolved");
        assert_eq!(past.follow_up, expected, "{name}");
    }
    // What is due and never done would be looked at every second, before all else.
    assert_eq!(store.due(time(9999), 10).await, Ok(vec![id("c-due")]));
}

pub(crate) async fn a_period_is_counted(backend: impl Backend) {
    let store = backend.open().await;
    // Answered by the bot, and its button pressed; handed over and late; not understood.
    let offer = |title: &str| Offer { title: title.to_owned(), payload: format!("intent:{title}") };
    for (name, began, lines, ticket_at, late) in [
        ("answered", 10, vec![("a?", vec!["x"]), ("one", vec!["one"])], None, false),
        ("handed", 20, vec![("I complain", vec!["service.complaint"])], Some(30), true),
        ("strange", 30, vec![("asdf", vec![])], None, false),
        ("later", 9_000, vec![("asdf", vec![])], None, false),
    ] {
        let mut talk = conversation(name);
        (talk.started_at, talk.updated_at) = (time(began), time(began));
        talk.memory.variant = (name != "strange").then(|| "concise".to_owned());
        let mut messages = Vec::new();
        for (text, intents) in lines {
            talk.messages += 2;
            let mut said = message(talk.messages - 1, Author::Customer);
            (said.at, said.text, said.notes) =
                (time(began), text.to_owned(), Some(notes(&intents)));
            let mut reply = message(talk.messages, Author::Bot);
            reply.at = time(began);
            reply.answers = if intents.is_empty() { vec![] } else { vec!["answer.one".to_owned()] };
            reply.buttons = vec![offer("one"), offer("two")];
            messages.extend([said, reply]);
        }
        let ticket = ticket_at.map(|at| desk::Ticket {
            opened_at: time(at),
            first_response_at: Some(time(at + 60)),
            follow_up: rated(desk::Survey::Csat, 1),
            ..ticket("t", name)
        });
        talk.ticket.clone_from(&ticket);
        let event = late.then(|| Event {
            kind: EventKind::Breached,
            ticket: TicketId::new("t"),
            by: None,
            detail: String::new(),
        });
        let events = event.into_iter().collect();
        let batch = Batch { ticket, events, ..Batch::of(talk, messages) };
        let _ = store.commit(batch, None).await.expect("stored");
    }
    let period = Period { from: time(0), to: time(3_600) };
    let figures = store.figures(period, "service.complaint").await.expect("readable");
    let count = |pick: fn(&store::HourCount) -> u64| figures.hours.iter().map(pick).sum::<u64>();
    assert_eq!((count(|hour| hour.conversations), count(|hour| hour.handed_over)), (3, 1));
    assert_eq!((figures.messages, figures.not_understood, figures.complaints), (4, 1, 1));
    assert_eq!(figures.settled, 1, "answered at last, and never handed over");
    assert_eq!(figures.tickets.len(), 1);
    let figure = &figures.tickets[0];
    assert!(figure.late && !figure.again, "{figure:?}");
    let answers = store.answer_figures(period).await.expect("readable");
    assert_eq!((answers[0].given, answers[0].handed_over), (3, 1));
    let buttons = store.button_figures(period).await.expect("readable");
    let told: Vec<_> =
        buttons.iter().map(|it| (it.payload.as_str(), it.offered, it.picked)).collect();
    assert_eq!(told, [("intent:one", 4, 1), ("intent:two", 4, 0)]);
    for (which, texts) in [
        (SaidWhere::Anywhere, vec!["asdf", "I complain", "one", "a?"]),
        (SaidWhere::NotUnderstood, vec!["asdf"]),
        (SaidWhere::LowMark, vec!["I complain"]),
        (SaidWhere::AfterMark, vec![]),
    ] {
        let said = store.said(period, which, 10).await.expect("readable");
        let found: Vec<&str> = said.iter().map(|said| said.text.as_str()).collect();
        assert_eq!(found, texts, "{which:?}");
    }
    // Asked without an answer, and marks of every scale: low ones of each are low.
    for (follow_up, low) in [
        (desk::FollowUp::Asked(desk::Survey::Ces, time(90)), false),
        (rated(desk::Survey::Csat, 3), false),
        (rated(desk::Survey::Ces, 3), true),
        (rated(desk::Survey::Ces, 4), false),
        (rated(desk::Survey::Nps, 6), true),
        (rated(desk::Survey::Nps, 7), false),
    ] {
        let told = desk::Ticket {
            opened_at: time(30),
            first_response_at: Some(time(90)),
            follow_up,
            ..ticket("t", "handed")
        };
        let stored = store.conversation(&id("handed")).await.expect("readable").expect("there");
        let mut talk = stored.conversation;
        talk.ticket = Some(told.clone());
        let batch = Batch { ticket: Some(told), ..Batch::of(talk, vec![]) };
        let _ = store.commit(batch, Some(stored.version)).await.expect("stored");
        let figure = store.figures(period, "x").await.expect("readable").tickets.remove(0);
        assert_eq!((figure.survey, figure.rating), (follow_up.survey(), follow_up.rating()));
        let said = store.said(period, SaidWhere::LowMark, 10).await.expect("readable");
        assert_eq!(!said.is_empty(), low, "{follow_up:?}");
        let variants = store.variant_figures(period).await.expect("readable");
        let csat =
            matches!(follow_up, desk::FollowUp::Rated(it) if it.survey() == desk::Survey::Csat);
        assert_eq!((variants[0].marks, variants[0].good), (u64::from(csat), 0), "{follow_up:?}");
    }
    let variants = store.variant_figures(period).await.expect("readable");
    let concise = store::VariantFigure {
        variant: "concise".to_owned(),
        conversations: 2,
        contained: 1,
        pressed: 1,
        marks: 0,
        good: 0,
    };
    assert_eq!(variants, [concise]);
    let breaches = store.breaches(period, 10).await.expect("readable");
    assert_eq!(breaches.len(), 1);
    let nothing = Period { from: time(100_000), to: time(200_000) };
    assert_eq!(store.figures(nothing, "x").await.expect("readable"), store::Figures::default());
}
