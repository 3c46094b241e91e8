import Statistics

/// Texts that try to be more than text, made from a seed.
enum HostileText {
    /// What a script that runs does: it leaves a trace in the document.
    static let deed = "document.documentElement.dataset.ran=1"
    /// The trace.
    static let trace = "data-ran"

    /// An element that runs its script as soon as a browser builds it.
    static let live = "<img src=x onerror=\(deed)>"

    /// Markup, script, formulas, quotes, entities, controls, right-to-left marks.
    private static let kernels = [
        live, "<script>\(deed)</script>", "</script><script>\(deed)</script>",
        "\"><svg onload=\(deed)>", "\" autofocus tabindex=1 onfocus=\"\(deed)", "' onmouseover='\(deed)",
        "</title><script>\(deed)</script>", "</style><script>\(deed)</script>",
        "<iframe srcdoc=\"<script>parent.\(deed)</script>\">", "<a href=javascript:\(deed)>x</a>",
        "<meta http-equiv=refresh content=\"0;url=data:text/html,gone\">",
        "<style>body{display:none}</style>",
        "<script type=\"application/json\" id=\"data-portfolio\">null</script>", "<base href=//x>",
        "javascript:\(deed)", "{{{style}}}", "{{#pages}}", "{{% CONTENT_TYPE:TEXT}}", "<!--", "]]>",
        "&lt;img src=x onerror=\(deed)&gt;", "\\u003cscript\\u003e\(deed)\\u003c/script\\u003e",
        "%3Cscript%3E\(deed)%3C/script%3E", "=HYPERLINK(\"http://x\")", "+1+1", "-2+3", "@SUM(A1)", "＝1+1",
        "\u{202E}gpj.exe", "\u{0}\u{7}", "\u{2028}\u{2029}\u{85}", "`|*_[x](y)", "1. x", "名称<b>", "a\r\nb",
        "constructor", "__proto__",
    ]

    /// Marks that make one character of themselves and what follows, U+0600 and U+110BD among them.
    private static let prepending = ["\u{600}", "\u{6DD}", "\u{70F}", "\u{110BD}"]
    /// Marks that make one character of themselves and what stands before.
    private static let combining = ["\u{301}", "\u{200D}", "\u{FE0F}", "\u{20DD}"]

    private static func wrapped(_ text: String, using generator: inout SeededGenerator) -> String {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: "Ltd \(text)"
        case 1: "\"\(text)\""
        case 2: "'\(text)'"
        case 3: text + text
        case 4: "<p>\(text)"
        case 5: "--><!--\(text)"
        case 6: "\u{FEFF}\(text)"
        case 7:
            text.unicodeScalars.reduce(into: "") { result, scalar in
                result += (prepending.randomElement(using: &generator) ?? "") + String(scalar)
            }
        case 8:
            text.unicodeScalars.reduce(into: "") { result, scalar in
                result += String(scalar) + (combining.randomElement(using: &generator) ?? "")
            }
        default: text
        }
    }

    /// Payloads: every kernel in turn, in up to two wrappings.
    static func payloads(_ count: Int, seed: UInt64) -> [String] {
        var generator = SeededGenerator(seed: seed)
        let order = kernels.shuffled(using: &generator)
        return (0..<count).map { number in
            let once = wrapped(order[number % order.count], using: &generator)
            return Bool.random(using: &generator) ? once : wrapped(once, using: &generator)
        }
    }
}
