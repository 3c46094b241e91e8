import Vocabulary

extension ObligorChapter {
    /// Adds what is true of the obligor to the texts of the truth.
    ///
    /// - Parameter pds: The true PD by rank at the end of each quarter for obligors without contagion.
    func writeTruth(
        _ economy: EconomyState, biases: AnalystBiases, pds: [[Double]], to texts: inout EconomyTexts
    ) {
        let end = economy.calendar.end
        if history.isComeback {
            writeReturn(to: &texts[.trueTransitions])
        } else {
            writeTraits(economy, biases, to: &texts[.trueObligors])
        }
        for jump in history.jumps where jump.day <= end {
            texts[.trueTransitions].add(obligor: member.number)
            texts[.trueTransitions].add(day: jump.day)
            texts[.trueTransitions].add(Self.grade(jump.from))
            texts[.trueTransitions].add(Self.grade(jump.to))
            texts[.trueTransitions].end()
        }
        if let failed = history.failed, failed <= end {
            texts[.trueDefaults].add(obligor: member.number)
            texts[.trueDefaults].add(day: failed)
            texts[.trueDefaults].add(day: defaultVisible)
            texts[.trueDefaults].add(Self.grade(history.behavingGrade(on: failed)))
            texts[.trueDefaults].add(amount: trade.openAtDefault.amount, member.currency)
            texts[.trueDefaults].add(member.currency.rawValue)
            texts[.trueDefaults].add(day: history.cure.flatMap { $0.paidUp <= end ? $0.paidUp : nil })
            texts[.trueDefaults].add(day: returned.flatMap { $0 <= end ? $0 : nil })
            texts[.trueDefaults].end()
        }
        for infection in history.infections where infection.day <= end && !history.isComeback {
            texts[.trueContagion].add(obligor: member.number)
            texts[.trueContagion].add(obligor: infection.source)
            texts[.trueContagion].add(infection.isSister ? "sister" : "buyer")
            texts[.trueContagion].add(day: infection.day)
            texts[.trueContagion].add(Self.rounded(infection.tilt, 1e6))
            texts[.trueContagion].end()
        }
        for quarter in 0..<economy.calendar.quarters {
            writeState(at: quarter, economy, pds[quarter], to: &texts[.trueStates])
        }
    }

    /// What is the obligor's own.
    private func writeTraits(_ economy: EconomyState, _ biases: AnalystBiases, to text: inout RecordText) {
        text.add(obligor: member.number)
        text.add(day: history.firstDay)
        text.add(Self.grade(history.entryGrade))
        text.add(day: member.leaves.flatMap { $0 < history.failed ?? .max ? $0 : nil })
        text.add(Self.rounded(member.lateness, 100))
        text.add(AnalystBiases.name(member.analyst))
        text.add(Self.rounded(biases.bias(for: member), 100))
        text.add(Self.rounded(economy.sectorTilt(member.industry, member.region), 1e6))
        text.end()
    }

    /// The first day on which it is a customer again, if it is before it leaves.
    private var returned: Int32? {
        history.cure.flatMap { $0.returns <= member.leaves ?? .max ? $0.returns : nil }
    }

    /// The change of state with which it comes back.
    private func writeReturn(to text: inout RecordText) {
        text.add(obligor: member.number)
        text.add(day: history.firstDay)
        text.add(Self.grade(CreditGenerator.defaulted))
        text.add(Self.grade(history.entryGrade))
        text.end()
    }

    /// The state at the end of a quarter, the tilt during it, and the probability of default in the four quarters after
    /// it: as it could be known, and as the economy and the contagion came.
    private func writeState(
        at quarter: Int, _ economy: EconomyState, _ pds: [Double], to text: inout RecordText
    ) {
        let day = economy.calendar.quarterStarts[quarter + 1] - 1
        let isThere = history.firstDay <= day && day <= member.leaves ?? .max
        guard isThere, history.failed.map({ $0 >= economy.calendar.quarterStarts[quarter] }) ?? true else {
            return
        }
        let grade = history.grade(on: day)
        let now = economy.step(for: member, quarter, contagion: history.contagion[quarter])
        text.add(obligor: member.number)
        text.add(day: day)
        text.add(Self.grade(grade))
        text.add(Double(now) / CreditGenerator.stepsPerUnit)
        text.add(Self.rounded(history.contagion[quarter], 1e6))
        text.add(Self.rounded(expectedPD(grade, at: quarter, economy, pds), 1e8))
        text.add(Self.rounded(realisedPD(grade, after: quarter, economy), 1e8))
        text.end()
    }

    private func expectedPD(_ grade: Int, at quarter: Int, _ economy: EconomyState, _ pds: [Double]) -> Double
    {
        let end = economy.calendar.quarterStarts[quarter + 1] - 1
        var known = CreditHistory(firstDay: 0, entryGrade: 0, contagion: history.contagion.map { _ in 0 })
        for infection in history.infections where infection.day <= end && !history.isComeback {
            known.infect(infection, quarter: economy.calendar.quarter(of: infection.day))
        }
        let ahead = known.contagion[quarter + 1...quarter + EconomyCalendar.quartersAhead]
        guard ahead.contains(where: { $0 > 0 }) else { return pds[grade] }
        let sector = economy.sectorTilt(member.industry, member.region)
        return economy.expectedPD(sector: sector, quarter: quarter, contagion: ahead)[grade]
    }

    private func realisedPD(_ grade: Int, after quarter: Int, _ economy: EconomyState) -> Double {
        let steps = (quarter + 1...quarter + EconomyCalendar.quartersAhead).map {
            economy.step(for: member, $0, contagion: history.contagion[$0])
        }
        return CreditGenerator.defaultProbabilities(steps: steps)[grade]
    }

    private static func grade(_ rank: Int) -> String { Grade.allCases[rank].rawValue }

    private static func rounded(_ value: Double, _ scale: Double) -> Double {
        (value * scale).rounded() / scale
    }
}
