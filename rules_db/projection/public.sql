-- The public copy: what readers see. No ledger, no local path, no reviewer. Dates are ISO YYYY-MM-DD; record times are
-- ISO UTC. `start` and `end` count characters of the text of the expression. Filled by rules_db.projection.

CREATE TABLE about (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  description TEXT NOT NULL
) STRICT;

CREATE TABLE jurisdiction (
  code TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_en TEXT NOT NULL,
  level TEXT NOT NULL
) STRICT;

CREATE TABLE instrument (
  id TEXT PRIMARY KEY,
  iri TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  instrument_type TEXT NOT NULL,
  jurisdiction TEXT NOT NULL REFERENCES jurisdiction(code),
  jurisdiction_name TEXT NOT NULL,
  issuers TEXT NOT NULL,
  document_number TEXT,
  status TEXT NOT NULL,
  promulgated_on TEXT,
  published_on TEXT,
  effective_on TEXT,
  expires_on TEXT,
  versions INTEGER NOT NULL,
  current_expression_id TEXT NOT NULL REFERENCES expression(id),
  tier TEXT NOT NULL,
  url TEXT,
  recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX instrument_jurisdiction ON instrument(jurisdiction);
CREATE INDEX instrument_effective ON instrument(effective_on);
-- the search page counts its filters with these two
CREATE INDEX instrument_kind ON instrument(instrument_type);

CREATE TABLE expression (
  id TEXT PRIMARY KEY,
  iri TEXT NOT NULL UNIQUE,
  instrument_id TEXT NOT NULL REFERENCES instrument(id),
  instrument_title TEXT NOT NULL,
  version_date TEXT,
  valid_from TEXT,
  valid_to TEXT,
  status TEXT NOT NULL,
  document_number TEXT,
  promulgated_on TEXT,
  published_on TEXT,
  effective_on TEXT,
  effective_basis TEXT NOT NULL,
  expires_on TEXT,
  tier TEXT NOT NULL,
  url TEXT,
  snapshot_sha256 TEXT,
  recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX expression_instrument ON expression(instrument_id, valid_from);
CREATE INDEX expression_status ON expression(status);

CREATE TABLE source_copy (
  expression_id TEXT NOT NULL REFERENCES expression(id),
  snapshot_sha256 TEXT NOT NULL,
  url TEXT,
  source_id TEXT NOT NULL,
  tier TEXT NOT NULL,
  recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX source_copy_expression ON source_copy(expression_id);

CREATE TABLE provision (
  id INTEGER PRIMARY KEY,
  instrument_id TEXT NOT NULL REFERENCES instrument(id),
  expression_id TEXT NOT NULL REFERENCES expression(id),
  eid TEXT NOT NULL,
  kind TEXT NOT NULL,
  ord INTEGER NOT NULL,
  label TEXT NOT NULL,
  heading TEXT NOT NULL,
  container TEXT NOT NULL,
  instrument_title TEXT NOT NULL,
  status TEXT NOT NULL,
  version_date TEXT,
  valid_from TEXT,
  valid_to TEXT,
  instrument_type TEXT NOT NULL,
  jurisdiction TEXT NOT NULL REFERENCES jurisdiction(code),
  document_number TEXT,
  tier TEXT NOT NULL,
  url TEXT,
  snapshot_sha256 TEXT,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX provision_place ON provision(expression_id, eid);
-- facets over all rows are counted from these, not from the texts
CREATE INDEX provision_jurisdiction ON provision(jurisdiction);
CREATE INDEX provision_kind ON provision(instrument_type);
CREATE INDEX provision_status ON provision(status);
CREATE INDEX provision_tier ON provision(tier);

CREATE TABLE rule (
  id TEXT PRIMARY KEY,
  instrument_id TEXT NOT NULL REFERENCES instrument(id),
  instrument_title TEXT NOT NULL,
  label TEXT NOT NULL,
  modality TEXT NOT NULL,
  bearer TEXT NOT NULL,
  statement TEXT NOT NULL,
  status TEXT NOT NULL,
  valid_from TEXT,
  valid_to TEXT,
  versions INTEGER NOT NULL,
  current_version_id TEXT NOT NULL REFERENCES rule_version(id),
  expression_id TEXT NOT NULL REFERENCES expression(id),
  eid TEXT NOT NULL,
  jurisdiction TEXT NOT NULL REFERENCES jurisdiction(code),
  instrument_type TEXT NOT NULL,
  tier TEXT NOT NULL,
  confidence REAL NOT NULL
) STRICT;
CREATE INDEX rule_place_now ON rule(expression_id, eid);
CREATE INDEX rule_jurisdiction ON rule(jurisdiction);
-- covers the coverage view, so that it need not read the statements
CREATE INDEX rule_instrument ON rule(instrument_id, modality, status, id);

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
  recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX rule_version_rule ON rule_version(rule_id, n);
CREATE INDEX rule_version_place ON rule_version(expression_id, eid);

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
  instrument_id TEXT NOT NULL REFERENCES instrument(id),
  instrument_title TEXT NOT NULL,
  expression_id TEXT NOT NULL REFERENCES expression(id),
  rule_version_id TEXT REFERENCES rule_version(id),
  rule_id TEXT REFERENCES rule(id),
  eid TEXT NOT NULL,
  label TEXT NOT NULL,
  text TEXT NOT NULL,
  parameter TEXT NOT NULL,
  comparator TEXT NOT NULL,
  value REAL NOT NULL,
  value_max REAL,
  unit TEXT NOT NULL,
  base TEXT NOT NULL,
  trigger_event TEXT NOT NULL,
  valid_from TEXT,
  valid_to TEXT,
  status TEXT NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  pattern TEXT NOT NULL,
  confidence REAL NOT NULL
) STRICT;
CREATE INDEX threshold_rule ON threshold(rule_id);
CREATE INDEX threshold_version ON threshold(rule_version_id);
CREATE INDEX threshold_place ON threshold(expression_id, eid);

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

CREATE TABLE effect (
  id TEXT PRIMARY KEY,
  instrument_id TEXT NOT NULL REFERENCES instrument(id),
  expression_id TEXT NOT NULL REFERENCES expression(id),
  kind TEXT NOT NULL,
  target_title TEXT NOT NULL,
  target_number TEXT,
  target_label TEXT,
  target_instrument_id TEXT REFERENCES instrument(id),
  effective_on TEXT,
  state TEXT NOT NULL,
  words TEXT
) STRICT;
CREATE INDEX effect_instrument ON effect(instrument_id);
CREATE INDEX effect_target ON effect(target_instrument_id);

CREATE TABLE reviewed_pair (
  from_expression_id TEXT NOT NULL REFERENCES expression(id),
  from_eid TEXT,
  to_expression_id TEXT NOT NULL REFERENCES expression(id),
  to_eid TEXT
) STRICT;
CREATE INDEX reviewed_pair_texts ON reviewed_pair(from_expression_id, to_expression_id);

-- What outstanding amendments would make of the newest text: computed, nobody's publication.
CREATE TABLE computed_amendment (
  instrument_id TEXT NOT NULL REFERENCES instrument(id),
  n INTEGER NOT NULL,
  decision TEXT NOT NULL,
  instruction TEXT NOT NULL,
  label TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (instrument_id, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE control (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  title_zh TEXT NOT NULL,
  objective TEXT NOT NULL,
  objective_zh TEXT NOT NULL,
  method TEXT NOT NULL,
  steps TEXT NOT NULL,
  steps_zh TEXT NOT NULL,
  owner_role TEXT NOT NULL,
  owner_role_zh TEXT NOT NULL,
  retention TEXT NOT NULL,
  retention_zh TEXT NOT NULL,
  tier TEXT NOT NULL,
  source TEXT NOT NULL
) STRICT;

CREATE TABLE evidence_item (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  title_zh TEXT NOT NULL,
  description TEXT NOT NULL,
  description_zh TEXT NOT NULL,
  retention_legal TEXT NOT NULL,
  retention_legal_zh TEXT NOT NULL,
  retention_suggested TEXT NOT NULL,
  retention_suggested_zh TEXT NOT NULL,
  tier TEXT NOT NULL,
  source TEXT NOT NULL
) STRICT;

CREATE TABLE hardware_item (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  title_zh TEXT NOT NULL,
  installed_at TEXT NOT NULL,
  installed_at_zh TEXT NOT NULL,
  parameters TEXT NOT NULL,
  standards TEXT NOT NULL,
  acceptance_check TEXT NOT NULL,
  acceptance_check_zh TEXT NOT NULL,
  records TEXT NOT NULL,
  records_zh TEXT NOT NULL,
  restrictions TEXT NOT NULL,
  restrictions_zh TEXT NOT NULL,
  tier TEXT NOT NULL,
  source TEXT NOT NULL
) STRICT;

CREATE TABLE catalogue_link (
  from_kind TEXT NOT NULL,
  from_id TEXT NOT NULL,
  to_kind TEXT NOT NULL,
  to_id TEXT NOT NULL,
  rationale TEXT NOT NULL,
  PRIMARY KEY (from_kind, from_id, to_kind, to_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE mapping (
  id TEXT PRIMARY KEY,
  rule_id TEXT REFERENCES rule(id),
  selector TEXT NOT NULL,
  target_kind TEXT NOT NULL,
  target_id TEXT NOT NULL,
  target_title TEXT NOT NULL,
  relationship TEXT NOT NULL,
  rationale TEXT NOT NULL,
  status TEXT NOT NULL,
  stamp TEXT NOT NULL,
  current_fingerprint TEXT,
  reviewed_statement TEXT NOT NULL,
  tier TEXT NOT NULL,
  reviewed_on TEXT,
  suspect_since TEXT,
  score REAL
) STRICT;
CREATE INDEX mapping_rule ON mapping(rule_id);
CREATE INDEX mapping_target ON mapping(target_kind, target_id);

CREATE TABLE gap (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  title_zh TEXT NOT NULL,
  description TEXT NOT NULL,
  description_zh TEXT NOT NULL,
  left_open_by TEXT NOT NULL,
  could_be_filled_by TEXT NOT NULL,
  could_be_filled_by_zh TEXT NOT NULL,
  tier TEXT NOT NULL,
  source TEXT NOT NULL
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

-- What is said about the law without an official source, and what holds of it.
CREATE TABLE claim (
  n INTEGER PRIMARY KEY,
  claim TEXT NOT NULL,
  claim_zh TEXT NOT NULL,
  verdict TEXT NOT NULL,
  ground TEXT NOT NULL,
  ground_zh TEXT NOT NULL
) STRICT;

CREATE TABLE change (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  instrument_id TEXT REFERENCES instrument(id),
  instrument_title TEXT NOT NULL,
  jurisdiction TEXT REFERENCES jurisdiction(code),
  from_expression_id TEXT REFERENCES expression(id),
  to_expression_id TEXT REFERENCES expression(id),
  from_label TEXT NOT NULL,
  to_label TEXT NOT NULL,
  rule_id TEXT REFERENCES rule(id),
  summary TEXT NOT NULL,
  old_text TEXT,
  new_text TEXT,
  valid_on TEXT,
  recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX change_recorded ON change(recorded_at);
CREATE INDEX change_instrument ON change(instrument_id);

CREATE TABLE flag (
  expression_id TEXT PRIMARY KEY REFERENCES expression(id),
  instrument_id TEXT NOT NULL REFERENCES instrument(id),
  instrument_title TEXT NOT NULL,
  jurisdiction TEXT NOT NULL REFERENCES jurisdiction(code),
  kind TEXT NOT NULL,
  score REAL NOT NULL,
  reasons TEXT NOT NULL,
  recorded_at TEXT NOT NULL
) STRICT;

CREATE TABLE source_health (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  jurisdiction TEXT NOT NULL REFERENCES jurisdiction(code),
  platform TEXT NOT NULL,
  grade TEXT NOT NULL,
  tier TEXT NOT NULL,
  verdict TEXT NOT NULL,
  last_run_at TEXT,
  last_good_at TEXT,
  unreachable_since TEXT,
  instruments INTEGER NOT NULL
) STRICT;

-- Facets of whole tables, which Datasette would group anew for each reader (rules_db/datasette_plugins/facets.py).
CREATE TABLE facet_count (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  value TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (table_name, column_name, value)
) STRICT, WITHOUT ROWID;

-- Search: tokens of overlapping character pairs, filled by rules_db.search. Datasette recognises content="table" only.
CREATE VIRTUAL TABLE provision_fts USING fts5(text, content="provision", tokenize="ascii");
CREATE VIRTUAL TABLE instrument_fts USING fts5(title, content="instrument", tokenize="ascii");
CREATE VIRTUAL TABLE rule_fts USING fts5(statement, content="rule", tokenize="ascii");

-- Views are the product -----------------------------------------------------------------------------------------------
CREATE VIEW rule_current AS
  SELECT r.id, r.instrument_id, r.instrument_title, r.label, r.modality, r.bearer, r.statement, v.action, v.condition,
    v.exception, v.deadline, v.consequence, r.status, r.valid_from, r.jurisdiction, r.instrument_type, r.tier,
    r.confidence, r.versions
  FROM rule r JOIN rule_version v ON v.id = r.current_version_id
  WHERE r.status IN ('in_force', 'partly_repealed')
  ORDER BY r.instrument_title, v.start;

CREATE VIEW change_feed AS
  SELECT c.id AS atom_id, c.recorded_at AS atom_updated,
    c.kind || CASE WHEN c.instrument_title = '' THEN '' ELSE ' · ' || c.instrument_title END
      || CASE WHEN c.to_label <> '' THEN ' ' || c.to_label WHEN c.from_label <> '' THEN ' ' || c.from_label ELSE '' END
      AS atom_title,
    c.summary || CASE WHEN c.valid_on IS NULL THEN '' ELSE ' (' || c.valid_on || ')' END AS atom_content,
    CASE WHEN c.rule_id IS NOT NULL THEN '/rule/' || c.rule_id
      WHEN c.instrument_id IS NOT NULL THEN '/instrument/' || c.instrument_id ELSE '/changes' END AS atom_link,
    c.kind, c.instrument_id, c.jurisdiction, c.valid_on
  FROM (SELECT * FROM change ORDER BY recorded_at DESC, id) c
  UNION ALL  -- a feed without an entry is no valid feed
  SELECT 'published', (SELECT value FROM about WHERE key = 'published_at'), 'No changes recorded yet', '', '/changes',
    'published', NULL, NULL, NULL
  WHERE NOT EXISTS (SELECT 1 FROM change);

CREATE VIEW new_guidance AS
  SELECT f.score, f.kind, f.instrument_id, f.instrument_title, f.jurisdiction, j.name AS jurisdiction_name, i.instrument_type,
    i.document_number, e.status, e.version_date, e.effective_on, f.reasons, e.tier, e.url, f.recorded_at
  FROM flag f JOIN instrument i ON i.id = f.instrument_id JOIN expression e ON e.id = f.expression_id
    JOIN jurisdiction j ON j.code = f.jurisdiction
  ORDER BY f.recorded_at DESC, f.score DESC;

-- Beside the wording that was reviewed stands the newest one known, in force or still to come.
CREATE VIEW mapping_suspect AS
  SELECT m.id, m.rule_id, r.instrument_title, v.label, m.reviewed_statement, v.statement AS current_statement,
    v.valid_from AS current_from, v.valid_to AS current_to, m.target_kind, m.target_id, m.target_title, m.relationship,
    m.suspect_since, m.reviewed_on
  FROM mapping m LEFT JOIN rule r ON r.id = m.rule_id
    LEFT JOIN rule_version v ON v.id = (
      SELECT id FROM rule_version WHERE rule_id = m.rule_id ORDER BY n DESC LIMIT 1)
  WHERE m.status = 'suspect'
  ORDER BY m.suspect_since DESC, m.id;

-- Duties that need no link of their own, and why.
CREATE TABLE duty_answer (
  rule_version_id TEXT PRIMARY KEY REFERENCES rule_version(id),
  rule_id TEXT NOT NULL REFERENCES rule(id),
  answer TEXT NOT NULL,
  reason_id TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIEW coverage AS
  SELECT i.id AS instrument_id, i.title AS instrument_title, i.jurisdiction, i.status, d.duties, d.mapped, d.suspect,
    d.proposed, d.reasoned, d.unmapped
  FROM (
    SELECT instrument_id, count(*) AS duties, sum(accepted OR NOT suspect AND answer IS 'linked') AS mapped,
      sum(suspect) AS suspect, sum(proposed) AS proposed,
      sum(NOT accepted AND NOT suspect AND answer IS 'with_a_written_reason') AS reasoned,
      sum(NOT accepted AND NOT suspect AND answer IS NULL) AS unmapped
    FROM (
      SELECT r.instrument_id, a.answer, coalesce(m.accepted, 0) AS accepted, coalesce(m.suspect, 0) AS suspect,
        coalesce(m.proposed, 0) AS proposed
      FROM rule r LEFT JOIN duty_answer a ON a.rule_version_id = r.current_version_id
        LEFT JOIN (
          SELECT rule_id, max(status = 'accepted') AS accepted, max(status = 'suspect') AS suspect,
            max(status = 'proposed') AS proposed
          FROM mapping GROUP BY rule_id) m ON m.rule_id = r.id
      WHERE r.modality IN ('obligation', 'prohibition')
        AND r.status IN ('in_force', 'partly_repealed', 'not_yet_in_force') AND a.answer IS NOT 'of_offices')
    GROUP BY instrument_id) d
  JOIN instrument i ON i.id = d.instrument_id
  ORDER BY d.mapped DESC, d.duties DESC, i.title;

CREATE VIEW upcoming_effective AS
  SELECT e.valid_from AS takes_effect_on, i.id AS instrument_id, i.title AS instrument_title, i.jurisdiction,
    i.jurisdiction_name, i.instrument_type, e.document_number, e.id AS expression_id, e.tier, e.url
  FROM expression e JOIN instrument i ON i.id = e.instrument_id
  WHERE e.status = 'not_yet_in_force'
  ORDER BY e.valid_from, i.title;

CREATE VIEW outstanding_effects AS
  SELECT f.id, f.kind, i.title AS affecting_title, f.instrument_id, f.target_title, f.target_number, f.target_label,
    f.target_instrument_id, f.effective_on, f.state
  FROM effect f JOIN instrument i ON i.id = f.instrument_id
  WHERE f.state <> 'applied'
  ORDER BY f.effective_on DESC, f.id;

-- What a link may lead to, under one roof.
CREATE VIEW catalogue_entry AS
  SELECT 'control' AS kind, id, title, title_zh, tier FROM control
  UNION ALL SELECT 'hardware_item', id, title, title_zh, tier FROM hardware_item
  UNION ALL SELECT 'evidence_item', id, title, title_zh, tier FROM evidence_item;

CREATE VIEW open_gaps AS
  SELECT g.* FROM gap g WHERE NOT EXISTS (SELECT 1 FROM gap_filling f WHERE f.gap_id = g.id) ORDER BY g.id;

CREATE VIEW jurisdiction_overview AS
  SELECT j.code, j.name, j.name_en, j.level,
    (SELECT count(*) FROM instrument i WHERE i.jurisdiction = j.code) AS instruments,
    (SELECT count(*) FROM rule r WHERE r.jurisdiction = j.code) AS rules,
    (SELECT max(i.recorded_at) FROM instrument i WHERE i.jurisdiction = j.code) AS newest,
    (SELECT count(*) FROM source_health s WHERE s.jurisdiction = j.code) AS sources,
    (SELECT count(*) FROM source_health s WHERE s.jurisdiction = j.code AND s.unreachable_since IS NOT NULL)
      AS unreachable
  FROM jurisdiction j
  ORDER BY j.code;
