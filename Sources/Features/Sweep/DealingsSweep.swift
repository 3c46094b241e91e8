import Ledger
import Vocabulary

/// Sweeps an obligor's orders and promises, once, for all as-of dates.
struct DealingsSweep: Sendable {
    typealias Four = SIMD4<Double>

    private(set) var ordered: WindowSums<Four>
    private(set) var promised: WindowSums<Four>
    /// By as-of date.
    private(set) var orderFigures: [MonthlyFigures?] = []
    /// By as-of date: what is on order, at its rates.
    private(set) var openOrders: [Double] = []
    /// By as-of date, the days of the last order and of the last broken promise.
    private(set) var lastOrder: [Int32] = []
    private(set) var lastBroken: [Int32] = []

    private var orderMonths = MonthlyBins()
    private var undelivered: [Int32] = []
    private var pending: [Int32] = []

    init(_ windows: WindowPlan, count: Int) {
        ordered = WindowSums(windows: windows.ordered, count: count)
        promised = WindowSums(windows: windows.promised, count: count)
    }

    /// Reads an obligor.
    mutating func run(
        _ history: ObligorHistory, _ grid: AsOfGrid, _ rates: AsOfRates, gap: inout RateGap?
    ) {
        ordered.reset()
        promised.reset()
        orderMonths.reset()
        orderFigures.removeAll(keepingCapacity: true)
        openOrders = [Double](repeating: 0, count: grid.count)
        lastOrder = [Int32](repeating: .min, count: grid.count)
        lastBroken = [Int32](repeating: .min, count: grid.count)
        undelivered.removeAll(keepingCapacity: true)
        pending.removeAll(keepingCapacity: true)
        var nextOrder = 0
        var nextPromise = 0
        for asOf in 0..<grid.count {
            let today = grid.days[asOf]
            while nextOrder < history.orders.count, history.orders[nextOrder].known <= today {
                read(history.orders[nextOrder], nextOrder, asOf, grid)
                nextOrder += 1
            }
            orderFigures.append(orderMonths.figures(lastMonth: grid.lastCompleteMonths[asOf]))
            var total = 0.0
            undelivered.removeAll { index in
                let order = history.orders[Int(index)]
                return history.delivered[Int(index)] <= today || order.cancelled <= today
            }
            for index in undelivered where history.orders[Int(index)].ordered <= today {
                total += rates.base(history.orders[Int(index)].amount, at: asOf, gap: &gap)
            }
            openOrders[asOf] = total
            while nextPromise < history.promises.count, history.promises[nextPromise].known <= today {
                pending.append(Int32(nextPromise))
                nextPromise += 1
            }
            judge(history, asOf, today, grid)
        }
        ordered.finish()
        promised.finish()
        for asOf in openOrders.indices.dropFirst() {
            lastOrder[asOf] = max(lastOrder[asOf], lastOrder[asOf - 1])
            lastBroken[asOf] = max(lastBroken[asOf], lastBroken[asOf - 1])
        }
    }

    private mutating func read(
        _ order: Valued<Order>, _ index: Int, _ asOf: Int, _ grid: AsOfGrid
    ) {
        ordered.add(Four(1, order.base, 0, 0), on: order.ordered, knownAt: asOf, grid)
        orderMonths.add(order.base, month: grid.monthOffset(of: order.ordered))
        ReceivablesSweep.mark(order.ordered, in: &lastOrder, asOf, grid)
        undelivered.append(Int32(index))
        if order.cancelled != ObligorHistory.never {
            ordered.add(Four(0, 0, 1, order.base), on: order.cancelled, knownAt: asOf, grid)
        }
    }

    /// Decides the promises whose last day has come, on what was known by that day.
    private mutating func judge(
        _ history: ObligorHistory, _ asOf: Int, _ today: Int32, _ grid: AsOfGrid
    ) {
        var waiting = 0
        for index in pending {
            let promise = history.promises[Int(index)]
            let payBy = promise.record.payBy.daysSince1970
            guard payBy <= today else {
                pending[waiting] = index
                waiting += 1
                continue
            }
            let isBroken = Self.paid(towards: promise, history) < promise.amount.amount
            promised.add(
                Four(1, promise.base, isBroken ? 1 : 0, isBroken ? promise.base : 0), on: payBy,
                knownAt: asOf, grid)
            if isBroken { ReceivablesSweep.mark(payBy, in: &lastBroken, asOf, grid) }
        }
        pending.removeSubrange(waiting...)
    }

    /// What became known to be paid from the day of a promise until its last day.
    private static func paid(towards promise: Valued<Promise>, _ history: ObligorHistory) -> Double {
        let (made, payBy) = (promise.record.made.daysSince1970, promise.record.payBy.daysSince1970)
        var total = 0.0
        if let place = promise.record.invoice {
            let invoice = place - history.firstInvoice
            var next = history.movements.firstIndex(inOrder: { $0.known >= made })
            while next < history.movements.count, history.movements[next].known <= payBy {
                let movement = history.movements[next]
                if movement.invoice == invoice, movement.isPayment { total += movement.amount }
                next += 1
            }
        } else {
            var next = history.payments.firstIndex(inOrder: { $0.known >= made })
            while next < history.payments.count, history.payments[next].known <= payBy {
                let payment = history.payments[next]
                if payment.amount.currency == promise.amount.currency { total += payment.amount.amount }
                next += 1
            }
        }
        return total
    }
}

extension Array {
    /// The first position whose element fulfils a condition that holds for all elements behind; ``count`` if none does.
    func firstIndex(inOrder condition: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
