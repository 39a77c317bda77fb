-- Channels: what came in before it is worked on, what goes out after it is decided.

-- Where a conversation is answered. `detail` is the channel's own affair.
CREATE TABLE addresses (
    conversation    INTEGER PRIMARY KEY REFERENCES conversations,
    inbox           TEXT    NOT NULL,
    sender          TEXT    NOT NULL,
    detail          TEXT    NOT NULL,
    last_inbound_at INTEGER NOT NULL,
    -- Parts sent since then: some platforms count them.
    sent_since      INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX addresses_by_sender ON addresses (inbox, sender);

-- What was received and verified, as it came.
CREATE TABLE deliveries (
    n           INTEGER PRIMARY KEY,
    inbox       TEXT    NOT NULL,
    body        BLOB    NOT NULL,
    received_at INTEGER NOT NULL
) STRICT;
CREATE INDEX deliveries_by_age ON deliveries (received_at);

-- What a delivery holds, one row an event. The names of events outlive their deliveries, so
-- that a late repetition is known.
CREATE TABLE inbox (
    n           INTEGER PRIMARY KEY,
    inbox       TEXT    NOT NULL,
    event       TEXT    NOT NULL,
    delivery    INTEGER REFERENCES deliveries ON DELETE SET NULL,
    place       INTEGER NOT NULL,
    lane        TEXT    NOT NULL,
    -- The event as it was read; empty once it is done.
    body        TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'working', 'done', 'failed')),
    -- When it may be taken up; a lease while somebody works on it; null while another of its
    -- lane comes first, and at the end.
    next_at     INTEGER,
    attempts    INTEGER NOT NULL DEFAULT 0,
    error       TEXT,
    received_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX inbox_once ON inbox (inbox, event);
CREATE INDEX inbox_due ON inbox (next_at, n) WHERE next_at IS NOT NULL;
CREATE INDEX inbox_lanes ON inbox (lane, n) WHERE state IN ('waiting', 'working');
CREATE INDEX inbox_open ON inbox (inbox) WHERE state IN ('waiting', 'working');
CREATE INDEX inbox_failed ON inbox (inbox, n) WHERE state = 'failed';
CREATE INDEX inbox_by_delivery ON inbox (delivery) WHERE delivery IS NOT NULL;
CREATE INDEX inbox_by_age ON inbox (received_at);

CREATE TABLE outbox (
    n            INTEGER PRIMARY KEY,
    id           TEXT    NOT NULL UNIQUE,
    destination  TEXT    NOT NULL,
    -- What leaves in order; null where order is of no matter.
    lane         TEXT,
    kind         TEXT    NOT NULL,
    conversation INTEGER REFERENCES conversations,
    seq          INTEGER,
    body         TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'dead')),
    next_at      INTEGER,
    attempts     INTEGER NOT NULL DEFAULT 0,
    error        TEXT,
    made_at      INTEGER NOT NULL,
    ended_at     INTEGER
) STRICT;
CREATE INDEX outbox_due ON outbox (destination, next_at, n) WHERE next_at IS NOT NULL;
CREATE INDEX outbox_lanes ON outbox (lane, n) WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_open ON outbox (destination, n) WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_dead ON outbox (destination, n) WHERE state = 'dead';
CREATE INDEX outbox_by_message ON outbox (conversation, seq) WHERE seq IS NOT NULL;
CREATE INDEX outbox_by_age ON outbox (ended_at) WHERE ended_at IS NOT NULL;

-- What a row was sent as: long texts leave in parts.
CREATE TABLE outbox_parts (
    row         INTEGER NOT NULL REFERENCES outbox ON DELETE CASCADE,
    part        INTEGER NOT NULL,
    platform_id TEXT,
    sent_at     INTEGER NOT NULL,
    -- 1 sent, 2 failed, 3 delivered, 4 read. Never goes down.
    receipt     INTEGER NOT NULL DEFAULT 1,
    receipt_at  INTEGER NOT NULL,
    PRIMARY KEY (row, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_parts_by_name ON outbox_parts (platform_id) WHERE platform_id IS NOT NULL;

-- Figures of each inbox and destination.
CREATE TABLE channels (
    name           TEXT    PRIMARY KEY,
    verified_since INTEGER,
    last_event_at  INTEGER,
    events         INTEGER NOT NULL DEFAULT 0,
    repeated       INTEGER NOT NULL DEFAULT 0,
    refused        INTEGER NOT NULL DEFAULT 0,
    refused_at     INTEGER,
    sent           INTEGER NOT NULL DEFAULT 0,
    sent_at        INTEGER,
    failures       INTEGER NOT NULL DEFAULT 0,
    failed_at      INTEGER,
    last_error     TEXT,
    unsure         INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- What platforms call messages that came in, for those who quote, change or take them back.
CREATE TABLE message_names (
    conversation INTEGER NOT NULL REFERENCES conversations,
    name         TEXT    NOT NULL,
    seq          INTEGER NOT NULL,
    PRIMARY KEY (conversation, name)
) STRICT, WITHOUT ROWID;

-- Where a help desk has a conversation: its ticket or thread.
CREATE TABLE threads (
    destination  TEXT    NOT NULL,
    conversation INTEGER NOT NULL REFERENCES conversations,
    key          TEXT    NOT NULL,
    detail       TEXT    NOT NULL,
    PRIMARY KEY (destination, conversation)
) STRICT, WITHOUT ROWID;
CREATE INDEX threads_by_key ON threads (destination, key);

-- Requests that may not come a second time while their signature is young enough.
CREATE TABLE replays (
    inbox TEXT    NOT NULL,
    key   TEXT    NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (inbox, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX replays_by_age ON replays (until);

-- Access tokens that platforms give for a while, and what the next is asked for with.
CREATE TABLE access (
    name    TEXT    PRIMARY KEY,
    token   TEXT    NOT NULL,
    until   INTEGER NOT NULL,
    refresh TEXT
) STRICT, WITHOUT ROWID;
