-- A text that turned out to be no faithful copy (a paraphrase corrected, or followed by the text itself) is kept, with the
-- day it was replaced and the text that took its place; it is no version of the law.
ALTER TABLE expression ADD COLUMN replaced_at TEXT;
ALTER TABLE expression ADD COLUMN replaced_by TEXT REFERENCES expression(id);
