"""Structure of a document: parts, provisions, head, effects, citations resolved, reading units."""
