/** Rows that name their records by a unique key other than their own: customers by their party. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSync } from '../../gateway/sync/sync.ts'
import type { RowOutcome, RowWrite, TransactOperation } from '../../gateway/sync/write.ts'
import { decodeId, encodeId } from '../../maps/identity.ts'
import type { Participant, PlanDigest } from '../../schema/participant.ts'
import { NEVER_WRITTEN, type Row, type System, type TransactionId } from '../../schema/record.ts'
import { recordKey } from '../../schema/record-key.ts'
import { COMPANY, type Company, customer, OPTIONS, openCompany, row, tablesOf } from './company.ts'

let company: Company
beforeAll(async () => {
  company = await openCompany()
}, 60_000)
afterAll(() => company[Symbol.asyncDispose]())

const MATCH_BY = ['company', 'partyNumber']
const TERMS = { company: COMPANY, name: 'A party', group: { code: 'TRADE' }, currency: { code: 'USD' } }

const idOf = (number: string) => encodeId('Customer', [COMPANY, number])
const numberOf = (outcome: RowOutcome | undefined) =>
  outcome !== undefined && 'id' in outcome && outcome.id !== null ? decodeId(outcome.id)?.key.at(-1) : undefined

function byParty(operation: RowWrite['operation'], partyNumber: unknown, input: object = {}): RowWrite {
  const terms = operation === 'UPSERT' ? TERMS : { company: COMPANY }
  return { ...row(operation, 'Customer', { ...terms, partyNumber, ...input }), matchBy: MATCH_BY }
}

async function made(number: string, partyNumber: string): Promise<void> {
  const outcomes = await company.rows([row('CREATE', 'Customer', customer(number, { partyNumber }))])
  expect(outcomes).toMatchObject([{ outcome: 'CREATED' }])
}

/** The numbers of the customers of a party, in each system. */
async function numbersOf(partyNumber: string): Promise<readonly (readonly string[])[]> {
  const columns = { CRM: 'msdyn_partynumber', ERP: 'PartyNumber' }
  return Promise.all(
    tablesOf(company, 'Customer').map(async ([system, table]) => {
      const found = await company.app.participants
        .get(system)
        ?.select([{ table, where: { [columns[system]]: partyNumber } }])
      return (found?.[0] ?? []).map(({ key }) => String(JSON.parse(key).at(-1)))
    }),
  )
}

/** A record that one system alone has, which no synchronised write ever made. */
async function madeIn(system: System, table: string, key: readonly string[], set: Row): Promise<void> {
  const id = `alone-${key.join('-')}` as TransactionId
  const at = Date.now()
  const votes = company.app.participants.get(system)?.prepare([
    {
      ...{ id, plan: id as string as PlanDigest, participants: [system], mapSet: company.app.mapSet.id },
      ...{ origin: system, actor: null, startedAt: at, age: { at, id }, deadline: at + 20_000, idempotency: null },
      ...{ subject: null, refusals: [] },
      writes: [{ operation: 'CREATE', table, key: recordKey(key), set, base: NEVER_WRITTEN, revision: 0 }],
    },
  ])
  expect(await Promise.all(votes ?? [])).toMatchObject([{ vote: 'YES' }])
}

describe('an upsert by a unique key', () => {
  it('updates the record that has it, whichever its number, and creates one where there is none', async () => {
    await made('U-1', 'PARTY-U1')
    const outcomes = await company.rows([
      byParty('UPSERT', 'PARTY-U1', { phone: '1' }),
      byParty('UPSERT', 'PARTY-U2', { number: 'U-2' }),
      byParty('UPSERT', 'PARTY-U3'),
    ])
    expect(outcomes).toMatchObject([
      { outcome: 'UPDATED', id: idOf('U-1'), fields: expect.arrayContaining(['phone']) },
      { outcome: 'CREATED', id: idOf('U-2') },
      { outcome: 'CREATED' },
    ])
    const drawn = numberOf(outcomes[2])
    expect(await numbersOf('PARTY-U3')).toEqual([[drawn], [drawn]])
    expect(await numbersOf('PARTY-U1')).toEqual([['U-1'], ['U-1']])
  })

  it('leaves alone what is so already, and tells which record that is', async () => {
    await made('S-1', 'PARTY-S1')
    const name = 'Customer S-1'
    expect(await company.rows([byParty('UPSERT', 'PARTY-S1', { name })])).toMatchObject([
      { outcome: 'UNCHANGED', id: idOf('S-1') },
    ])
  })

  it('is refused where the row gives another number than the record has, or one that another record has', async () => {
    await made('D-1', 'PARTY-D1')
    const outcomes = await company.rows([
      byParty('UPSERT', 'PARTY-D1', { number: 'D-9' }),
      byParty('UPSERT', 'PARTY-D2', { number: 'D-1' }),
      byParty('UPSERT', 'PARTY-D1', { number: ' d-1 ', phone: '2' }),
    ])
    expect(outcomes).toMatchObject([
      { outcome: 'FAILED', errors: [{ code: 'VALIDATION', path: ['input', 'number'], retryable: false }] },
      { outcome: 'FAILED', errors: [{ code: 'DUPLICATE', path: ['input', 'number'] }, { code: 'DUPLICATE' }] },
      { outcome: 'UPDATED', id: idOf('D-1') },
    ])
    expect(await numbersOf('PARTY-D2')).toEqual([[], []])
  })

  it.each([
    ['is left out', undefined],
    ['is null', null],
    ['is blank', '  '],
  ])('is refused where the value %s', async (_, partyNumber) => {
    expect(await company.rows([byParty('UPSERT', partyNumber)])).toMatchObject([
      { outcome: 'FAILED', errors: [{ code: 'REQUIRED', path: ['input', 'partyNumber'] }] },
    ])
  })

  it('is refused where the value does not fit its column, in either system', async () => {
    const refused = { code: 'VALIDATION', path: ['input', 'partyNumber'] }
    expect(await company.rows([byParty('UPSERT', 'x'.repeat(41)), byParty('UPSERT', 7)])).toMatchObject([
      { outcome: 'FAILED', errors: ['CRM', 'ERP'].map((system) => ({ ...refused, system })) },
      { outcome: 'FAILED', errors: [refused, refused] },
    ])
  })

  it('draws no number for a row that is refused', async () => {
    const [before] = await company.rows([byParty('UPSERT', 'PARTY-N1')])
    await company.rows([byParty('UPSERT', null), byParty('UPSERT', 'x'.repeat(41))])
    const [after] = await company.rows([byParty('UPSERT', 'PARTY-N2')])
    const counted = (outcome: RowOutcome | undefined) => Number(numberOf(outcome)?.split('-')[1])
    expect(counted(after)).toBe(counted(before) + 1)
  })

  it('sees what an earlier row of the same call has created', async () => {
    const outcomes = await company.rows([byParty('UPSERT', 'PARTY-E1'), byParty('UPSERT', 'PARTY-E1', { phone: '3' })])
    expect(outcomes).toMatchObject([{ outcome: 'CREATED' }, { outcome: 'UPDATED', fields: ['phone'] }])
    expect(numberOf(outcomes[1])).toBe(numberOf(outcomes[0]))
  })

  it('is told the same again under an idempotency key, and not that its record was there already', async () => {
    const rows = [
      byParty('UPSERT', 'PARTY-I1'),
      byParty('UPSERT', 'PARTY-I2', { number: 'I-2' }),
      byParty('UPSERT', ''),
    ]
    const first = await company.rows(rows, { idempotencyKey: 'matched' })
    expect(first).toMatchObject([{ outcome: 'CREATED' }, { outcome: 'CREATED' }, { outcome: 'FAILED' }])
    expect(await company.rows(rows, { idempotencyKey: 'matched' })).toEqual(first)
  })

  it('is judged by a dry run, which writes nothing', async () => {
    await made('J-1', 'PARTY-J1')
    const rows = [byParty('UPSERT', 'PARTY-J1', { phone: '4' }), byParty('UPSERT', 'PARTY-J2', { number: 'J-2' })]
    expect(await company.rows(rows, { dryRun: true })).toMatchObject([
      { outcome: 'UPDATED', id: idOf('J-1'), judged: { revision: 1 } },
      { outcome: 'CREATED', id: idOf('J-2'), judged: { revision: 0, systems: { CRM: 'CREATE', ERP: 'CREATE' } } },
    ])
    expect(await numbersOf('PARTY-J2')).toEqual([[], []])
  })
})

describe('an update and a delete by a unique key', () => {
  it('find their records, and are told where there is none', async () => {
    await made('F-1', 'PARTY-F1')
    await made('F-2', 'PARTY-F2')
    const outcomes = await company.rows([
      byParty('UPDATE', 'PARTY-F1', { phone: '5' }),
      byParty('DELETE', 'PARTY-F2'),
      byParty('UPDATE', 'PARTY-F3', { phone: '5' }),
      byParty('DELETE', 'PARTY-F4'),
      { ...byParty('UPDATE', 'PARTY-F1', { phone: '6' }), id: idOf('F-9') },
    ])
    expect(outcomes).toMatchObject([
      { outcome: 'UPDATED', id: idOf('F-1'), fields: ['phone'] },
      { outcome: 'DELETED', id: idOf('F-2') },
      { outcome: 'FAILED', errors: [{ code: 'NOT_FOUND', path: ['input', 'partyNumber'] }] },
      { outcome: 'FAILED', errors: [{ code: 'NOT_FOUND', path: ['input', 'partyNumber'] }] },
      { outcome: 'FAILED', errors: [{ code: 'VALIDATION', path: ['input', 'number'] }] },
    ])
    expect(await numbersOf('PARTY-F2')).toEqual([[], []])
  })
})

describe('systems that disagree', () => {
  it('on whose value it is have the row refused, which may come again', async () => {
    await made('X-1', 'PARTY-X1')
    const account = { msdyn_company: COMPANY, accountnumber: 'X-2', name: 'Other', customertypecode: 3 }
    await madeIn('CRM', 'accounts', [COMPANY, 'X-2'], { ...account, msdyn_partynumber: 'PARTY-X1' })
    const rows = (['UPSERT', 'UPDATE', 'DELETE'] as const).map((operation) => byParty(operation, 'PARTY-X1'))
    for (const one of rows) {
      expect(await company.rows([one])).toMatchObject([
        { outcome: 'FAILED', errors: [{ code: 'CONFLICT', path: ['input', 'partyNumber'], retryable: true }] },
      ])
    }
    expect(await numbersOf('PARTY-X1')).toEqual([['X-1', 'X-2'], ['X-1']])
  })

  it('on the value of one record have the row refused', async () => {
    const account = { msdyn_company: COMPANY, accountnumber: 'X-3', name: 'Three', customertypecode: 3 }
    await madeIn('CRM', 'accounts', [COMPANY, 'X-3'], { ...account, msdyn_partynumber: 'PARTY-X3' })
    const erp = { dataAreaId: COMPANY, CustomerAccount: 'X-3', OrganizationName: 'Three', PartyType: 'Organization' }
    const more = { CustomerGroupId: 'TRADE', PartyNumber: 'PARTY-X4' }
    await madeIn('ERP', 'CustomersV3', [COMPANY, 'X-3'], { ...erp, ...more })
    expect(await company.rows([byParty('UPSERT', 'PARTY-X3')])).toMatchObject([
      { outcome: 'FAILED', errors: [{ code: 'CONFLICT', message: expect.stringContaining('X-3') }] },
    ])
  })

  it('because one of them lacks the record have it brought in step', async () => {
    const account = { msdyn_company: COMPANY, accountnumber: 'X-5', name: 'Five', customertypecode: 3 }
    await madeIn('CRM', 'accounts', [COMPANY, 'X-5'], { ...account, msdyn_partynumber: 'PARTY-X5' })
    expect(await company.rows([byParty('UPSERT', 'PARTY-X5')])).toMatchObject([{ outcome: 'UPDATED', id: idOf('X-5') }])
    expect(await numbersOf('PARTY-X5')).toEqual([['X-5'], ['X-5']])
  })

  it('are not those that have the value where it is not unique, in a record of another entity', async () => {
    await made('X-7', 'PARTY-X7C')
    const contact = { company: COMPANY, number: 'X-71', customer: { number: 'X-7' }, lastName: 'Ames' }
    const [worker] = await company.rows([row('CREATE', 'Contact', { ...contact, partyNumber: 'PARTY-X7' })])
    expect(worker).toMatchObject({ outcome: 'CREATED' })
    const person = { ...row('UPSERT', 'Person', { ...TERMS, partyNumber: 'PARTY-X7' }), matchBy: MATCH_BY }
    const outcomes = [...(await company.rows([person])), ...(await company.rows([person]))]
    expect(outcomes).toMatchObject([{ outcome: 'CREATED' }, { outcome: 'UNCHANGED' }])
    expect(numberOf(outcomes[1])).toBe(numberOf(outcomes[0]))
  })

  it('is not what a record of another entity means: its value is taken', async () => {
    const person = { company: COMPANY, number: 'X-6', name: 'A person', group: { code: 'TRADE' } }
    const made = await company.rows([row('CREATE', 'Person', { ...person, partyNumber: 'PARTY-X6' })])
    expect(made).toMatchObject([{ outcome: 'CREATED' }])
    expect(await company.rows([byParty('UPSERT', 'PARTY-X6'), byParty('UPDATE', 'PARTY-X6')])).toMatchObject([
      {
        outcome: 'FAILED',
        errors: [{ code: 'DUPLICATE', system: 'ERP', path: ['input', 'partyNumber'], retryable: false }],
      },
      { outcome: 'FAILED', errors: [{ code: 'NOT_FOUND' }] },
    ])
  })
})

/** Rows whose matches were read before `meanwhile` was done, and which are committed after it. */
async function overtaken(rows: readonly RowWrite[], meanwhile: () => Promise<unknown>): Promise<readonly RowOutcome[]> {
  const { mapSet, coordinator, participants } = company.app
  let doing: Promise<unknown> | null = null
  const slow = new Map(
    [...participants].map(([system, one]): [System, Participant] => {
      const select: Participant['select'] = async (selections) => {
        const answer = await one.select(selections)
        doing ??= meanwhile()
        await doing
        return answer
      }
      const { prepare, commit, abort, fence, check, look, describe } = one
      return [
        system,
        {
          ...{ system, prepare, commit, abort, fence, check, look, describe, select },
          read: (refs) => one.read(refs),
          derive: (requests) => one.derive(requests),
          draw: (requests) => one.draw(requests),
        },
      ]
    }),
  )
  const sync = createSync({ mapSet, coordinator, participants: slow, defaultTimeoutMs: 20_000 })
  return sync.writeRows({
    ...{ rows, actor: null, origin: 'IMPORT', idempotencyKey: null, timeoutMs: null, dryRun: false },
  })
}

describe('a row that is overtaken', () => {
  it('by another new record of its value fails, makes no second one, and finds that one when it comes again', async () => {
    const rows = [byParty('UPSERT', 'PARTY-O1', { phone: '7' })]
    expect(await overtaken(rows, () => made('O-1', 'PARTY-O1'))).toMatchObject([
      { outcome: 'FAILED', errors: [{ code: 'DUPLICATE', path: ['input', 'partyNumber'], retryable: true }] },
    ])
    expect(await numbersOf('PARTY-O1')).toEqual([['O-1'], ['O-1']])
    expect(await company.rows(rows)).toMatchObject([{ outcome: 'UPDATED', id: idOf('O-1') }])
  })

  it.each<[string, RowWrite['operation'], string, object]>([
    ['an update', 'UPDATE', 'O-2', { phone: '8' }],
    ['an upsert', 'UPSERT', 'O-3', { phone: '8' }],
    ['a delete', 'DELETE', 'O-4', {}],
  ])('by a change of the value that it was found by fails: %s', async (_, operation, number, input) => {
    const party = `PARTY-${number}`
    await made(number, party)
    const move = () => company.one(row('UPDATE', 'Customer', { partyNumber: `${party}-MOVED` }, idOf(number)))
    const [outcome] = await overtaken([byParty(operation, party, input)], move)
    expect(outcome).toMatchObject({ outcome: 'FAILED' })
    const errors = outcome !== undefined && 'errors' in outcome ? outcome.errors : []
    expect(errors.map(({ retryable }) => retryable)).not.toContain(false)
    expect(await numbersOf(`${party}-MOVED`)).toEqual([[number], [number]])
  })
})

describe('one transaction of several operations', () => {
  it('finds each record by its unique key, and is whole or nothing', async () => {
    await made('T-1', 'PARTY-T1')
    const operations = [
      byParty('UPSERT', 'PARTY-T1', { phone: '9' }),
      byParty('UPSERT', 'PARTY-T2', { number: 'T-2' }),
    ].map((one, at): TransactOperation => ({ ...one, as: null, at: [String(at)] }))
    const missing: TransactOperation = { ...byParty('DELETE', 'PARTY-T9'), as: null, at: ['2'] }
    const run = (all: readonly TransactOperation[]) =>
      company.app.sync.transact({ operations: all, actor: null, options: OPTIONS })
    expect(await run([...operations, missing])).toMatchObject({
      errors: [{ code: 'NOT_FOUND', path: ['2', 'input', 'partyNumber'] }],
    })
    expect(await numbersOf('PARTY-T2')).toEqual([[], []])
    expect(await run(operations)).toMatchObject({ ids: [idOf('T-1'), idOf('T-2')], errors: [] })
    expect(await numbersOf('PARTY-T2')).toEqual([['T-2'], ['T-2']])
  })
})

describe('writers at once', () => {
  it('of one new value make one record: whoever is overtaken fails, may come again, and then finds it', async () => {
    const parties = Array.from({ length: 20 }, (_, at) => `PARTY-W${at}`)
    const rows = (phone: string) => parties.map((party) => byParty('UPSERT', party, { phone }))
    const both = await Promise.all(['1', '2'].map((phone) => company.rows(rows(phone))))
    const errors = both.flat().flatMap((one) => ('errors' in one ? one.errors : []))
    expect(errors.filter(({ retryable }) => !retryable)).toEqual([])
    expect(both.flat().filter(({ outcome }) => outcome === 'CREATED')).toHaveLength(parties.length)
    for (const party of parties) {
      const [crm = [], erp = []] = await numbersOf(party)
      expect(crm).toHaveLength(1)
      expect(erp).toEqual(crm)
    }
    const again = await company.rows(rows('2'))
    expect(new Set(again.map(({ outcome }) => outcome))).not.toContain('FAILED')
  })
})
