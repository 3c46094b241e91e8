import Vocabulary

extension CalendarDay {
    /// The day that an option names.
    init(option: String, _ text: String) throws {
        guard let day = CalendarDay(iso8601: text) else {
            throw CommandFailure.usage("'\(option) \(text)': give a day, such as 2024-03-31.")
        }
        self = day
    }
}
