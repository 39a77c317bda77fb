-- An endpoint that said that nobody wants anything there any more.
ALTER TABLE channels ADD COLUMN gone_at INTEGER;
