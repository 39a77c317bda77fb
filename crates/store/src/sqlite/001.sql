-- Times are microseconds since 1970-01-01 UTC. Rows refer to each other by the short
-- number `n`, not by the id: it keeps indexes small and new rows together.

CREATE TABLE conversations (
    n             INTEGER PRIMARY KEY,
    id            TEXT    NOT NULL UNIQUE,
    version       INTEGER NOT NULL,
    visitor_token BLOB,
    owner         TEXT    NOT NULL CHECK (owner IN ('bot', 'queue', 'agent')),
    agent         TEXT    CHECK ((agent IS NOT NULL) = (owner = 'agent')),
    fence         INTEGER NOT NULL,
    started_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    messages      INTEGER NOT NULL,
    memory        TEXT    NOT NULL
) STRICT;

CREATE TABLE messages (
    n            INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL REFERENCES conversations,
    seq          INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    author       TEXT    NOT NULL CHECK (author IN ('customer', 'bot', 'agent')),
    agent        TEXT    CHECK ((agent IS NOT NULL) = (author = 'agent')),
    text         TEXT    NOT NULL,
    markdown     TEXT,
    language     TEXT,
    buttons      TEXT,
    answers      TEXT
) STRICT;
CREATE UNIQUE INDEX messages_in_order ON messages (conversation, seq);

CREATE TABLE tickets (
    n                 INTEGER PRIMARY KEY,
    id                TEXT    NOT NULL UNIQUE,
    conversation      INTEGER NOT NULL REFERENCES conversations,
    state             TEXT    NOT NULL CHECK (state IN ('open', 'assigned', 'waiting', 'resolved')),
    severity          INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 2),
    tier              INTEGER NOT NULL CHECK (tier BETWEEN 1 AND 3),
    rule              TEXT    NOT NULL,
    why               TEXT    NOT NULL,
    intents           TEXT    NOT NULL,
    language          TEXT,
    order_number      TEXT,
    assignee          TEXT,
    opened_at         INTEGER NOT NULL,
    due_at            INTEGER,
    first_response_at INTEGER,
    resolved_at       INTEGER CHECK ((resolved_at IS NOT NULL) = (state = 'resolved')),
    outcome           TEXT    CHECK ((outcome IS NOT NULL) = (state = 'resolved')),
    -- Sorts tickets without a due time behind all others.
    queue_key         INTEGER NOT NULL AS (ifnull(due_at, 9223372036854775807))
) STRICT;
CREATE UNIQUE INDEX tickets_unresolved ON tickets (conversation) WHERE state <> 'resolved';
CREATE INDEX tickets_queue ON tickets (queue_key, n) WHERE state <> 'resolved';

CREATE TABLE turns (
    n            INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL REFERENCES conversations,
    seq          INTEGER NOT NULL,
    caller       TEXT    CHECK ((caller IS NULL) = (message_id IS NULL)),
    message_id   TEXT,
    body_hash    BLOB    NOT NULL,
    response     TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX turns_by_key ON turns (caller, message_id) WHERE message_id IS NOT NULL;

CREATE TABLE api_tokens (
    name       TEXT    PRIMARY KEY,
    hash       BLOB    NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
