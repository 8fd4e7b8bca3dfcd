-- The page that a text links its target to: evidence beside title and number. Copies are looked for by address.
ALTER TABLE effect ADD COLUMN target_url TEXT;
CREATE INDEX manifestation_url ON manifestation(url, snapshot_sha256);
