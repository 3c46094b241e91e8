import Statistics

extension SeededGenerator {
    /// A number below a bound.
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// Whether something that happens one time in `odds` happens.
    mutating func oneIn(_ odds: Int) -> Bool { below(odds) == 0 }

    /// One of several.
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
