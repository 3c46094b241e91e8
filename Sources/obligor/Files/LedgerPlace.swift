import Foundation
import Ledger
import Review
import Store

/// A ledger named on the command line, by its folder or by the store that holds it.
enum LedgerPlace {
    /// Opens a ledger.
    ///
    /// - Parameter verifyingDigests: Whether the files of a folder are held against the digests that it lists.
    static func open(_ path: String, verifyingDigests: Bool = false) throws -> any LedgerSource {
        let place = file(path)
        let isFile = (try? place.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true
        return isFile
            ? try SQLiteStore(place).ledger() : try LedgerFolder(place, verifyingDigests: verifyingDigests)
    }
}
