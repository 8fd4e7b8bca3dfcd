-- What was told to whom through which channel, and what is still to be told again. Names only: the addresses of
-- channels are secrets and never stand in the store. `sending` left behind by a run that was cut off means that nobody
-- knows whether the message arrived.
CREATE TABLE delivery (
  event TEXT NOT NULL,
  recipient TEXT NOT NULL,
  channel TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('sending', 'told', 'failed')),
  attempts INTEGER NOT NULL,
  first_tried TEXT NOT NULL,
  last_tried TEXT NOT NULL,
  next_try TEXT,
  error TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (event, recipient, channel)
) STRICT, WITHOUT ROWID;
-- Since when a recipient is told: what was recorded before is no news to anybody.
CREATE TABLE subscription (
  recipient TEXT PRIMARY KEY,
  since TEXT NOT NULL
) STRICT, WITHOUT ROWID;
DROP TABLE alert;
