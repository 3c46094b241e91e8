import Results
import Scoring

/// Holds a model's figures against the gates of its recipe.
struct GateKeeper {
    private(set) var verdicts: [GateVerdict] = []
    private let gates: ValidationGates?
    private let development: Evaluation?

    /// - Parameter development: Figures on the training rows.
    init(_ gates: ValidationGates?, development: Evaluation?) {
        self.gates = gates
        self.development = development
    }

    /// Judges the figures of one set of observations.
    mutating func judge(_ figures: GateFigures) {
        verdicts += gates?.verdicts(on: figures, development: development) ?? []
    }

    /// The verdicts as they are written.
    var records: [GateRecord] {
        verdicts.map { verdict in
            GateRecord(
                gate: verdict.gate.figure.rawValue, sample: verdict.sample, value: verdict.value,
                limit: verdict.gate.limit, passed: verdict.passes)
        }
    }

    /// Ends the command with status 4 if a gate said no.
    func refuse() throws {
        let refused = verdicts.filter { !$0.passes }
        guard !refused.isEmpty else { return }
        throw CommandFailure(
            status: .gateRefused,
            description: "refused by \(refused.count) of \(verdicts.count) validation gates: "
                + refused.map(\.description).joined(separator: "; "))
    }
}
