extension EconomySimulator {
    /// The data dictionary of the truth beside a simulated ledger, with how the ledger arises, as Markdown.
    public static let dictionary: String = {
        let files = TruthFile.all.map { file in
            let rows = file.columns.map { "| `\($0.name)` | \($0.type) | \($0.meaning) |\n" }.joined()
            return """
                ### `\(truthFolder)/\(file.name).csv`

                \(file.meaning)

                | column | type, unit | meaning |
                | --- | --- | --- |
                \(rows)
                """
        }
        return """
            # Data dictionary: the truth beside a simulated ledger

            Written by `obligor simulate` into the folder `\(truthFolder)` of the ledger. Nothing in it is real, and \
            nothing in it may be used by a model: it is there to hold estimators against. This part is made from the \
            code (`UPDATE_GOLDEN=1 make test` writes it again).

            ## How the ledger arises

            - **State.** Every obligor has a true grade that follows a Markov chain in continuous time. In a quarter \
            with tilt z all intensities of getting worse are multiplied by e^z and those of getting better by \
            e^(−z/2). A quarter counts as a quarter of a year whatever its days. The tilt is the sum of \
            −`macro_loading` times the macro factor, the industry's and the region's effect and the contagion, held to \
            steps of 1/32 within ± 3. Default is absorbing, but for cures.
            - **Contagion.** A default raises the tilt of the suppliers that sell to the obligor by `contagion` times \
            the share of trade, and that of sisters in its group by `contagion` times `sister_share`, for four \
            quarters from the next on, fading.
            - **Payments** come at the due date plus a delay whose mean, spread, share of forgotten invoices, parts, \
            disputes and broken promises depend on the state, plus the obligor's own lateness, on payment runs where \
            it has them. In the \(Behaviour.distress) days before default they grow up to \
            \(Int(Behaviour.distressDelay)) days later. No undisputed invoice of an obligor that is not in default is \
            paid later than \(Behaviour.longestDelay) days after it was due, so ninety days past due mean default; \
            disputes that last longer end with a credit note. Those who do not say which invoices \
            they pay now and then pay too much, and as much less the next time. At default payments and orders stop; \
            an insolvency or handing over to collection follows within \(EventProcess.longestDefaultLag) days, \
            writing off within a year, and sometimes a small recovery.
            - **Cures.** \(Int(100 * Cure.share)) % of first defaults, if anything is owed, end otherwise: after the \
            handing over to collection all is paid at once, and more than \(Cure.probationMonths) months later the \
            obligor is a customer again, in state CCC, by the same law. A second default is for good, and spreads \
            nothing.
            - **Orders** are a Poisson process whose level, trend, season and volatility depend on the obligor, its \
            industry, its state and the economy.
            - **Statements** follow the state at three quarters of their year with noise, balance to the cent and are \
            published months later, the later the worse. **Bureau reports** come from two sources: \
            `\(BureauProcess.Source.tradeRegister.rawValue)` sees the state of a month ago; \
            `\(BureauProcess.Source.creditFile.rawValue)` that of four months ago, draws it to the middle, is kinder \
            by 25 points and harsher by 20 in the south and abroad, and covers fewer. The first also finds registered \
            capital and people employed: \(Int(100 * BureauProcess.Registered.overstating)) % of the obligors declare \
            \(BureauProcess.Registered.factor.least) to \(BureauProcess.Registered.factor.most) times the capital that \
            there is, as many the people, whatever their state. **Events** are heard of after they happen.
            - **Grades.** A model grades twice a year by the state of \(RatingProcess.modelAge) days ago and is off by \
            a notch in three cases of ten, either way alike. Half of its grades are looked at by an analyst, who moves \
            them by ⌊bias + noise + uniform number⌋ notches, whose mean is the bias.

            ## Files

            \(files.joined(separator: "\n"))
            """
    }()
}
