//! Which manner of speaking comes to more customers, looked up now and then.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use store::{Figuring, Period};

use crate::app::App;
use crate::figures::variant::favoured;
use crate::http::Answer;

/// How often the figures are counted for it.
const EVERY: SignedDuration = SignedDuration::from_mins(10);

/// The manner that does better, as far as this process has looked. Each looks for itself, at
/// the same figures.
#[derive(Debug, Default)]
pub(crate) struct Favoured(Mutex<Looked>);

#[derive(Debug, Default)]
struct Looked {
    name: Option<String>,
    at: Option<Timestamp>,
}

impl Favoured {
    /// Its name; none where nothing is rotated, or none is known to do better.
    pub(crate) fn name(&self) -> Option<String> {
        self.looked().name.clone()
    }

    fn looked(&self) -> MutexGuard<'_, Looked> {
        // Nothing is half changed between two statements.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks which manner does better, where that is due.
///
/// # Errors
/// The store fails; what was known stays.
pub(super) async fn rotate(app: &App, now: Timestamp) -> Answer<()> {
    let knowledge = app.knowledge();
    let variants = &knowledge.policy.book.variants;
    let Some(rotation) = variants.rotation else { return Ok(()) };
    if app.favoured.looked().at.is_some_and(|at| now.duration_since(at) < EVERY) {
        return Ok(());
    }
    let days = SignedDuration::from_hours(24 * i64::from(rotation.days));
    let from = now.checked_sub(days).unwrap_or(Timestamp::MIN);
    let figures = app.store.variant_figures(Period { from, to: now }).await?;
    let name = favoured(variants, &figures).map(str::to_owned);
    let mut looked = app.favoured.looked();
    if looked.name != name {
        tracing::info!(variant = name.as_deref().unwrap_or("none"), "a manner is favoured");
    }
    *looked = Looked { name, at: Some(now) };
    Ok(())
}
