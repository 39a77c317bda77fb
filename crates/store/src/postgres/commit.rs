//! What a conversation's change writes: two rounds on one connection, the first of which waits
//! for whoever else changes the conversation.

use deadpool_postgres::Pool;
use tokio_postgres::Row;

use super::connect::is_double;
use super::value::{Value, values};
use super::work::{Failure, Step, TRIES, Work, begin, commit as end, step};
use super::{lanes, put, reads, search};
use crate::batch::{Batch, Committed, Room, Turn, Version};
use crate::columns::{Columns, micros, signed};
use crate::error::StoreError;
use crate::{detail, json, rows, words};

/// Locks that stand for things that are no rows, by what they are for.
pub(super) mod locks {
    /// What leaves in order: nobody puts into a lane while another ends in it.
    pub(in super::super) const OUTBOX: &str = "1398235391";
    /// What is worked off in order. A change that wants both takes the other first.
    pub(in super::super) const INBOX: &str = "1398235392";
    /// People's places.
    pub(in super::super) const AGENTS: &str = "1398235393";
    /// The numbers of events: whoever follows them reads none before a lower one is there.
    pub(in super::super) const EVENTS: &str = "1398235394";
}

/// Stores a batch.
pub(super) async fn commit(
    pool: &Pool,
    batch: &Batch,
    expected: Option<Version>,
) -> Result<Committed, StoreError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match once(pool, batch, expected).await {
            Err(failure) if failure.is_clash() && tries < TRIES => {}
            result => return Ok(result?),
        }
    }
}

async fn once(pool: &Pool, batch: &Batch, expected: Option<Version>) -> Result<Committed, Failure> {
    let mut work = Work::take(pool).await?;
    let mut first = vec![begin()];
    first.extend(batch.room.iter().flat_map(|room| places(room, batch)));
    first.push(match expected {
        None => insert_conversation(batch),
        Some(expected) => update_conversation(batch, expected),
    });
    let answers = match work.run(&first).await {
        Ok(answers) => answers,
        Err(error) => {
            work.roll_back().await?;
            return Err(error.into());
        }
    };
    let has_room = match (&batch.room, answers.len()) {
        (Some(room), count) if count >= 2 => {
            number(&answers[count - 2])?.unwrap_or_default() < i64::from(room.capacity)
        }
        _ => true,
    };
    let written = answers.last().map(|rows| number(rows)).transpose()?.flatten();
    let (Some(n), true) = (written, has_room) else {
        work.roll_back().await?;
        let before = if has_room { repeated(&mut work, batch).await? } else { None };
        return match before {
            Some(turn) => Ok(Committed::Replayed(turn)),
            None => Err(conflict(&mut work, batch, expected).await?.into()),
        };
    };
    let mut second = Vec::new();
    add(&mut second, batch, n);
    second.push(end());
    if let Err(error) = work.run(&second).await {
        // The transaction was ended by its failed commit.
        if is_double(&error)
            && let Some(turn) = repeated(&mut work, batch).await?
        {
            return Ok(Committed::Replayed(turn));
        }
        return Err(error.into());
    }
    Ok(Committed::Stored(expected.map_or(Version(1), |before| Version(before.0.saturating_add(1)))))
}

/// The first column of the first row.
fn number(rows: &[Row]) -> Result<Option<i64>, StoreError> {
    rows.first().map(|row| row.number(0)).transpose()
}

/// How many open tickets a person has beside this one; nobody else gives them one meanwhile.
fn places<'a>(room: &'a Room, batch: &'a Batch) -> [Step<'a>; 2] {
    let agent = room.agent.as_str();
    let lock = format!("SELECT pg_advisory_xact_lock({}, hashtext($1))", locks::AGENTS);
    [
        step(lock, values![agent]),
        step(
            "SELECT count(*) FROM tickets t JOIN conversations c ON c.n = t.conversation \
             WHERE t.assignee = $1 AND t.state <> 'resolved' AND c.id <> $2",
            values![agent, batch.conversation.id.as_str()],
        ),
    ]
}

/// The turn that is stored under the batch's key.
async fn repeated(work: &mut Work, batch: &Batch) -> Result<Option<Turn>, Failure> {
    let Some(turn) = &batch.turn else { return Ok(None) };
    let Some(key) = &turn.key else { return Ok(None) };
    let found = work.rows(reads::turn(key)).await?;
    match found.first().map(rows::turn).transpose()? {
        Some(before) if before.body_hash != turn.body_hash => {
            Err(StoreError::MessageIdReused.into())
        }
        before => Ok(before),
    }
}

async fn conflict(
    work: &mut Work,
    batch: &Batch,
    expected: Option<Version>,
) -> Result<StoreError, Failure> {
    let sql = "SELECT version FROM conversations WHERE id = $1";
    let found = work.rows(step(sql, values![batch.conversation.id.as_str()])).await?;
    let actual = found.first().map(|row| row.number(0)).transpose()?.map(Version);
    Ok(StoreError::Conflict { expected, actual })
}

/// Gives no row when it is there already.
fn insert_conversation(batch: &Batch) -> Step<'_> {
    let conversation = &batch.conversation;
    let (owner, agent) = rows::owner(&conversation.owner);
    step(
        "INSERT INTO conversations (id, version, visitor_token, owner, agent, fence, \
         started_at, updated_at, messages, memory, contact, chain, wake_at) \
         VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         ON CONFLICT (id) DO NOTHING RETURNING n",
        values![
            conversation.id.as_str(),
            Value::hash(batch.visitor_token.as_ref().map(|token| token.as_bytes())),
            owner,
            agent,
            signed(conversation.fence.0),
            micros(conversation.started_at),
            micros(conversation.updated_at),
            signed(conversation.messages),
            Value::json(json::memory(&conversation.memory)),
            &conversation.contact,
            Value::hash(conversation.chain.as_ref()),
            conversation.wake_at().map(micros),
        ],
    )
}

/// Gives no row when it is at another version, or not there. Whoever changes it at the same time
/// is waited for.
fn update_conversation(batch: &Batch, expected: Version) -> Step<'_> {
    let conversation = &batch.conversation;
    let (owner, agent) = rows::owner(&conversation.owner);
    step(
        "UPDATE conversations SET version = version + 1, owner = $3, agent = $4, fence = $5, \
         updated_at = $6, messages = $7, memory = $8, contact = $9, chain = $10, wake_at = $11 \
         WHERE id = $1 AND version = $2 RETURNING n",
        values![
            conversation.id.as_str(),
            signed(expected.0),
            owner,
            agent,
            signed(conversation.fence.0),
            micros(conversation.updated_at),
            signed(conversation.messages),
            Value::json(json::memory(&conversation.memory)),
            &conversation.contact,
            Value::hash(conversation.chain.as_ref()),
            conversation.wake_at().map(micros),
        ],
    )
}

/// Everything of a batch but its conversation, which has the number `n`.
fn add<'a>(steps: &mut Vec<Step<'a>>, batch: &'a Batch, n: i64) {
    add_messages(steps, batch, n);
    steps.extend(batch.ticket.as_ref().map(|ticket| put_ticket(ticket, n)));
    if let Some(turn) = &batch.turn {
        let key = turn.key.as_ref();
        steps.push(step(
            "INSERT INTO turns (conversation, seq, caller, message_id, body_hash, response) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            values![
                n,
                signed(turn.seq),
                key.map(|key| key.caller.as_str()),
                key.map(|key| key.message_id.as_str()),
                Value::hash(&turn.body_hash),
                &turn.response,
            ],
        ));
    }
    if let Some(address) = &batch.address {
        steps.push(step(
            "INSERT INTO addresses AS a (conversation, inbox, sender, detail, last_inbound_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (conversation) DO UPDATE SET inbox = $2, \
             sender = $3, detail = $4, last_inbound_at = greatest(a.last_inbound_at, $5), \
             sent_since = 0",
            values![
                n,
                &address.inbox,
                &address.sender,
                &address.detail,
                micros(address.last_inbound_at),
            ],
        ));
    }
    if let Some((seq, name)) = &batch.named {
        steps.push(step(
            "INSERT INTO message_names (conversation, name, seq) VALUES ($1, $2, $3) \
             ON CONFLICT DO NOTHING",
            values![n, name, signed(*seq)],
        ));
    }
    add_outbound(steps, batch, n);
    put::add(steps, &batch.records);
    add_events(steps, batch, n);
}

fn add_messages<'a>(steps: &mut Vec<Step<'a>>, batch: &'a Batch, n: i64) {
    let name = words::name(batch);
    for message in &batch.messages {
        let (author, agent) = rows::author(&message.author);
        let searched = words::is_searched(&message.author);
        steps.push(step(
            "INSERT INTO messages (conversation, seq, at, author, agent, text, markdown, \
             language, buttons, answers, notes, hash, words) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::tsvector)",
            values![
                n,
                signed(message.seq),
                micros(message.at),
                author,
                agent,
                &message.text,
                &message.markdown,
                &message.language,
                Value::json(rows::buttons(&message.buttons)),
                Value::json(rows::answers(&message.answers)),
                Value::json(
                    message.notes.as_ref().map(|notes| detail::notes(notes, &message.attachments))
                ),
                Value::hash(message.hash.as_ref()),
                searched.then(|| search::vector(&message.text, name)),
            ],
        ));
    }
}

/// A ticket, new or changed, which is its conversation's latest.
fn put_ticket(ticket: &desk::Ticket, n: i64) -> Step<'_> {
    step(
        "WITH put AS (INSERT INTO tickets (id, conversation, state, severity, tier, rule, why, \
         intents, language, order_number, assignee, opened_at, due_at, first_response_at, \
         resolved_at, outcome, team, priority, survey, mark, detail, next_at, \
         problem) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, \
         $18, $19, $20, $21, $22, $23) \
         ON CONFLICT (id) DO UPDATE SET state = $3, severity = $4, tier = $5, rule = $6, \
         why = $7, intents = $8, language = $9, order_number = $10, assignee = $11, \
         due_at = $13, first_response_at = $14, resolved_at = $15, outcome = $16, team = $17, \
         priority = $18, survey = $19, mark = $20, detail = $21, next_at = $22, problem = $23 \
         RETURNING n) \
         UPDATE conversations c SET ticket = put.n FROM put \
         WHERE c.n = $2 AND c.ticket IS DISTINCT FROM put.n",
        values![
            ticket.id.as_str(),
            n,
            ticket.state.as_str(),
            rows::severity(ticket.severity),
            ticket.tier,
            &ticket.rule,
            &ticket.why,
            Value::json(json::intents(&ticket.intents)),
            &ticket.language,
            &ticket.order,
            ticket.assignee.as_ref().map(desk::AgentId::as_str),
            micros(ticket.opened_at),
            ticket.due_at().map(micros),
            ticket.first_response_at.map(micros),
            ticket.resolved_at.map(micros),
            ticket.outcome.map(desk::Outcome::as_str),
            ticket.team.as_ref().map(desk::TeamId::as_str),
            ticket.priority,
            ticket.follow_up.survey().map(desk::Survey::as_str),
            ticket.follow_up.rating().map(desk::Rating::mark),
            Value::json(detail::detail(ticket)),
            ticket.next_due().map(|(_, deadline)| micros(deadline.due_at)),
            ticket.problem.is_some(),
        ],
    )
}

/// What is sent, behind everything of its lanes.
fn add_outbound<'a>(steps: &mut Vec<Step<'a>>, batch: &'a Batch, n: i64) {
    let names: Vec<&str> =
        batch.outbound.iter().filter_map(|outbound| outbound.lane.as_deref()).collect();
    steps.extend(lanes::lock_lanes(locks::OUTBOX, &names));
    let at = micros(batch.conversation.updated_at);
    for outbound in &batch.outbound {
        steps.push(step(
            "INSERT INTO outbox (id, destination, lane, kind, conversation, seq, body, state, \
             next_at, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', \
             CASE WHEN $3 IS NOT NULL AND EXISTS (SELECT 1 FROM outbox WHERE lane = $3 \
             AND state IN ('waiting', 'sending')) THEN NULL \
             ELSE greatest($8, coalesce($9, $8)) END, $8)",
            values![
                &outbound.id,
                &outbound.destination,
                &outbound.lane,
                &outbound.kind,
                n,
                outbound.seq.map(signed),
                &outbound.body,
                at,
                outbound.not_before.map(micros),
            ],
        ));
    }
}

/// What happened, as the last thing: their numbers rise in the order of the commits.
fn add_events<'a>(steps: &mut Vec<Step<'a>>, batch: &'a Batch, n: i64) {
    if batch.events.is_empty() {
        return;
    }
    let lock = format!("SELECT pg_advisory_xact_lock({}, 0)", locks::EVENTS);
    steps.push(step(lock, values![]));
    for event in &batch.events {
        steps.push(step(
            "INSERT INTO events (conversation, ticket, at, kind, by, detail) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            values![
                n,
                event.ticket.as_str(),
                micros(batch.conversation.updated_at),
                event.kind.as_str(),
                event.by.as_ref().map(desk::AgentId::as_str),
                &event.detail,
            ],
        ));
    }
}
