-- What a customer was asked after the ticket, and the mark on the scale of that question:
-- until now it was always satisfaction.
ALTER TABLE tickets ADD COLUMN survey TEXT CHECK (survey IN ('csat', 'ces', 'nps'));
ALTER TABLE tickets ADD COLUMN mark BIGINT CHECK (mark IS NULL OR CASE survey
    WHEN 'csat' THEN mark BETWEEN 1 AND 5
    WHEN 'ces' THEN mark BETWEEN 1 AND 7
    WHEN 'nps' THEN mark BETWEEN 0 AND 10
    ELSE false END);
UPDATE tickets SET survey = 'csat', mark = csat
    WHERE csat IS NOT NULL OR detail::json -> 'followed_up_at' IS NOT NULL;
-- Who gave a mark is not asked for another: nothing of theirs is due.
UPDATE conversations SET wake_at = NULL WHERE ticket IN
    (SELECT n FROM tickets WHERE mark IS NOT NULL AND state = 'resolved');
ALTER TABLE tickets DROP COLUMN csat;
