/** What clients say to the cluster, in the words of each of its APIs. */

import type { Action } from '../linearizability/register.ts'

/** The unified graph, or the native API of one system. */
export type Api = 'GRAPH' | 'CRM' | 'ERP'

export interface Options {
  readonly idempotencyKey?: string
  readonly timeoutMs: number
}

export interface Request {
  readonly path: string
  readonly body: string
}

export const COMPANY = 'usmf'
export const GROUP = 'RETAIL'

const idOf = (number: string) => Buffer.from(JSON.stringify(['Customer', COMPANY, number])).toString('base64url')

export function readRequest(number: string): Request {
  const query = 'query ($id: ID!) { record: customer(id: $id) { memo revision } }'
  return { path: '/graphql', body: JSON.stringify({ query, variables: { id: idOf(number) } }) }
}

interface Spoken {
  readonly path: string
  readonly payload: string
  readonly key: (number: string) => readonly Argument[]
  readonly record: (number: string) => Readonly<Record<string, unknown>>
  readonly memo: string
  /** Table or entity, as mutations and inputs name it. */
  readonly names: { readonly create: string; readonly update: string; readonly delete: string; readonly input: string }
}

interface Argument {
  readonly name: string
  readonly type: string
  readonly value: unknown
}

const text = (name: string, value: string, type = 'String!'): Argument => ({ name, type, value })

const NATIVE_PAYLOAD = '{ transaction { id state } errors { code message retryable } }'

const SPOKEN: Readonly<Record<Api, Spoken>> = {
  GRAPH: {
    path: '/graphql',
    payload: '{ transaction { id state legs { writes { revision } } } errors { code message retryable } }',
    key: (number) => [text('id', idOf(number), 'ID!')],
    record: (number) => ({ company: COMPANY, number, name: number, group: { code: GROUP } }),
    memo: 'memo',
    names: { create: 'createCustomer', update: 'updateCustomer', delete: 'deleteCustomer', input: 'CustomerInput!' },
  },
  CRM: {
    path: '/crm/graphql',
    payload: NATIVE_PAYLOAD,
    key: (number) => [text('msdyn_company', COMPANY), text('accountnumber', number)],
    record: (number) => ({
      ...{ msdyn_company: COMPANY, accountnumber: number, name: number },
      ...{ customertypecode: 3, msdyn_customergroupid: GROUP },
    }),
    memo: 'description',
    names: { create: 'createAccounts', update: 'updateAccounts', delete: 'deleteAccounts', input: 'AccountsInput!' },
  },
  ERP: {
    path: '/erp/graphql',
    payload: NATIVE_PAYLOAD,
    key: (number) => [text('dataAreaId', COMPANY), text('CustomerAccount', number)],
    record: (number) => ({
      ...{ dataAreaId: COMPANY, CustomerAccount: number, OrganizationName: number },
      ...{ PartyType: 'Organization', CustomerGroupId: GROUP },
    }),
    memo: 'SalesMemo',
    names: {
      create: 'createCustomersV3',
      update: 'updateCustomersV3',
      delete: 'deleteCustomersV3',
      input: 'CustomersV3Input!',
    },
  },
}

/** `options` without what the action itself brings. */
export function writeRequest(
  api: Api,
  number: string,
  action: Exclude<Action, { act: 'READ' | 'PUT' }>,
  options: Options,
): Request {
  const { path, payload, key, record, memo, names } = SPOKEN[api]
  const expected = 'expected' in action && action.expected !== null ? { expectedRevision: action.expected } : {}
  const how: Argument = { name: 'options', type: 'WriteOptions', value: { ...options, ...expected } }
  const input = (act: 'Create' | 'Update', value: unknown): Argument => ({
    name: 'input',
    type: `${act}${names.input}`,
    value,
  })
  const send = (mutation: string, given: readonly Argument[]): Request => {
    const declared = given.map(({ name, type }) => `$${name}: ${type}`).join(', ')
    const passed = given.map(({ name }) => `${name}: $${name}`).join(', ')
    const query = `mutation (${declared}) { payload: ${mutation}(${passed}) ${payload} }`
    return {
      path,
      body: JSON.stringify({ query, variables: Object.fromEntries(given.map(({ name, value }) => [name, value])) }),
    }
  }
  switch (action.act) {
    case 'CREATE':
      return send(names.create, [input('Create', { ...record(number), [memo]: action.value }), how])
    case 'UPDATE':
      return send(names.update, [...key(number), input('Update', { [memo]: action.value }), how])
    case 'DELETE':
      return send(names.delete, [...key(number), how])
    default:
      return action satisfies never
  }
}
