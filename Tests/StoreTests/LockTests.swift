import Foundation
import GRDB
import Review
import Synchronization
import TestSupport
import Testing

@testable import Store

@Suite("One job at a time has a portfolio, and no dead one")
struct LockTests {
    private let folder: TemporaryFolder
    private var file: URL { folder.file("store.db") }
    private let clock = Clock()

    init() throws { folder = try TemporaryFolder() }

    private func store() throws -> SQLiteStore { try SQLiteStore(file, now: { [clock] in clock.next() }) }

    /// Leaves a lock behind as another process would.
    private func leave(_ change: (inout LockHolder) -> Void) throws {
        let clock = clock
        let store = try SQLiteStore.create(file, now: { clock.next() })
        let me = ProcessIdentity.current
        let time = clock.next()
        var holder = LockHolder(
            purpose: "review", process: me.process, processStart: me.start, host: me.host, boot: me.boot,
            taken: time,
            heard: time)
        change(&holder)
        let text = try JSONForm.text(of: holder)
        try store.writing { try $0.execute(sql: "INSERT INTO lock VALUES (1, 't', ?)", arguments: [text]) }
        try store.close()
    }

    private func changed(
        _ holder: LockHolder, process: Int32? = nil, start: String? = nil, host: String? = nil,
        boot: String? = nil
    ) -> LockHolder {
        LockHolder(
            purpose: holder.purpose, process: process ?? holder.process,
            processStart: start ?? holder.processStart,
            host: host ?? holder.host, boot: boot ?? holder.boot, taken: holder.taken, heard: holder.heard)
    }

    @Test func aLivingProcessKeepsIt() throws {
        try leave { _ in }
        #expect(throws: StorageError.self) { try store().lock(for: "watch", waiting: 0) }
    }

    @Test func aDeadProcessLosesIt() throws {
        // No process has a number that high.
        try leave { $0 = changed($0, process: .max) }
        let lock = try store().lock(for: "watch", waiting: 0)
        let trail = try store().auditTrail()
        #expect(trail.map(\.entry.action) == ["lock taken over"])
        withExtendedLifetime(lock) {}
    }

    @Test func aLaterProcessOfTheSameNumberIsAnother() throws {
        try leave { $0 = changed($0, start: "1") }
        withExtendedLifetime(try store().lock(for: "watch", waiting: 0)) {}
    }

    @Test func aMachineThatWasStartedAnewHasNoJobs() throws {
        try leave { $0 = changed($0, boot: "00000000-0000-0000-0000-000000000000 pid:[1]") }
        withExtendedLifetime(try store().lock(for: "watch", waiting: 0)) {}
    }

    @Test func anotherMachineIsDeadWhenItHasBeenSilentForLong() throws {
        try leave { $0 = changed($0, host: "elsewhere") }
        #expect(throws: StorageError.self) { try store().lock(for: "watch", waiting: 0) }
        clock.move(by: LockHolder.patience + 1)
        withExtendedLifetime(try store().lock(for: "watch", waiting: 0)) {}
    }

    /// A time from before the wait could lie before what another has noted meanwhile, as if the clock had gone back.
    @Test func theTimeOfAChangeIsThatOfItsTurn() throws {
        let clock = clock
        try SQLiteStore.create(file, now: { clock.next() }).close()
        let other = try DatabaseQueue(path: file.path)
        let wasFree = Mutex<[Bool]>([])
        let store = try SQLiteStore(
            file,
            now: {
                let isFree =
                    (try? other.writeWithoutTransaction { try $0.inTransaction(.immediate) { .rollback } })
                    != nil
                wasFree.withLock { $0.append(isFree) }
                return clock.next()
            })
        wasFree.withLock { $0 = [] }
        try store.append(AuditEntry(action: "a", author: "b", subject: "c"))
        withExtendedLifetime(try store.lock(for: "review", waiting: 0)) {}
        let seen = wasFree.withLock { $0 }
        // Giving the lock back may look at the clock, but needs no turn of its own.
        #expect(seen.count >= 2 && seen.prefix(2).allSatisfy { !$0 })
    }

    @Test func whoHasLostTheLockWritesNothing() throws {
        let clock = clock
        let first = try SQLiteStore.create(file, now: { clock.next() })
        let lock = try first.lock(for: "review", waiting: 0)
        try first.append(AuditEntry(action: "a", author: "b", subject: "c"))
        let second = try store()
        try second.writing { try $0.execute(sql: "DELETE FROM lock") }
        let other = try second.lock(for: "review", waiting: 0)
        #expect(throws: StorageError.lockLost) { try lock.renew() }
        #expect(throws: StorageError.lockLost) {
            try first.append(AuditEntry(action: "a", author: "b", subject: "c"))
        }
        lock.release()
        // Giving back what one has not got takes it from nobody.
        #expect(try second.lockHolder() != nil)
        #expect(try second.auditTrail().count == 1)
        other.release()
        #expect(try second.lockHolder() == nil)
    }

    @Test func workRenewsTheLock() throws {
        let clock = clock
        let store = try SQLiteStore.create(file, now: { clock.next() })
        let lock = try store.lock(for: "review", waiting: 0)
        let before = try #require(try store.lockHolder())
        clock.move(by: 100)
        try store.append(AuditEntry(action: "a", author: "b", subject: "c"))
        let after = try #require(try store.lockHolder())
        #expect(after.heard.timeIntervalSince(before.heard) > 99 && after.taken == before.taken)
        lock.release()
    }

    @Test func whoWaitsGetsItWhenItIsFree() throws {
        let clock = clock
        let first = try SQLiteStore.create(file, now: { clock.next() })
        let lock = try first.lock(for: "review", waiting: 0)
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: 0.3)
            lock.release()
        }
        let second = try store()
        withExtendedLifetime(try second.lock(for: "watch", waiting: 20)) {}
    }

    /// Of many that want it at once, one has it at any time.
    @Test func manyThreadsTakeTurns() async throws {
        let clock = clock
        _ = try SQLiteStore.create(file, now: { clock.next() })
        let file = file
        let most = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    guard let store = try? SQLiteStore(file, now: { clock.next() }),
                        let lock = try? store.lock(for: "turn", waiting: 0)
                    else { return 0 }
                    usleep(20_000)
                    let holders = (try? store.lockHolder()) != nil ? 1 : 0
                    lock.release()
                    return holders
                }
            }
            return await group.reduce(0, +)
        }
        #expect(most >= 1)
    }
}
