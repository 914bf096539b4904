import { describe, expect, it } from 'vitest'
import { encodeId } from '../../maps/identity.ts'
import { readKey, readOperations, type WholeIntent } from './operation.ts'
import { SHIPPED } from './shipped.fixture.ts'
import type { TransactOperation } from './write.ts'

const ID = encodeId('Customer', ['usmf', 'C-1'])
const RETAIL = encodeId('CustomerGroup', ['usmf', 'RETAIL'])

function operation(asked: Partial<TransactOperation>): TransactOperation {
  const none = { id: null, input: {}, as: null, expectedRevision: null, at: [] }
  return { entity: 'Customer', operation: 'CREATE', ...none, ...asked }
}

function readAll(...asked: readonly Partial<TransactOperation>[]): readonly WholeIntent[] {
  return readOperations(
    SHIPPED,
    asked.map((one) => readKey(SHIPPED, operation(one))),
  )
}

function read(asked: Partial<TransactOperation>): WholeIntent {
  const [intent] = readAll(asked)
  if (intent === undefined) throw new RangeError('An operation was not read')
  return intent
}

function refused({ refusals }: Pick<WholeIntent, 'refusals'>): readonly string[] {
  return refusals.map(({ code, path }) => `${code} ${(path ?? []).join('.')}`)
}

describe('the key', () => {
  it.each(['CREATE', 'UPSERT'] as const)('of a %s is the folded key fields of its input', (operation) => {
    const intent = read({ operation, input: { company: ' USMF', number: 'c-1 ' } })
    expect(intent.key).toEqual(['usmf', 'C-1'])
    expect(intent.refusals).toEqual([])
  })

  it.each([
    ['left out', { company: 'usmf' }],
    ['null', { company: 'usmf', number: null }],
    ['empty', { company: 'usmf', number: '' }],
    ['blank', { company: 'usmf', number: '  ' }],
  ])('has null for a part that is %s', (_, input) => {
    expect(read({ input }).key).toEqual(['usmf', null])
  })

  it.each(['UPDATE', 'DELETE'] as const)('of %s is that of the id', (operation) => {
    const intent = read({ operation, id: ID })
    expect(intent.key).toEqual(['usmf', 'C-1'])
    expect(intent.refusals).toEqual([])
  })

  it('of an id is folded', () => {
    expect(read({ operation: 'UPDATE', id: encodeId('Customer', ['USMF', 'c-1']) }).key).toEqual(['usmf', 'C-1'])
  })

  it.each([
    ['no id', null],
    ['garbage', 'garbage'],
    ['the id of another entity', RETAIL],
    ['an id with too few parts', encodeId('Customer', ['usmf'])],
    ['an id with too many parts', encodeId('Customer', ['usmf', 'C-1', 'x'])],
  ])('is not found by %s', (_, id) => {
    const intent = read({ operation: 'UPDATE', id })
    expect(intent.key).toEqual([null, null])
    expect(refused(intent)).toEqual(['NOT_FOUND id'])
  })
})

describe('the given fields', () => {
  it('are those of the input, but for the key', () => {
    const input = { company: 'usmf', number: 'C-1', name: 'Contoso', employees: 7, creditLimit: '10.00' }
    expect(read({ input }).given).toEqual({ name: 'Contoso', employees: 7, creditLimit: '10.00' })
  })

  it('include a null, which clears, and leave out what is undefined', () => {
    expect(read({ operation: 'UPDATE', id: ID, input: { phone: null, group: null, fax: undefined } }).given).toEqual({
      phone: null,
      group: null,
    })
  })

  it('come with the operation and the revision that the caller expects', () => {
    const intent = read({ operation: 'UPDATE', id: ID, expectedRevision: 4 })
    expect(intent).toMatchObject({
      operation: 'UPDATE',
      expected: [{ revision: 4, path: ['options', 'expectedRevision'] }],
    })
  })
})

describe('a reference', () => {
  const key = { company: 'usmf', number: 'C-1' }

  it.each([
    ['its id', { id: RETAIL }, RETAIL],
    ['its key', { company: 'usmf', code: 'RETAIL' }, RETAIL],
    ['its key in any case', { company: 'USMF', code: ' retail' }, RETAIL],
    ['its code alone, in the company of the record', { code: 'RETAIL' }, RETAIL],
    ['its code and no company, in the company of the record', { company: null, code: 'RETAIL' }, RETAIL],
    ['its code and an empty company, in the company of the record', { company: ' ', code: 'RETAIL' }, RETAIL],
    ['its key where the id is null', { id: null, code: 'RETAIL' }, RETAIL],
    ['its id, whatever else is given', { id: RETAIL, code: 'OTHER' }, RETAIL],
    ['a key of another company', { company: 'DEMF', code: 'RETAIL' }, encodeId('CustomerGroup', ['demf', 'RETAIL'])],
  ])('is %s', (_, group, id) => {
    const intent = read({ input: { ...key, group } })
    expect(intent.given).toEqual({ group: id })
    expect(intent.refusals).toEqual([])
  })

  it('to an entity without company is its one key value', () => {
    const intent = read({ input: { ...key, currency: { code: 'eur' } } })
    expect(intent.given).toEqual({ currency: encodeId('Currency', ['EUR']) })
  })

  it('takes the company of an update from the id', () => {
    const intent = read({ operation: 'UPDATE', id: ID, input: { group: { code: 'RETAIL' } } })
    expect(intent.given).toEqual({ group: RETAIL })
  })

  it.each([
    ['nothing', {}, 'REQUIRED input.group.code'],
    ['a company alone', { company: 'usmf' }, 'REQUIRED input.group.code'],
    ['a blank code', { code: ' ' }, 'REQUIRED input.group.code'],
    ['garbage for an id', { id: 'garbage' }, 'REFERENCE input.group.id'],
    ['the id of another entity', { id: ID }, 'REFERENCE input.group.id'],
    ['an incomplete id', { id: encodeId('CustomerGroup', ['usmf']) }, 'REFERENCE input.group.id'],
  ])('made of %s is refused where it stands', (_, group, refusal) => {
    const intent = read({ input: { ...key, group } })
    expect(refused(intent)).toEqual([refusal])
    expect(intent.given).toEqual({ group: null })
  })

  it('without a company is not refused for it where the record has none: the record itself is', () => {
    const intent = read({ input: { number: 'C-1', group: { code: 'RETAIL' } } })
    expect(intent.key).toEqual([null, 'C-1'])
    expect(intent.refusals).toEqual([])
  })

  it('is refused along with every other', () => {
    const intent = read({ input: { ...key, group: {}, currency: {}, billingAccount: { id: 'x' } } })
    expect(refused(intent)).toEqual([
      'REQUIRED input.group.code',
      'REQUIRED input.currency.code',
      'REFERENCE input.billingAccount.id',
    ])
  })
})
