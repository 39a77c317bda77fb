//! What may be offered, and never more.

use intent::Severity;

/// One rung of a ladder of compensation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// What: `voucher`, `partial_refund`, `refund`.
    pub offer: String,
    /// Percent of the order's value.
    pub percent: u8,
    /// From which tier on.
    pub tier: u8,
    /// From which severity on.
    pub severity: Severity,
}

/// Percent of an order's value, by tier and severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// By tier, each blue, yellow, red.
    pub(crate) percent: [[u8; 3]; 3],
}

impl Bounds {
    /// The most that may be offered.
    #[must_use]
    pub fn of(&self, tier: u8, severity: Severity) -> u8 {
        let column = match severity {
            Severity::Blue => 0,
            Severity::Yellow => 1,
            Severity::Red => 2,
        };
        let row = usize::from(tier.clamp(1, 3)) - 1;
        self.percent[row][column]
    }
}
