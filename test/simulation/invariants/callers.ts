/** Which rare things callers met, and what became of what they were not told. */

import type { TransactionRow } from '../../../schema/participant.ts'
import type { TransactionId } from '../../../schema/record.ts'
import type { Situation } from '../situations.ts'
import type { Operation } from '../workload/scenario.ts'
import type { Told } from '../workload/told.ts'
import type { TransactionMonitor } from './transactions.ts'

const ENDING = 'the end of a needed record was refused'

type Happened = (situation: Situation) => void

export function countTold({ change, via }: Operation, told: Told, happened: Happened): void {
  switch (told.told) {
    case 'COMMITTED':
      if (told.replayed) happened('a request was answered from its first making')
      if (!told.complete) happened('a caller was told of a commit that was not everywhere yet')
      if (told.attempts > 1 && !told.replayed) happened('a write needed several attempts')
      if (via === 'CRM') happened('a native write of the CRM committed')
      if (via === 'ERP') happened('a native write of the ERP committed')
      if (change.change === 'NOTE') happened('a write of one system alone committed')
      if (change.change === 'TRANSFER') happened('a transfer committed')
      if (change.change === 'ORDER' && (change.lines?.length ?? 0) > 0) happened('an order with its lines committed')
      return
    case 'REFUSED':
      if (told.codes.includes('CONFLICT')) happened('a careful write was refused')
      if (told.codes.includes('DUPLICATE')) happened('a name was refused to a second record')
      if (told.codes.includes('RULE') && change.change === 'TRANSFER') happened('an overdraft was refused')
      if (told.codes.includes('RULE') && change.change !== 'TRANSFER') happened('an order beyond the limit was refused')
      if (told.codes.includes('REFERENCE'))
        happened(isEnd(change) ? ENDING : 'a reference to a missing record was refused')
      return
    case 'UNKNOWN':
      if (told.id !== null) happened('a caller was told that it is not known yet')
      if (told.codes.includes('IDEMPOTENCY_MISMATCH')) happened('a key belonged to another request')
      if (told.codes.length === 0) happened('a caller heard nothing')
      return
    case 'UNCHANGED':
    case 'READ':
      return
  }
}

function isEnd(change: Operation['change']): boolean {
  return change.change === 'CUSTOMER' && change.limit === null
}

export class UnknownMonitor {
  readonly #ids = new Set<TransactionRow['id']>()

  told(told: Told): void {
    if (told.told === 'UNKNOWN' && told.id !== null) this.#ids.add(told.id)
  }

  conclude(transactions: TransactionMonitor, happened: Happened): void {
    const became = (id: TransactionId) =>
      transactions.isCommitted(id)
        ? 'what a caller did not know had committed'
        : 'what a caller did not know had not committed'
    for (const id of this.#ids) happened(became(id))
  }
}
