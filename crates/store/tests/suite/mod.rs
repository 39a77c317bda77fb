//! The suite that every store passes.

mod build;
mod channels;
mod records;
mod reports;

use std::collections::BTreeSet;
use std::sync::Arc;

pub(crate) use build::{Script, batch, conversation, deadline, id, message, ticket, time, turn};
pub(crate) use channels::{
    a_lane_goes_on_while_it_is_filled, an_event_comes_in_once_and_in_order,
    of_many_copies_at_once_one_is_new, receipts_never_go_back,
    what_is_known_otherwise_is_not_sent_again, what_is_taken_back_is_forgotten,
    what_is_to_be_sent_comes_with_its_cause,
};
use desk::{Author, Conversation, TicketId, TicketState};
use intent::Severity;
pub(crate) use records::{
    a_person_has_room_once, records_come_back_as_they_were, what_happened_is_kept_in_order,
    what_is_due_and_who_waits_is_found,
};
pub(crate) use reports::{
    a_period_is_counted, before_there_were_surveys, notes_stay_among_people,
    what_customers_were_asked_comes_out_as_it_was, what_was_asked_was_satisfaction,
    words_names_and_numbers_are_found,
};
use store::{
    ApiToken, Batch, Committed, Store, StoreError, StoredConversation, TicketQuery, TokenHash,
    TurnKey, Version,
};

/// Something that opens a store, again and again the same.
pub(crate) trait Backend: Send + Sync + 'static {
    /// What it opens.
    type Store: Store + store::Reports + store::Figuring + std::fmt::Debug;

    /// Opens it.
    fn open(&self) -> impl Future<Output = Self::Store> + Send;
}

async fn read(store: &impl Store, name: &str) -> StoredConversation {
    store.conversation(&id(name)).await.expect("readable").expect("stored")
}

fn version(committed: Result<Committed, StoreError>) -> u64 {
    match committed.expect("stored") {
        Committed::Stored(Version(version)) => version,
        Committed::Replayed(_) => panic!("not a repetition"),
    }
}

pub(crate) async fn a_conversation_comes_back_as_it_was(backend: impl Backend) {
    let store = backend.open().await;
    for script in Script::ALL {
        let batch = batch(script, script.name());
        let token = TokenHash::of("secret");
        let sent = Batch { visitor_token: Some(token), ..batch.clone() };
        assert_eq!(version(store.commit(sent, None).await), 1);
        let stored = read(&store, script.name()).await;
        assert_eq!(stored.conversation, batch.conversation, "{script:?}");
        assert_eq!(stored.version, Version(1));
        assert_eq!(stored.visitor_token, Some(token));
        let messages = store.messages(&id(script.name()), 0, 100).await.expect("readable");
        assert_eq!(messages, batch.messages, "{script:?}");
        if let Some(ticket) = &batch.ticket {
            let stored = store.ticket(&ticket.id).await.expect("readable");
            assert_eq!(stored.as_ref(), Some(ticket));
        }
    }
    assert_eq!(store.conversation(&id("nobody")).await, Ok(None));
    assert_eq!(store.ticket(&TicketId::new("none")).await, Ok(None));
    assert_eq!(store.messages(&id("nobody"), 0, 10).await, Ok(vec![]));
}

pub(crate) async fn messages_come_after_a_place_and_in_order(backend: impl Backend) {
    let store = backend.open().await;
    let mut conversation = conversation("c");
    let mut expected = None;
    for _ in 0..5 {
        let batch = say(&mut conversation);
        expected = Some(Version(version(store.commit(batch, expected).await)));
    }
    for (after, limit, seqs) in [
        (0, 100, 1..11),
        (0, 3, 1..4),
        (4, 3, 5..8),
        (9, 100, 10..11),
        (10, 100, 11..11),
        (u64::MAX, 100, 11..11),
    ] {
        let messages = store.messages(&id("c"), after, limit).await.expect("readable");
        let found: Vec<u64> = messages.iter().map(|message| message.seq).collect();
        assert_eq!(found, seqs.collect::<Vec<u64>>(), "after {after}, {limit} at most");
    }
}

/// Adds a message of the customer and one of the bot.
fn say(conversation: &mut Conversation) -> Batch {
    let messages = [Author::Customer, Author::Bot].map(|author| {
        conversation.messages += 1;
        message(conversation.messages, author)
    });
    Batch::of(conversation.clone(), messages.to_vec())
}

pub(crate) async fn a_batch_on_an_old_version_changes_nothing(backend: impl Backend) {
    let store = backend.open().await;
    let mut one = conversation("c");
    let first = say(&mut one);
    let conflict = |expected: Option<u64>, actual: Option<u64>| {
        Err(StoreError::Conflict { expected: expected.map(Version), actual: actual.map(Version) })
    };
    assert_eq!(store.commit(first.clone(), Some(Version(1))).await, conflict(Some(1), None));
    assert_eq!(store.conversation(&id("c")).await, Ok(None));
    assert_eq!(version(store.commit(first.clone(), None).await), 1);
    assert_eq!(store.commit(first, None).await, conflict(None, Some(1)));

    let mut two = one.clone();
    let (second, rival) = (say(&mut one), say(&mut two));
    assert_eq!(version(store.commit(second, Some(Version(1))).await), 2);
    let late = Batch { turn: Some(turn(&two, Some("late"), 1)), ..rival };
    assert_eq!(store.commit(late, Some(Version(1))).await, conflict(Some(1), Some(2)));
    assert_eq!(read(&store, "c").await.conversation, one);
    assert_eq!(store.messages(&id("c"), 0, 100).await.expect("readable").len(), 4);
    let key = TurnKey { caller: "shop".to_owned(), message_id: "late".to_owned() };
    assert_eq!(store.turn(&key).await, Ok(None), "nothing of it is left");
}

pub(crate) async fn turns_at_once_are_all_kept_in_order(backend: impl Backend) {
    const WRITERS: usize = 8;
    const TURNS: usize = 25;
    let store = Arc::new(backend.open().await);
    let mut start = conversation("c");
    version(store.commit(say(&mut start), None).await);
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..WRITERS {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            for _ in 0..TURNS {
                loop {
                    let StoredConversation { mut conversation, version, .. } =
                        read(&*store, "c").await;
                    let batch = say(&mut conversation);
                    match store.commit(batch, Some(version)).await {
                        Ok(Committed::Stored(_)) => break,
                        Err(StoreError::Conflict { .. }) => {}
                        other => panic!("{other:?}"),
                    }
                }
            }
        });
    }
    while let Some(done) = writers.join_next().await {
        done.expect("a writer ends well");
    }
    let turns = WRITERS * TURNS + 1;
    let messages = store.messages(&id("c"), 0, 10_000).await.expect("readable");
    assert_eq!(messages.len(), 2 * turns);
    for (place, pair) in messages.chunks(2).enumerate() {
        assert_eq!(pair[0].seq, 2 * place as u64 + 1);
        assert_eq!(pair[0].author, Author::Customer);
        assert_eq!(pair[1].author, Author::Bot, "no reply is torn from its message");
    }
    assert_eq!(read(&*store, "c").await.version, Version(turns as u64));
}

pub(crate) async fn a_repeated_message_is_done_once(backend: impl Backend) {
    let store = backend.open().await;
    let mut conversation = conversation("c");
    let plain = say(&mut conversation);
    let first = turn(&conversation, Some("m1"), 1);
    let batch = Batch { turn: Some(first.clone()), ..plain };
    assert_eq!(version(store.commit(batch.clone(), None).await), 1);
    let key = first.key.clone().expect("it has one");
    assert_eq!(store.turn(&key).await, Ok(Some(first.clone())));

    // Whatever version it is sent on: it was done.
    for expected in [None, Some(Version(1)), Some(Version(9))] {
        let again = store.commit(batch.clone(), expected).await;
        assert_eq!(again, Ok(Committed::Replayed(first.clone())));
    }
    let other = Batch { turn: Some(turn(&conversation, Some("m1"), 2)), ..batch.clone() };
    let reused = store.commit(other, Some(Version(1))).await;
    assert_eq!(reused, Err(StoreError::MessageIdReused));
    assert_eq!(read(&store, "c").await.version, Version(1));
    assert_eq!(store.messages(&id("c"), 0, 10).await.expect("readable").len(), 2);

    // Another caller may use the same id, and turns without an id never meet.
    let mut stranger = turn(&conversation, Some("m1"), 3);
    stranger.key = stranger.key.map(|key| TurnKey { caller: "other".to_owned(), ..key });
    for (turn, after) in
        [(stranger, 2), (turn(&conversation, None, 4), 3), (turn(&conversation, None, 4), 4)]
    {
        let batch = Batch { turn: Some(turn), ..say(&mut conversation) };
        assert_eq!(version(store.commit(batch, Some(Version(after - 1))).await), after);
    }
}

pub(crate) async fn the_same_message_many_times_at_once_is_done_once(backend: impl Backend) {
    let store = Arc::new(backend.open().await);
    let mut conversation = conversation("c");
    let batch = say(&mut conversation);
    let batch = Batch { turn: Some(turn(&conversation, Some("m"), 1)), ..batch };
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let (store, batch) = (Arc::clone(&store), batch.clone());
        senders.spawn(async move { store.commit(batch, None).await });
    }
    let (mut stored, mut replayed) = (0, 0);
    while let Some(result) = senders.join_next().await {
        match result.expect("a sender ends well").expect("no error") {
            Committed::Stored(_) => stored += 1,
            Committed::Replayed(turn) => {
                assert_eq!(Some(turn), batch.turn);
                replayed += 1;
            }
        }
    }
    assert_eq!((stored, replayed), (1, 39));
    assert_eq!(store.messages(&id("c"), 0, 10).await.expect("readable").len(), 2);
}

pub(crate) async fn one_failure_of_a_group_fails_alone(backend: impl Backend) {
    let store = Arc::new(backend.open().await);
    let mut senders = tokio::task::JoinSet::new();
    for number in 0..200_usize {
        let store = Arc::clone(&store);
        senders.spawn(async move {
            let mut conversation = conversation(&format!("c{number}"));
            let mut batch = say(&mut conversation);
            // Every third is on a version that is not there; every fifth has a message twice.
            let expected = number.is_multiple_of(3).then_some(Version(7));
            if number.is_multiple_of(5) {
                batch.messages[1].seq = batch.messages[0].seq;
            }
            (number, store.commit(batch, expected).await)
        });
    }
    while let Some(result) = senders.join_next().await {
        let (number, result) = result.expect("a sender ends well");
        let there = store.conversation(&id(&format!("c{number}"))).await.expect("readable");
        let good = !number.is_multiple_of(3) && !number.is_multiple_of(5);
        assert_eq!(result.is_ok(), good, "{number}: {result:?}");
        assert_eq!(there.is_some(), good, "{number}");
    }
}

pub(crate) async fn everything_outlives_a_restart(backend: impl Backend) {
    let token = ApiToken {
        name: "shop".to_owned(),
        hash: TokenHash::of("secret"),
        created_at: time(0),
        revoked_at: None,
        scopes: store::Scopes::all(),
    };
    let store = backend.open().await;
    let sent = batch(Script::HandedOver, "c");
    let sent = Batch { turn: Some(turn(&sent.conversation, Some("m"), 1)), ..sent };
    version(store.commit(sent.clone(), None).await);
    store.put_api_token(token.clone()).await.expect("stored");
    store.close().await.expect("closed");

    for _ in 0..2 {
        let store = backend.open().await;
        assert_eq!(read(&store, "c").await.conversation, sent.conversation);
        assert_eq!(store.messages(&id("c"), 0, 10).await, Ok(sent.messages.clone()));
        assert_eq!(store.api_token(&token.hash).await, Ok(Some(token.clone())));
        let again = store.commit(sent.clone(), None).await;
        assert_eq!(again.map(|done| matches!(done, Committed::Replayed(_))), Ok(true));
        // The second time it is opened without having been closed.
        drop(store);
    }
}

/// Stores tickets of every kind; says their ids in the order of the queue.
async fn fill(store: &impl Store) -> Vec<String> {
    let kinds = [
        // (due in minutes, tier, severity, state)
        (30, 1, Severity::Yellow, TicketState::Open),
        (10, 3, Severity::Red, TicketState::Open),
        (20, 1, Severity::Red, TicketState::Assigned),
        (10, 2, Severity::Red, TicketState::Open),
        (0, 1, Severity::Yellow, TicketState::Waiting),
        (40, 2, Severity::Blue, TicketState::Open),
        (0, 2, Severity::Blue, TicketState::Resolved),
        (0, 1, Severity::Red, TicketState::Resolved),
    ];
    for (number, (due, tier, severity, state)) in kinds.into_iter().enumerate() {
        let name = format!("t{number}");
        let mut conversation = conversation(&name);
        let mut ticket = ticket(&name, &name);
        ticket.state = state;
        ticket.tier = tier;
        ticket.severity = severity;
        ticket.answer = (due > 0).then(|| deadline(due * 60));
        if state == TicketState::Resolved {
            ticket.resolved_at = Some(time(1));
            ticket.outcome = Some(desk::Outcome::Resolved);
        } else {
            conversation.owner = desk::Owner::Queue;
            conversation.ticket = Some(ticket.clone());
        }
        let batch = Batch { ticket: Some(ticket), ..say(&mut conversation) };
        version(store.commit(batch, None).await);
    }
    ["t1", "t3", "t2", "t0", "t5", "t4"].map(str::to_owned).to_vec()
}

async fn list(store: &impl Store, query: TicketQuery) -> Vec<String> {
    let page = store.tickets(&query).await.expect("a page");
    assert_eq!(page.next, None);
    page.items.iter().map(|ticket| ticket.id.to_string()).collect()
}

pub(crate) async fn tickets_are_listed_by_due_time(backend: impl Backend) {
    let store = backend.open().await;
    let queue = fill(&store).await;
    let all = TicketQuery::default();
    assert_eq!(list(&store, all.clone()).await, queue);
    for (query, expected) in [
        (TicketQuery { tier: Some(2), ..all.clone() }, vec!["t3", "t5"]),
        (TicketQuery { severity: Some(Severity::Red), ..all.clone() }, vec!["t1", "t3", "t2"]),
        (
            TicketQuery { state: Some(TicketState::Open), ..all.clone() },
            vec!["t1", "t3", "t0", "t5"],
        ),
        (TicketQuery { state: Some(TicketState::Waiting), ..all.clone() }, vec!["t4"]),
        // The latest first.
        (TicketQuery { state: Some(TicketState::Resolved), ..all.clone() }, vec!["t7", "t6"]),
        (
            TicketQuery {
                tier: Some(2),
                severity: Some(Severity::Red),
                state: Some(TicketState::Open),
                ..all.clone()
            },
            vec!["t3"],
        ),
        (TicketQuery { tier: Some(3), severity: Some(Severity::Blue), ..all.clone() }, vec![]),
    ] {
        assert_eq!(list(&store, query.clone()).await, expected, "{query:?}");
    }
}

pub(crate) async fn pages_of_tickets_have_no_gaps(backend: impl Backend) {
    let store = backend.open().await;
    let queue = fill(&store).await;
    for (state, expected) in
        [(None, queue), (Some(TicketState::Resolved), vec!["t7".to_owned(), "t6".to_owned()])]
    {
        for limit in 1..=expected.len() {
            let mut query = TicketQuery { limit, state, ..TicketQuery::default() };
            let mut found = Vec::new();
            loop {
                let page = store.tickets(&query).await.expect("a page");
                assert!(page.items.len() <= limit);
                found.extend(page.items.iter().map(|ticket| ticket.id.to_string()));
                let Some(next) = page.next else { break };
                query.cursor = Some(next);
            }
            assert_eq!(found, expected, "pages of {limit}");
        }
    }
    for cursor in ["", ".", "12", "a.b", "1.2.3", "99999999999999999999.1"] {
        let query = TicketQuery { cursor: Some(cursor.to_owned()), ..TicketQuery::default() };
        assert_eq!(store.tickets(&query).await, Err(StoreError::BadCursor), "{cursor:?}");
    }
}

pub(crate) async fn a_ticket_is_updated_in_its_place(backend: impl Backend) {
    let store = backend.open().await;
    let sent = batch(Script::HandedOver, "c");
    version(store.commit(sent.clone(), None).await);
    let open = sent.conversation;
    let opened = open.ticket.clone().expect("a ticket");
    let ana = desk::AgentId::new("ana");

    let mut replied = open.clone();
    replied.owner = desk::Owner::Agent(ana.clone());
    let waiting = desk::Ticket {
        state: TicketState::Waiting,
        assignee: Some(ana),
        answer: None,
        return_at: Some(time(90_000)),
        first_response_at: Some(time(500)),
        ..opened.clone()
    };
    replied.ticket = Some(waiting.clone());
    let batch = Batch { ticket: Some(waiting.clone()), ..say(&mut replied) };
    version(store.commit(batch, Some(Version(1))).await);
    assert_eq!(read(&store, "c").await.conversation, replied);

    let resolved = desk::Ticket {
        state: TicketState::Resolved,
        resolved_at: Some(time(600)),
        outcome: Some(desk::Outcome::Resolved),
        follow_up: desk::FollowUp::Due(time(87_000)),
        resolution: None,
        alarm_at: None,
        return_at: None,
        ..waiting
    };
    let mut after = desk::Conversation {
        owner: desk::Owner::Bot,
        ticket: None,
        past: Some(resolved.clone()),
        ..replied
    };
    let batch = Batch { ticket: Some(resolved.clone()), ..say(&mut after) };
    version(store.commit(batch, Some(Version(2))).await);
    assert_eq!(read(&store, "c").await.conversation, after, "it is known still, as the last");
    assert_eq!(store.ticket(&opened.id).await, Ok(Some(resolved)));
    assert_eq!(list(&store, TicketQuery::default()).await, Vec::<String>::new());

    // Another one may be opened now, but never two at a time.
    after.owner = desk::Owner::Queue;
    after.past = None;
    after.ticket = Some(ticket("t-next", "c"));
    let batch = Batch { ticket: after.ticket.clone(), ..say(&mut after) };
    version(store.commit(batch, Some(Version(3))).await);
    let batch = Batch { ticket: Some(ticket("t-third", "c")), ..say(&mut after) };
    assert!(store.commit(batch, Some(Version(4))).await.is_err());
    assert_eq!(list(&store, TicketQuery::default()).await, ["t-next"]);
}

pub(crate) async fn api_tokens_are_found_by_hash_until_revoked(backend: impl Backend) {
    let store = backend.open().await;
    let token = |name: &str, secret: &str| ApiToken {
        name: name.to_owned(),
        hash: TokenHash::of(secret),
        created_at: time(0),
        revoked_at: None,
        scopes: store::Scopes::all(),
    };
    let (shop, admin) = (token("shop", "s1"), token("admin", "s2"));
    store.put_api_token(shop.clone()).await.expect("stored");
    store.put_api_token(admin.clone()).await.expect("stored");
    assert_eq!(store.api_tokens().await, Ok(vec![admin.clone(), shop.clone()]));
    assert_eq!(store.api_token(&TokenHash::of("s1")).await, Ok(Some(shop.clone())));
    assert_eq!(store.api_token(&TokenHash::of("s3")).await, Ok(None));

    // A new secret replaces the old one; a revoked token is no token.
    store.put_api_token(token("shop", "s3")).await.expect("stored");
    assert_eq!(store.api_token(&TokenHash::of("s1")).await, Ok(None));
    assert!(store.api_token(&TokenHash::of("s3")).await.expect("readable").is_some());
    let revoked = ApiToken { revoked_at: Some(time(5)), ..token("shop", "s3") };
    store.put_api_token(revoked.clone()).await.expect("stored");
    assert_eq!(store.api_token(&TokenHash::of("s3")).await, Ok(None));
    assert_eq!(store.api_tokens().await, Ok(vec![admin, revoked]));
}

pub(crate) async fn what_was_accepted_is_finished_before_closing(backend: impl Backend) {
    let store = Arc::new(backend.open().await);
    assert_eq!(store.check().await, Ok(()));
    let mut senders = tokio::task::JoinSet::new();
    for number in 0..100 {
        let store = Arc::clone(&store);
        senders.spawn(async move {
            let name = format!("c{number}");
            let batch = say(&mut conversation(&name));
            (name, store.commit(batch, None).await)
        });
    }
    tokio::task::yield_now().await;
    assert_eq!(store.close().await, Ok(()));
    assert_eq!(store.close().await, Ok(()), "closing twice does no harm");
    assert_eq!(store.check().await, Err(StoreError::Closed));

    let mut acknowledged = BTreeSet::new();
    while let Some(result) = senders.join_next().await {
        match result.expect("a sender ends well") {
            (name, Ok(_)) => {
                acknowledged.insert(name);
            }
            (_, Err(error)) => assert_eq!(error, StoreError::Closed),
        }
    }
    let store = backend.open().await;
    for number in 0..100 {
        let name = format!("c{number}");
        let there = store.conversation(&id(&name)).await.expect("readable").is_some();
        assert_eq!(there, acknowledged.contains(&name), "{name}");
    }
}
