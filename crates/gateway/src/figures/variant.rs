//! Which of several variants did better, as far as can be told.

use desk::{VariantOutcome, Variants};
use store::VariantFigure;

/// What 95 of 100 intervals hold: the quantile of the normal distribution.
const Z: f64 = 1.96;

/// A share with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Interval {
    pub(crate) share: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// Wilson's interval of a share at 95 %; none of nothing.
pub(crate) fn wilson(good: u64, all: u64) -> Option<Interval> {
    if all == 0 {
        return None;
    }
    let n = all as f64;
    let share = good as f64 / n;
    let scale = 1.0 + Z * Z / n;
    let middle = (share + Z * Z / (2.0 * n)) / scale;
    let half = Z / scale * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    Some(Interval { share, low: (middle - half).max(0.0), high: (middle + half).min(1.0) })
}

/// The one whose interval lies above all others; none where that cannot be told.
pub(crate) fn winner(intervals: &[Option<Interval>]) -> Option<usize> {
    if intervals.len() < 2 || intervals.iter().any(Option::is_none) {
        return None;
    }
    let above = |at: usize| {
        let mut others = intervals.iter().enumerate().filter(|(other, _)| *other != at);
        others.all(|(_, other)| {
            intervals[at].zip(*other).is_some_and(|(it, other)| it.low > other.high)
        })
    };
    (0..intervals.len()).find(|at| above(*at))
}

/// How often a manner did well by this, of how often it could have.
pub(crate) fn outcomes(by: VariantOutcome, figure: &VariantFigure) -> (u64, u64) {
    match by {
        VariantOutcome::Contained => (figure.contained, figure.conversations),
        VariantOutcome::Pressed => (figure.pressed, figure.conversations),
        VariantOutcome::Marks => (figure.good, figure.marks),
    }
}

/// The manner that is to come to more customers: the winner of those that are tried, once
/// each has as many outcomes as it takes. None where nothing is rotated, or it cannot be told.
pub(crate) fn favoured<'a>(variants: &'a Variants, figures: &[VariantFigure]) -> Option<&'a str> {
    let rotation = variants.rotation?;
    let tried: Vec<&str> =
        variants.shares.iter().filter(|(_, share)| **share > 0).map(|(name, _)| &**name).collect();
    let interval = |name: &&str| {
        let figure = figures.iter().find(|figure| figure.variant == *name)?;
        let (good, all) = outcomes(rotation.by, figure);
        wilson(good, all).filter(|_| all >= u64::from(rotation.after))
    };
    let intervals: Vec<Option<Interval>> = tried.iter().map(interval).collect();
    winner(&intervals).map(|at| tried[at])
}
