import Foundation
import LinearAlgebra
import Migration
import Parallelism
import Statistics

/// Rating histories: the cohort matrix of snapshots, Aalen–Johansen with covariance, and a bootstrap by obligor.
enum MigrationTask {
    static let labels = ["AAA", "AA", "A", "BBB", "BB", "B", "CCC", "D"]
    /// Years that obligors are watched; a snapshot at each end and in between.
    static let years = 10
    static let replicates = 1000

    static func run(_ job: Job) throws {
        let files = HistoryFiles(job.data, rows: job.rows)
        let scale = try RatingScale(labels)
        switch job.variant {
        case "cohort":
            let (obligors, periods, states) = try files.snapshots()
            let measurement = try Measurement(repeats: job.repeats) {
                try MigrationCounts(obligors: obligors, periods: periods, states: states, scale: scale)
                    .matrix()
            }
            try measurement.report(job, ["bbb_to_bb": measurement.value[3, 4]])
        case "aalen-johansen":
            let histories = try RatingHistories(files.actions(), scale: scale, end: Double(years))
            let measurement = try Measurement(repeats: job.repeats) {
                try AalenJohansen(histories, window: 0...Double(years))
            }
            let result = measurement.value
            try measurement.report(
                job,
                [
                    "p_ref": result.matrix[3, 7], "se_ref": result.standardErrors[3, 7],
                    "transitions": result.jumpTimes.count,
                ])
        default:
            let (obligors, periods, states) = try files.snapshots()
            let workers = Workers(threads: job.threads)
            let measurement = try Measurement(repeats: job.repeats) {
                try ObligorBootstrap(obligors: obligors, periods: periods, states: states, scale: scale)
                    .intervals(
                        replicates: replicates, generator: SeededGenerator(seed: 1), workers: workers)
            }
            try measurement.report(
                job,
                ["lower": measurement.value.lower[3, 4], "upper": measurement.value.upper[3, 4]])
        }
    }
}

/// The files of rating histories in `histories_<snapshots>`.
struct HistoryFiles {
    let folder: URL
    let rows: Int

    init(_ root: URL, rows: Int) {
        folder = root.appending(path: "histories_\(rows)", directoryHint: .isDirectory)
        self.rows = rows
    }

    private func file(_ name: String) -> URL { folder.appending(path: name) }

    /// Obligor, year and state of every snapshot.
    func snapshots() throws -> (obligors: [Int32], periods: [Int32], states: [UInt8]) {
        (
            try FlatFile.read(file("obligors.i32"), as: Int32.self),
            try FlatFile.read(file("periods.i32"), as: Int32.self),
            try FlatFile.read(file("states.u8"), as: UInt8.self)
        )
    }

    /// The first state and every move, by obligor and time.
    func actions() throws -> [RatingAction] {
        let starts = try FlatFile.read(file("start.u8"), as: UInt8.self)
        let obligors = try FlatFile.read(file("move_obligor.i32"), as: Int32.self)
        let times = try FlatFile.read(file("move_time.f64"), as: Double.self)
        let to = try FlatFile.read(file("move_to.u8"), as: UInt8.self)
        var actions: [RatingAction] = []
        var place = 0
        for obligor in starts.indices {
            actions.append(RatingAction(obligor: obligor, time: 0, state: Int(starts[obligor])))
            while place < obligors.count, Int(obligors[place]) == obligor {
                actions.append(RatingAction(obligor: obligor, time: times[place], state: Int(to[place])))
                place += 1
            }
        }
        return actions
    }

    /// Intensities per year in percent, near those of an agency's corporates.
    private static let intensities: [[Double]] = [
        [0, 8, 0.6, 0.1, 0.03, 0, 0, 0.005], [0.6, 0, 8.5, 0.6, 0.06, 0.1, 0.02, 0.02],
        [0.1, 2.3, 0, 6, 0.7, 0.2, 0.02, 0.06], [0.02, 0.3, 5.5, 0, 5.5, 1.2, 0.2, 0.2],
        [0.03, 0.1, 0.6, 7.5, 0, 9, 1.1, 1], [0, 0.1, 0.3, 0.5, 6.5, 0, 6, 5],
        [0.1, 0, 0.3, 0.7, 1.5, 12, 0, 30],
        [0, 0, 0, 0, 0, 0, 0, 0],
    ]

    /// Writes obligors that move by known intensities, seen once a year, where the files are missing.
    func write() throws {
        guard !FileManager.default.fileExists(atPath: file("move_to.u8").path) else { return }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var random = SeededGenerator(seed: 20_261_123)
        let years = MigrationTask.years
        var (obligors, periods, states, starts): ([Int32], [Int32], [UInt8], [UInt8]) = ([], [], [], [])
        var (moveObligors, moveTimes, moveFrom, moveTo): ([Int32], [Double], [UInt8], [UInt8]) = (
            [], [], [], []
        )
        for obligor in 0..<rows / (years + 1) {
            var (state, time, year) = (Self.draw([3, 10, 22, 27, 20, 14, 4], &random), 0.0, 0)
            starts.append(UInt8(state))
            while true {
                let total = Self.intensities[state].reduce(0, +) / 100
                time = total > 0 ? time + random.exponential(mean: 1 / total) : .infinity
                while year <= years, Double(year) <= time {
                    obligors.append(Int32(obligor))
                    periods.append(Int32(year))
                    states.append(UInt8(state))
                    year += 1
                }
                if time >= Double(years) { break }
                let next = Self.draw(Self.intensities[state], &random)
                moveObligors.append(Int32(obligor))
                moveTimes.append(time)
                moveFrom.append(UInt8(state))
                moveTo.append(UInt8(next))
                state = next
            }
        }
        try FlatFile.write(obligors, to: file("obligors.i32"))
        try FlatFile.write(periods, to: file("periods.i32"))
        try FlatFile.write(states, to: file("states.u8"))
        try FlatFile.write(starts, to: file("start.u8"))
        try FlatFile.write(moveObligors, to: file("move_obligor.i32"))
        try FlatFile.write(moveTimes, to: file("move_time.f64"))
        try FlatFile.write(moveFrom, to: file("move_from.u8"))
        try FlatFile.write(moveTo, to: file("move_to.u8"))
    }

    private static func draw(_ weights: [Double], _ random: inout SeededGenerator) -> Int {
        var left = random.uniform() * weights.reduce(0, +)
        var last = 0
        for (place, weight) in weights.enumerated() where weight > 0 {
            last = place
            left -= weight
            if left < 0 { break }
        }
        return last
    }
}
