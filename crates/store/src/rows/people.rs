//! What stands beside conversations: people, sessions, customers, tasks, trails.

use desk::{AgentId, Event, EventKind, TicketId};
use serde::{Deserialize, Serialize};

use crate::access::{Audit, Contact, Profile, Role, Session, Shifts, Task, User};
use crate::batch::StoredEvent;
use crate::columns::{Columns, broken};
use crate::json;
use crate::secret::TokenHash;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct ProfileRow {
    teams: Vec<String>,
    languages: Vec<String>,
    skills: Vec<String>,
    capacity: Option<u32>,
    shifts: Option<ShiftsRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    known_as: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct ShiftsRow {
    time_zone: String,
    week: [Vec<String>; 7],
    days_off: Vec<String>,
}

/// A person's profile as JSON.
pub(crate) fn profile(profile: &Profile) -> String {
    let Profile { teams, languages, skills, capacity, shifts, known_as } = profile.clone();
    json::write(&ProfileRow {
        teams: teams.into_iter().collect(),
        languages,
        skills: skills.into_iter().collect(),
        capacity,
        shifts: shifts.map(|shifts| {
            let Shifts { time_zone, week, days_off } = shifts;
            ShiftsRow { time_zone, week, days_off }
        }),
        known_as,
    })
}

fn read_profile(text: &str) -> Result<Profile, String> {
    let row: ProfileRow = json::read(text)?;
    Ok(Profile {
        teams: row.teams.into_iter().collect(),
        languages: row.languages,
        skills: row.skills.into_iter().collect(),
        capacity: row.capacity,
        shifts: row.shifts.map(|row| Shifts {
            time_zone: row.time_zone,
            week: row.week,
            days_off: row.days_off,
        }),
        known_as: row.known_as,
    })
}

macro_rules! user_columns {
    () => {
        "name, role, password, profile, available, failures, locked_until, disabled_at, created_at"
    };
}
pub(crate) use user_columns;

/// Reads `user_columns`.
pub(crate) fn user<R: Columns>(row: &R) -> Result<User, R::Error> {
    let role = row.text(1)?;
    Ok(User {
        name: row.owned(0)?,
        role: Role::parse(&role).ok_or_else(|| broken(1, format!("no such role: {role}")))?,
        password: row.owned(2)?,
        profile: row.json(3, read_profile)?,
        available: row.flag(4)?,
        failures: row.number(5)?,
        locked_until: row.time_if_any(6)?,
        disabled_at: row.time_if_any(7)?,
        created_at: row.time(8)?,
    })
}

/// Reads hash, person, the page's secret, and the times of signing in, being there, the end.
pub(crate) fn session<R: Columns>(row: &R) -> Result<Session, R::Error> {
    Ok(Session {
        hash: TokenHash::from_bytes(row.hash(0)?),
        user: row.owned(1)?,
        csrf: TokenHash::from_bytes(row.hash(2)?),
        created_at: row.time(3)?,
        seen_at: row.time(4)?,
        expires_at: row.time(5)?,
    })
}

/// Reads name, whether treated first, value, preference, time.
pub(crate) fn contact<R: Columns>(row: &R) -> Result<Contact, R::Error> {
    Ok(Contact {
        id: row.owned(0)?,
        vip: row.flag(1)?,
        order_value_cents: row.number(2)?,
        prefers: row.owned_if_any(3)?,
        updated_at: row.time(4)?,
    })
}

macro_rules! task_columns {
    () => {
        "id, ticket, department, what, created_by, created_at, due_at, alarmed, done_at, done_by, \
         result"
    };
}
pub(crate) use task_columns;

/// Reads `task_columns`.
pub(crate) fn task<R: Columns>(row: &R) -> Result<Task, R::Error> {
    Ok(Task {
        id: row.owned(0)?,
        ticket: TicketId::new(&row.text(1)?),
        department: row.owned(2)?,
        what: row.owned(3)?,
        created_by: row.owned(4)?,
        created_at: row.time(5)?,
        due_at: row.time(6)?,
        alarmed: row.flag(7)?,
        done_at: row.time_if_any(8)?,
        done_by: row.owned_if_any(9)?,
        result: row.owned_if_any(10)?,
    })
}

/// Reads an event: its number, conversation, time, kind, ticket, person, detail.
pub(crate) fn stored_event<R: Columns>(row: &R) -> Result<StoredEvent, R::Error> {
    let kind = row.text(3)?;
    Ok(StoredEvent {
        n: row.number(0)?,
        conversation: row.conversation_id(1)?,
        at: row.time(2)?,
        event: Event {
            kind: EventKind::parse(&kind)
                .ok_or_else(|| broken(3, format!("no such event: {kind}")))?,
            ticket: TicketId::new(&row.text(4)?),
            by: row.text_if_any(5)?.map(|by| AgentId::new(&by)),
            detail: row.owned(6)?,
        },
    })
}

/// Reads a line of the trail: its number, time, actor, action, object, detail.
pub(crate) fn audit<R: Columns>(row: &R) -> Result<(u64, Audit), R::Error> {
    let audit = Audit {
        at: row.time(1)?,
        actor: row.owned(2)?,
        action: row.owned(3)?,
        object: row.owned(4)?,
        detail: row.owned(5)?,
    };
    Ok((row.number(0)?, audit))
}
