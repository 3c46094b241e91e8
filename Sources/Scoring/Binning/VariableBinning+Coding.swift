extension VariableBinning: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, kind, trend, bins, specialCodes, zeroCellAddition, unseen, unseenMissing, diagnostics
    }

    /// Writes everything that the bins follow from; numbers read back as the same doubles.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(kind, forKey: .kind)
        try container.encode(trend, forKey: .trend)
        try container.encode(bins, forKey: .bins)
        try container.encode(specialCodes, forKey: .specialCodes)
        try container.encode(zeroCellAddition, forKey: .zeroCellAddition)
        try container.encode(unseen, forKey: .unseen)
        try container.encode(unseenMissing, forKey: .unseenMissing)
        try container.encode(diagnostics, forKey: .diagnostics)
    }

    /// Reads what ``encode(to:)`` wrote.
    ///
    /// - Throws: `DecodingError.dataCorrupted` if the bins contradict themselves: gaps or overlaps, a level twice,
    ///   counts below zero, a WOE that does not follow from the counts.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let name = try container.decode(String.self, forKey: .name)
        let kind = try container.decode(VariableKind.self, forKey: .kind)
        let trend = try container.decode(BinningTrend.self, forKey: .trend)
        let bins = try container.decode([Bin].self, forKey: .bins)
        let specialCodes = try container.decode([SpecialCode].self, forKey: .specialCodes)
        let zeroCellAddition = try container.decode(Double.self, forKey: .zeroCellAddition)
        let fault = BinningInvariants(
            kind: kind, bins: bins, specialCodes: specialCodes, zeroCellAddition: zeroCellAddition
        ).fault
        if let fault {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "The bins of '\(name)': \(fault)."))
        }
        self.init(
            name: name, kind: kind, trend: trend, bins: bins, specialCodes: specialCodes,
            zeroCellAddition: zeroCellAddition,
            unseen: try container.decode(UnseenTreatment.self, forKey: .unseen),
            unseenMissing: try container.decode(UnseenTreatment.self, forKey: .unseenMissing),
            diagnostics: try container.decode([BinningDiagnostic].self, forKey: .diagnostics))
    }
}
