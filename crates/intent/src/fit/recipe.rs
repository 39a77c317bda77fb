//! How a fit goes about, by how much there is to learn from.

/// What is hidden of an example at a step, in 256 parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hide {
    pub(super) lexical: u32,
    pub(super) conceptual: u32,
    /// Of hand-written evidence.
    pub(super) by_hand: u32,
}

impl Hide {
    pub(super) const NOTHING: Self = Self { lexical: 0, conceptual: 0, by_hand: 0 };
}

/// What draws weights to zero at each step that touches them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Decay {
    /// This part of each.
    Even(f32),
    /// This part, divided by how many samples have the feature: what few have is seldom
    /// touched, and would hardly be drawn back.
    ByRarity(f32),
}

/// The settings of a fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipe {
    /// Features other than whole words that fewer samples have are left out.
    pub(super) rarest: u32,
    pub(super) epochs: usize,
    pub(super) epochs_pruned: usize,
    /// How often those samples are gone through that do not hold.
    pub(super) rounds_held: usize,
    pub(super) hide: Hide,
    pub(super) decay: Decay,
    /// Weights nearer to zero than this are dropped.
    pub(super) least: f32,
    /// Messages of strangers are further from the samples than held-out samples are, and a
    /// pack's patterns were written with its samples in view: by this factor, in thousandths,
    /// scores are trusted less.
    pub(super) strangers: i32,
}

/// A pack of so few samples has no second one for most of its words.
const FEW: usize = 5_000;

impl Recipe {
    pub(super) fn of(samples: usize) -> Self {
        if samples < FEW { Self::THRIFTY } else { Self::AMPLE }
    }

    /// For packs of many samples: much is hidden, so that no feature is relied on alone, since
    /// strangers use other words. With half of it, one message in a hundred more was missed
    /// that no pack's writer had seen. Between 1100 and 1300 thousandths of the temperature of
    /// held-out samples, confidence was nearest to the share that is right on such messages.
    const AMPLE: Self = Self {
        rarest: 2,
        epochs: 14,
        epochs_pruned: 4,
        rounds_held: 40,
        hide: Hide { lexical: 144, conceptual: 80, by_hand: 130 },
        decay: Decay::Even(2e-4),
        least: 0.25,
        strangers: 1200,
    };

    /// For packs of few: everything is learnt from, and weights are kept small instead, so
    /// that a message which shares little with any sample is claimed by none. Chosen on
    /// HINT3's three shops and the corpora of docs/BENCHMARKS.md.
    const THRIFTY: Self = Self {
        rarest: 1,
        epochs: 40,
        epochs_pruned: 0,
        rounds_held: 0,
        hide: Hide::NOTHING,
        decay: Decay::ByRarity(0.25),
        least: 0.02,
        strangers: 2000,
    };
}
