/// The records of one obligor's trade, which refer to one another by place.
///
/// Amounts are in minor units of the obligor's currency, days since 1970.
struct TradeRecords: Sendable {
    struct Contract: Sendable {
        let signed: Int32
        let terms: Int32
        let limit: Int64
        let validFrom: Int32
        let validTo: Int32
    }

    struct Order: Sendable {
        let day: Int32
        let amount: Int64
        let contract: Int
        let cancelled: Int32?
    }

    struct Delivery: Sendable {
        let order: Int
        let day: Int32
    }

    /// The invoice of the delivery at the same place.
    struct Invoice: Sendable {
        let issued: Int32
        let due: Int32
        let amount: Int64
        let contract: Int
        var disputedFrom: Int32?
        var disputedTo: Int32?
    }

    struct Payment: Sendable {
        let day: Int32
        var amount: Int64
    }

    struct Allocation: Sendable {
        let payment: Int
        let invoice: Int
        let amount: Int64
    }

    struct CreditNote: Sendable {
        let day: Int32
        let amount: Int64
        let invoice: Int
    }

    struct Promise: Sendable {
        let invoice: Int
        let made: Int32
        let payBy: Int32
        let amount: Int64
    }

    var contracts: [Contract] = []
    var orders: [Order] = []
    var deliveries: [Delivery] = []
    /// Invoices issued by the last day; the last deliveries may have none yet.
    var invoices: [Invoice] = []
    var payments: [Payment] = []
    var allocations: [Allocation] = []
    var creditNotes: [CreditNote] = []
    var promises: [Promise] = []
    /// How many records the obligor had before these.
    var earlier = Numbers()
    /// What is open when the obligor defaults, and when a material part of it is ninety days past due.
    var openAtDefault: (amount: Int64, pastDue: Int32?) = (0, nil)
}

extension TradeRecords {
    /// How many records of each kind an obligor has; those that follow are numbered from there.
    struct Numbers: Sendable {
        var contracts = 0
        var orders = 0
        var deliveries = 0
        var invoices = 0
        var payments = 0
        var creditNotes = 0
        var promises = 0
    }

    /// How many there are with these.
    var numbers: Numbers {
        Numbers(
            contracts: earlier.contracts + contracts.count, orders: earlier.orders + orders.count,
            deliveries: earlier.deliveries + deliveries.count, invoices: earlier.invoices + invoices.count,
            payments: earlier.payments + payments.count, creditNotes: earlier.creditNotes + creditNotes.count,
            promises: earlier.promises + promises.count)
    }
}
