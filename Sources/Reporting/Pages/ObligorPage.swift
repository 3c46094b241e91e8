/// Everything about one obligor, drawn on demand.
struct ObligorPage {
    let context: PageContext

    func page() -> Page {
        let words = context.words
        let isKnown = context.content.portfolio != nil || context.content.ratings != nil
        return Page(
            id: "obligor", title: words["obligor.title"], lead: words["obligor.lead"],
            sections: [
                isKnown
                    ? Section(id: "one", title: words["obligor.choose"], application: .obligor)
                    : .absent("one", title: words["obligor.choose"], words["portfolio.absent"])
            ])
    }
}
