//! Who is there: the people of the store as routing sees them.

use desk::{AgentId, Calendar, Change, Floor, Interval, TeamId};
use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::{Room, Shifts, Store, User};

use crate::app::App;
use crate::http::Answer;
use crate::packs::Knowledge;

/// Everybody who answers customers, and what waits.
pub(super) async fn floor(app: &App, knowledge: &Knowledge) -> Answer<Floor> {
    let users = app.store.users().await?;
    if users.iter().all(|user| user.profile.teams.is_empty()) {
        return Ok(Floor::default());
    }
    let loads = app.store.loads().await?;
    let capacity = knowledge.policy.book.capacity;
    let agents = users
        .iter()
        .filter(|user| user.disabled_at.is_none() && !user.profile.teams.is_empty())
        .map(|user| agent(user, loads.agents.get(&user.name).copied().unwrap_or(0), capacity))
        .collect();
    tracing::trace!(waiting = ?loads.waiting, "the floor is read");
    let handling = loads.handling_seconds.map(SignedDuration::from_secs);
    // A ticket that was settled at once says nothing of how long the next one takes.
    let handling = handling.map(|took| took.max(SignedDuration::from_mins(1)));
    Ok(Floor { agents, waiting: loads.waiting, handling })
}

fn agent(user: &User, load: u32, capacity: u32) -> desk::Agent {
    let shifts = user.profile.shifts.as_ref().map(calendar);
    desk::Agent {
        id: AgentId::new(&user.name),
        teams: user.profile.teams.iter().map(|team| TeamId::new(team)).collect(),
        languages: user.profile.languages.iter().cloned().collect(),
        skills: user.profile.skills.clone(),
        capacity: user.profile.capacity.unwrap_or(capacity),
        load,
        // Shifts are checked before they are stored; should they not be readable after
        // all, nobody is counted on who may not be there.
        available: user.available && shifts.as_ref().is_none_or(Result::is_ok),
        shifts: shifts.and_then(Result::ok),
    }
}

/// The place that a change takes with the person it is given to.
pub(super) fn room(floor: &Floor, change: &Change) -> Option<Room> {
    let desk::Owner::Agent(owner) = &change.conversation.owner else { return None };
    let agent = floor.agents.iter().find(|agent| agent.id == *owner)?;
    Some(Room { agent: owner.clone(), capacity: agent.capacity })
}

/// The hours of a person's shifts.
///
/// # Errors
/// What is wrong with them, in a sentence.
pub(crate) fn calendar(shifts: &Shifts) -> Result<Calendar, String> {
    let zone = TimeZone::get(&shifts.time_zone)
        .map_err(|_| format!("{:?} is no time zone of the IANA database", shifts.time_zone))?;
    let interval = |text: &String| {
        desk::parse_interval(text).ok_or_else(|| format!("{text:?} is no interval; 09:00-18:00 is"))
    };
    let mut week: [Vec<Interval>; 7] = Default::default();
    for (day, texts) in week.iter_mut().zip(&shifts.week) {
        *day = texts.iter().map(interval).collect::<Result<_, _>>()?;
    }
    let date = |text: &String| {
        text.parse::<Date>().map_err(|_| format!("{text:?} is no date; 2026-12-24 is"))
    };
    let days_off = shifts.days_off.iter().map(date).collect::<Result<Vec<_>, _>>()?;
    Calendar::new(zone, week, days_off).map_err(|error| error.to_string())
}
