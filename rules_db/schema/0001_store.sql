-- The working store. Append-only in meaning: a fact is superseded, never overwritten (bitemporal rows carry
-- valid_from/valid_to for the law and recorded_at/superseded_at for our knowledge). Dates are ISO YYYY-MM-DD,
-- record times are ISO UTC with a trailing Z. Evidence offsets count characters of expression.text.

-- Ledger: what was tried, what came, what needs a person ------------------------------------------------------------
CREATE TABLE source (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  platform TEXT NOT NULL,
  jurisdiction TEXT NOT NULL,
  grade TEXT NOT NULL,
  status TEXT NOT NULL,
  tier TEXT NOT NULL,
  config TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE TABLE crawl_run (
  id INTEGER PRIMARY KEY,
  source_id TEXT NOT NULL REFERENCES source(id),
  started_at TEXT NOT NULL,
  finished_at TEXT,
  verdict TEXT,
  reason TEXT
) STRICT;
CREATE INDEX crawl_run_source ON crawl_run(source_id, id);

CREATE TABLE run_metric (
  run_id INTEGER NOT NULL REFERENCES crawl_run(id),
  name TEXT NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE issue (
  id INTEGER PRIMARY KEY,
  severity TEXT NOT NULL,
  stage TEXT NOT NULL,
  code TEXT NOT NULL,
  subject TEXT NOT NULL,
  source_id TEXT,
  message TEXT NOT NULL,
  first_seen TEXT NOT NULL,
  last_seen TEXT NOT NULL,
  times INTEGER NOT NULL DEFAULT 1,
  resolved_at TEXT
) STRICT;
CREATE UNIQUE INDEX issue_open ON issue(stage, code, subject) WHERE resolved_at IS NULL;

-- Bytes -------------------------------------------------------------------------------------------------------------
CREATE TABLE snapshot (
  sha256 TEXT PRIMARY KEY,
  size INTEGER NOT NULL,
  media_type TEXT,
  first_seen TEXT NOT NULL
) STRICT;

CREATE TABLE sighting (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES crawl_run(id),
  source_id TEXT NOT NULL,
  url TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('list', 'detail', 'attachment', 'file')),
  outcome TEXT NOT NULL,
  http_status INTEGER,
  snapshot_sha256 TEXT REFERENCES snapshot(sha256),
  content_type TEXT,
  etag TEXT,
  last_modified TEXT,
  facts TEXT NOT NULL DEFAULT '{}',
  parent_url TEXT,
  error TEXT,
  seen_at TEXT NOT NULL,
  UNIQUE (run_id, url)
) STRICT;
CREATE INDEX sighting_url ON sighting(url, id);
CREATE INDEX sighting_snapshot ON sighting(snapshot_sha256);

-- One line of a list page: what a source said exists, whether or not it was fetched.
CREATE TABLE list_entry (
  run_id INTEGER NOT NULL REFERENCES crawl_run(id),
  url TEXT NOT NULL,
  title TEXT NOT NULL,
  published_on TEXT,
  position INTEGER NOT NULL,
  list_column TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (run_id, url)
) STRICT, WITHOUT ROWID;

CREATE TABLE conversion (
  snapshot_sha256 TEXT NOT NULL REFERENCES snapshot(sha256),
  url TEXT NOT NULL,
  converter_version TEXT NOT NULL,
  document TEXT,
  error_code TEXT,
  error_message TEXT,
  converted_at TEXT NOT NULL,
  PRIMARY KEY (snapshot_sha256, url, converter_version)
) STRICT;

-- What was read out of a converted document: lets each stage find what is pending for it.
CREATE TABLE reading (
  snapshot_sha256 TEXT NOT NULL,
  url TEXT NOT NULL,
  facts TEXT NOT NULL,
  pipeline_version TEXT NOT NULL,
  outcome TEXT NOT NULL,
  expression_id TEXT,
  read_at TEXT NOT NULL,
  PRIMARY KEY (snapshot_sha256, url, facts, pipeline_version)
) STRICT;

-- Law ---------------------------------------------------------------------------------------------------------------
CREATE TABLE instrument (
  id TEXT PRIMARY KEY,
  iri TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  title_key TEXT NOT NULL,
  instrument_type TEXT NOT NULL,
  jurisdiction TEXT NOT NULL,
  issuers TEXT NOT NULL DEFAULT '[]',
  recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX instrument_title ON instrument(title_key);

CREATE TABLE expression (
  id TEXT PRIMARY KEY,
  iri TEXT NOT NULL UNIQUE,
  instrument_id TEXT NOT NULL REFERENCES instrument(id),
  version_date TEXT,
  document_number TEXT,
  promulgated_on TEXT,
  published_on TEXT,
  effective_on TEXT,
  expires_on TEXT,
  effective_basis TEXT NOT NULL CHECK (effective_basis IN ('stated', 'version_date', 'published', 'first_seen', 'unknown')),
  status TEXT NOT NULL,
  text TEXT NOT NULL,
  text_fingerprint TEXT NOT NULL,
  tier TEXT NOT NULL,
  pipeline_version TEXT NOT NULL,
  recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX expression_instrument ON expression(instrument_id, version_date);

CREATE TABLE manifestation (
  expression_id TEXT NOT NULL REFERENCES expression(id),
  snapshot_sha256 TEXT NOT NULL REFERENCES snapshot(sha256),
  url TEXT NOT NULL,
  source_id TEXT NOT NULL,
  tier TEXT NOT NULL,
  facts TEXT NOT NULL DEFAULT '{}',
  recorded_at TEXT NOT NULL,
  PRIMARY KEY (expression_id, snapshot_sha256, url)
) STRICT, WITHOUT ROWID;

CREATE TABLE provision (
  expression_id TEXT NOT NULL REFERENCES expression(id),
  eid TEXT NOT NULL,
  kind TEXT NOT NULL,
  label TEXT NOT NULL,
  heading TEXT NOT NULL,
  parent_eid TEXT,
  ord INTEGER NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  tree_end INTEGER NOT NULL,
  PRIMARY KEY (expression_id, eid)
) STRICT, WITHOUT ROWID;

-- What one pipeline version read in one expression: the norms and thresholds as found, before they get a lineage.
CREATE TABLE extraction (
  expression_id TEXT NOT NULL REFERENCES expression(id),
  pipeline_version TEXT NOT NULL,
  norms TEXT NOT NULL,
  thresholds TEXT NOT NULL,
  extra TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  PRIMARY KEY (expression_id, pipeline_version)
) STRICT;

-- From what an instrument's timeline was last built; differs from what is recorded now = pending.
CREATE TABLE timeline_state (
  instrument_id TEXT PRIMARY KEY REFERENCES instrument(id),
  built_from TEXT NOT NULL,
  built_at TEXT NOT NULL
) STRICT;

CREATE TABLE provision_lineage (
  instrument_id TEXT NOT NULL REFERENCES instrument(id),
  from_expression_id TEXT NOT NULL,
  from_eid TEXT,
  to_expression_id TEXT NOT NULL,
  to_eid TEXT,
  continuity TEXT NOT NULL,
  similarity REAL NOT NULL,
  reason TEXT NOT NULL,
  needs_review INTEGER NOT NULL,
  decided_by TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  superseded_at TEXT
) STRICT;
CREATE INDEX lineage_pair ON provision_lineage(from_expression_id, to_expression_id);

CREATE TABLE effect (
  id TEXT PRIMARY KEY,
  affecting_expression_id TEXT NOT NULL REFERENCES expression(id),
  kind TEXT NOT NULL,
  target_title TEXT NOT NULL,
  target_number TEXT,
  target_label TEXT,
  target_instrument_id TEXT REFERENCES instrument(id),
  effective_on TEXT,
  state TEXT NOT NULL CHECK (state IN ('applied', 'outstanding', 'unresolved')),
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX effect_target ON effect(target_instrument_id);

CREATE TABLE rule (
  id TEXT PRIMARY KEY,
  instrument_id TEXT NOT NULL REFERENCES instrument(id),
  minted_at TEXT NOT NULL
) STRICT;
CREATE INDEX rule_instrument ON rule(instrument_id);

CREATE TABLE rule_version (
  id TEXT PRIMARY KEY,
  rule_id TEXT NOT NULL REFERENCES rule(id),
  n INTEGER NOT NULL,
  expression_id TEXT NOT NULL REFERENCES expression(id),
  eid TEXT NOT NULL,
  label TEXT NOT NULL,
  modality TEXT NOT NULL,
  bearer TEXT NOT NULL,
  action TEXT NOT NULL,
  condition TEXT NOT NULL,
  exception TEXT NOT NULL,
  deadline TEXT NOT NULL,
  consequence TEXT NOT NULL,
  statement TEXT NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  valid_from TEXT,
  valid_to TEXT,
  status TEXT NOT NULL,
  confidence REAL NOT NULL,
  reason TEXT NOT NULL,
  pipeline_version TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  superseded_at TEXT,
  superseded_why TEXT,
  content_digest TEXT NOT NULL
) STRICT;
CREATE INDEX rule_version_rule ON rule_version(rule_id, valid_from);
CREATE INDEX rule_version_place ON rule_version(expression_id, eid);

-- The same rule version stands unchanged in later expressions, perhaps renumbered.
CREATE TABLE rule_place (
  rule_version_id TEXT NOT NULL REFERENCES rule_version(id),
  expression_id TEXT NOT NULL REFERENCES expression(id),
  eid TEXT NOT NULL,
  label TEXT NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  PRIMARY KEY (rule_version_id, expression_id, start)
) STRICT, WITHOUT ROWID;
CREATE INDEX rule_place_expression ON rule_place(expression_id, eid);

CREATE TABLE threshold (
  id TEXT PRIMARY KEY,
  expression_id TEXT NOT NULL REFERENCES expression(id),
  eid TEXT NOT NULL,
  label TEXT NOT NULL,
  rule_version_id TEXT REFERENCES rule_version(id),
  parameter TEXT NOT NULL,
  comparator TEXT NOT NULL,
  value REAL NOT NULL,
  value_max REAL,
  unit TEXT NOT NULL,
  base TEXT NOT NULL,
  trigger_event TEXT NOT NULL,
  text TEXT NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  pattern TEXT NOT NULL,
  confidence REAL NOT NULL,
  pipeline_version TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  superseded_at TEXT,
  content_digest TEXT NOT NULL
) STRICT;
CREATE INDEX threshold_place ON threshold(expression_id, eid);
CREATE INDEX threshold_rule ON threshold(rule_version_id);

CREATE TABLE evidence (
  rule_version_id TEXT NOT NULL REFERENCES rule_version(id),
  field TEXT NOT NULL,
  expression_id TEXT NOT NULL REFERENCES expression(id),
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  text TEXT NOT NULL,
  pattern TEXT NOT NULL,
  PRIMARY KEY (rule_version_id, field, start)
) STRICT, WITHOUT ROWID;

-- Mapping -----------------------------------------------------------------------------------------------------------
CREATE TABLE control (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, title_zh TEXT NOT NULL, objective TEXT NOT NULL, method TEXT NOT NULL,
  steps TEXT NOT NULL, owner_role TEXT NOT NULL, retention TEXT NOT NULL, tier TEXT NOT NULL, source TEXT NOT NULL
) STRICT;
CREATE TABLE evidence_item (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, title_zh TEXT NOT NULL, description TEXT NOT NULL,
  retention_legal TEXT NOT NULL, retention_suggested TEXT NOT NULL, tier TEXT NOT NULL, source TEXT NOT NULL
) STRICT;
CREATE TABLE hardware_item (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, title_zh TEXT NOT NULL, installed_at TEXT NOT NULL, parameters TEXT NOT NULL,
  standards TEXT NOT NULL, acceptance_check TEXT NOT NULL, records TEXT NOT NULL, restrictions TEXT NOT NULL,
  tier TEXT NOT NULL, source TEXT NOT NULL
) STRICT;
CREATE TABLE catalogue_link (
  from_kind TEXT NOT NULL, from_id TEXT NOT NULL, to_kind TEXT NOT NULL, to_id TEXT NOT NULL, rationale TEXT NOT NULL,
  PRIMARY KEY (from_kind, from_id, to_kind, to_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE mapping (
  id TEXT PRIMARY KEY,
  rule_id TEXT REFERENCES rule(id),
  selector TEXT NOT NULL,
  target_kind TEXT NOT NULL CHECK (target_kind IN ('control', 'hardware_item', 'evidence_item')),
  target_id TEXT NOT NULL,
  relationship TEXT NOT NULL,
  rationale TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('proposed', 'accepted', 'rejected', 'suspect', 'unresolved')),
  stamp TEXT NOT NULL,
  stamp_statement TEXT NOT NULL DEFAULT '',
  current_fingerprint TEXT,
  tier TEXT NOT NULL,
  reviewed_by TEXT NOT NULL,
  reviewed_on TEXT,
  suspect_since TEXT,
  score REAL
) STRICT;
CREATE INDEX mapping_rule ON mapping(rule_id);
CREATE TABLE gap (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, title_zh TEXT NOT NULL, description TEXT NOT NULL, topic_words TEXT NOT NULL,
  left_open_by TEXT NOT NULL, could_be_filled_by TEXT NOT NULL, tier TEXT NOT NULL, source TEXT NOT NULL
) STRICT;
CREATE TABLE gap_filling (
  gap_id TEXT NOT NULL REFERENCES gap(id),
  instrument_id TEXT NOT NULL REFERENCES instrument(id),
  expression_id TEXT NOT NULL REFERENCES expression(id),
  eid TEXT NOT NULL,
  reason TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  PRIMARY KEY (gap_id, expression_id, eid)
) STRICT, WITHOUT ROWID;

-- Feed --------------------------------------------------------------------------------------------------------------
CREATE TABLE change (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  instrument_id TEXT REFERENCES instrument(id),
  from_expression_id TEXT,
  to_expression_id TEXT,
  from_label TEXT NOT NULL DEFAULT '',
  to_label TEXT NOT NULL DEFAULT '',
  rule_id TEXT,
  source_id TEXT,
  summary TEXT NOT NULL,
  detail TEXT NOT NULL DEFAULT '{}',
  valid_on TEXT,
  recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX change_recorded ON change(recorded_at);
CREATE INDEX change_instrument ON change(instrument_id);

CREATE TABLE flag (
  expression_id TEXT PRIMARY KEY REFERENCES expression(id),
  score REAL NOT NULL,
  reasons TEXT NOT NULL,
  recorded_at TEXT NOT NULL
) STRICT;

CREATE TABLE review (
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'corrected', 'rejected')),
  original TEXT NOT NULL,
  corrected TEXT,
  source_fingerprint TEXT NOT NULL,
  reason TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  decided_at TEXT,
  decided_by TEXT
) STRICT;
CREATE UNIQUE INDEX review_subject ON review(subject, kind);

CREATE TABLE alert (
  id INTEGER PRIMARY KEY,
  event TEXT NOT NULL,
  recipient TEXT NOT NULL,
  told_at TEXT NOT NULL,
  UNIQUE (event, recipient)
) STRICT;

-- Views -------------------------------------------------------------------------------------------------------------
CREATE VIEW rule_current AS
  SELECT rv.* FROM rule_version rv
  WHERE rv.superseded_at IS NULL AND rv.valid_to IS NULL;
