-- Files that a converted page links to, in page order: their texts belong to the document (attachment provisions) or are
-- instruments of their own.
CREATE TABLE attached_file (
  snapshot_sha256 TEXT NOT NULL REFERENCES snapshot(sha256),
  url TEXT NOT NULL,
  converter_version TEXT NOT NULL,
  position INTEGER NOT NULL,
  file_url TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (snapshot_sha256, url, converter_version, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX attached_file_url ON attached_file(file_url);
-- What a reading was made of, so that another converter or a file that came later is read again: the converter's
-- version, and the digests of the files in page order (- where none is readable).
ALTER TABLE reading ADD COLUMN converter_version TEXT NOT NULL DEFAULT '1';
ALTER TABLE reading ADD COLUMN files TEXT NOT NULL DEFAULT '';
-- Bytes and wording of each part of a text (JSON), so that a copy that is more complete, or converted better, is never
-- taken for a change of law.
ALTER TABLE manifestation ADD COLUMN parts TEXT NOT NULL DEFAULT '';
CREATE INDEX sighting_source ON sighting(source_id, url);
