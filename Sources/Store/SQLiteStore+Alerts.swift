import Foundation
import GRDB
public import Review
import Vocabulary

extension SQLiteStore {
    /// Keeps alerts whose keys are new.
    public func raise(_ alerts: [StoredAlert]) throws(StorageError) -> [StoredAlert] {
        try changing { database, audit in
            var new: [StoredAlert] = []
            let insertion = try database.cachedStatement(
                sql: "INSERT OR IGNORE INTO alerts VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)")
            for alert in alerts {
                try insertion.execute(arguments: [
                    alert.key, alert.obligor?.text, alert.day.daysSince1970, alert.kind, alert.severity,
                    alert.text,
                    alert.details, audit.nextNumber,
                ])
                if database.changesCount == 1 { new.append(alert) }
            }
            if let entry = AuditEntry.raised(new) { try audit.append(entry) }
            return new
        }
    }

    /// All alerts in the order in which they were raised.
    public func alerts() throws(StorageError) -> [StoredAlert] {
        try reading { database in
            try Row.fetchAll(database, sql: "SELECT * FROM alerts ORDER BY id").map(StoredAlert.init(row:))
        }
    }

    /// Notes that events have been dealt with, all of them or none.
    @discardableResult
    public func receive(_ events: [ReceivedEvent]) throws(StorageError) -> [ReceivedEvent] {
        try changing { database, audit in
            let insertion = try database.cachedStatement(
                sql: "INSERT OR IGNORE INTO received_events VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)")
            var new: [ReceivedEvent] = []
            for event in events {
                try insertion.execute(arguments: [
                    event.key, event.obligor.text, event.occurred.daysSince1970, event.kind, event.run,
                    event.content, audit.nextNumber,
                ])
                guard database.changesCount == 1 else { continue }
                try audit.append(.received(event))
                new.append(event)
            }
            return new
        }
    }

    /// All events in the order in which they were received.
    public func receivedEvents() throws(StorageError) -> [ReceivedEvent] {
        try reading { database in
            try Row.fetchAll(database, sql: "SELECT * FROM received_events ORDER BY id").map(
                ReceivedEvent.init(row:))
        }
    }

    /// Keeps what a person decided, unless the last decision on its subject says the same.
    public func decide(_ decision: ReviewerDecision) throws(StorageError) -> Bool {
        try changing { database, audit in
            let earlier = try Row.fetchAll(
                database, sql: "SELECT * FROM decisions WHERE obligor = ? OR decision = ? ORDER BY id",
                arguments: [decision.obligor.text, decision.key]
            ).map(ReviewerDecision.init(row:))
            guard let kept = decision.kept(behind: earlier) else { return false }
            try database.execute(
                sql: "INSERT INTO decisions VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    kept.key, kept.obligor.text, try JSONForm.text(of: VerdictForm(kept)), kept.author,
                    kept.reason, kept.decided.daysSince1970, audit.nextNumber,
                ])
            try audit.append(.decided(kept))
            return true
        }
    }

    /// All decisions in the order in which they were kept.
    public func decisions() throws(StorageError) -> [ReviewerDecision] {
        try reading { database in
            try Row.fetchAll(database, sql: "SELECT * FROM decisions ORDER BY id").map(
                ReviewerDecision.init(row:))
        }
    }
}
