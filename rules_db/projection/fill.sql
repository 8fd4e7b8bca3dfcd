-- From the store (attached as `work`, with the helper table temp.standing) into the public tables. clean() blanks control
-- characters, web() lets nothing but http(s) addresses through.

INSERT INTO instrument
  SELECT i.id, i.iri, clean(i.title), i.instrument_type, i.jurisdiction, j.name,
    coalesce((SELECT group_concat(clean(value), '、') FROM json_each(i.issuers)), ''),
    clean(e.document_number), s.status, e.promulgated_on, e.published_on, e.effective_on, e.expires_on,
    (SELECT count(*) FROM work.expression v WHERE v.instrument_id = i.id AND v.replaced_at IS NULL),
    e.id, e.tier, best.url, i.recorded_at
  FROM work.instrument i JOIN jurisdiction j ON j.code = i.jurisdiction
    JOIN work.expression e ON e.instrument_id = i.id
    JOIN temp.standing s ON s.expression_id = e.id AND s.current
    LEFT JOIN temp.best_copy best ON best.expression_id = e.id;

INSERT INTO expression
  SELECT e.id, e.iri, e.instrument_id, i.title, e.version_date, s.valid_from, s.valid_to, s.status,
    clean(e.document_number), e.promulgated_on, e.published_on, e.effective_on, e.effective_basis, e.expires_on, e.tier,
    best.url, best.snapshot_sha256, e.recorded_at
  FROM work.expression e JOIN instrument i ON i.id = e.instrument_id
    JOIN temp.standing s ON s.expression_id = e.id
    LEFT JOIN temp.best_copy best ON best.expression_id = e.id;

INSERT INTO source_copy
  SELECT m.expression_id, m.snapshot_sha256, web(m.url), m.source_id, m.tier, m.recorded_at
  FROM work.manifestation m JOIN expression e ON e.id = m.expression_id
  ORDER BY m.expression_id, m.recorded_at;

INSERT INTO rule_version
  SELECT v.id, v.rule_id, v.n, v.expression_id, v.eid, clean(v.label), v.modality, clean(v.bearer), clean(v.action),
    clean(v.condition), clean(v.exception), clean(v.deadline), clean(v.consequence), clean(v.statement), v.start, v."end",
    v.fingerprint, v.valid_from, v.valid_to,
    CASE WHEN s.status = 'draft' THEN 'draft'
      WHEN v.valid_from > :today THEN 'not_yet_in_force'
      WHEN v.valid_to IS NOT NULL AND v.valid_to <= :today THEN 'ended'
      WHEN last.status = 'superseded' THEN 'in_force'
      ELSE last.status END,
    v.confidence, v.reason, v.pipeline_version, v.recorded_at
  FROM work.rule_version v JOIN temp.standing s ON s.expression_id = v.expression_id
    JOIN temp.last_place l ON l.rule_version_id = v.id
    JOIN temp.standing last ON last.expression_id = l.expression_id
  WHERE v.superseded_at IS NULL;

-- The version that speaks for a rule: in force today, else the next to come, else the last there was.
INSERT INTO rule
  SELECT rule_id, instrument_id, instrument_title, label, modality, bearer, statement, status, valid_from, valid_to,
    versions, version_id, expression_id, eid, jurisdiction, instrument_type, tier, confidence
  FROM (
    SELECT v.rule_id, r.instrument_id, i.title AS instrument_title, coalesce(p.label, v.label) AS label, v.modality,
      v.bearer, v.statement, v.status, v.valid_from, v.valid_to, v.id AS version_id,
      coalesce(p.expression_id, v.expression_id) AS expression_id, coalesce(p.eid, v.eid) AS eid, i.jurisdiction,
      i.instrument_type, e.tier, v.confidence, count(*) OVER (PARTITION BY v.rule_id) AS versions,
      row_number() OVER (
        PARTITION BY v.rule_id
        ORDER BY CASE v.status WHEN 'ended' THEN 2 WHEN 'not_yet_in_force' THEN 1 ELSE 0 END, v.n DESC) AS place
    FROM rule_version v JOIN work.rule r ON r.id = v.rule_id JOIN instrument i ON i.id = r.instrument_id
      JOIN expression e ON e.id = v.expression_id
      LEFT JOIN temp.last_place p ON p.rule_version_id = v.id)
  WHERE place = 1;

INSERT INTO rule_place
  SELECT p.rule_version_id, p.expression_id, p.eid, clean(p.label), p.start, p."end"
  FROM work.rule_place p JOIN rule_version v ON v.id = p.rule_version_id;

INSERT INTO threshold
  SELECT t.id, e.instrument_id, e.instrument_title, t.expression_id, v.id, v.rule_id, t.eid, clean(t.label),
    clean(t.text), clean(t.parameter), t.comparator, t.value, t.value_max, t.unit, clean(t.base), clean(t.trigger_event),
    coalesce(v.valid_from, e.valid_from), CASE WHEN v.id IS NULL THEN e.valid_to ELSE v.valid_to END,
    coalesce(v.status, e.status), t.start, t."end", t.pattern, t.confidence
  FROM work.threshold t JOIN expression e ON e.id = t.expression_id LEFT JOIN rule_version v ON v.id = t.rule_version_id
  WHERE t.superseded_at IS NULL;

INSERT INTO evidence
  SELECT d.rule_version_id, d.field, d.expression_id, d.start, d."end", clean(d.text), d.pattern
  FROM work.evidence d JOIN rule_version v ON v.id = d.rule_version_id;

INSERT INTO effect
  SELECT f.id, e.instrument_id, f.affecting_expression_id, f.kind, clean(f.target_title), clean(f.target_number),
    clean(f.target_label), f.target_instrument_id, f.effective_on, f.state,
    CASE WHEN f.kind = 'amends' AND f."end" > f.start AND f.target_label IS NOT NULL
      THEN clean(substr(x.text, f.start + 1, min(f."end" - f.start, 400))) END
  FROM work.effect f JOIN expression e ON e.id = f.affecting_expression_id
    JOIN work.expression x ON x.id = f.affecting_expression_id;

-- All pairs of two texts in which a person had a say: a decision ends the row it is about, also to renew it.
INSERT INTO reviewed_pair
  SELECT l.from_expression_id, l.from_eid, l.to_expression_id, l.to_eid
  FROM work.provision_lineage l
    JOIN expression o ON o.id = l.from_expression_id JOIN expression n ON n.id = l.to_expression_id
  WHERE l.superseded_at IS NULL AND EXISTS (
    SELECT 1 FROM work.provision_lineage d WHERE d.from_expression_id = l.from_expression_id
      AND d.to_expression_id = l.to_expression_id AND d.superseded_at IS NOT NULL)
  ORDER BY l.rowid;

-- Columns with an array facet must hold arrays.
INSERT INTO control
  SELECT id, title, title_zh, objective, objective_zh, CASE WHEN json_valid(method) THEN method ELSE json_array(method) END,
    steps, steps_zh, owner_role, owner_role_zh, retention, retention_zh, tier, source
  FROM work.control;
INSERT INTO evidence_item
  SELECT id, title, title_zh, description, description_zh, retention_legal, retention_legal_zh, retention_suggested,
    retention_suggested_zh, tier, source
  FROM work.evidence_item;
INSERT INTO hardware_item
  SELECT id, title, title_zh, CASE WHEN json_valid(installed_at) THEN installed_at ELSE json_array(installed_at) END,
    installed_at_zh, parameters, standards, acceptance_check, acceptance_check_zh, records, records_zh, restrictions,
    restrictions_zh, tier, source
  FROM work.hardware_item;
INSERT INTO catalogue_link SELECT from_kind, from_id, to_kind, to_id, rationale FROM work.catalogue_link;

INSERT INTO mapping
  SELECT m.id, r.id, clean(m.selector), m.target_kind, m.target_id,
    coalesce(c.title || ' ' || c.title_zh, h.title || ' ' || h.title_zh, v.title || ' ' || v.title_zh, m.target_id),
    m.relationship, clean(m.rationale), m.status, m.stamp, m.current_fingerprint, clean(m.stamp_statement), m.tier,
    m.reviewed_on, m.suspect_since, m.score
  FROM work.mapping m LEFT JOIN rule r ON r.id = m.rule_id
    LEFT JOIN control c ON m.target_kind = 'control' AND c.id = m.target_id
    LEFT JOIN hardware_item h ON m.target_kind = 'hardware_item' AND h.id = m.target_id
    LEFT JOIN evidence_item v ON m.target_kind = 'evidence_item' AND v.id = m.target_id
  WHERE m.status <> 'rejected';

INSERT INTO gap
  SELECT id, title, title_zh, description, description_zh, left_open_by, could_be_filled_by, could_be_filled_by_zh, tier,
    source
  FROM work.gap;
INSERT INTO gap_filling
  SELECT g.gap_id, g.instrument_id, g.expression_id, g.eid, clean(g.reason), g.recorded_at
  FROM work.gap_filling g JOIN expression e ON e.id = g.expression_id;

-- Changes of law, and pages that a source took down. New numbers for the same words, typography, re-reading and broken
-- sites are for maintainers.
INSERT INTO change
  SELECT c.id, c.kind, i.id, coalesce(i.title, ''), i.jurisdiction, f.id, t.id, clean(c.from_label), clean(c.to_label),
    r.id, clean(c.summary),
    clean(json_extract(c.detail, CASE c.kind WHEN 'modality_changed' THEN '$.old.cue' WHEN 'bearer_changed' THEN
      '$.old.bearer' ELSE '$.old.text' END)),
    clean(json_extract(c.detail, CASE c.kind WHEN 'modality_changed' THEN '$.new.cue' WHEN 'bearer_changed' THEN
      '$.new.bearer' ELSE '$.new.text' END)),
    c.valid_on, c.recorded_at
  FROM work.change c LEFT JOIN instrument i ON i.id = c.instrument_id
    LEFT JOIN expression f ON f.id = c.from_expression_id LEFT JOIN expression t ON t.id = c.to_expression_id
    LEFT JOIN rule r ON r.id = c.rule_id
  WHERE c.kind IN (SELECT kind FROM temp.public_change_kind);

-- A score of 0 means looked at and of no concern to this sector.
INSERT INTO flag
  SELECT f.expression_id, i.id, i.title, i.jurisdiction, json_extract(f.reasons, '$.kind'), f.score,
    coalesce((SELECT group_concat(clean(json_extract(value, '$.sentence')), char(10))
              FROM json_each(f.reasons, '$.reasons')), ''),
    f.recorded_at
  FROM work.flag f JOIN expression e ON e.id = f.expression_id JOIN instrument i ON i.id = e.instrument_id
  WHERE f.score > 0;

INSERT INTO source_health
  SELECT s.id, clean(s.name), place(s.jurisdiction), s.platform, s.grade, s.tier,
    coalesce(last.verdict, CASE WHEN last.id IS NULL THEN 'never_run' ELSE 'unfinished' END),
    last.started_at, good.started_at,
    CASE WHEN last.verdict IN ('broken', 'blocked') THEN
      (SELECT min(b.started_at) FROM work.crawl_run b WHERE b.source_id = s.id AND b.id > coalesce(good.id, 0)) END,
    (SELECT count(DISTINCT e.instrument_id) FROM work.manifestation m JOIN work.expression e ON e.id = m.expression_id
     WHERE m.source_id = s.id)
  FROM work.source s
    LEFT JOIN work.crawl_run last ON last.id = (
      SELECT max(id) FROM work.crawl_run WHERE source_id = s.id AND verdict IS NOT NULL)
    LEFT JOIN work.crawl_run good ON good.id = (
      SELECT max(id) FROM work.crawl_run WHERE source_id = s.id AND verdict IN ('ok', 'quiet', 'stale', 'degraded'));
