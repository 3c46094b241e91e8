public import Tables
import Vocabulary

/// The columns of the simulated credit table: what they mean, and the columns themselves while rows are drawn.
public struct CreditTableColumns: Sendable {
    private var ids: [String?] = []
    private var days: [CalendarDay] = []
    private var categories: [[UInt32]]
    private var numbers: [[Double]]

    init(capacity: Int) {
        categories = Self.categoryColumns.map { _ in [] }
        numbers = Self.numberColumns.map { _ in [] }
        ids.reserveCapacity(capacity)
        days.reserveCapacity(capacity)
        for index in categories.indices { categories[index].reserveCapacity(capacity) }
        for index in numbers.indices { numbers[index].reserveCapacity(capacity) }
    }

    mutating func append(_ obligor: Obligor, id: Int, asOf: CalendarDay) {
        let digits = String(id)
        ids.append("O" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits)
        days.append(asOf)
        for index in categories.indices {
            categories[index].append(UInt32(Self.categoryColumns[index].code(obligor)))
        }
        for index in numbers.indices { numbers[index].append(Self.numberColumns[index].value(obligor)) }
    }

    /// The rows so far, without the outcome.
    var columns: [Column] {
        [Column(name: "id", values: .text(ids)), Column(name: "as_of", values: .day(days))]
            + zip(Self.categoryColumns, categories).map { column, codes in
                Column(name: column.name, values: .category(codes: codes, levels: column.levels))
            }
            + zip(Self.numberColumns, numbers).map { column, values in
                Column(name: column.name, values: column.isWhole ? Self.whole(values) : .double(values))
            }
    }

    private static func whole(_ values: [Double]) -> Column.Values {
        .integer(values.map { $0.isNaN ? Column.missingInteger : Int64($0) })
    }
}

extension CreditTableColumns {
    /// What one column holds, for the dictionary and for readers.
    public struct Description: Sendable, Equatable {
        /// Name, type, unit, range and levels.
        public let schema: ColumnSchema
        /// What it means.
        public let meaning: String
        /// When it is missing; `nil` if never.
        public let missing: String?
    }

    /// All columns in order.
    public static let descriptions: [Description] = {
        let keys = [
            Description(
                schema: ColumnSchema(name: "id", type: .text), meaning: "number of the obligor", missing: nil),
            Description(
                schema: ColumnSchema(name: "as_of", type: .day),
                meaning: "observation date; everything but the outcome was known by then", missing: nil),
        ]
        let categories = categoryColumns.map { column in
            Description(
                schema: ColumnSchema(name: column.name, type: .category, levels: column.levels),
                meaning: column.meaning, missing: nil)
        }
        let numbers = numberColumns.map { column in
            Description(
                schema: ColumnSchema(
                    name: column.name, type: column.isWhole ? .integer : .double, unit: column.unit,
                    range: column.range),
                meaning: column.meaning, missing: column.missing)
        }
        let outcome = Description(
            schema: ColumnSchema(name: "defaulted", type: .flag),
            meaning: "whether the obligor defaulted in the twelve months after as_of", missing: nil)
        return keys + categories + numbers + [outcome]
    }()
}

struct CategoryColumn: Sendable {
    let name: String
    let meaning: String
    let levels: [String]
    let code: @Sendable (Obligor) -> Int
}

struct NumberColumn: Sendable {
    let name: String
    let meaning: String
    let unit: String
    let isWhole: Bool
    let range: ColumnSchema.ValueRange
    let missing: String?
    let value: @Sendable (Obligor) -> Double

    init(
        _ name: String, _ meaning: String, unit: String, isWhole: Bool = false, from minimum: Double? = nil,
        to maximum: Double? = nil, missing: String? = nil, value: @escaping @Sendable (Obligor) -> Double
    ) {
        self.name = name
        self.meaning = meaning
        self.unit = unit
        self.isWhole = isWhole
        range = ColumnSchema.ValueRange(minimum: minimum, maximum: maximum)
        self.missing = missing
        self.value = value
    }
}
