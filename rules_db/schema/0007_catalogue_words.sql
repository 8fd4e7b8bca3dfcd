-- The catalogue's words in Chinese beside the English ones; empty where nobody wrote them.
ALTER TABLE control ADD COLUMN objective_zh TEXT NOT NULL DEFAULT '';
ALTER TABLE control ADD COLUMN steps_zh TEXT NOT NULL DEFAULT '';
ALTER TABLE control ADD COLUMN owner_role_zh TEXT NOT NULL DEFAULT '';
ALTER TABLE control ADD COLUMN retention_zh TEXT NOT NULL DEFAULT '';
ALTER TABLE evidence_item ADD COLUMN description_zh TEXT NOT NULL DEFAULT '';
ALTER TABLE evidence_item ADD COLUMN retention_legal_zh TEXT NOT NULL DEFAULT '';
ALTER TABLE evidence_item ADD COLUMN retention_suggested_zh TEXT NOT NULL DEFAULT '';
ALTER TABLE hardware_item ADD COLUMN installed_at_zh TEXT NOT NULL DEFAULT '';
ALTER TABLE hardware_item ADD COLUMN acceptance_check_zh TEXT NOT NULL DEFAULT '';
ALTER TABLE hardware_item ADD COLUMN records_zh TEXT NOT NULL DEFAULT '';
ALTER TABLE hardware_item ADD COLUMN restrictions_zh TEXT NOT NULL DEFAULT '';
ALTER TABLE gap ADD COLUMN description_zh TEXT NOT NULL DEFAULT '';
ALTER TABLE gap ADD COLUMN could_be_filled_by_zh TEXT NOT NULL DEFAULT '';
