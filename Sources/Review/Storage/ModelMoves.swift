import Foundation

/// Which models change their standing when one is promoted: the same for every store.
package struct ModelMoves: Equatable {
    /// The model that the move is about.
    package let number: Int
    /// New standings by the numbers of the models, the one that the move is about last.
    package let standings: [(number: Int, standing: ModelStanding)]

    /// Gives a model a standing; a new champion retires the one before.
    ///
    /// - Parameter refusal: Why the model's gates do not let it decide; `nil` if they do.
    package init(
        promoting number: Int, to standing: ModelStanding, among models: [RegisteredModel], refusal: String?
    ) throws(StorageError) {
        guard models.contains(where: { $0.number == number }) else { throw .noSuchModel(number: number) }
        if standing == .champion || standing == .challenger, let refusal {
            throw .gatesRefused(model: number, reason: refusal)
        }
        self.number = number
        let before =
            standing == .champion ? models.filter { $0.standing == .champion && $0.number != number } : []
        standings = before.map { ($0.number, .retired) } + [(number, standing)]
    }

    /// Withdraws the champion and makes the retired model champion that was so last.
    package init(rollingBack models: [RegisteredModel], store: String) throws(StorageError) {
        func lastReign(_ model: RegisteredModel) -> Int? {
            guard model.standing == .retired else { return nil }
            return model.changes.last { $0.standing == .retired }.map {
                Int($0.time.timeIntervalSince1970 * 1000)
            }
        }
        let earlier = models.filter { lastReign($0) != nil }
            .max { (lastReign($0) ?? 0, $0.number) < (lastReign($1) ?? 0, $1.number) }
        guard let champion = models.first(where: { $0.standing == .champion }), let earlier else {
            throw .noEarlierChampion(store: store)
        }
        number = earlier.number
        standings = [(champion.number, .withdrawn), (earlier.number, .champion)]
    }

    /// Whether two moves are the same.
    package static func == (one: ModelMoves, other: ModelMoves) -> Bool {
        one.number == other.number
            && one.standings.elementsEqual(other.standings) {
                $0.number == $1.number && $0.standing == $1.standing
            }
    }
}
