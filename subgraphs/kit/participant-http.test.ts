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
/** In the order of the vector, whatever came first. */
function linesIn(body: string) {
  const lines = body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  return lines.sort((a, b) => a.index - b.index).map(({ index, ...answer }) => answer)
}

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

  const call = async (name: string, argument: unknown) => {
    const headers = { authorization: `Bearer ${TOKEN}` }
    const answer = await server().inject({
      ...{ method: 'POST', url: '/participant', headers, payload: { call: name, arguments: argument } },
    })
    return answer.statusCode === 200 ? linesIn(answer.body) : answer.json()
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

  it.each([
    [
      'a path that is none',
      'check',
      [{ ...lone('t1', 'R1'), writes: [{ ...create('regions', ['R1']), at: 'input' }] }],
    ],
    ['a selection without its values', 'select', [{ table: 'regions' }]],
    ['a derivation of nothing', 'derive', [{}]],
  ])('refuses %s', async (_, name, argument) => {
    expect(await call(name, argument)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] })
  })
})
