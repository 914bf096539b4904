/** What the sample companies have offered lately. */

import { buyersOf } from './buyers.ts'
import { type Company, numberOf } from './company.ts'
import { dayAfter } from './days.ts'
import { linesOf } from './lines.ts'
import { shippedFrom } from './places.ts'
import { type SampleInput, turn } from './sample-write.ts'

const QUOTATIONS = 10
const FIRST_DAY = '2026-08-03'
const DAYS_BETWEEN = 9

export function quotationsOf(company: Company): readonly SampleInput[] {
  return buyersOf(company)
    .filter(({ onHold }) => onHold === 'NO')
    .slice(0, QUOTATIONS)
    .map((buyer, index) => {
      const day = dayAfter(FIRST_DAY, index * DAYS_BETWEEN)
      const status = index === 1 ? 'LOST' : turn(['SENT', 'SENT', 'CREATED'], index)
      return {
        company,
        number: numberOf(company, index, 'Q'),
        name: `Offer to ${buyer.name}`,
        quotationDate: day,
        status,
        ...buyer.fields,
        ...shippedFrom(company, index),
        expiryDate: dayAfter(day, 45),
        followUpDate: dayAfter(day, 14),
        lines: linesOf({ company, buyer, day, index }).map((line) => ({ ...line, lineStatus: status })),
      }
    })
}
