//! What Prometheus scrapes: counts and durations, never a word of anybody.

use std::fmt::Write;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// What is counted while the service runs.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    request_seconds: Family<RouteLabels, Histogram>,
    analysis_seconds: Histogram,
    decisions: Family<DecisionLabels, Counter>,
    turn_retries: Counter,
    replays: Counter,
    late_replies: Counter,
    steps: Family<StepLabels, Counter>,
    reloads: Family<ReloadLabels, Counter>,
    connections: Gauge,
    panics: Counter,
    unlogged: Counter,
    webhooks: Family<ChannelLabels, Counter>,
    heard: Family<ChannelLabels, Counter>,
    sent: Family<ChannelLabels, Counter>,
    unsure: Family<UnsureLabels, Counter>,
    opened: Family<DestinationLabels, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ChannelLabels {
    name: String,
    what: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DestinationLabels {
    name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct UnsureLabels {
    name: String,
    why: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DecisionLabels {
    action: &'static str,
    rule: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StepLabels {
    event: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReloadLabels {
    result: &'static str,
}

/// From a tenth of a millisecond to ten seconds.
const REQUEST_BUCKETS: [f64; 12] =
    [1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 0.1, 0.5, 2.5, 10.0];

/// From a microsecond to ten milliseconds.
const ANALYSIS_BUCKETS: [f64; 9] = [1e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 5e-4, 1e-3, 1e-2];

impl Metrics {
    pub(crate) fn new() -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("switchboard"),
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(|| Histogram::new(REQUEST_BUCKETS)),
            analysis_seconds: Histogram::new(ANALYSIS_BUCKETS),
            decisions: Family::default(),
            turn_retries: Counter::default(),
            replays: Counter::default(),
            late_replies: Counter::default(),
            steps: Family::default(),
            reloads: Family::default(),
            connections: Gauge::default(),
            panics: Counter::default(),
            unlogged: Counter::default(),
            webhooks: Family::default(),
            heard: Family::default(),
            sent: Family::default(),
            unsure: Family::default(),
            opened: Family::default(),
        };
        metrics.registered()
    }

    fn registered(mut self) -> Self {
        let r = &mut self.registry;
        r.register("http_requests", "Requests answered", self.requests.clone());
        r.register_with_unit(
            "http_request_duration",
            "From the head of a request to the head of its response",
            Unit::Seconds,
            self.request_seconds.clone(),
        );
        r.register_with_unit(
            "analysis_duration",
            "Reading one message",
            Unit::Seconds,
            self.analysis_seconds.clone(),
        );
        r.register("decisions", "Turns, by what was done and the rule", self.decisions.clone());
        r.register(
            "turn_retries",
            "Turns decided anew because another node changed the conversation",
            self.turn_retries.clone(),
        );
        r.register(
            "replayed_turns",
            "Turns sent again and answered from the store",
            self.replays.clone(),
        );
        r.register(
            "late_replies",
            "Replies of the bot dropped because the conversation changed its owner meanwhile",
            self.late_replies.clone(),
        );
        r.register("desk_events", "What happened to tickets, by kind", self.steps.clone());
        r.register("reloads", "Reloads of packs and answers", self.reloads.clone());
        r.register("connections", "Connections open", self.connections.clone());
        r.register("panics", "Requests that ended in a panic", self.panics.clone());
        r.register(
            "unlogged_messages",
            "Messages left out of the message log since the disk was behind",
            self.unlogged.clone(),
        );
        r.register(
            "webhook_events",
            "Events of inboxes: new, repeated, or why a request is refused",
            self.webhooks.clone(),
        );
        r.register("inbox_events", "Events worked on, by kind", self.heard.clone());
        r.register("outbox_tries", "Things tried to be sent, by outcome", self.sent.clone());
        r.register(
            "outbox_unsure",
            "Things sent again that may have arrived: whoever sent them was stopped, or nothing \
             was answered that says",
            self.unsure.clone(),
        );
        r.register(
            "breakers_opened",
            "How often a destination was left alone since it kept failing",
            self.opened.clone(),
        );
        self
    }

    pub(crate) fn received(&self, inbox: &str, new: usize, repeated: u32) {
        for (what, count) in [("new", new as u64), ("repeated", u64::from(repeated))] {
            if count > 0 {
                let labels = ChannelLabels { name: inbox.to_owned(), what };
                self.webhooks.get_or_create(&labels).inc_by(count);
            }
        }
    }

    pub(crate) fn refused(&self, inbox: &str, what: &'static str) {
        self.webhooks.get_or_create(&ChannelLabels { name: inbox.to_owned(), what }).inc();
    }

    pub(crate) fn heard(&self, inbox: &str, what: &'static str) {
        self.heard.get_or_create(&ChannelLabels { name: inbox.to_owned(), what }).inc();
    }

    pub(crate) fn sent(&self, destination: &str, what: &'static str) {
        self.sent.get_or_create(&ChannelLabels { name: destination.to_owned(), what }).inc();
    }

    pub(crate) fn unsure(&self, destination: &str, why: &'static str) {
        self.unsure.get_or_create(&UnsureLabels { name: destination.to_owned(), why }).inc();
    }

    pub(crate) fn opened(&self, destination: &str) {
        self.opened.get_or_create(&DestinationLabels { name: destination.to_owned() }).inc();
    }

    /// The text that Prometheus reads.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        if encode(&mut text, &self.registry).is_err() {
            // Writing to a string does not fail; an incomplete page must not look complete.
            text.clear();
            let _ = writeln!(text, "# the figures could not be written");
        }
        text
    }

    pub(crate) fn answered(&self, method: &str, route: &str, status: u16, seconds: f64) {
        let (method, route) = (method.to_owned(), route.to_owned());
        self.request_seconds.get_or_create(&RouteLabels { route: route.clone() }).observe(seconds);
        self.requests.get_or_create(&RequestLabels { method, route, status }).inc();
    }

    pub(crate) fn analysed(&self, seconds: f64) {
        self.analysis_seconds.observe(seconds);
    }

    pub(crate) fn decided(&self, action: &'static str, rule: &'static str) {
        self.decisions.get_or_create(&DecisionLabels { action, rule }).inc();
    }

    pub(crate) fn retried(&self) {
        self.turn_retries.inc();
    }

    pub(crate) fn replayed(&self) {
        self.replays.inc();
    }

    pub(crate) fn came_late(&self) {
        self.late_replies.inc();
    }

    pub(crate) fn happened(&self, events: &[desk::EventKind]) {
        for event in events {
            self.steps.get_or_create(&StepLabels { event: event.as_str() }).inc();
        }
    }

    pub(crate) fn reloaded(&self, well: bool) {
        let result = if well { "ok" } else { "broken" };
        self.reloads.get_or_create(&ReloadLabels { result }).inc();
    }

    pub(crate) fn connected(&self) {
        self.connections.inc();
    }

    pub(crate) fn disconnected(&self) {
        self.connections.dec();
    }

    pub(crate) fn logged(&self, well: bool) {
        self.unlogged.inc_by(u64::from(!well));
    }

    pub(crate) fn panicked(&self) {
        self.panics.inc();
    }
}
