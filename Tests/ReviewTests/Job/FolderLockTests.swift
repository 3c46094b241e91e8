import Foundation
import TestSupport
import Testing

@testable import Review

@Suite("One job at a time has a portfolio")
struct FolderLockTests {
    @Test func aSecondJobIsToldWhoHasIt() throws {
        let folder = try TemporaryFolder()
        let first = try FolderLock(of: folder.file("ledger"), for: "review")
        #expect(first.abandoned == nil)
        let error = #expect(throws: StorageError.self) {
            try FolderLock(of: folder.file("ledger"), for: "events", waiting: 0.15)
        }
        guard case .locked(let holder)? = error else {
            Issue.record("\(error?.description ?? "no error")")
            return
        }
        #expect(holder.purpose == "review" && holder.process == ProcessInfo.processInfo.processIdentifier)
        // Another portfolio is free, and so is this one once it is given back.
        _ = try FolderLock(of: folder.file("other"), for: "review")
        first.release()
        first.release()
        let next = try FolderLock(of: folder.file("ledger"), for: "events")
        #expect(next.abandoned == nil)
    }

    @Test func theLockOfAJobThatIsGoneIsTakenOver() throws {
        let folder = try TemporaryFolder()
        let gone = LockHolder(
            purpose: "review", process: 999_999, processStart: "", host: "h", boot: "", taken: Date(),
            heard: Date())
        _ = try folder.write(String(decoding: JSONEncoder().encode(gone), as: UTF8.self), to: ".ledger.lock")
        let lock = try FolderLock(of: folder.file("ledger"), for: "review")
        #expect(lock.abandoned?.process == 999_999)
    }
}
