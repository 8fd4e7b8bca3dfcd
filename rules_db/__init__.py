"""rules_db remembers: the versioned rule store, its diff, mapping, search and publication.

Knows neither Scrapy nor spaCy. SQL strings live only here. The clock is passed in by the caller.
"""
