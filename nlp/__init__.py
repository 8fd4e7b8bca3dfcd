"""nlp turns text into structured law: pure, offline, without a database."""
