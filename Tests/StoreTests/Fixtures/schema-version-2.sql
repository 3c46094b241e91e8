CREATE TABLE batches (
    run INTEGER NOT NULL REFERENCES runs,
    batch INTEGER NOT NULL,
    set_aside TEXT NOT NULL,
    remainder BLOB NOT NULL,
    PRIMARY KEY (run, batch)
);
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
