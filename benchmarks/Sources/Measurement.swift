import Foundation
import Glibc

/// What a contestant is asked to do: on which files, how often, on how many threads.
struct Job {
    var task: String
    var method: String
    var data: URL
    var rows: Int
    var columns: Int
    var threads: Int
    var repeats: Int
    var variant: String

    /// The folder of the data set, in the layout that benchmarks/README.md describes.
    var folder: URL { data.appending(path: "credit_\(rows)x\(columns)", directoryHint: .isDirectory) }
}

/// Times of a repeated section and the memory it took.
struct Measurement<Value> {
    var wall: [Double]
    var processor: [Double]
    var baseMegabytes: Double
    var peakMegabytes: Double
    var value: Value

    /// Runs a section a number of times, keeping what it returned last.
    ///
    /// Inputs are built by the caller beforehand and so are not measured.
    init(repeats: Int, _ section: () throws -> Value) throws {
        try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
        baseMegabytes = Self.megabytes(of: "VmRSS:")
        wall = []
        processor = []
        let clock = ContinuousClock()
        var last: Value
        repeat {
            let used = Self.processorSeconds()
            let started = clock.now
            last = try section()
            wall.append((clock.now - started).seconds)
            processor.append(Self.processorSeconds() - used)
        } while wall.count < repeats
        value = last
        peakMegabytes = Self.megabytes(of: "VmHWM:")
    }

    /// Seconds of all threads of this process so far.
    private static func processorSeconds() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    private static func megabytes(of key: String) -> Double {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix(key) }),
            let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({
                Double($0)
            })
        else { return .nan }
        return kilobytes / 1024
    }
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}

extension Measurement {
    /// Prints the JSON line that `benchmarks/run` reads.
    func report(_ job: Job, _ extra: [String: any Encodable] = [:]) throws {
        let seconds = wall.sorted()[wall.count / 2]
        var line: [String: any Encodable] = [
            "task": job.task, "peer": job.method, "version": "this checkout", "threads": job.threads,
            "rows": job.rows, "cols": job.columns, "params": ["variant": job.variant],
            "seconds": seconds, "min": wall.min() ?? seconds, "max": wall.max() ?? seconds, "n": wall.count,
            "cpu_s": processor.sorted()[processor.count / 2], "rows_per_s": Double(job.rows) / seconds,
            "peak_rss_mb": peakMegabytes, "base_rss_mb": baseMegabytes,
        ]
        line.merge(extra) { _, new in new }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        print(String(decoding: try encoder.encode(line.mapValues(AnyEncodable.init)), as: UTF8.self))
    }
}

/// Any encodable value, for a dictionary of mixed ones.
private struct AnyEncodable: Encodable {
    let value: any Encodable

    func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}
