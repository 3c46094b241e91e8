import Foundation
import Ledger
import TestSupport
import Vocabulary

/// A ledger of every kind of record in a folder, with texts that are hard to keep.
enum SmallLedger {
    /// The files by kind, the columns that are not needed left out here and there.
    static let files: [RecordKind: String] = [
        .obligors: #"""
        obligor,name,industry,region,founded,registered_capital,currency,employees,group,onboarded,salesperson,tags,known
        007,"NA","re,tail",north,1990-01-01,100000.5,EUR,12,G1,2020-01-01,,"tier=1;x\\;y=a\\=b",
        08,ä ö 漢字,retail,,,,,,G1,2020-02-01,s1,,2020-03-01
        9,"said ""so""",,south,,,,,,2020-02-01,,,
        """#,
        .contracts: #"""
        contract,obligor,signed,terms_days,credit_limit,currency,valid_to
        c1,007,2020-01-02,30,5000,EUR,2022-01-01
        c2,08,2020-02-02,,,,
        """#,
        .orders: #"""
        order,obligor,ordered,amount,currency,contract,cancelled
        o1,007,2020-03-01,10.5,EUR,c1,
        o2,08,2020-03-02,7,JPY,,2020-03-09
        """#,
        .deliveries: #"""
        delivery,obligor,order,delivered
        d1,007,o1,2020-03-04
        """#,
        .invoices: #"""
        invoice,obligor,issued,due,amount,currency,contract,delivery,disputed_from,disputed_to,known
        i1,007,2020-03-05,2020-04-04,10.5,EUR,c1,d1,,,
        i2,08,2020-03-06,2020-04-05,700,JPY,,,2020-03-20,2020-04-20,2020-03-07
        i3,9,2020-03-07,2020-04-06,0.1,,,,,,
        i4,007,2020-06-05,2020-07-04,99.99,EUR,c1,,,,
        """#,
        .payments: #"""
        payment,obligor,paid,amount,currency
        p1,007,2020-04-10,10.5,EUR
        p2,08,2020-05-10,700,JPY
        """#,
        .allocations: #"""
        payment,invoice,allocated,amount
        p1,i1,2020-04-11,10.5
        """#,
        .creditNotes: #"""
        credit_note,obligor,issued,amount,currency,invoice
        n1,007,2020-07-01,9.99,EUR,i4
        """#,
        .promises: #"""
        promise,obligor,invoice,made,pay_by,amount,currency
        m1,9,i3,2020-04-20,2020-05-01,0.1,
        """#,
        .statements: #"""
        statement,obligor,period_end,published,months,currency,revenue,equity,audited
        s1,007,2019-12-31,2020-05-31,,EUR,1000.25,-50,true
        s2,08,2019-12-31,2020-06-30,6,JPY,0,,
        """#,
        .bureau: #"""
        obligor,source,observed,external_score,judgments,tax_arrears,registered_capital,currency,employees,dishonest_debtor,known
        007,b,2020-05-01,312.5,1,10.1,25000.5,EUR,12,false,2020-05-03
        08,b,2020-05-01,-0,0,,,,,true,
        """#,
        .events: #"""
        event,obligor,occurred,kind,amount,currency,counterparty,known
        e1,08,2020-06-01,lawsuit,99.99,USD,"who, else",2020-06-12
        """#,
        .links: #"""
        supplier,buyer,share_of_trade,exposure,currency,from,to
        007,08,0.25,12.5,EUR,2020-01-01,2020-12-31
        08,9,0.1,,,2020-01-01,
        """#,
        .ratings: #"""
        obligor,date,grade,origin,author,model,reason
        007,2020-06-30,BB,analyst,x,,"said ""so"",
        then not"
        08,2020-06-30,A,model,,card 1,
        """#,
        .rates: #"""
        day,currency,base,rate
        2020-01-01,JPY,EUR,0.0078125
        2020-01-01,USD,EUR,0.9
        """#,
    ]

    /// Writes the ledger, with passages of some files exchanged.
    @discardableResult
    static func write(
        to folder: URL, leavingOut gone: Set<RecordKind> = [], _ changes: [RecordKind: (String, String)] = [:]
    ) throws -> LedgerFolder {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(#"{"formatVersion": 1, "baseCurrency": "EUR"}"#.utf8)
            .write(to: folder.appending(path: "ledger.json"))
        for (kind, text) in files where !gone.contains(kind) {
            let change = changes[kind]
            let changed = change.map { text.replacingOccurrences(of: $0.0, with: $0.1) } ?? text
            try Data((changed + "\n").utf8).write(to: folder.appending(path: "\(kind.fileName).csv"))
        }
        return try LedgerFolder(folder)
    }

    /// The sample ledger of the checkout.
    static func sample() throws -> LedgerFolder {
        try LedgerFolder(Golden.checkout.appending(path: "datasets/sample-ledger"))
    }
}
