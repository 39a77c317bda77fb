//! Records, as statements: what each of them changes.

use super::lanes::{PART, add_drop, add_gone, add_sending, add_worked, lock_lane_of};
use super::value::{Value, values};
use super::work::{Step, step};
use crate::access::{Task, User};
use crate::batch::ApiToken;
use crate::columns::{micros, signed};
use crate::record::Record;
use crate::{detail, rows};

/// Adds what records change.
pub(super) fn add<'a>(steps: &mut Vec<Step<'a>>, records: &'a [Record]) {
    for record in records {
        add_one(steps, record);
    }
}

fn add_one<'a>(steps: &mut Vec<Step<'a>>, record: &'a Record) {
    match record {
        Record::User(user) => steps.push(put_user(user)),
        Record::Session(session) => steps.push(step(
            "INSERT INTO sessions (hash, person, csrf, created_at, seen_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hash) DO UPDATE SET person = $2, \
             csrf = $3, created_at = $4, seen_at = $5, expires_at = $6",
            values![
                Value::hash(session.hash.as_bytes()),
                &session.user,
                Value::hash(session.csrf.as_bytes()),
                micros(session.created_at),
                micros(session.seen_at),
                micros(session.expires_at),
            ],
        )),
        Record::EndSession(hash) => {
            let sql = "DELETE FROM sessions WHERE hash = $1";
            steps.push(step(sql, values![Value::hash(hash.as_bytes())]));
        }
        Record::EndSessionsOf(user) => {
            steps.push(step("DELETE FROM sessions WHERE person = $1", values![user]));
        }
        Record::ApiToken(token) => steps.push(put_api_token(token)),
        Record::Contact(contact) => steps.push(step(
            "INSERT INTO contacts (id, vip, order_value_cents, prefers, updated_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET vip = $2, \
             order_value_cents = $3, prefers = $4, updated_at = $5",
            values![
                &contact.id,
                contact.vip,
                signed(contact.order_value_cents),
                &contact.prefers,
                micros(contact.updated_at),
            ],
        )),
        Record::Task(task) => steps.push(put_task(task)),
        Record::Note(note) => steps.push(step(
            "INSERT INTO notes (conversation, ticket, at, by, text) \
             SELECT n, $2, $3, $4, $5 FROM conversations WHERE id = $1",
            values![
                note.conversation.as_str(),
                note.ticket.as_str(),
                micros(note.at),
                &note.by,
                &note.text,
            ],
        )),
        Record::Audit(audit) => steps.push(step(
            "INSERT INTO audit (at, actor, action, object, detail) VALUES ($1, $2, $3, $4, $5)",
            values![micros(audit.at), &audit.actor, &audit.action, &audit.object, &audit.detail,],
        )),
        Record::Worked { n, worked } => add_worked(steps, signed(*n), worked),
        Record::Sending { n, sending } => add_sending(steps, signed(*n), sending),
        Record::Receipt { destination, platform_id, receipt, at } => steps.push(step(
            "UPDATE outbox_parts p SET receipt = $3, receipt_at = $4 FROM outbox o \
             WHERE o.n = p.row AND p.platform_id = $2 AND p.receipt < $3 AND o.destination = $1",
            values![destination, platform_id, rows::rank(*receipt), micros(*at)],
        )),
        Record::ReceiptsUntil { conversation, until, receipt, at } => steps.push(step(
            "UPDATE outbox_parts SET receipt = $3, receipt_at = $4 WHERE receipt < $3 \
             AND sent_at <= $2 AND row IN (SELECT n FROM outbox WHERE seq IS NOT NULL \
             AND conversation = (SELECT n FROM conversations WHERE id = $1))",
            values![conversation.as_str(), micros(*until), rows::rank(*receipt), micros(*at)],
        )),
        Record::Refused { inbox, count, at } => steps.push(step(
            "INSERT INTO channels AS c (name, refused, refused_at) VALUES ($1, $2, $3) \
             ON CONFLICT (name) DO UPDATE SET refused = c.refused + $2, refused_at = $3",
            values![inbox, signed(*count), micros(*at)],
        )),
        Record::Detail { conversation, sender, detail } => steps.push(step(
            "UPDATE addresses SET sender = $2, detail = $3 \
             WHERE conversation = (SELECT n FROM conversations WHERE id = $1)",
            values![conversation.as_str(), sender, detail],
        )),
        Record::Thread { destination, conversation, key, detail } => steps.push(step(
            "INSERT INTO threads (destination, conversation, key, detail) \
             SELECT $1, n, $3, $4 FROM conversations WHERE id = $2 \
             ON CONFLICT (destination, conversation) DO UPDATE SET key = $3, detail = $4",
            values![destination, conversation.as_str(), key, detail],
        )),
        Record::Access(access) => steps.push(step(
            "INSERT INTO access (name, token, until, refresh) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (name) DO UPDATE SET token = $2, until = $3, refresh = $4",
            values![&access.name, &access.token, micros(access.until), &access.refresh],
        )),
        Record::Release { at } => {
            for release in [
                "UPDATE inbox SET next_at = $1 WHERE state = 'working'",
                "UPDATE outbox SET next_at = $1 WHERE state = 'sending'",
            ] {
                steps.push(step(release, values![micros(*at)]));
            }
        }
        Record::Replay { n, at } => {
            steps.push(lock_lane_of(signed(*n)));
            steps.push(step(
                "UPDATE outbox o SET state = 'waiting', attempts = 0, error = NULL, \
                 ended_at = NULL, next_at = CASE WHEN lane IS NOT NULL AND EXISTS \
                 (SELECT 1 FROM outbox b WHERE b.lane = o.lane \
                 AND b.state IN ('waiting', 'sending') AND b.n < o.n) THEN NULL ELSE $2 END \
                 WHERE n = $1 AND state = 'dead'",
                values![signed(*n), micros(*at)],
            ));
        }
        Record::Name { id, part, platform_id } => steps.push(step(
            "UPDATE outbox_parts SET platform_id = $3 WHERE row = (SELECT n FROM outbox \
             WHERE id = $1) AND part = $2 AND platform_id IS NULL",
            values![id, *part, platform_id],
        )),
        Record::Settle { id, part, platform_id, at } => {
            // It may be known to be sent without its name, where the answer was cut off.
            steps.push(step(
                "UPDATE outbox_parts SET platform_id = $3 WHERE row = (SELECT n FROM outbox \
                 WHERE id = $1 AND state <> 'dead') AND part = $2 AND platform_id IS NULL",
                values![id, *part, platform_id],
            ));
            steps.push(step(
                format!(
                    "{} SELECT n, $2, $3, $4, $4 FROM outbox WHERE id = $1 AND state <> 'dead' {}",
                    PART.0, PART.1
                ),
                values![id, *part, platform_id, micros(*at)],
            ));
        }
        Record::Drop { conversation, at, error } => {
            add_drop(steps, conversation, *at, error);
        }
        Record::Gone { destination, at, error } => add_gone(steps, destination, *at, error),
        Record::Redact { conversation, name, rule, why } => {
            let of = "SELECT n.conversation, n.seq FROM message_names n \
                      JOIN conversations c ON c.n = n.conversation WHERE c.id = $1 AND n.name = $2";
            steps.push(step(
                format!(
                    "UPDATE messages m SET text = '', markdown = NULL, notes = $3, words = NULL \
                     FROM ({of}) named WHERE m.author = 'customer' \
                     AND m.conversation = named.conversation AND m.seq = named.seq"
                ),
                values![
                    conversation.as_str(),
                    name,
                    Value::json(detail::notes(&desk::Notes::unread(rule, why), &[]))
                ],
            ));
            // What was answered may repeat what was said.
            steps.push(step(
                format!(
                    "UPDATE turns t SET response = '{{}}' FROM ({of}) named \
                     WHERE t.conversation = named.conversation AND t.seq = named.seq"
                ),
                values![conversation.as_str(), name],
            ));
        }
        Record::Forget { bodies, names } => {
            for (sql, before) in [
                (
                    "DELETE FROM deliveries d WHERE received_at < $1 AND NOT EXISTS (SELECT 1 \
                     FROM inbox WHERE delivery = d.n \
                     AND state IN ('waiting', 'working', 'failed'))",
                    bodies,
                ),
                ("DELETE FROM inbox WHERE received_at < $1 AND state IN ('done', 'failed')", names),
                ("DELETE FROM outbox WHERE ended_at < $1 AND state = 'sent'", names),
                ("DELETE FROM replays WHERE until < $1", bodies),
            ] {
                steps.push(step(sql, values![micros(*before)]));
            }
        }
    }
}

fn put_user(user: &User) -> Step<'_> {
    step(
        "INSERT INTO users (name, role, password, profile, available, failures, locked_until, \
         disabled_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (name) DO UPDATE SET role = $2, password = $3, profile = $4, \
         available = $5, failures = $6, locked_until = $7, disabled_at = $8, created_at = $9",
        values![
            &user.name,
            user.role.as_str(),
            &user.password,
            Value::json(rows::profile(&user.profile)),
            user.available,
            user.failures,
            user.locked_until.map(micros),
            user.disabled_at.map(micros),
            micros(user.created_at),
        ],
    )
}

pub(super) fn put_api_token(token: &ApiToken) -> Step<'_> {
    step(
        "INSERT INTO api_tokens (name, hash, created_at, revoked_at, scopes) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO UPDATE SET hash = $2, \
         created_at = $3, revoked_at = $4, scopes = $5",
        values![
            &token.name,
            Value::hash(token.hash.as_bytes()),
            micros(token.created_at),
            token.revoked_at.map(micros),
            token.scopes.to_string(),
        ],
    )
}

fn put_task(task: &Task) -> Step<'_> {
    step(
        "INSERT INTO tasks (id, ticket, department, what, created_by, created_at, due_at, \
         alarmed, done_at, done_by, result) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (id) DO UPDATE SET alarmed = $8, done_at = $9, done_by = $10, result = $11",
        values![
            &task.id,
            task.ticket.as_str(),
            &task.department,
            &task.what,
            &task.created_by,
            micros(task.created_at),
            micros(task.due_at),
            task.alarmed,
            task.done_at.map(micros),
            &task.done_by,
            &task.result,
        ],
    )
}
