-- Times are microseconds since 1970-01-01 UTC. Rows refer to each other by the short number
-- `n`, not by the id. JSON stands as text, as in every other database of this program: it is
-- read back as it was written.

CREATE TABLE conversations (
    n             BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    id            TEXT COLLATE "C" NOT NULL UNIQUE,
    version       BIGINT NOT NULL,
    visitor_token BYTEA,
    owner         TEXT   NOT NULL CHECK (owner IN ('bot', 'queue', 'agent')),
    agent         TEXT   CHECK ((agent IS NOT NULL) = (owner = 'agent')),
    fence         BIGINT NOT NULL,
    started_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    messages      BIGINT NOT NULL,
    memory        TEXT   NOT NULL,
    contact       TEXT COLLATE "C",
    -- The hash of the last message, which ties it to all before.
    chain         BYTEA,
    -- The latest ticket: the open one, or the last that was resolved.
    ticket        BIGINT,
    -- The earliest moment at which something has to be done.
    wake_at       BIGINT
-- Room on each page, so that a turn rewrites no index.
) WITH (fillfactor = 80);
CREATE INDEX conversations_wake ON conversations (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX conversations_by_contact ON conversations (contact, n) WHERE contact IS NOT NULL;
CREATE INDEX conversations_by_time ON conversations (started_at);

CREATE TABLE messages (
    n            BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    conversation BIGINT NOT NULL REFERENCES conversations,
    seq          BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    author       TEXT   NOT NULL CHECK (author IN ('customer', 'bot', 'agent')),
    agent        TEXT   CHECK ((agent IS NOT NULL) = (author = 'agent')),
    text         TEXT   NOT NULL,
    markdown     TEXT,
    language     TEXT,
    buttons      TEXT,
    answers      TEXT,
    notes        TEXT,
    hash         BYTEA,
    -- What it is found by, cut into words by the store; null where nobody looks for it.
    words        TSVECTOR
);
CREATE UNIQUE INDEX messages_in_order ON messages (conversation, seq);
CREATE INDEX messages_by_words ON messages USING gin (words) WHERE words IS NOT NULL;

CREATE TABLE tickets (
    n                 BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    id                TEXT COLLATE "C" NOT NULL UNIQUE,
    conversation      BIGINT NOT NULL REFERENCES conversations,
    state             TEXT   NOT NULL CHECK (state IN ('open', 'assigned', 'waiting', 'resolved')),
    severity          BIGINT NOT NULL CHECK (severity BETWEEN 0 AND 2),
    tier              BIGINT NOT NULL CHECK (tier BETWEEN 1 AND 3),
    rule              TEXT   NOT NULL,
    why               TEXT   NOT NULL,
    intents           TEXT   NOT NULL,
    language          TEXT,
    order_number      TEXT COLLATE "C",
    assignee          TEXT COLLATE "C",
    team              TEXT COLLATE "C",
    priority          BIGINT NOT NULL,
    csat              BIGINT CHECK (csat BETWEEN 1 AND 5),
    opened_at         BIGINT NOT NULL,
    due_at            BIGINT,
    next_at           BIGINT,
    first_response_at BIGINT,
    resolved_at       BIGINT CHECK ((resolved_at IS NOT NULL) = (state = 'resolved')),
    outcome           TEXT   CHECK ((outcome IS NOT NULL) = (state = 'resolved')),
    -- Deadlines, promises, playbook and the like.
    detail            TEXT   NOT NULL,
    -- Somebody wrote down what lay behind it.
    problem           BOOLEAN NOT NULL,
    -- Sort tickets without a moment behind all others.
    queue_key         BIGINT NOT NULL
        GENERATED ALWAYS AS (coalesce(due_at, 9223372036854775807)) STORED,
    next_key          BIGINT NOT NULL
        GENERATED ALWAYS AS (coalesce(next_at, 9223372036854775807)) STORED
);
ALTER TABLE conversations ADD FOREIGN KEY (ticket) REFERENCES tickets;
CREATE UNIQUE INDEX tickets_unresolved ON tickets (conversation) WHERE state <> 'resolved';
CREATE INDEX tickets_next ON tickets (next_key, n) WHERE state <> 'resolved';
CREATE INDEX tickets_by_assignee ON tickets (assignee)
    WHERE state <> 'resolved' AND assignee IS NOT NULL;
CREATE INDEX tickets_waiting ON tickets (priority DESC, queue_key, n) WHERE state = 'open';
CREATE INDEX tickets_resolved ON tickets (n) WHERE state = 'resolved';
CREATE INDEX tickets_problems ON tickets (resolved_at) WHERE problem;
CREATE INDEX tickets_by_order ON tickets (order_number, n) WHERE order_number IS NOT NULL;
CREATE INDEX tickets_by_time ON tickets (opened_at);
CREATE INDEX tickets_by_conversation ON tickets (conversation, n);

CREATE TABLE turns (
    n            BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    conversation BIGINT NOT NULL REFERENCES conversations,
    seq          BIGINT NOT NULL,
    caller       TEXT COLLATE "C" CHECK ((caller IS NULL) = (message_id IS NULL)),
    message_id   TEXT COLLATE "C",
    body_hash    BYTEA  NOT NULL,
    response     TEXT   NOT NULL
);
CREATE UNIQUE INDEX turns_by_key ON turns (caller, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX turns_by_message ON turns (conversation, seq);

CREATE TABLE events (
    n            BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    conversation BIGINT NOT NULL REFERENCES conversations,
    ticket       TEXT COLLATE "C" NOT NULL,
    at           BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    by           TEXT,
    detail       TEXT   NOT NULL
);
CREATE INDEX events_by_conversation ON events (conversation, n);
CREATE INDEX events_by_time ON events (at, kind);

CREATE TABLE contacts (
    id                TEXT COLLATE "C" PRIMARY KEY,
    vip               BOOLEAN NOT NULL,
    order_value_cents BIGINT NOT NULL,
    prefers           TEXT,
    updated_at        BIGINT NOT NULL
);

CREATE TABLE tasks (
    n          BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    id         TEXT COLLATE "C" NOT NULL UNIQUE,
    ticket     TEXT COLLATE "C" NOT NULL,
    department TEXT COLLATE "C" NOT NULL,
    what       TEXT   NOT NULL,
    created_by TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,
    alarmed    BOOLEAN NOT NULL,
    done_at    BIGINT,
    done_by    TEXT,
    result     TEXT
);
CREATE INDEX tasks_by_ticket ON tasks (ticket, n);
CREATE INDEX tasks_open ON tasks (due_at, n) WHERE done_at IS NULL;

CREATE TABLE notes (
    n            BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    conversation BIGINT NOT NULL REFERENCES conversations,
    ticket       TEXT COLLATE "C" NOT NULL,
    at           BIGINT NOT NULL,
    by           TEXT   NOT NULL,
    text         TEXT   NOT NULL
);
CREATE INDEX notes_by_conversation ON notes (conversation, n);

CREATE TABLE users (
    name         TEXT COLLATE "C" PRIMARY KEY,
    role         TEXT   NOT NULL CHECK (role IN ('agent', 'lead', 'admin')),
    password     TEXT   NOT NULL,
    profile      TEXT   NOT NULL,
    available    BOOLEAN NOT NULL,
    failures     BIGINT NOT NULL,
    locked_until BIGINT,
    disabled_at  BIGINT,
    created_at   BIGINT NOT NULL
);

CREATE TABLE sessions (
    hash       BYTEA PRIMARY KEY,
    person     TEXT COLLATE "C" NOT NULL,
    csrf       BYTEA  NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person);

CREATE TABLE api_tokens (
    name       TEXT COLLATE "C" PRIMARY KEY,
    hash       BYTEA  NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    scopes     TEXT   NOT NULL
);

CREATE TABLE audit (
    n      BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at     BIGINT NOT NULL,
    actor  TEXT   NOT NULL,
    action TEXT   NOT NULL,
    object TEXT   NOT NULL,
    detail TEXT   NOT NULL
);

-- Where a conversation is answered. `detail` is the channel's own affair.
CREATE TABLE addresses (
    conversation    BIGINT PRIMARY KEY REFERENCES conversations,
    inbox           TEXT COLLATE "C" NOT NULL,
    sender          TEXT COLLATE "C" NOT NULL,
    detail          TEXT   NOT NULL,
    last_inbound_at BIGINT NOT NULL,
    -- Parts sent since then: some platforms count them.
    sent_since      BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX addresses_by_sender ON addresses (inbox, sender);

-- What was received and verified, as it came.
CREATE TABLE deliveries (
    n           BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    inbox       TEXT   NOT NULL,
    body        BYTEA  NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX deliveries_by_age ON deliveries (received_at);

-- What a delivery holds, one row an event. The names of events outlive their deliveries, so
-- that a late repetition is known.
CREATE TABLE inbox (
    n           BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    inbox       TEXT COLLATE "C" NOT NULL,
    event       TEXT COLLATE "C" NOT NULL,
    delivery    BIGINT REFERENCES deliveries ON DELETE SET NULL,
    place       BIGINT NOT NULL,
    lane        TEXT COLLATE "C" NOT NULL,
    -- The event as it was read; empty once it is done.
    body        TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('waiting', 'working', 'done', 'failed')),
    -- When it may be taken up; a lease while somebody works on it; null while another of its
    -- lane comes first, and at the end.
    next_at     BIGINT,
    attempts    BIGINT NOT NULL DEFAULT 0,
    error       TEXT,
    received_at BIGINT NOT NULL,
    -- The node that works on it.
    node        BIGINT
);
CREATE UNIQUE INDEX inbox_once ON inbox (inbox, event);
CREATE INDEX inbox_due ON inbox (next_at, n) WHERE next_at IS NOT NULL;
CREATE INDEX inbox_lanes ON inbox (lane, n) WHERE state IN ('waiting', 'working');
CREATE INDEX inbox_open ON inbox (inbox) WHERE state IN ('waiting', 'working');
CREATE INDEX inbox_failed ON inbox (inbox, n) WHERE state = 'failed';
CREATE INDEX inbox_by_delivery ON inbox (delivery) WHERE delivery IS NOT NULL;
CREATE INDEX inbox_by_age ON inbox (received_at);
CREATE INDEX inbox_by_node ON inbox (node) WHERE state = 'working';

CREATE TABLE outbox (
    n            BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    id           TEXT COLLATE "C" NOT NULL UNIQUE,
    destination  TEXT COLLATE "C" NOT NULL,
    -- What leaves in order; null where order is of no matter.
    lane         TEXT COLLATE "C",
    kind         TEXT   NOT NULL,
    conversation BIGINT REFERENCES conversations,
    seq          BIGINT,
    body         TEXT   NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'dead')),
    next_at      BIGINT,
    attempts     BIGINT NOT NULL DEFAULT 0,
    error        TEXT,
    made_at      BIGINT NOT NULL,
    ended_at     BIGINT,
    -- The node that sends it.
    node         BIGINT
);
CREATE INDEX outbox_due ON outbox (destination, next_at, n) WHERE next_at IS NOT NULL;
CREATE INDEX outbox_lanes ON outbox (lane, n) WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_open ON outbox (destination, n) WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_dead ON outbox (destination, n) WHERE state = 'dead';
CREATE INDEX outbox_by_message ON outbox (conversation, seq);
CREATE INDEX outbox_by_age ON outbox (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX outbox_by_node ON outbox (node) WHERE state = 'sending';

-- What a row was sent as: long texts leave in parts.
CREATE TABLE outbox_parts (
    row         BIGINT NOT NULL REFERENCES outbox ON DELETE CASCADE,
    part        BIGINT NOT NULL,
    platform_id TEXT COLLATE "C",
    sent_at     BIGINT NOT NULL,
    -- 1 sent, 2 failed, 3 delivered, 4 read. Never goes down.
    receipt     BIGINT NOT NULL DEFAULT 1,
    receipt_at  BIGINT NOT NULL,
    PRIMARY KEY (row, part)
);
CREATE INDEX outbox_parts_by_name ON outbox_parts (platform_id) WHERE platform_id IS NOT NULL;

-- Figures of each inbox and destination.
CREATE TABLE channels (
    name           TEXT COLLATE "C" PRIMARY KEY,
    verified_since BIGINT,
    last_event_at  BIGINT,
    events         BIGINT NOT NULL DEFAULT 0,
    repeated       BIGINT NOT NULL DEFAULT 0,
    refused        BIGINT NOT NULL DEFAULT 0,
    refused_at     BIGINT,
    sent           BIGINT NOT NULL DEFAULT 0,
    sent_at        BIGINT,
    failures       BIGINT NOT NULL DEFAULT 0,
    failed_at      BIGINT,
    last_error     TEXT,
    unsure         BIGINT NOT NULL DEFAULT 0,
    -- An endpoint that said that nobody wants anything there any more.
    gone_at        BIGINT
) WITH (fillfactor = 50);

-- What platforms call messages that came in, for those who quote, change or take them back.
CREATE TABLE message_names (
    conversation BIGINT NOT NULL REFERENCES conversations,
    name         TEXT COLLATE "C" NOT NULL,
    seq          BIGINT NOT NULL,
    PRIMARY KEY (conversation, name)
);

-- Where a help desk has a conversation: its ticket or thread.
CREATE TABLE threads (
    destination  TEXT COLLATE "C" NOT NULL,
    conversation BIGINT NOT NULL REFERENCES conversations,
    key          TEXT COLLATE "C" NOT NULL,
    detail       TEXT   NOT NULL,
    PRIMARY KEY (destination, conversation)
);
CREATE INDEX threads_by_key ON threads (destination, key);

-- Requests that may not come a second time while their signature is young enough.
CREATE TABLE replays (
    inbox TEXT COLLATE "C" NOT NULL,
    key   TEXT COLLATE "C" NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (inbox, key)
);
CREATE INDEX replays_by_age ON replays (until);

-- Access tokens that platforms give for a while, and what the next is asked for with.
CREATE TABLE access (
    name    TEXT COLLATE "C" PRIMARY KEY,
    token   TEXT   NOT NULL,
    until   BIGINT NOT NULL,
    refresh TEXT
);

-- Nodes that are at work, by the database's clock.
CREATE TABLE nodes (
    n       BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    seen_at TIMESTAMPTZ NOT NULL
);
