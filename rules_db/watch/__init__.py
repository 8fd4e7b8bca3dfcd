"""What the knowledge base watches: topics as data, and the judgement whether a document belongs to one."""
