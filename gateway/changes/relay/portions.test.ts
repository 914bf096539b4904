import { describe, expect, it } from 'vitest'
import { change } from '../stream/contract/opened.contract.ts'
import { commit } from './merge.fixture.ts'
import { merge } from './merge.ts'
import { type Portion, type Publication, portionsOf, Unpublishable } from './portions.ts'

const NOTHING = { through: 0, ahead: [] }
const START = { CRM: NOTHING, ERP: NOTHING }
const MIB = 1_024 * 1_024

/** A transaction of each size in bytes, named by its place from 1 on. */
const merged = (...sizes: readonly number[]) =>
  merge(START, {
    CRM: sizes.map((bytes, index) => ({ ...commit('CRM', index + 1, `${index + 1}`, { CRM: [`${index}`] }), bytes })),
    ERP: [],
  })

/** Two changes of each transaction. */
const publication: Publication = ([first]) =>
  ['a', 'b'].map((part) => change(`${first?.row.id}${part}`, { transaction: first?.row.id ?? '' }))

const failingAt =
  (name: string): Publication =>
  (transaction) => {
    if (transaction[0]?.row.id === name) throw new TypeError('out of the blue')
    return publication(transaction)
  }

const ids = ({ changes }: Portion) => changes.map(({ id }) => id).join(' ')

describe('The portions of a merge', () => {
  it('are one where little is published, with all the progress', () => {
    const given = merged(100, 100)
    expect([...portionsOf(given, START, publication)]).toEqual([
      { changes: expect.objectContaining({ length: 4 }), progress: given.progress },
    ])
  })

  it('are one without changes where commits are dealt with that publish nothing', () => {
    const given = { ...merged(), progress: { ...START, ERP: { through: 7, ahead: [] } } }
    expect([...portionsOf(given, START, publication)]).toEqual([{ changes: [], progress: given.progress }])
  })

  it('hold a few MiB each, or one transaction that is larger, and never a part of one', () => {
    const portions = [...portionsOf(merged(3 * MIB, MIB, MIB, 9 * MIB, 100, 100), START, publication)]
    expect(portions.map(ids)).toEqual(['1a 1b 2a 2b', '3a 3b', '4a 4b', '5a 5b 6a 6b'])
    expect(portions.map(({ progress }) => progress.CRM.through)).toEqual([2, 3, 4, 6])
  })

  it('are made one at a time', () => {
    const made: string[] = []
    const watched: Publication = (transaction) => {
      made.push(transaction[0]?.row.id ?? '')
      return publication(transaction)
    }
    const portions = portionsOf(merged(4 * MIB, 4 * MIB, 4 * MIB), START, watched)
    portions.next()
    expect(made).toEqual(['1'])
  })

  it('end before a transaction of which no changes can be made, which is named', () => {
    const portions = portionsOf(merged(100, 100, 100), START, failingAt('2'))
    expect(portions.next().value).toMatchObject({ progress: { CRM: { through: 1 } } })
    expect(() => portions.next()).toThrow(Unpublishable)
    const alone = portionsOf(merged(100), START, failingAt('1'))
    expect(() => alone.next()).toThrow(
      expect.objectContaining({ transactionId: '1', commit: { system: 'CRM', sequence: 1 } }),
    )
  })
})
