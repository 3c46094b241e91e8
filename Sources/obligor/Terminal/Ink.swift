import Rainbow

/// Colours that mean something: the same word in the same colour everywhere.
struct Ink {
    /// Whether anything is coloured at all.
    let isOn: Bool

    /// A heading.
    func heading(_ text: String) -> String { painted(text, styles: [.bold]) }

    /// Something that went well.
    func good(_ text: String) -> String { painted(text, .green) }

    /// Something to look at.
    func warning(_ text: String) -> String { painted(text, .yellow) }

    /// Something less important than its neighbours.
    func faint(_ text: String) -> String { painted(text, styles: [.dim]) }

    private func painted(_ text: String, _ colour: NamedColor? = nil, styles: [Style] = []) -> String {
        guard isOn else { return text }
        let segment = Rainbow.Segment(
            text: text, color: colour.map(ColorType.named), styles: styles.isEmpty ? nil : styles)
        return Rainbow.generateString(for: Rainbow.Entry(segments: [segment]))
    }
}
