"""What the browser tests visit, and the password of the one user of the team's server."""

PASSWORD = "a long pass phrase 42"  # noqa: S105 (of these tests alone)
# Every page of our own, and the ones of Datasette that readers meet.
OWN_PAGES = [
    "/",
    "/search",
    "/search?q=备案",
    "/search?q=没有这样的词 也没有",
    "/instrument/a1b2c3d4e5",
    "/rule/rule00000001",
    "/diff",
    "/diff?instrument=a1b2c3d4e5",
    "/as-of",
    "/as-of?as_of=2025-01-01",
    "/changes",
    "/change/c2",
    "/coverage",
    "/catalogue",
    "/gaps",
    "/claims",
    "/provinces",
    "/timeline",
    "/sources",
    "/about",
    "/rules",
]
TABLE_PAGES = ["/rules/provision?_search=备案", "/rules/search?q=备案", "/rules/instrument/a1b2c3d4e5"]
