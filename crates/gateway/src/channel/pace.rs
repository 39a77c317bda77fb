//! How fast and how often something is sent: pure, with time and randomness handed in.

use jiff::{SignedDuration, Timestamp};

#[cfg(test)]
mod tests;

/// The first wait after a failure.
const FIRST: SignedDuration = SignedDuration::from_secs(1);
/// The longest between two tries.
const LONGEST: SignedDuration = SignedDuration::from_mins(10);
/// Failures in a row after which a destination is left alone for a while.
const FAILURES: u32 = 5;
/// How long it is left alone at first.
const ALONE: SignedDuration = SignedDuration::from_secs(5);
/// How long at most.
const ALONE_LONGEST: SignedDuration = SignedDuration::from_mins(5);

/// The wait after so many tries: twice as long each time, of which the upper half is by
/// chance, so that what failed together does not come back together.
pub(super) fn backoff(tries: u32, random: u64) -> SignedDuration {
    jitter(doubled(FIRST, tries.saturating_sub(1), LONGEST), random)
}

fn doubled(first: SignedDuration, times: u32, longest: SignedDuration) -> SignedDuration {
    let factor = 2_i32.checked_pow(times).unwrap_or(i32::MAX);
    first.checked_mul(factor).unwrap_or(longest).min(longest)
}

fn jitter(wait: SignedDuration, random: u64) -> SignedDuration {
    let half = wait / 2;
    let span = u64::try_from(half.as_millis()).unwrap_or(u64::MAX).max(1);
    half + SignedDuration::from_millis(i64::try_from(random % span).unwrap_or_default())
}

/// The waits of Standard Webhooks after each try, in seconds.
const SCHEDULE: [i64; 9] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// The wait after so many tries to tell a program of an event.
pub(super) fn schedule(tries: u32, random: u64) -> SignedDuration {
    let place = tries.saturating_sub(1) as usize;
    let seconds = SCHEDULE.get(place).or(SCHEDULE.last()).copied().unwrap_or_default();
    let wait = SignedDuration::from_secs(seconds);
    // A tenth more by chance.
    let span = u64::try_from(wait.as_millis() / 10).unwrap_or(1).max(1);
    wait + SignedDuration::from_millis(i64::try_from(random % span).unwrap_or_default())
}

/// How a destination takes what it is sent.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    /// Requests a second; none where the platform states no limit.
    rate: Option<u32>,
    /// What may be sent at once, in thousandths of a request.
    left: i64,
    counted_at: Option<Timestamp>,
    /// Failures in a row.
    failures: u32,
    /// Left alone until then.
    closed_until: Option<Timestamp>,
    /// One is under way that tells whether it is well again.
    trying: bool,
}

impl Pace {
    pub(super) fn new(rate: Option<u32>) -> Self {
        let left = rate.map_or(0, |rate| i64::from(rate) * 1000);
        Self { rate, left, counted_at: None, failures: 0, closed_until: None, trying: false }
    }

    /// How many of `wanted` may be sent now. What is taken counts as sent.
    pub(super) fn take(&mut self, wanted: usize, now: Timestamp) -> usize {
        if self.closed_until.is_some_and(|until| now < until) {
            return 0;
        }
        let mut may = wanted;
        if self.failures >= FAILURES {
            // One goes first.
            may = may.min(usize::from(!self.trying));
        }
        if let Some(rate) = self.rate {
            let full = i64::from(rate) * 1000;
            let passed = self.counted_at.map_or(0, |at| now.duration_since(at).as_millis());
            let more = i64::try_from(passed).unwrap_or(i64::MAX).saturating_mul(i64::from(rate));
            self.left = self.left.saturating_add(more).min(full);
            self.counted_at = Some(now);
            may = may.min(usize::try_from(self.left / 1000).unwrap_or_default());
            self.left -= i64::try_from(may).unwrap_or_default() * 1000;
        }
        self.trying |= self.failures >= FAILURES && may > 0;
        may
    }

    /// Gives back what was taken and not used.
    pub(super) fn unused(&mut self, count: usize) {
        if count > 0 {
            self.trying = false;
            self.left = self.left.saturating_add(i64::try_from(count).unwrap_or_default() * 1000);
        }
    }

    /// It took something.
    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
        self.trying = false;
    }

    /// It failed as a whole: no connection, no answer, an error of its own. True where it is
    /// left alone from now on.
    pub(super) fn failed(&mut self, now: Timestamp, random: u64) -> bool {
        self.failures = self.failures.saturating_add(1);
        self.trying = false;
        if self.failures < FAILURES {
            return false;
        }
        let wait = jitter(doubled(ALONE, self.failures - FAILURES, ALONE_LONGEST), random);
        self.pause(now, wait);
        self.failures == FAILURES
    }

    /// It asked to be left alone.
    pub(super) fn pause(&mut self, now: Timestamp, wait: SignedDuration) {
        let until = now.checked_add(wait).unwrap_or(Timestamp::MAX);
        self.closed_until = self.closed_until.max(Some(until));
        self.trying = false;
    }

    /// Until when it is left alone, where it is.
    pub(super) fn closed(&self, now: Timestamp) -> Option<Timestamp> {
        self.closed_until.filter(|until| now < *until)
    }
}
