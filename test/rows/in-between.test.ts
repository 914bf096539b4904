import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeId } from '../../maps/identity.ts'
import type { PlanDigest, PrepareRequest, Vote } from '../../schema/participant.ts'
import { SYSTEMS, type System, type TransactionId } from '../../schema/record.ts'
import { recordKey } from '../../schema/record-key.ts'
import { COMPANY, type Company, customer, OPTIONS, openCompany, row } from './company.ts'

/** Long enough to plan, too short to outwait the lock of what is still to be committed. */
const IMPATIENT = { ...OPTIONS, timeoutMs: 300 }

const votes = (company: Company, system: System, request: PrepareRequest): readonly Promise<Vote>[] =>
  company.app.participants.get(system)?.prepare([request]) ?? []

const commit = async (company: Company, system: System, id: TransactionId) => {
  await Promise.all(company.app.participants.get(system)?.commit([{ id, leftOut: [] }]) ?? [])
}

/** Makes a customer that the given system has and the other one is still to commit; answers the transaction. */
async function createIn(company: Company, ahead: System, number: string): Promise<TransactionId> {
  const wanted = row('CREATE', 'Customer', customer(number))
  const { transaction } = await company.app.sync.write({
    ...{ ...wanted, actor: null },
    options: { ...OPTIONS, dryRun: true },
  })
  const id = `made-${number}` as TransactionId
  const at = Date.now()
  for (const { system, writes } of transaction?.legs ?? []) {
    const request: PrepareRequest = {
      ...{ id, plan: id as string as PlanDigest, participants: SYSTEMS, mapSet: company.app.mapSet.id },
      ...{ origin: 'GRAPH', actor: null, startedAt: at, age: { at, id }, deadline: at + 60_000 },
      ...{ idempotency: null, subject: null, refusals: [] },
      writes: writes.map(({ table, key, base, revision, after }) => ({
        ...({ operation: 'CREATE' } as const),
        ...{ table, key, base, revision, set: after ?? {} },
      })),
    }
    expect(await Promise.all(votes(company, system, request))).toMatchObject([{ vote: 'YES' }])
  }
  await commit(company, ahead, id)
  return id
}

/** Which systems hold the customer. */
async function holders(company: Company, number: string): Promise<readonly System[]> {
  const key = recordKey([COMPANY, number])
  const states = await Promise.all(
    SYSTEMS.map((system) => company.app.participants.get(system)?.read([{ table: tableOf(company, system), key }])),
  )
  return SYSTEMS.filter((_, index) => (states[index]?.[0]?.row ?? null) !== null)
}

function tableOf({ app }: Company, system: System): string {
  return app.mapSet.byEntity.get('Customer')?.sides[system].table.table ?? ''
}

describe.each(['CRM', 'ERP'] as const)(
  'A customer that the %s has, and the other system is still to commit',
  (ahead) => {
    let company: Company
    const idOf = (number: string) => encodeId('Customer', [COMPANY, number])

    beforeAll(async () => {
      company = await openCompany()
    })
    afterAll(() => company[Symbol.asyncDispose]())

    const deletions: readonly (readonly [string, string, (number: string) => Promise<readonly string[]>])[] = [
      [
        'through the graph',
        'C-1',
        async (number) => {
          const deletion = row('DELETE', 'Customer', {}, idOf(number))
          const { errors } = await company.app.sync.write({ ...deletion, actor: null, options: IMPATIENT })
          return errors.map(({ code }) => code)
        },
      ],
      [
        'as one of many rows',
        'C-2',
        async (number) => {
          const deletion = row('DELETE', 'Customer', {}, idOf(number))
          const [outcome] = await company.rows([deletion], { timeoutMs: IMPATIENT.timeoutMs })
          return outcome !== undefined && 'errors' in outcome ? outcome.errors.map(({ code }) => code) : []
        },
      ],
      [
        'natively',
        'C-3',
        async (number) => {
          const { errors } = await company.app.sync.writeNative({
            ...{ system: ahead, table: tableOf(company, ahead), operation: 'DELETE' },
            ...{ key: recordKey([COMPANY, number]), set: {}, parts: [], actor: null, options: IMPATIENT },
          })
          return errors.map(({ code }) => code)
        },
      ],
    ]

    it.each(deletions)('is deleted %s in both or in neither', async (_, number, remove) => {
      const id = await createIn(company, ahead, number)
      expect(await holders(company, number)).toEqual([ahead])
      expect(await remove(number)).not.toEqual([])
      expect(await holders(company, number)).toEqual([ahead])
      for (const system of SYSTEMS) await commit(company, system, id)
      expect(await holders(company, number)).toEqual(SYSTEMS)
      expect(await remove(number)).toEqual([])
      expect(await holders(company, number)).toEqual([])
    })
  },
)
