/** Orders of the sample companies over a year and a half: the older ones are invoiced, the newest just placed. */

import { type Buyer, buyersOf } from './buyers.ts'
import { COMPANIES, type Company, numberOf } from './company.ts'
import { dayAfter } from './days.ts'
import { linesOf } from './lines.ts'
import { amountOf, convert } from './money.ts'
import { shippedFrom } from './places.ts'
import { type SampleInput, turn } from './sample-write.ts'

const ORDERS = 150
const FIRST_DAY = '2025-05-02'
/** From the first order to the last, which is of 2026-10-30. */
const DAYS = 546

type OrderStatus = 'ACTIVE' | 'CONFIRMED' | 'PICKED' | 'PARTIALLY_DELIVERED' | 'DELIVERED' | 'INVOICED'

/** In the order of their numbers and days. */
export function ordersOf(company: Company): readonly SampleInput[] {
  return visitsTo(company).map((buyer, index) => orderOf(company, buyer, index))
}

/**
 * Who orders, one after the other: each buyer once a round, so that the orders of one are far apart and can be written
 * at once with others. Whoever is on hold for invoices has ordered only lately.
 */
function visitsTo(company: Company): readonly Buyer[] {
  const buyers = buyersOf(company)
  const regular = buyers.filter(({ onHold }) => onHold === 'NO')
  const earlierRounds = Math.ceil((ORDERS - buyers.length) / regular.length)
  return [...Array.from({ length: earlierRounds }, () => regular).flat(), ...buyers].slice(-ORDERS)
}

function orderOf(company: Company, buyer: Buyer, index: number): SampleInput {
  const day = dayAfter(FIRST_DAY, Math.floor((index * DAYS) / (ORDERS - 1)))
  const status = buyer.onHold === 'NO' ? statusOf(index) : 'DELIVERED'
  const freight = turn([0, 9.9, 24.9, 0, 14.5], index)
  return {
    company,
    number: numberOf(company, index, 'S'),
    name: buyer.name,
    orderDate: day,
    status,
    origin: turn(['WEB', 'PHONE', 'EMAIL', 'SALES'], index),
    customersReference: `PO-${String(4_100 + index * 13)}`,
    ...buyer.fields,
    deliveryMode: turn(['PARCEL', 'TRUCK', 'PARCEL'], index),
    ...shippedFrom(company, index),
    ...datesOf(status, day),
    headerCharges: amountOf(convert(freight, COMPANIES[company].currency, buyer.currency)),
    lines: linesOf({ company, buyer, day, index }).map((line, place) => ({
      ...line,
      lineStatus: lineStatusOf(status, place),
    })),
  }
}

function statusOf(index: number): OrderStatus {
  const newer = ORDERS - 1 - index
  if (newer >= 30) return 'INVOICED'
  if (newer >= 20) return turn(['DELIVERED', 'INVOICED', 'INVOICED'], index)
  if (newer >= 12) return turn(['DELIVERED', 'PARTIALLY_DELIVERED', 'INVOICED'], index)
  return newer >= 6 ? turn(['CONFIRMED', 'PICKED', 'CONFIRMED'], index) : 'ACTIVE'
}

function lineStatusOf(status: OrderStatus, place: number): string {
  if (status === 'INVOICED' || status === 'DELIVERED') return status
  return status === 'PARTIALLY_DELIVERED' && place === 0 ? 'DELIVERED' : 'BACKORDER'
}

function datesOf(status: OrderStatus, day: string): SampleInput {
  const wanted = { requestedShippingDate: dayAfter(day, 4), requestedReceiptDate: dayAfter(day, 7) }
  if (status === 'ACTIVE') return wanted
  return { ...wanted, confirmedShippingDate: dayAfter(day, 5), confirmedReceiptDate: dayAfter(day, 8) }
}
