-- Daily runs with their reports, and what they have told. Whatever is recorded but not told yet belongs to the next
-- report, whichever run recorded it and whatever the clock said: a run that was killed loses nothing.
CREATE TABLE daily_run (
  run TEXT PRIMARY KEY,
  started_at TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  exit_code INTEGER NOT NULL,
  report TEXT NOT NULL,
  -- length and newest hash of the decisions log at that moment
  decisions INTEGER NOT NULL,
  decisions_hash TEXT NOT NULL
) STRICT;
CREATE TABLE told_event (
  event TEXT PRIMARY KEY,
  run TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- What was recorded before there were reports is no news.
INSERT INTO told_event SELECT 'change:' || id, '' FROM change;
INSERT INTO told_event SELECT 'flag:' || expression_id, '' FROM flag WHERE score > 0;
