import { describe, expect, it } from 'vitest'
import { encodeId } from '../../../maps/identity.ts'
import { sampleMapSet } from '../../../test/graph/sample-maps.ts'
import { type ChangesArguments, readFeedRequest } from './change-request.ts'

const [ONE, OTHER] = [encodeId('Customer', ['usmf', 'C-1']), encodeId('Customer', ['usmf', 'C-2'])]

const read = (field: string, given: ChangesArguments) => readFeedRequest(sampleMapSet, field, given)

describe('where a stream begins', () => {
  it.each<[string, ChangesArguments, unknown]>([
    ['at the end where nothing is said', {}, 'NEWEST'],
    ['at the end for TAIL', { from: 'TAIL' }, 'NEWEST'],
    ['with the oldest that is kept for HEAD', { from: 'HEAD' }, 'OLDEST'],
    ['at the end behind a snapshot, which holds what came before', { from: 'HEAD', snapshot: true }, 'NEWEST'],
    ['after a cursor, whatever else is said', { from: 'HEAD', after: 'c7' }, { after: 'c7' }],
  ])('is %s', (_, given, from) => {
    expect(read('changes', given).from).toEqual(from)
  })

  it('is with the records that are there, where a snapshot is asked for', () => {
    expect(read('changes', {}).snapshot).toBe(false)
    expect(read('changes', { snapshot: true }).snapshot).toBe(true)
  })
})

describe('the subscription of an entity', () => {
  const filterOf = (given: ChangesArguments) => read('customerChanged', given).filter

  it('asks for that entity', () => {
    expect(filterOf({ filter: { operations: ['DELETE'] } })).toMatchObject({
      entities: ['Customer'],
      ids: null,
      companies: null,
      operations: ['DELETE'],
    })
  })

  it('takes one id or company beside the filter: what is given must all hold', () => {
    expect(filterOf({ id: ONE, company: 'USMF' })).toMatchObject({ ids: [ONE], companies: ['usmf'] })
    expect(filterOf({ id: ONE, filter: { ids: [OTHER, ONE] } }).ids).toEqual([ONE])
    expect(filterOf({ company: 'usmf', filter: { companies: ['USMF', 'frrt'] } }).companies).toEqual(['usmf'])
    expect(filterOf({ filter: { ids: [OTHER] } }).ids).toEqual([OTHER])
  })

  it('refuses one id or company that the filter leaves out, because nothing can match both', () => {
    const naming = (argumentName: string) =>
      expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', argumentName } })
    expect(() => filterOf({ id: ONE, filter: { ids: [OTHER] } })).toThrow(naming('id'))
    expect(() => filterOf({ company: 'usmf', filter: { companies: ['frrt'] } })).toThrow(naming('company'))
  })

  it('names the argument of an id that is none of the entity', () => {
    const order = encodeId('Order', ['usmf', 'O-1'])
    for (const id of ['C-1', order]) {
      const refused = expect.objectContaining({
        message: `"${id}" is not the id of a Customer`,
        extensions: { code: 'BAD_USER_INPUT', argumentName: 'id' },
      })
      expect(() => filterOf({ id })).toThrow(refused)
    }
  })

  it('knows the fields of that entity only', () => {
    expect(() => filterOf({ filter: { changedFields: ['total'] } })).toThrow('no Customer has a field "total"')
  })
})
