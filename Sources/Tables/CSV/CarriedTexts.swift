/// The texts of a column, one behind the other: to be carried from one file to another without a string for each.
public struct CarriedTexts: Sendable {
    /// The texts; empty where one is missing.
    let fields: FieldList
    /// Whether the text of a row is missing.
    let isMissing: [Bool]

    /// How many there are.
    public var count: Int { isMissing.count }
}

extension BlockReader {
    /// The texts of a column of a block.
    func carried(_ plan: ColumnPlan, of block: TextBlock) -> CarriedTexts {
        var fields = FieldStore()
        var isMissing: [Bool] = []
        isMissing.reserveCapacity(block.rowCount)
        for segment in block.segments {
            block.withFields { text, ends in
                let places = FieldPlaces(plan.field, segment)
                for row in 0..<segment.rowCount {
                    let field = places.field(row, text, ends)
                    let said = text.extracting(field.content)
                    let isNothing = !field.isQuoted && plan.markers.contains(said)
                    isMissing.append(isNothing)
                    if isNothing {
                        fields.append(text.extracting(0..<0))
                    } else if field.isQuoted {
                        FieldText.append(said, to: &fields)
                    } else {
                        fields.append(said)
                    }
                }
            }
        }
        return CarriedTexts(fields: FieldList(fields), isMissing: isMissing)
    }
}
