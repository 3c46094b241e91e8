import ArgumentParser
import Foundation
import Vocabulary

/// A verb of the command line.
protocol Verb: ParsableCommand {
    /// Does what was asked.
    func perform(_ invocation: Invocation) throws
}

/// One use of the program: the command line and where to print.
struct Invocation {
    /// The command line without the program's name.
    let arguments: [String]
    /// Where to print.
    let console: any Console
    /// The clock that what comes in is held against.
    var now: @Sendable () -> Date = { Date() }
    /// When it began.
    let startedAt = Date()

    /// The present day, in universal time.
    var today: CalendarDay {
        CalendarDay(daysSince1970: Int32((now().timeIntervalSince1970 / 86_400).rounded(.down)))
    }

    /// The last day that has come somewhere: in some time zones it is a day ahead.
    var lastDay: CalendarDay { today.adding(days: 1) }

    /// Whether a day is still to come wherever one may be.
    func isToCome(_ day: CalendarDay) -> Bool { day > lastDay }
}
