//! What stands beside conversations.

use desk::{AgentId, Event, EventKind, Owner, TicketId, TicketState};
use store::{
    Audit, Batch, Contact, EventQuery, Profile, Record, Role, Room, Session, Shifts, Store,
    StoreError, Task, TaskQuery, TokenHash, User, Version,
};

use super::{Backend, conversation, deadline, id, say, ticket, time, version};

fn user(name: &str) -> User {
    User {
        name: name.to_owned(),
        role: Role::Lead,
        password: "$argon2id$v=19$…".to_owned(),
        profile: Profile {
            teams: ["care".to_owned(), "lead".to_owned()].into(),
            languages: vec!["de".to_owned(), "pt-BR".to_owned()],
            skills: ["vip".to_owned()].into(),
            capacity: Some(3),
            shifts: Some(Shifts {
                time_zone: "Asia/Tokyo".to_owned(),
                week: std::array::from_fn(|_| vec!["09:00-13:00".to_owned()]),
                days_off: vec!["2026-12-24".to_owned()],
            }),
            known_as: Some("Ana".to_owned()),
        },
        available: true,
        failures: 2,
        locked_until: Some(time(60)),
        disabled_at: None,
        created_at: time(0),
    }
}

fn task(name: &str, due: i64) -> Task {
    Task {
        id: name.to_owned(),
        ticket: TicketId::new("t"),
        department: "warehouse".to_owned(),
        what: "count again".to_owned(),
        created_by: "ana".to_owned(),
        created_at: time(0),
        due_at: time(due),
        alarmed: false,
        done_at: None,
        done_by: None,
        result: None,
    }
}

pub(crate) async fn records_come_back_as_they_were(backend: impl Backend) {
    let store = backend.open().await;
    let session = Session {
        hash: TokenHash::of("cookie"),
        user: "ana".to_owned(),
        csrf: TokenHash::of("page"),
        created_at: time(0),
        seen_at: time(1),
        expires_at: time(3600),
    };
    let contact = Contact {
        id: "c-1".to_owned(),
        vip: true,
        order_value_cents: 99_00,
        prefers: Some("resend".to_owned()),
        updated_at: time(2),
    };
    let audit = |n: i64| Audit {
        at: time(n),
        actor: "user:ana".to_owned(),
        action: "user.add".to_owned(),
        object: format!("ben{n}"),
        detail: "agent".to_owned(),
    };
    let late = task("late", 10);
    let records = vec![
        Record::User(Box::new(user("ana"))),
        Record::Session(session.clone()),
        Record::Contact(contact.clone()),
        Record::Task(Box::new(late.clone())),
        Record::Task(Box::new(task("later", 20))),
        Record::Audit(audit(1)),
        Record::Audit(audit(2)),
    ];
    store.put(records).await.expect("stored");
    assert_eq!(store.user("ana").await, Ok(Some(user("ana"))));
    assert_eq!(store.users().await, Ok(vec![user("ana")]));
    assert_eq!(store.session(&session.hash).await, Ok(Some(session.clone())));
    assert_eq!(store.contact("c-1").await, Ok(Some(contact)));
    assert_eq!(store.task("late").await, Ok(Some(late.clone())));
    assert_eq!(store.audit(None, 10).await, Ok(vec![(2, audit(2)), (1, audit(1))]));
    assert_eq!(store.audit(Some(2), 10).await, Ok(vec![(1, audit(1))]));

    let overdue = TaskQuery { late_at: Some(time(15)), ..TaskQuery::default() };
    assert_eq!(store.tasks(&overdue).await, Ok(vec![late.clone()]));
    let done = Task { alarmed: true, done_at: Some(time(16)), ..late };
    store.put(vec![Record::Task(Box::new(done.clone()))]).await.expect("stored");
    assert_eq!(store.tasks(&overdue).await, Ok(vec![]));
    let open = TaskQuery { open: true, ..TaskQuery::default() };
    assert_eq!(store.tasks(&open).await, Ok(vec![task("later", 20)]));
    let all = TaskQuery { ticket: Some(TicketId::new("t")), ..TaskQuery::default() };
    assert_eq!(store.tasks(&all).await, Ok(vec![done, task("later", 20)]));

    store.put(vec![Record::EndSessionsOf("ana".to_owned())]).await.expect("stored");
    assert_eq!(store.session(&session.hash).await, Ok(None));
}

pub(crate) async fn what_is_due_and_who_waits_is_found(backend: impl Backend) {
    let store = backend.open().await;
    for (name, due, priority, tier, taken) in [
        ("late", 100, 100, 1, false),
        ("grave", 300, 200, 2, false),
        ("soon", 50, 100, 1, false),
        ("taken", 400, 200, 3, true),
    ] {
        let mut conversation = conversation(name);
        let mut ticket = ticket(&format!("t-{name}"), name);
        ticket.answer = Some(deadline(due));
        ticket.priority = priority;
        ticket.tier = tier;
        conversation.owner = Owner::Queue;
        if taken {
            ticket.assignee = Some(AgentId::new("ana"));
            ticket.state = TicketState::Assigned;
            conversation.owner = Owner::Agent(AgentId::new("ana"));
        }
        conversation.contact = Some("c-1".to_owned());
        conversation.ticket = Some(ticket.clone());
        let batch = Batch { ticket: Some(ticket), ..say(&mut conversation) };
        version(store.commit(batch, None).await);
    }
    // A warning comes a minute before.
    for (now, expected) in [
        (-20, [].as_slice()),
        (0, &["soon"]),
        (240, &["soon", "late", "grave"]),
        (9999, &["soon", "late", "grave", "taken"]),
    ] {
        let expected = expected.iter().map(|name| id(name)).collect();
        assert_eq!(store.due(time(now), 10).await, Ok(expected), "at {now}");
    }
    let waiting = ["grave", "soon", "late"].map(id).to_vec();
    assert_eq!(store.waiting(10).await, Ok(waiting));
    for (name, place) in [("grave", Some(1)), ("soon", Some(1)), ("late", Some(2)), ("taken", None)]
    {
        let ticket = TicketId::new(&format!("t-{name}"));
        assert_eq!(store.place(&ticket).await, Ok(place), "{name}");
    }
    let loads = store.loads().await.expect("readable");
    assert_eq!(loads.waiting, [2, 1, 0]);
    assert_eq!(loads.agents.get("ana"), Some(&1));
    assert_eq!(loads.handling_seconds, None);
    let earlier = store.tickets_of("c-1").await.expect("readable");
    let names: Vec<&str> = earlier.iter().map(|ticket| ticket.id.as_str()).collect();
    assert_eq!(names, ["t-taken", "t-soon", "t-grave", "t-late"]);
}

pub(crate) async fn what_happened_is_kept_in_order(backend: impl Backend) {
    let store = backend.open().await;
    let event = |kind, by: Option<&str>| Event {
        kind,
        ticket: TicketId::new("t"),
        by: by.map(AgentId::new),
        detail: "why".to_owned(),
    };
    for name in ["a", "b"] {
        let events = vec![event(EventKind::Opened, None), event(EventKind::Assigned, Some("ana"))];
        let batch = Batch { events, ..say(&mut conversation(name)) };
        version(store.commit(batch, None).await);
    }
    let all = EventQuery { limit: 10, ..EventQuery::default() };
    let found = store.events(&all).await.expect("readable");
    let numbers: Vec<u64> = found.iter().map(|event| event.n).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    assert_eq!(found[1].event, event(EventKind::Assigned, Some("ana")));
    let one = EventQuery { conversation: Some(id("b")), after: 3, ..all.clone() };
    let last = EventQuery { limit: 3, latest: true, ..all.clone() };
    let last_of_a = EventQuery { conversation: Some(id("a")), limit: 1, ..last.clone() };
    let of_nobody = EventQuery { conversation: Some(id("c")), ..all };
    for (query, expected) in
        [(one, vec![4]), (last, vec![2, 3, 4]), (last_of_a, vec![2]), (of_nobody, vec![])]
    {
        let found = store.events(&query).await.expect("readable");
        assert_eq!(found.iter().map(|event| event.n).collect::<Vec<_>>(), expected, "{query:?}");
    }
}

/// Of many hand-overs at once only so many reach a person as the person has places.
pub(crate) async fn a_person_has_room_once(backend: impl Backend) {
    let store = std::sync::Arc::new(backend.open().await);
    let mut senders = tokio::task::JoinSet::new();
    for number in 0..20 {
        let store = std::sync::Arc::clone(&store);
        senders.spawn(async move {
            let name = format!("c{number}");
            let mut conversation = conversation(&name);
            let mut ticket = ticket(&format!("t{number}"), &name);
            ticket.assignee = Some(AgentId::new("ana"));
            ticket.state = TicketState::Assigned;
            let room = Some(Room { agent: AgentId::new("ana"), capacity: 3 });
            let batch = Batch { ticket: Some(ticket), room, ..say(&mut conversation) };
            store.commit(batch, None).await
        });
    }
    let mut taken = 0;
    while let Some(result) = senders.join_next().await {
        match result.expect("a sender ends well") {
            Ok(committed) => {
                taken += 1;
                assert_eq!(committed, store::Committed::Stored(Version(1)));
            }
            Err(error) => assert!(matches!(error, StoreError::Conflict { .. }), "{error}"),
        }
    }
    assert_eq!(taken, 3);
    assert_eq!(store.loads().await.expect("readable").agents.get("ana"), Some(&3));
}
