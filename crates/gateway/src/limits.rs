//! How often one caller may ask.

#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Rate;

/// Rate limits by address and by API token.
#[derive(Debug)]
pub(crate) struct Limits {
    visitors: Option<DefaultKeyedRateLimiter<IpAddr>>,
    api: Option<DefaultKeyedRateLimiter<String>>,
    clock: DefaultClock,
}

/// The caller has to wait so many seconds, rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait(pub(crate) u64);

impl Limits {
    pub(crate) fn new(visitors: Rate, api: Rate) -> Self {
        Self { visitors: limiter(visitors), api: limiter(api), clock: DefaultClock::default() }
    }

    /// Counts a request of a caller without an API token.
    pub(crate) fn visitor(&self, address: IpAddr) -> Result<(), Wait> {
        check(self.visitors.as_ref(), &network(address), &self.clock)
    }

    /// Counts a request of a caller with an API token.
    pub(crate) fn api(&self, name: &str) -> Result<(), Wait> {
        match &self.api {
            Some(limiter) => check(Some(limiter), &name.to_owned(), &self.clock),
            None => Ok(()),
        }
    }

    /// Forgets callers who have not asked for so long that nothing is held against them.
    pub(crate) fn forget(&self) {
        if let Some(visitors) = &self.visitors {
            visitors.retain_recent();
            visitors.shrink_to_fit();
        }
    }
}

fn limiter<K: std::hash::Hash + Eq + Clone>(rate: Rate) -> Option<DefaultKeyedRateLimiter<K>> {
    NonZeroU32::new(rate.0).map(|n| RateLimiter::keyed(Quota::per_minute(n)))
}

fn check<K: std::hash::Hash + Eq + Clone>(
    limiter: Option<&DefaultKeyedRateLimiter<K>>,
    key: &K,
    clock: &DefaultClock,
) -> Result<(), Wait> {
    let Some(limiter) = limiter else { return Ok(()) };
    limiter.check_key(key).map_err(|until| {
        let wait = until.wait_time_from(clock.now());
        Wait(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    })
}

/// One customer has 2^64 addresses of version 6: they count as one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 => v4,
    }
}
