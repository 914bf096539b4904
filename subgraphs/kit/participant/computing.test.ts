import { describe, expect, it } from 'vitest'
import type { Write } from '../../../schema/participant.ts'
import { NEVER_WRITTEN, type Row } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import { column, create, table, transactionId, update, version } from '../stores/contract/system.contract.ts'
import { openCase } from './case.ts'
import type { Aggregate, Computation, Compute } from './computation.ts'
import { type Answer, gathered, type Read } from './gathering.ts'
import { inspect, recordsOf } from './inspect.ts'
import { modelSystem } from './system-model.ts'

const BASE = version(1, 'seed')

const computation = (name: string, compute: (aggregate: Aggregate) => Compute): Computation => ({
  ...{ name, description: 'For the test.', compute },
})
/** Keeps what it sees of its own record and of the one that is named there. */
const watch = computation('watch', function* ({ row }) {
  const refs = row['other'] === null ? [] : [{ table: 'things', key: recordKey([row['other'] ?? null]) }]
  const [other] = yield refs
  return { row: { own: row, named: other ?? null, plain: 'not its own to write' }, parts: [] }
})
const after = computation('after', function* ({ row }) {
  yield []
  return { row: { heard: row['own'] === null ? 'nothing' : 'something' }, parts: [] }
})

const things = table(
  'things',
  ['id'],
  [
    column('id', 'string'),
    column('other', 'string'),
    column('plain', 'string'),
    column('own', 'json', { computed: true }),
    column('named', 'json', { computed: true }),
    column('heard', 'string', { computed: true }),
    column('unheard', 'string', { computed: true }),
  ],
  { computations: ['watch', 'after'] },
)
const system = modelSystem('ERP', [things], [], [watch, after])

/** One that was computed before, and whose values have nothing to do with it. */
const committed: Row = { ...{ id: 'A', other: null, plain: 'old', own: 'x', named: 'x', heard: 'x', unheard: 'kept' } }
const empty = { own: null, named: null, heard: null, unheard: null }

function effectsOf(...writes: readonly Write[]) {
  const inspection = inspect(system, { id: transactionId('t1'), writes })
  const isThere = (key: string) => key === recordKey(['A'])
  const states = recordsOf(inspection).map(({ key }) => ({
    ...{ version: isThere(key) ? BASE : NEVER_WRITTEN, row: isThere(key) ? committed : null },
    ...{ localVersion: 0, updatedAt: null },
  }))
  const answer = ({ by }: Read): Answer => {
    const isFound = 'key' in by && isThere(by.key)
    return isFound ? { keys: [by.key], rows: [committed] } : { keys: [], rows: [] }
  }
  return gathered(openCase(system, { writes, refusals: [] }, inspection, states), answer).effects
}

describe('A computation', () => {
  it('sees the record as the transaction leaves it, and no value that was computed before', () => {
    const [effect] = effectsOf(update('things', ['A'], { plain: 'new', own: 'given' }, BASE))
    expect(effect?.after).toMatchObject({ own: { id: 'A', other: null, plain: 'new', ...empty }, plain: 'new' })
  })

  it('sees other records likewise, written or not', () => {
    const seen = { id: 'A', other: null, ...empty }
    const lone = create('things', ['B'], { other: 'A' })
    expect(effectsOf(lone)[0]?.after).toMatchObject({ named: { ...seen, plain: 'old' } })
    const both = effectsOf(lone, update('things', ['A'], { plain: 'new', own: 'given' }, BASE))
    expect(both[0]?.after).toMatchObject({ named: { ...seen, plain: 'new' } })
    expect(effectsOf(create('things', ['B'], { other: 'C' }))[0]?.after).toMatchObject({ named: null })
  })

  it('sees what the ones before it have worked out', () => {
    expect(effectsOf(update('things', ['A'], {}, BASE))[0]?.after).toMatchObject({ heard: 'something' })
  })

  it('leaves what it does not give as it is, and empty in a record that is made', () => {
    const [changed, made] = effectsOf(update('things', ['A'], {}, BASE), create('things', ['B'], {}))
    expect([changed?.after?.['unheard'], made?.after?.['unheard']]).toEqual(['kept', null])
  })
})
