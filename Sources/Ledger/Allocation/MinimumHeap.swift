import Vocabulary

/// A binary heap that gives the least entry first.
struct MinimumHeap {
    /// Two days and a number, compared in that order.
    struct Entry: Comparable {
        /// Both days as one number whose order is theirs.
        private let days: UInt64
        let index: Int

        init(first: CalendarDay, second: CalendarDay, index: Int) {
            days = Self.number(first) << 32 | Self.number(second)
            self.index = index
        }

        private static func number(_ day: CalendarDay) -> UInt64 {
            UInt64(UInt32(bitPattern: day.daysSince1970 ^ Int32.min))
        }

        static func < (left: Entry, right: Entry) -> Bool {
            left.days == right.days ? left.index < right.index : left.days < right.days
        }
    }

    private var entries: [Entry] = []

    /// The number of the least entry; `nil` if there is none.
    var first: Int? { entries.first?.index }

    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0, entries[child] < entries[(child - 1) / 2] {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeFirst() {
        guard let last = entries.popLast() else { return }
        guard !entries.isEmpty else { return }
        entries[0] = last
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < entries.count else { return }
            let right = left + 1
            let least = right < entries.count && entries[right] < entries[left] ? right : left
            guard entries[least] < entries[parent] else { return }
            entries.swapAt(parent, least)
            parent = least
        }
    }
}
