import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSync } from '../../gateway/sync/sync.ts'
import type { RowWrite } from '../../gateway/sync/write.ts'
import type { Participant } from '../../schema/participant.ts'
import type { System } from '../../schema/record.ts'
import { COMPANY, type Company, customer, line, openCompany, order, row } from './company.ts'

let company: Company
beforeAll(async () => {
  company = await openCompany()
}, 60_000)
afterAll(() => company[Symbol.asyncDispose]())

type Question = 'read' | 'select' | 'derive' | 'draw'

type Answers = Partial<Pick<Participant, 'derive' | 'read'>>

/** Rows written by a planner whose questions are counted, and of which some may be answered otherwise. */
async function asked(rows: readonly RowWrite[], answers: Answers = {}, idempotencyKey: string | null = null) {
  const questions: string[] = []
  const counted = (system: System, participant: Participant): Participant => {
    const noting = <Asked extends unknown[], Answer>(question: Question, ask: (...given: Asked) => Answer) => {
      return (...given: Asked): Answer => {
        questions.push(`${system} ${question}`)
        return ask(...given)
      }
    }
    return {
      ...{ system, prepare: participant.prepare, commit: participant.commit, abort: participant.abort },
      ...{ fence: participant.fence, check: participant.check, look: participant.look, describe: participant.describe },
      read: noting('read', answers.read ?? ((refs) => participant.read(refs))),
      select: noting('select', (selections) => participant.select(selections)),
      derive: noting('derive', answers.derive ?? ((requests) => participant.derive(requests))),
      draw: noting('draw', (requests) => participant.draw(requests)),
    }
  }
  const { mapSet, coordinator, participants } = company.app
  const all = new Map([...participants].map(([system, one]) => [system, counted(system, one)]))
  const sync = createSync({ mapSet, coordinator, participants: all, defaultTimeoutMs: 20_000 })
  const outcomes = await sync.writeRows({
    ...{ rows, actor: null, origin: 'GRAPH', idempotencyKey, timeoutMs: null, dryRun: false },
  })
  return { questions: questions.toSorted(), outcomes }
}

const orders = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => {
    const lines = [line('P-1', '1', '3.00', { lineNumber: 1 })]
    return row('UPSERT', 'SalesOrder', order(`${prefix}-${at}`, `${prefix}-${at}`, lines))
  })

const customers = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => row('UPSERT', 'Customer', customer(`${prefix}-${at}`)))

describe('the questions that a system is asked', () => {
  it('are one read for all rows', async () => {
    const { questions, outcomes } = await asked(customers('Q', 40))
    expect(outcomes.every(({ outcome }) => outcome === 'CREATED')).toBe(true)
    expect(questions).toEqual(['CRM read', 'ERP read'])
  })

  it('are one selection for all rows that are found by another unique key', async () => {
    const numbers = Array.from({ length: 30 }, (_, at) => `U-${at}`)
    await company.rows(numbers.map((number) => row('CREATE', 'Customer', customer(number, { partyNumber: number }))))
    const found = numbers.map((partyNumber): RowWrite => {
      const input = { company: COMPANY, partyNumber, phone: '1' }
      return { ...row('UPDATE', 'Customer', input), matchBy: ['company', 'partyNumber'] }
    })
    const { questions, outcomes } = await asked(found)
    expect(outcomes.every(({ outcome }) => outcome === 'UPDATED')).toBe(true)
    expect(questions).toEqual(['CRM select', 'ERP select'])
  })

  it('are one selection of all parts, and one derivation where a system computes', async () => {
    await company.rows(customers('W', 20))
    const { questions, outcomes } = await asked(orders('W', 20))
    expect(outcomes.every(({ outcome }) => outcome === 'CREATED')).toBe(true)
    expect(questions).toEqual(['CRM read', 'CRM select', 'ERP derive', 'ERP read', 'ERP select'])
  })

  it('are one block of numbers for all keys that nobody gave', async () => {
    const keyless = Array.from({ length: 100 }, () => row('CREATE', 'Customer', { ...customer(''), company: COMPANY }))
    const { questions, outcomes } = await asked(keyless)
    expect(outcomes.every(({ outcome }) => outcome === 'CREATED')).toBe(true)
    expect(questions.filter((question) => question.endsWith('draw'))).toEqual(['CRM draw'])
  })
})

describe('a row for which a system cannot compute', () => {
  it('fails alone, and may come again', async () => {
    await company.rows(customers('X', 3))
    const { outcomes } = await asked(orders('X', 3), {
      derive: (requests) => {
        const erp = company.app.participants.get('ERP')
        const answers = erp?.derive(requests) ?? []
        return answers.map((answer, at) => (at === 1 ? Promise.reject(new Error('cannot compute')) : answer))
      },
    })
    expect(outcomes).toMatchObject([
      { outcome: 'CREATED' },
      { outcome: 'FAILED', errors: [{ code: 'SYSTEM_UNAVAILABLE', system: 'ERP', retryable: true }] },
      { outcome: 'CREATED' },
    ])
  })
})

describe('rows that cannot be planned because a system is silent', () => {
  const silent: Answers = { read: () => Promise.reject(new Error('no answer')) }

  it('have failed, and may come again', async () => {
    const { outcomes } = await asked(customers('Z', 2), silent)
    const failed = { outcome: 'FAILED', errors: [{ code: 'SYSTEM_UNAVAILABLE', retryable: true }] }
    expect(outcomes).toMatchObject([failed, failed])
  })

  it('are not begun by this call under a key, by which somebody else may have written them', async () => {
    await company.rows(customers('Z', 2), { idempotencyKey: 'Z' })
    const { outcomes } = await asked(customers('Z', 2), silent, 'never used')
    const unbegun = { outcome: 'NOT_STARTED', errors: [{ code: 'SYSTEM_UNAVAILABLE', retryable: true }] }
    expect(outcomes).toMatchObject([unbegun, unbegun])
    const { outcomes: written } = await asked(customers('Z', 2), silent, 'Z')
    expect(written).toMatchObject([{ outcome: 'CREATED' }, { outcome: 'CREATED' }])
  })
})

describe('changed orders under an idempotency key', () => {
  it('are told with the same fields again', async () => {
    await company.rows(customers('Y', 1))
    await company.rows(orders('Y', 1))
    const changed = [row('UPDATE', 'SalesOrder', { company: COMPANY, number: 'Y-0', headerCharges: '2.00' })]
    const first = await company.rows(changed, { idempotencyKey: 'Y' })
    expect(first).toMatchObject([{ outcome: 'UPDATED', fields: expect.arrayContaining(['totalAmount']) }])
    expect(await company.rows(changed, { idempotencyKey: 'Y' })).toEqual(first)
  })
})
