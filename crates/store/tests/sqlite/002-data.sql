-- As the second format held it: a matter that a person has.
INSERT INTO conversations (n, id, version, visitor_token, owner, agent, fence, started_at,
    updated_at, messages, memory, contact, chain, wake_at) VALUES
    (3, 'c-desk', 2, NULL, 'agent', 'ana', 1, 1795100000000000, 1795100002000000, 1,
     '{"disclosed":true,"language":"fr"}', 'c-1', zeroblob(32), 1795100900000000);
INSERT INTO messages (conversation, seq, at, author, agent, text, language, notes, hash) VALUES
    (3, 1, 1795100000000000, 'customer', NULL, 'un humain svp', 'fr',
     '{"rule":"person_asked","why":"because","mood":"neutral"}', zeroblob(32));
INSERT INTO tickets (n, id, conversation, state, severity, tier, rule, why, intents, language,
    assignee, opened_at, due_at, team, priority, detail) VALUES
    (3, 't-desk', 3, 'assigned', 2, 1, 'person_asked', 'because', '[]', 'fr', 'ana',
     1795100000000000, 1795100900000000, 'care', 200, '{}');
UPDATE conversations SET ticket = 3 WHERE n = 3;
INSERT INTO events (conversation, ticket, at, kind, by, detail) VALUES
    (3, 't-desk', 1795100000000000, 'ticket.opened', NULL, 'red');
INSERT INTO contacts (id, vip, order_value_cents, prefers, updated_at) VALUES
    ('c-1', 1, 9900, 'refund', 1795100000000000);
INSERT INTO users (name, role, password, profile, available, failures, created_at) VALUES
    ('ana', 'agent', '$argon2id$', '{"teams":["care"]}', 1, 0, 1795100000000000);
