//! Passwords and sessions: who somebody is, and for how long.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use jiff::{SignedDuration, Timestamp};
use store::{Audit, Record, Session, Store, TokenHash, User};

use crate::app::App;
use crate::entropy::{self, TokenKind};
use crate::http::{Answer, Code, Problem};

#[cfg(test)]
mod tests;

/// The name of the cookie.
const COOKIE: &str = "switchboard_session";
/// The shortest password taken, in characters: length is what guessing fails at.
pub(crate) const MIN_PASSWORD: usize = 10;
/// The longest: more only costs time.
const MAX_PASSWORD_BYTES: usize = 1024;
/// Wrong passwords in a row before a name is locked.
const FAILURES: u32 = 5;
/// A session that nobody used for so long has ended.
const IDLE: SignedDuration = SignedDuration::from_hours(12);
/// A session ends after so long, whatever was done.
const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How exactly it is known when somebody was last there.
const SEEN: SignedDuration = SignedDuration::from_mins(1);

/// Argon2id with 19 MiB, two passes, one lane: the least that OWASP's cheat sheet on the
/// storage of passwords (2024) recommends.
fn argon2() -> Result<Argon2<'static>, Problem> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(Problem::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a new password. Takes some tens of milliseconds of a processor.
///
/// # Errors
/// [`Code::InvalidField`] for one that is too short or too long.
pub(crate) fn hash(password: &str) -> Answer<String> {
    if password.chars().count() < MIN_PASSWORD || password.len() > MAX_PASSWORD_BYTES {
        let detail = format!("password: takes {MIN_PASSWORD} characters or more");
        return Err(Problem::new(Code::InvalidField, detail));
    }
    let salt = SaltString::encode_b64(&entropy::salt()?).map_err(Problem::internal)?;
    let hash = argon2()?.hash_password(password.as_bytes(), &salt).map_err(Problem::internal)?;
    Ok(hash.to_string())
}

/// Whether a password fits. Where there is no hash it takes as long, and does not fit.
fn fits(password: &str, hash: Option<&str>) -> Answer<bool> {
    let argon2 = argon2()?;
    let Some(hash) = hash.and_then(|hash| PasswordHash::new(hash).ok()) else {
        let salt = SaltString::encode_b64(&[0; 16]).map_err(Problem::internal)?;
        let _ = argon2.hash_password(password.as_bytes(), &salt);
        return Ok(false);
    };
    Ok(argon2.verify_password(password.as_bytes(), &hash).is_ok())
}

/// Somebody who has just signed in.
pub(crate) struct SignedIn {
    /// Who.
    pub(crate) user: User,
    /// The secret for the cookie.
    pub(crate) secret: String,
}

/// Signs in. A name that nobody has and a wrong password look the same and take as long.
///
/// # Errors
/// [`Code::SignInFailed`], [`Code::LockedOut`].
pub(crate) async fn sign_in(app: &App, name: &str, password: &str) -> Answer<SignedIn> {
    // Attempts at one name come one after another, so that each is counted.
    let _turn = app.turn_of(&format!("user {name}")).await;
    let now = app.clock.now();
    let user = app.store.user(name).await?.filter(|user| user.disabled_at.is_none());
    if let Some(until) = user.as_ref().and_then(|user| user.locked_until).filter(|at| *at > now) {
        let seconds = until.duration_since(now).as_secs().unsigned_abs();
        return Err(Problem::from(Code::LockedOut).retry_after(seconds));
    }
    let (tried, known) = (password.to_owned(), user.as_ref().map(|user| user.password.clone()));
    let place = app.passwords.acquire().await.map_err(Problem::internal)?;
    let fits = tokio::task::spawn_blocking(move || fits(&tried, known.as_deref()));
    let fits = fits.await.map_err(Problem::internal)??;
    drop(place);
    let Some(user) = user else { return Err(Code::SignInFailed.into()) };
    let actor = format!("user:{name}");
    if !fits {
        let failures = user.failures.saturating_add(1);
        let locked_until = (failures >= FAILURES).then(|| now + lockout(failures));
        let detail = format!("{failures} in a row");
        let user = User { failures, locked_until, ..user };
        let records = vec![
            Record::User(Box::new(user)),
            audit(now, &actor, "session.refused", name, &detail),
        ];
        app.store.put(records).await?;
        return Err(Code::SignInFailed.into());
    }
    let secret = entropy::token(TokenKind::Session)?;
    let session = Session {
        hash: TokenHash::of(&secret),
        user: user.name.clone(),
        csrf: TokenHash::of(&csrf(&secret)),
        created_at: now,
        seen_at: now,
        expires_at: now + LONGEST,
    };
    let user = User { failures: 0, locked_until: None, ..user };
    let records = vec![
        Record::User(Box::new(user.clone())),
        Record::Session(session),
        audit(now, &actor, "session.start", name, ""),
    ];
    app.store.put(records).await?;
    Ok(SignedIn { user, secret })
}

/// A minute after five wrong passwords, twice as long after each further one, an hour at most.
fn lockout(failures: u32) -> SignedDuration {
    let doubled = 1_i64 << failures.saturating_sub(FAILURES).min(6);
    SignedDuration::from_mins(doubled.min(60))
}

/// The session behind a secret and whose it is; none where it has ended.
pub(crate) async fn session(app: &App, secret: &str) -> Answer<Option<(Session, User)>> {
    let Some(session) = app.store.session(&TokenHash::of(secret)).await? else { return Ok(None) };
    let now = app.clock.now();
    if now >= session.expires_at || now.duration_since(session.seen_at) >= IDLE {
        app.store.put(vec![Record::EndSession(session.hash)]).await?;
        return Ok(None);
    }
    let user = app.store.user(&session.user).await?.filter(|user| user.disabled_at.is_none());
    let Some(user) = user else { return Ok(None) };
    if now.duration_since(session.seen_at) >= SEEN {
        let seen = Session { seen_at: now, ..session.clone() };
        app.store.put(vec![Record::Session(seen)]).await?;
    }
    Ok(Some((session, user)))
}

/// What a page has to send with everything that it changes: follows from the secret of the
/// session, which no page can read.
pub(crate) fn csrf(secret: &str) -> String {
    let key = blake3::derive_key("switchboard csrf token", secret.as_bytes());
    blake3::Hash::from_bytes(key).to_hex().to_string()
}

/// The secret of a session in a Cookie header.
pub(crate) fn session_cookie(header: &str) -> Option<String> {
    let mut pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == COOKIE)?;
    value.starts_with(TokenKind::Session.prefix()).then(|| value.to_owned())
}

/// The Set-Cookie header of a session; without a secret, one that ends it.
pub(crate) fn cookie(app: &App, secret: Option<&str>) -> String {
    let secure = if app.secure_cookies { "; Secure" } else { "" };
    let age = if secret.is_some() { LONGEST.as_secs() } else { 0 };
    let value = secret.unwrap_or_default();
    format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}")
}

/// A line for the trail.
pub(crate) fn audit(
    now: Timestamp,
    actor: &str,
    action: &str,
    object: &str,
    detail: &str,
) -> Record {
    Record::Audit(Audit {
        at: now,
        actor: actor.to_owned(),
        action: action.to_owned(),
        object: object.to_owned(),
        detail: detail.to_owned(),
    })
}
