CREATE TABLE alerts (
    id INTEGER PRIMARY KEY,
    alert TEXT NOT NULL UNIQUE,
    obligor TEXT,
    day INTEGER NOT NULL,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL,
    text TEXT NOT NULL,
    details TEXT,
    record INTEGER NOT NULL
) STRICT;
CREATE INDEX alerts_by_obligor ON alerts (obligor, day);
CREATE TABLE audit (
    record INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    action TEXT NOT NULL,
    author TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    records INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END;
CREATE TABLE batches (
    run INTEGER NOT NULL REFERENCES runs,
    batch INTEGER NOT NULL,
    set_aside TEXT NOT NULL,
    remainder BLOB NOT NULL,
    PRIMARY KEY (run, batch)
);
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY,
    decision TEXT NOT NULL UNIQUE,
    obligor TEXT NOT NULL,
    verdict TEXT NOT NULL,
    author TEXT NOT NULL,
    reason TEXT NOT NULL,
    decided INTEGER NOT NULL,
    record INTEGER NOT NULL
) STRICT;
CREATE INDEX decisions_by_obligor ON decisions (obligor);
CREATE TABLE job_states (
    job TEXT PRIMARY KEY,
    state BLOB NOT NULL
) STRICT;
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
CREATE TABLE ledger_left_out (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    report TEXT NOT NULL,
    set_aside TEXT NOT NULL,
    faults INTEGER NOT NULL
) STRICT;
CREATE TABLE lock (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    token TEXT NOT NULL,
    holder TEXT NOT NULL
) STRICT;
CREATE TABLE models (
    model INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL UNIQUE,
    standing TEXT NOT NULL,
    artifact BLOB NOT NULL,
    master_scale BLOB,
    validation BLOB,
    gates TEXT NOT NULL,
    registered_by TEXT NOT NULL,
    registered INTEGER NOT NULL,
    record INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_champion ON models (standing) WHERE standing = 'champion';
CREATE TABLE rating_steps (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    obligor TEXT NOT NULL,
    step INTEGER NOT NULL,
    stage TEXT NOT NULL,
    rule TEXT,
    from_grade TEXT,
    to_grade TEXT NOT NULL,
    effect TEXT NOT NULL,
    reason TEXT,
    author TEXT,
    expires TEXT,
    FOREIGN KEY (run, batch) REFERENCES batches
);
CREATE INDEX rating_steps_by_batch ON rating_steps (run, batch);
CREATE INDEX rating_steps_by_obligor ON rating_steps (obligor, run);
CREATE TABLE ratings (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    obligor TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    grade TEXT NOT NULL,
    model_grade TEXT,
    pd NOT NULL,
    log_odds,
    score,
    currency TEXT NOT NULL,
    exposure NOT NULL,
    credit_limit,
    terms_days INTEGER,
    review_due INTEGER,
    is_interim INTEGER NOT NULL,
    reasons TEXT NOT NULL,
    FOREIGN KEY (run, batch) REFERENCES batches
);
CREATE INDEX ratings_by_batch ON ratings (run, batch);
CREATE INDEX ratings_by_obligor ON ratings (obligor, as_of);
CREATE TABLE received_events (
    id INTEGER PRIMARY KEY,
    event TEXT NOT NULL UNIQUE,
    obligor TEXT NOT NULL,
    occurred INTEGER NOT NULL,
    kind TEXT NOT NULL,
    run TEXT NOT NULL,
    content TEXT NOT NULL,
    record INTEGER NOT NULL
) STRICT;
CREATE TABLE runs (
    run INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    job TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    model TEXT,
    features TEXT NOT NULL,
    author TEXT NOT NULL,
    begun INTEGER NOT NULL,
    finished INTEGER,
    finish_order INTEGER,
    summary TEXT
);
CREATE TABLE snapshots (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    obligor TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    features BLOB NOT NULL,
    FOREIGN KEY (run, batch) REFERENCES batches
);
CREATE INDEX snapshots_by_batch ON snapshots (run, batch);
CREATE TABLE standing_changes (
    id INTEGER PRIMARY KEY,
    model INTEGER NOT NULL REFERENCES models,
    standing TEXT NOT NULL,
    author TEXT NOT NULL,
    time INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;
