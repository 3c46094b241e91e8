package import Foundation
import Results
import Vocabulary

// What stores note about their own changes, in the same words everywhere.
extension AuditEntry {
    /// A run began.
    package static func began(_ plan: RunPlan) -> AuditEntry {
        var features = ContentDigest()
        for feature in plan.features { features.add(feature) }
        return AuditEntry(
            action: "run begun", author: plan.author, subject: plan.digest,
            details: "\(plan.job) as of \(plan.asOf), model \(plan.model ?? "none"), "
                + "\(plan.features.count) features \(features.hexadecimal)")
    }

    /// A batch was kept.
    package static func saved(_ batch: ReviewBatch, of plan: RunPlan) -> AuditEntry {
        AuditEntry(
            action: "batch saved", author: plan.author, subject: "\(plan.digest)/\(batch.number)",
            details: batch.digest)
    }

    /// A run was finished.
    package static func finished(_ run: StoredRun) -> AuditEntry {
        AuditEntry(
            action: "run finished", author: run.plan.author, subject: run.plan.digest,
            details: run.summary ?? "")
    }

    /// Alerts were raised; `nil` if none were.
    package static func raised(_ alerts: [StoredAlert]) -> AuditEntry? {
        guard let first = alerts.first else { return nil }
        var digest = ContentDigest()
        for alert in alerts { alert.add(to: &digest) }
        return AuditEntry(
            action: "alerts raised", author: first.kind, subject: "\(alerts.count) alerts",
            details: digest.hexadecimal)
    }

    /// An event was dealt with.
    package static func received(_ event: ReceivedEvent) -> AuditEntry {
        AuditEntry(
            action: "event received", author: event.run, subject: event.key,
            details:
                "\(event.kind) of \(event.obligor) on \(event.occurred), \(ContentDigest.of(Data(event.content.utf8)))"
        )
    }

    /// A person decided.
    package static func decided(_ decision: ReviewerDecision) -> AuditEntry {
        AuditEntry(
            action: "decision kept", author: decision.author, subject: decision.key,
            details:
                "\(decision.verdict) for \(decision.obligor) from \(decision.decided) on"
                + (decision.maximumNotches.map { ", at most \($0) notches" } ?? "") + ": \(decision.reason)")
    }

    /// A model was registered.
    ///
    /// - Parameter content: The digest of all that came with it.
    package static func registered(_ model: RegisteredModel, content: String) -> AuditEntry {
        AuditEntry(
            action: "model registered", author: model.registeredBy, subject: "model \(model.number)",
            details: "\(model.name), \(model.digest), with its validation \(content)")
    }

    /// A model was given a standing.
    package static func promoted(_ number: Int, _ change: StandingChange) -> AuditEntry {
        AuditEntry(
            action: "model made \(change.standing.rawValue)", author: change.author,
            subject: "model \(number)",
            details: change.reason)
    }

    /// The earlier champion came back.
    package static func rolledBack(to number: Int, _ change: StandingChange) -> AuditEntry {
        AuditEntry(
            action: "model rolled back", author: change.author, subject: "model \(number)",
            details: change.reason)
    }
}

extension AuditRecord {
    /// How far the clock may stand before the last record, in milliseconds: what time servers put right in one step.
    package static let clockTolerance: Int64 = 2_000

    /// Refuses a time before that of this record.
    package func check(_ now: Date) throws(StorageError) {
        if Int64(now.timeIntervalSince1970 * 1000) + Self.clockTolerance < time {
            throw .clockWentBack(last: date, now: now)
        }
    }
}

extension StoredAlert {
    func add(to digest: inout ContentDigest) {
        for text in [key, obligor?.text, "\(day)", kind, severity, self.text, details] { digest.add(text) }
    }
}

extension ReviewBatch {
    /// The SHA-256 of all that it holds.
    package var digest: String {
        var digest = ContentDigest()
        digest.add(Int64(number))
        for rating in ratings {
            for text in [
                rating.obligor.text, rating.grade.rawValue, rating.modelGrade?.rawValue, rating.currency.code,
                rating.isInterim ? "interim" : nil, rating.reasons.joined(separator: ";"),
            ] {
                digest.add(text)
            }
            for number in [rating.pd, rating.logOdds, rating.score, rating.exposure, rating.limit] {
                digest.add(number)
            }
            digest.add(Int64(rating.asOf.daysSince1970))
            digest.add(rating.termsDays.map(Double.init))
            digest.add(rating.reviewDue.map { Double($0.daysSince1970) })
        }
        for step in steps {
            for text in [
                step.id, step.stage.rawValue, step.rule, step.fromGrade, step.toGrade, step.effect.rawValue,
                step.reason, step.author, step.expires,
            ] {
                digest.add(text)
            }
            digest.add(Int64(step.step))
        }
        for snapshot in snapshots {
            digest.add(snapshot.obligor.text)
            digest.add(Int64(snapshot.asOf.daysSince1970))
            digest.add(snapshot.bytes)
        }
        for obligor in setAside {
            digest.add(obligor.obligor.text)
            digest.add(obligor.reason)
        }
        digest.add(remainder)
        return digest.hexadecimal
    }
}
