import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastify from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recordKey } from '../../schema/record-key.ts'
import { participantRoutes } from './participant-http.ts'
import { column, create, request, table } from './stores/contract/system.contract.ts'
import type { RecordStore } from './stores/record-store.ts'
import { openSqliteStore } from './stores/sqlite/store.ts'

const TOKEN = 'a-token'

/** As they came. */
const linesIn = (body: string) =>
  body
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

const tables = [table('regions', ['region'], [column('region', 'string', { required: true, maxLength: 3 })])]

describe('The participant protocol over HTTP', () => {
  let folder: string
  let participant: RecordStore
  const server = () => fastify().register(participantRoutes({ participant, token: TOKEN }))
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-http-'))
    participant = await openSqliteStore({ system: 'ERP', file: join(folder, 'erp.sqlite'), tables, logic: null })
  })
  afterEach(async () => {
    await participant.close()
    await rm(folder, { recursive: true })
  })

  const send = (name: string, argument: unknown, more: Record<string, string> = {}) => {
    const headers = { authorization: `Bearer ${TOKEN}`, ...more }
    return server().inject({
      ...{ method: 'POST', url: '/participant', headers, payload: { call: name, arguments: argument } },
    })
  }
  /** The answers in the order of the vector. */
  const call = async (...given: Parameters<typeof send>) => {
    const answer = await send(...given)
    if (answer.statusCode !== 200) return answer.json()
    const lines = linesIn(answer.body).sort((a, b) => a.index - b.index)
    return lines.map(({ index, ...said }) => said)
  }
  const lone = (id: string, region: string) =>
    request(id, [{ ...create('regions', [region]), at: ['input', 'regions', '0'] }], { participants: ['ERP'] })

  it('selects records, all selections in one answer', async () => {
    expect(await call('prepare', [lone('t1', 'R1')])).toEqual([{ ok: { vote: 'YES', state: 'COMMITTED' } }])
    const [answer] = await call('select', [
      { table: 'regions', where: { region: 'R1' } },
      { table: 'regions', where: { region: 'R2' } },
    ])
    expect(answer.ok).toMatchObject([[{ key: recordKey(['R1']), state: { row: { region: 'R1' } } }], []])
    expect(await call('select', [{ table: 'nothing', where: {} }])).toEqual([{ error: 'NO_ANSWER' }])
  })

  it('derives for each request of a vector', async () => {
    expect(await call('derive', [lone('t1', 'R1'), lone('t2', 'R2')])).toEqual([{ ok: [] }, { ok: [] }])
  })

  it('carries the path of the caller to and fro', async () => {
    expect(await call('check', [lone('t1', 'too long')])).toMatchObject([
      { ok: [{ code: 'VALIDATION', path: ['input', 'regions', '0'] }] },
    ])
  })

  it('carries the members of a batch to and fro', async () => {
    const members = [create('regions', ['R1']), create('regions', ['none'])]
    const writes = members.map((write, member) => ({ ...write, member }))
    const batch = request('t1', writes, { members: 2 })
    const leftOut = { members: [1], violations: [{ code: 'VALIDATION', member: 1, write: 1 }] }
    expect(await call('prepare', [batch])).toMatchObject([{ ok: { vote: 'YES', state: 'PREPARED', leftOut } }])
    const { id, plan, participants } = batch
    expect(await call('fence', [{ id, plan, participants }])).toMatchObject([{ ok: { state: 'PREPARED', leftOut } }])
    expect(await call('commit', [{ id, leftOut: [] }])).toEqual([{ error: 'NO_ANSWER' }])
    expect(await call('commit', [{ id, leftOut: [1] }])).toEqual([{ ok: null }])
    expect(await call('look', { by: 'ID', id })).toMatchObject([
      { ok: [{ state: 'COMMITTED', members: 2, leftOut: [1], writes: [{ member: 0 }] }] },
    ])
  })

  it('answers each element as soon as it is known', async () => {
    const older = request('t1', [create('regions', ['R1'])])
    const younger = request('t2', [create('regions', ['R1'])])
    expect(await call('prepare', [younger])).toEqual([{ ok: { vote: 'YES', state: 'PREPARED' } }])
    const { body } = await send('prepare', [older, lone('t3', 'R3')])
    expect(linesIn(body)).toMatchObject([
      { index: 1, ok: { vote: 'YES' } },
      { index: 0, ok: { vote: 'NO', violations: [{ code: 'LOCKED' }] } },
    ])
  })

  it('refuses a caller that was built for other tables, but lets it end what it began', async () => {
    const others = { 'lockstep-tables': 'others' }
    for (const name of ['prepare', 'check', 'read', 'select', 'derive']) {
      expect(await call(name, [], others)).toMatchObject({ errors: [{ extensions: { code: 'OTHER_TABLES' } }] })
    }
    for (const name of ['commit', 'abort', 'fence', 'draw']) expect(await call(name, [], others)).toEqual([])
    const [{ ok }] = await call('describe', undefined, others)
    expect(await call('read', [], { 'lockstep-tables': ok.digest })).toEqual([{ ok: [] }])
  })

  it.each([
    [
      'a path that is none',
      'check',
      [{ ...lone('t1', 'R1'), writes: [{ ...create('regions', ['R1']), at: 'input' }] }],
    ],
    ['a selection without its values', 'select', [{ table: 'regions' }]],
    ['a derivation of nothing', 'derive', [{}]],
    ['a commit that does not say who is left out', 'commit', ['t1']],
    ['a batch without members', 'prepare', [request('t1', [], { members: 0 })]],
  ])('refuses %s', async (_, name, argument) => {
    expect(await call(name, argument)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] })
  })
})
