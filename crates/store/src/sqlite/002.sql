-- The desk: what is due without a message, what happened, who people are.

ALTER TABLE conversations ADD COLUMN contact TEXT;
-- The hash of the last message, which ties it to all before.
ALTER TABLE conversations ADD COLUMN chain BLOB;
-- The latest ticket: the open one, or the last that was resolved.
ALTER TABLE conversations ADD COLUMN ticket INTEGER REFERENCES tickets;
-- The earliest moment at which something has to be done.
ALTER TABLE conversations ADD COLUMN wake_at INTEGER;
UPDATE conversations SET ticket =
    (SELECT max(t.n) FROM tickets t WHERE t.conversation = conversations.n);
-- What was promised before there were timers is due as it was.
UPDATE conversations SET wake_at =
    (SELECT t.due_at FROM tickets t WHERE t.n = conversations.ticket AND t.state <> 'resolved');
CREATE INDEX conversations_wake ON conversations (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX conversations_by_contact ON conversations (contact, n) WHERE contact IS NOT NULL;

ALTER TABLE messages ADD COLUMN notes TEXT;
ALTER TABLE messages ADD COLUMN hash BLOB;

ALTER TABLE tickets ADD COLUMN team TEXT;
ALTER TABLE tickets ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN csat INTEGER CHECK (csat BETWEEN 1 AND 5);
-- Deadlines, promises, playbook and the like.
ALTER TABLE tickets ADD COLUMN detail TEXT NOT NULL DEFAULT '{}';
CREATE INDEX tickets_by_assignee ON tickets (assignee)
    WHERE state <> 'resolved' AND assignee IS NOT NULL;
CREATE INDEX tickets_waiting ON tickets (priority DESC, queue_key, n) WHERE state = 'open';
CREATE INDEX tickets_problems ON tickets (resolved_at)
    WHERE json_extract(detail, '$.problem') IS NOT NULL;

CREATE TABLE events (
    n            INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL REFERENCES conversations,
    ticket       TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    by           TEXT,
    detail       TEXT    NOT NULL
) STRICT;
CREATE INDEX events_by_conversation ON events (conversation, n);

CREATE TABLE contacts (
    id                TEXT    PRIMARY KEY,
    vip               INTEGER NOT NULL,
    order_value_cents INTEGER NOT NULL,
    prefers           TEXT,
    updated_at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tasks (
    n          INTEGER PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    ticket     TEXT    NOT NULL,
    department TEXT    NOT NULL,
    what       TEXT    NOT NULL,
    created_by TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    alarmed    INTEGER NOT NULL DEFAULT 0,
    done_at    INTEGER,
    done_by    TEXT,
    result     TEXT
) STRICT;
CREATE INDEX tasks_by_ticket ON tasks (ticket, n);
CREATE INDEX tasks_open ON tasks (due_at, n) WHERE done_at IS NULL;

CREATE TABLE users (
    name         TEXT    PRIMARY KEY,
    role         TEXT    NOT NULL CHECK (role IN ('agent', 'lead', 'admin')),
    password     TEXT    NOT NULL,
    profile      TEXT    NOT NULL,
    available    INTEGER NOT NULL,
    failures     INTEGER NOT NULL,
    locked_until INTEGER,
    disabled_at  INTEGER,
    created_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    hash       BLOB    PRIMARY KEY,
    user       TEXT    NOT NULL,
    csrf       BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user);

-- Tokens of before could do everything.
ALTER TABLE api_tokens ADD COLUMN scopes TEXT NOT NULL DEFAULT 'all';

CREATE TABLE audit (
    n      INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    actor  TEXT    NOT NULL,
    action TEXT    NOT NULL,
    object TEXT    NOT NULL,
    detail TEXT    NOT NULL
) STRICT;
