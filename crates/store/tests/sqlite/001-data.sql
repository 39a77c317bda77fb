-- As the first format held it: a matter that waits, and one that was settled.
INSERT INTO conversations (n, id, version, visitor_token, owner, agent, fence, started_at,
    updated_at, messages, memory) VALUES
    (1, 'c-open', 3, NULL, 'queue', NULL, 1, 1795000000000000, 1795000002000000, 2,
     '{"disclosed":true,"language":"es","order":"10234","said":["text.handoff"]}'),
    (2, 'c-done', 5, NULL, 'bot', NULL, 3, 1795000000000000, 1795000300000000, 2,
     '{"disclosed":true,"language":"de"}');
INSERT INTO messages (conversation, seq, at, author, agent, text, markdown, language, buttons,
    answers) VALUES
    (1, 1, 1795000000000000, 'customer', NULL, 'quiero hablar con alguien', NULL, 'es', NULL, NULL),
    (1, 2, 1795000000000000, 'bot', NULL, 'Claro.', 'Claro.', 'es', NULL, NULL),
    (2, 1, 1795000000000000, 'customer', NULL, 'Mensch bitte', NULL, 'de', NULL, NULL),
    (2, 2, 1795000200000000, 'agent', 'ana', 'Guten Tag', NULL, NULL, NULL, NULL);
INSERT INTO tickets (id, conversation, state, severity, tier, rule, why, intents, language,
    order_number, assignee, opened_at, due_at, first_response_at, resolved_at, outcome) VALUES
    ('t-open', 1, 'open', 1, 1, 'person_asked', 'the customer asks for a person',
     '["service.human"]', 'es', '10234', NULL, 1795000000000000, 1795000900000000, NULL, NULL, NULL),
    ('t-done', 2, 'resolved', 1, 1, 'person_asked', 'the customer asks for a person',
     '["service.human"]', 'de', NULL, 'ana', 1795000000000000, NULL, 1795000200000000,
     1795000300000000, 'resolved');
INSERT INTO turns (conversation, seq, caller, message_id, body_hash, response) VALUES
    (1, 1, 'api:admin', 'm1', zeroblob(32), '{}');
INSERT INTO api_tokens (name, hash, created_at, revoked_at) VALUES
    ('admin', randomblob(32), 1795000000000000, NULL);
