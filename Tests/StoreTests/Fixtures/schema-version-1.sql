CREATE TABLE ledger (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    base_currency TEXT NOT NULL,
    imports INTEGER NOT NULL
) STRICT;
CREATE TABLE ledger_files (
    kind TEXT PRIMARY KEY,
    file TEXT NOT NULL,
    records INTEGER NOT NULL,
    sha256 TEXT NOT NULL
) STRICT;
