import type { GraphQLClient } from 'graphql-request'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeId } from '../../maps/identity.ts'
import { type Payload, type WriteError, write } from '../e2e/lockstep.ts'
import { type Apart, apart, type Part } from './apart.ts'
import { startProcess } from './process.ts'

const TOKEN = 'a-token-of-the-tests'
const COMPANY = 'appt'
const DRAINED = { code: 0, signal: null }

const COMMITTED = {
  errors: [],
  transaction: {
    state: 'COMMITTED',
    legs: [
      { system: 'CRM', state: 'COMMITTED' },
      { system: 'ERP', state: 'COMMITTED' },
    ],
  },
}

interface NativePayload {
  readonly transaction: object | null
  readonly errors: readonly WriteError[]
}

// Processes take seconds to start where other tests run beside them.
describe('gateways, CRM and ERP in processes of their own', { timeout: 60_000 }, () => {
  let lockstep: Apart
  beforeAll(async () => {
    lockstep = await apart({ LOCKSTEP_SERVICE_TOKEN: TOKEN })
    // In this order no process finds those there that it calls.
    for (const part of ['GATEWAY', 'OTHER_GATEWAY', 'CRM', 'ERP'] as const) await lockstep.start(part)
    const { crm, erp, graph } = lockstep
    await native(crm, `createCdm_companies(input: { cdm_companycode: "${COMPANY}", cdm_name: "Apart" })`)
    await native(erp, `createLegalEntities(input: { LegalEntityId: "${COMPANY}", Name: "Apart" })`)
    const currency = await write(graph, 'createCurrency', { input: { code: 'USD', name: 'US dollar', symbol: '$' } })
    const group = await write(graph, 'createCustomerGroup', { input: { company: COMPANY, code: 'TRADE' } })
    expect([...currency.errors, ...group.errors]).toEqual([])
  }, 60_000)
  afterAll(() => lockstep.dispose())

  const ready = async (part: Part) => {
    const answer = await fetch(`${lockstep.url(part)}/health/ready`)
    return [answer.status, await answer.json()]
  }
  const notReady = (...reasons: string[]) => [503, { status: 'not ready', reasons }]

  /** A customer with telephone number 1, at revision 1. */
  const createCustomer = (number: string): Promise<Payload> => {
    const input = {
      ...{ company: COMPANY, number, name: `Customer ${number}`, phone: '1', leadSource: 'WEB' },
      ...{ group: { code: 'TRADE' }, currency: { code: 'USD' }, creditLimit: '500.00' },
    }
    return write(lockstep.graph, 'createCustomer', { input })
  }
  const idOf = (number: string) => encodeId('Customer', [COMPANY, number])

  const native = async (client: GraphQLClient, mutation: string): Promise<NativePayload> => {
    const selection = '{ transaction { state legs { system state } } errors { code message system retryable } }'
    const data = await client.request<{ payload: NativePayload }>(`mutation { payload: ${mutation} ${selection} }`)
    return data.payload
  }
  const changeAccount = (number: string, input: string) =>
    native(lockstep.crm, `updateAccounts(msdyn_company: "${COMPANY}", accountnumber: "${number}", input: { ${input} })`)

  /** Telephone number and revision of a customer, as each system shows them natively. */
  const held = async (number: string) => {
    const { account } = await lockstep.crm.request<{ account: { phone: string; revision: number } | null }>(
      `{ account: accountsByKey(msdyn_company: "${COMPANY}", accountnumber: "${number}") { phone: telephone1 revision } }`,
    )
    const { customer } = await lockstep.erp.request<{ customer: { phone: string; revision: number } | null }>(
      `{ customer: CustomersV3ByKey(dataAreaId: "${COMPANY}", CustomerAccount: "${number}") { phone: PrimaryContactPhone revision } }`,
    )
    return { crm: account, erp: customer }
  }
  const inBoth = (phone: string, revision: number) => ({ crm: { phone, revision }, erp: { phone, revision } })

  it('commit a customer written through the graph in both systems, as each shows natively', async () => {
    expect(await createCustomer('GRAPH')).toMatchObject({ ...COMMITTED, id: idOf('GRAPH') })
    expect(await held('GRAPH')).toEqual(inBoth('1', 1))
  })

  it('join both systems in one read', async () => {
    await createCustomer('READ')
    const query = `{ customer(id: "${idOf('READ')}") { name leadSource creditLimit group { code } revision sync } }`
    expect(await lockstep.graph.request(query)).toEqual({
      customer: {
        ...{ name: 'Customer READ', leadSource: 'WEB', creditLimit: '500.00', group: { code: 'TRADE' } },
        ...{ revision: 1, sync: 'IN_STEP' },
      },
    })
  })

  it('take the ERP along with a native write of the CRM, and refuse it where the ERP does', async () => {
    await createCustomer('NATIVE')
    expect(await changeAccount('NATIVE', 'telephone1: "2"')).toEqual(COMMITTED)
    expect(await held('NATIVE')).toEqual(inBoth('2', 2))
    expect(await changeAccount('NATIVE', 'creditlimit: "-1.00"')).toMatchObject({
      transaction: { state: 'REVERTED' },
      errors: [{ system: 'ERP', code: 'RULE' }],
    })
    expect(await held('NATIVE')).toEqual(inBoth('2', 2))
  })

  it('answer one request once, whichever gateways it is sent to', async () => {
    await createCustomer('TWICE')
    const change = { id: idOf('TWICE'), input: { phone: '2' }, options: { idempotencyKey: 'twice' } }
    const answers = await Promise.all([
      write(lockstep.graph, 'updateCustomer', change),
      write(lockstep.otherGraph, 'updateCustomer', change),
    ])
    for (const answer of answers) expect(answer).toMatchObject(COMMITTED)
    expect(answers[1].transaction?.id).toBe(answers[0].transaction?.id)
    expect(await held('TWICE')).toEqual(inBoth('2', 2))
  })

  describe('with the ERP killed', () => {
    const SILENT = {
      transaction: null,
      errors: [{ code: 'SYSTEM_UNAVAILABLE', system: 'ERP', retryable: true }],
    }

    it('write nothing, and take the same request under its key when it is back', async () => {
      await createCustomer('AWAY')
      await lockstep.end('ERP', 'SIGKILL')
      const change = { id: idOf('AWAY'), input: { phone: '2' }, options: { idempotencyKey: 'away' } }
      expect(await write(lockstep.graph, 'updateCustomer', change)).toMatchObject(SILENT)
      expect(await changeAccount('AWAY', 'telephone1: "3"')).toMatchObject(SILENT)
      expect(await ready('GATEWAY')).toEqual(notReady('the ERP does not answer'))
      await lockstep.start('ERP')
      expect(await ready('GATEWAY')).toEqual([200, { status: 'ready' }])
      expect(await held('AWAY')).toEqual(inBoth('1', 1))
      expect(await write(lockstep.graph, 'updateCustomer', change)).toMatchObject(COMMITTED)
      expect(await held('AWAY')).toEqual(inBoth('2', 2))
    })

    it('read what the CRM has', async () => {
      await createCustomer('PARTLY')
      await lockstep.end('ERP', 'SIGKILL')
      const read = (fields: string) =>
        lockstep.graph.rawRequest(`{ customer(id: "${idOf('PARTLY')}") { ${fields} } }`).catch(answerOf)
      expect(await read('leadSource')).toMatchObject({ data: { customer: { leadSource: 'WEB' } } })
      expect(await read('leadSource salesTaxGroup')).toMatchObject({
        data: { customer: { leadSource: 'WEB', salesTaxGroup: null } },
        errors: [
          { message: expect.stringContaining('ERP'), extensions: { code: 'SYSTEM_UNAVAILABLE', retryable: true } },
        ],
      })
      await lockstep.start('ERP')
    })
  })

  it('send a native write to the next gateway where one is gone', async () => {
    await createCustomer('NEXT')
    await lockstep.end('GATEWAY', 'SIGKILL')
    expect(await changeAccount('NEXT', 'telephone1: "2"')).toEqual(COMMITTED)
    expect(await held('NEXT')).toEqual(inBoth('2', 2))
    await lockstep.start('GATEWAY')
  })

  it('take no write to shared tables where no gateway is left, and go on with what one system has alone', async () => {
    await createCustomer('NONE')
    for (const gateway of ['GATEWAY', 'OTHER_GATEWAY'] as const) {
      expect(await lockstep.end(gateway, 'SIGTERM')).toEqual(DRAINED)
    }
    expect(await changeAccount('NONE', 'telephone1: "2"')).toEqual({
      transaction: null,
      errors: [
        {
          ...{ code: 'SYSTEM_UNAVAILABLE', system: 'CRM', retryable: true },
          message: expect.stringContaining('nothing was written'),
        },
      ],
    })
    const task = `msdyn_company: "${COMPANY}", msdyn_tasknumber: "T-1", subject: "Call", regardingobjectid: "NONE"`
    expect(await native(lockstep.crm, `createTasks(input: { ${task} })`)).toMatchObject({
      transaction: { state: 'COMMITTED' },
      errors: [],
    })
    expect(await held('NONE')).toEqual(inBoth('1', 1))
    await Promise.all([lockstep.start('GATEWAY'), lockstep.start('OTHER_GATEWAY')])
  })

  it('do not trust a gateway with another token', async () => {
    await createCustomer('TOKEN')
    expect(await lockstep.end('OTHER_GATEWAY', 'SIGTERM')).toEqual(DRAINED)
    await lockstep.start('OTHER_GATEWAY', { LOCKSTEP_SERVICE_TOKEN: 'a-token-of-someone-else' })
    expect(await ready('OTHER_GATEWAY')).toEqual(
      notReady('the CRM has another service token', 'the ERP has another service token'),
    )
    const change = { id: idOf('TOKEN'), input: { phone: '2' } }
    expect(await write(lockstep.otherGraph, 'updateCustomer', change)).toMatchObject({
      transaction: null,
      errors: [{ code: 'SYSTEM_UNAVAILABLE' }],
    })
    expect(await held('TOKEN')).toEqual(inBoth('1', 1))
    await lockstep.end('OTHER_GATEWAY', 'SIGTERM')
    await lockstep.start('OTHER_GATEWAY')
  })

  it('drain at SIGTERM, and say which system does not answer until it is back', async () => {
    for (const system of ['CRM', 'ERP'] as const) expect(await lockstep.end(system, 'SIGTERM')).toEqual(DRAINED)
    expect(await ready('GATEWAY')).toEqual(notReady('the CRM does not answer', 'the ERP does not answer'))
    await lockstep.start('CRM')
    expect(await ready('GATEWAY')).toEqual(notReady('the ERP does not answer'))
    await lockstep.start('ERP')
    for (const part of ['GATEWAY', 'CRM', 'ERP'] as const) expect(await ready(part)).toEqual([200, { status: 'ready' }])
  })

  it.each(['start:gateway', 'start:crm', 'start:erp'] as const)(
    'do not start without a service token: %s',
    async (script) => {
      const process = startProcess({}, script)
      expect(await process.exit).toEqual({ code: 2, signal: null })
      expect(process.stderr()).toMatch(/^A process that runs apart .* LOCKSTEP_SERVICE_TOKEN.*\n$/)
    },
  )
})

/** What a client makes an error of. */
function answerOf(error: unknown): unknown {
  if (error instanceof Error && 'response' in error) return error.response
  throw error
}
