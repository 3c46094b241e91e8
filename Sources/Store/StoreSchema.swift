import GRDB

/// The tables of a store, as steps from each version to the next.
///
/// A step is never edited once a release has it; what changes comes as a further step. The tables of the ledger's
/// records are not among them: an import makes them from the declarations of ``RecordKind``.
enum StoreSchema {
    /// What SQLite keeps in the head of the file, so that a store is told from other databases: "OBLG".
    static let applicationID: Int32 = 0x4F42_4C47

    /// All steps in order.
    static let steps: [(name: String, sql: String)] = [
        ("1 ledger", ledger), ("2 runs", runs), ("3 alerts and models", alertsAndModels),
        ("4 audit trail and lock", auditTrailAndLock), ("5 what imports left out", leftOut),
    ]

    /// Brings a store of any earlier version to the present one.
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        for step in steps {
            migrator.registerMigration(step.name) { database in try database.execute(sql: step.sql) }
        }
        return migrator
    }()

    private static let ledger = """
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
        """

    // Numbers that come back bit by bit have columns without a type: in one of REAL, −0 becomes 0.
    private static let runs = """
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
        CREATE TABLE batches (
            run INTEGER NOT NULL REFERENCES runs,
            batch INTEGER NOT NULL,
            set_aside TEXT NOT NULL,
            remainder BLOB NOT NULL,
            PRIMARY KEY (run, batch)
        );
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
        CREATE INDEX ratings_by_obligor ON ratings (obligor, as_of);
        CREATE INDEX ratings_by_batch ON ratings (run, batch);
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
        CREATE INDEX rating_steps_by_obligor ON rating_steps (obligor, run);
        CREATE INDEX rating_steps_by_batch ON rating_steps (run, batch);
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
        CREATE TABLE job_states (
            job TEXT PRIMARY KEY,
            state BLOB NOT NULL
        ) STRICT;
        """

    private static let alertsAndModels = """
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
        CREATE TABLE standing_changes (
            id INTEGER PRIMARY KEY,
            model INTEGER NOT NULL REFERENCES models,
            standing TEXT NOT NULL,
            author TEXT NOT NULL,
            time INTEGER NOT NULL,
            reason TEXT NOT NULL
        ) STRICT;
        """

    // The head is kept beside the trail, so that a record cannot be cut off its end unseen.
    private static let auditTrailAndLock = """
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
        CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END;
        CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END;
        CREATE TABLE audit_head (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            records INTEGER NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        CREATE TABLE lock (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            token TEXT NOT NULL,
            holder TEXT NOT NULL
        ) STRICT;
        """

    // A step of its own, so that no engine that knows nothing of it takes the rest of an obligor's records for all of
    // them.
    private static let leftOut = """
        CREATE TABLE ledger_left_out (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            report TEXT NOT NULL,
            set_aside TEXT NOT NULL,
            faults INTEGER NOT NULL
        ) STRICT;
        """
}
