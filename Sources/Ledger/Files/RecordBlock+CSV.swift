public import Parallelism
public import Tables

extension RecordBlock {
    /// Goes through the records of a CSV in order, block by block; values that cannot be read are noted in the blocks.
    ///
    /// - Parameters:
    ///   - csv: The records.
    ///   - name: What messages about records call the file.
    ///   - fields: The columns to read; the CSV has all of them.
    ///   - options: How the CSV is written.
    ///   - transform: Called from several threads at once.
    ///   - handOn: Called on the caller's thread, in the order of the blocks.
    public static func forEach<Output: Sendable>(
        of csv: CSVInput, called name: String, _ fields: [FieldDeclaration], _ options: CSVOptions,
        workers: Workers, _ transform: @Sendable (RecordBlock) -> Output,
        handOn: (Output) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        var options = options
        options.columns = fields.map(\.name)
        options.workers = workers
        options.badValues = .note
        do {
            options.schema = try Schema(fields.map(\.schema))
            try CSVStream(csv, options).forEach { block in
                transform(
                    RecordBlock(
                        table: block.table, file: name, lines: block.lines,
                        unread: block.unread.map { UnreadValue(row: $0.row, field: $0.column) }))
            } handOn: {
                try handOn($0)
            }
        } catch let error as LedgerError {
            throw error
        } catch let error as TableError {
            throw .table(error)
        } catch {
            throw .table(.cannotRead(file: csv.name, reason: "\(error)"))
        }
    }
}
