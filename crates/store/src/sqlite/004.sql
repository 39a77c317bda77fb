-- The console: what people look for, what they write for each other, what is due next.

-- Words of customers and people, by the number of the message; contentless, since the text
-- stands in `messages`. What is written into it is cut into words before (search.rs).
CREATE VIRTUAL TABLE message_words USING fts5(
    text, name, content = '', contentless_delete = 1,
    tokenize = 'unicode61 remove_diacritics 2'
);
CREATE INDEX tickets_by_order ON tickets (order_number, n) WHERE order_number IS NOT NULL;

-- What people owe next: an answer, a promise, or that the matter is settled.
ALTER TABLE tickets ADD COLUMN next_at INTEGER;
UPDATE tickets SET next_at = due_at;
-- Sorts tickets of which nothing is owed behind all others.
ALTER TABLE tickets ADD COLUMN next_key INTEGER NOT NULL
    AS (ifnull(next_at, 9223372036854775807));
CREATE INDEX tickets_next ON tickets (next_key, n) WHERE state <> 'resolved';
DROP INDEX tickets_queue;
-- Figures are of a time.
CREATE INDEX tickets_by_time ON tickets (opened_at);
CREATE INDEX events_by_time ON events (at, kind);
CREATE INDEX conversations_by_time ON conversations (started_at);

-- Written by people for people: no customer ever reads it.
CREATE TABLE notes (
    n            INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL REFERENCES conversations,
    ticket       TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    by           TEXT    NOT NULL,
    text         TEXT    NOT NULL
) STRICT;
CREATE INDEX notes_by_conversation ON notes (conversation, n);
CREATE INDEX tickets_by_conversation ON tickets (conversation, n);
