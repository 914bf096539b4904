import { createHash } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { created, refused as rowRefused } from '../job/job.fixture.ts'
import type { Job, JobId } from '../job/job.ts'
import type { RowResult } from '../job/outcome.ts'
import { CSV, freshImports, granted, refusals } from './opened-imports.fixture.ts'

const world = freshImports()
const ROWS = { entity: 'Customer', source: { rows: [{ company: 'usmf', number: 'C-1', name: 'Ada' }] } } as const
const start = async (idempotencyKey: string | null = null) =>
  granted(await world.imports.start({ ...ROWS, idempotencyKey }, 'ada'))
const order = async (id: JobId, event: 'PAUSE' | 'RESUME' | 'CANCEL') => world.imports.order(id, event, 'ada')

describe('an upload', () => {
  it.each([
    ['size', { size: -1, sha256: null }],
    ['size', { size: 2_000_000, sha256: null }],
    ['sha256', { size: null, sha256: 'abc' }],
  ])('is refused at its %s: %j', async (argument, said) => {
    const asked = await world.imports.createUpload({ name: null, contentType: null, ...said })
    expect(Object.keys(refusals(asked))).toEqual([`input.${argument}`])
  })
})

describe('an import', () => {
  it('waits for its file, and for none that is there', async () => {
    const [early, late] = [await world.upload('a.csv', null), await world.upload('b.csv', 'name\nAda\n')]
    const of = async (uploadId: string) =>
      granted(await world.imports.start({ entity: 'Customer', source: { uploadId } }, 'ada'))
    expect((await of(early)).phase.state).toBe('AWAITING_UPLOAD')
    expect(await of(late)).toMatchObject({ phase: { state: 'QUEUED' }, sizeBytes: 9 })
  })

  it('is begun once under one key, and no other import under the same', async () => {
    const { id } = await start('march')
    expect((await start('march')).id).toBe(id)
    const other = await world.imports.start({ ...ROWS, mode: 'DRY_RUN', idempotencyKey: 'march' }, 'ada')
    expect(refusals(other)).toEqual({ 'input.idempotencyKey': 'IDEMPOTENCY_MISMATCH' })
    expect((await start()).id).not.toBe((await start()).id)
  })

  describe('under a key whose request is repeated before its file has come', () => {
    const announced = async (sha256: string | null = null) =>
      granted(await world.imports.createUpload({ name: 'a.csv', contentType: 'text/csv', size: null, sha256 })).id
    const of = (uploadId: string) =>
      world.imports.start(
        {
          ...{ entity: 'Customer', source: { uploadId }, idempotencyKey: 'march', csv: { delimiter: ';' } },
          ...{ columns: [{ from: 'a', to: 'name' }], blank: 'CLEAR', maxFailuresPercent: 5 },
        },
        'ada',
      )
    const digest = createHash('sha256').update('name\nAda\n').digest('hex')

    it('is the same import', async () => {
      const uploadId = await announced()
      const { id } = granted(await of(uploadId))
      expect(granted(await of(uploadId))).toMatchObject({ id, phase: { state: 'AWAITING_UPLOAD' } })
    })

    it('is the same import, and takes the file by whichever upload was announced last', async () => {
      const { id } = granted(await of(await announced()))
      const second = await announced()
      expect(granted(await of(second))).toMatchObject({ id, definition: { source: { uploadId: second } } })
      const third = await world.upload('a.csv', null)
      expect(refusals(await of(third))).toEqual({ 'input.idempotencyKey': 'IDEMPOTENCY_MISMATCH' })
      const audit = await world.imports.audit(id, { after: 0, limit: 10 })
      expect(audit.map(({ action }) => action)).toEqual(['CREATE', 'ANNOUNCED_ANEW'])
    })

    it('begins where the other upload has its file already', async () => {
      const { id } = granted(await of(await announced(digest)))
      const second = await announced(digest)
      await world.send(second, 'name\nAda\n')
      expect(granted(await of(second))).toMatchObject({ id, phase: { state: 'QUEUED' }, sizeBytes: 9 })
      expect(granted(await of(await announced(digest)))).toMatchObject({ id, phase: { state: 'QUEUED' } })
      expect(refusals(await of(await announced()))).toEqual({ 'input.idempotencyKey': 'IDEMPOTENCY_MISMATCH' })
    })

    it('is another import where both files are told to be different', async () => {
      await of(await announced(digest))
      expect(refusals(await of(await announced('0'.repeat(64))))).toEqual({
        'input.idempotencyKey': 'IDEMPOTENCY_MISMATCH',
      })
    })
  })

  it('is the one that there is under its key also when its file is not kept any longer', async () => {
    const uploadId = await world.upload('a.csv', 'name\nAda\n')
    const of = (idempotencyKey: string | null) =>
      world.imports.start({ entity: 'Customer', source: { uploadId }, idempotencyKey }, 'ada')
    const { id } = granted(await of('march'))
    world.clock.advance(60_000)
    expect(granted(await of('march')).id).toBe(id)
    await world.uploads.delete(uploadId)
    expect(granted(await of('march')).id).toBe(id)
    expect(refusals(await of('april'))).toEqual({ 'input.source.uploadId': 'NOT_FOUND' })
    expect(refusals(await of(null))).toEqual({ 'input.source.uploadId': 'NOT_FOUND' })
  })

  it('is told to pause, to go on and to end, and each is written down', async () => {
    const { id } = await start()
    const states = []
    for (const event of ['PAUSE', 'PAUSE', 'RESUME', 'RESUME', 'CANCEL', 'CANCEL'] as const) {
      states.push(granted(await order(id, event)).phase.state)
    }
    expect(states).toEqual(['PAUSED', 'PAUSED', 'QUEUED', 'QUEUED', 'CANCELLED', 'CANCELLED'])
    const audit = await world.imports.audit(id, { after: 0, limit: 10 })
    expect(audit.map(({ action, actor, after }) => [action, actor, after])).toEqual([
      ['CREATE', 'ada', 'QUEUED'],
      ['PAUSE', 'ada', 'PAUSED'],
      ['RESUME', 'ada', 'QUEUED'],
      ['CANCEL', 'ada', 'CANCELLED'],
    ])
  })

  it('is told nothing that does not fit it', async () => {
    expect(refusals(await order('none' as JobId, 'PAUSE'))).toEqual({ id: 'NOT_FOUND' })
    const { id } = await start()
    await order(id, 'CANCEL')
    expect(refusals(await order(id, 'PAUSE'))).toEqual({ id: 'ENDED' })
    const waiting = await world.upload('a.csv', null)
    const job = granted(await world.imports.start({ entity: 'Customer', source: { uploadId: waiting } }, 'ada'))
    expect(refusals(await order(job.id, 'RESUME'))).toEqual({ id: 'NOT_NOW' })
  })
})

describe('a retry', () => {
  const failed = (row: number, cells: readonly string[]): RowResult => ({
    ...rowRefused(row),
    ...{ outcome: 'FAILED', uploaded: { kind: 'CELLS', cells } },
    reasons: [{ code: 'VALIDATION', field: 'name', system: null, message: 'too long' }],
    retryable: false,
  })

  async function withFailures() {
    const uploadId = await world.upload('customers.csv', 'company;number;name\nusmf;1;A\nusmf;2;=B\n')
    const columns = [{ from: 'name', to: 'name' }]
    const asked = { entity: 'Customer', source: { uploadId }, columns, unknownColumns: 'IGNORE' } as const
    const { id } = granted(await world.imports.start({ ...asked, idempotencyKey: 'first' }, 'ada'))
    return world.work(id, CSV, [created(1), failed(2, ['usmf', '2', '=B'])])
  }

  async function fileOf({ definition: { source } }: Job): Promise<string> {
    const file = await world.uploads.file(source.kind === 'UPLOAD' ? source.uploadId : '')
    if (!file.ok) throw new Error(file.refusal.code)
    return text(file.value.open(0))
  }

  it('is a new import of the rows that failed, with the same options', async () => {
    const first = await withFailures()
    const again = granted(await world.imports.retry(first.id, null, 'eve'))
    expect(again.phase.state).toBe('QUEUED')
    expect(again.definition).toMatchObject({
      ...{ target: first.definition.target, columns: first.definition.columns, retryOf: first.id },
      ...{ actor: 'eve', idempotencyKey: null, format: { format: 'CSV', delimiter: ';', encoding: 'UTF_8' } },
    })
    expect(await fileOf(again)).toBe(
      'lockstep:row;lockstep:code;lockstep:field;lockstep:system;lockstep:message;company;number;name\r\n' +
        "2;VALIDATION;name;;too long;usmf;2;'=B\r\n",
    )
  })

  it('is of all rows that were written all or none, those that were left out too', async () => {
    const uploadId = await world.upload('customers.csv', 'company;number;name\nusmf;1;A\nusmf;2;=B\nusmf;3;C\n')
    const asked = { entity: 'Customer', source: { uploadId }, atomicity: 'BATCH' } as const
    const { id } = granted(await world.imports.start(asked, 'ada'))
    const leftOut = (row: number): RowResult => ({ row, outcome: 'NOT_ATTEMPTED' })
    const begin = { byte: 20, line: 2, rows: 0 }
    await world.work(id, { ...CSV, begin }, [leftOut(1), failed(2, ['usmf', '2', '=B']), leftOut(3)])
    const again = granted(await world.imports.retry(id, null, 'eve'))
    expect(again.definition).toMatchObject({ atomicity: 'BATCH', batchRows: null })
    const why = 'It was left out because other rows of its batch failed.'
    expect(await fileOf(again)).toBe(
      'lockstep:row;lockstep:code;lockstep:field;lockstep:system;lockstep:message;company;number;name\r\n' +
        `1;NOT_ATTEMPTED;;;${why};usmf;1;A\r\n2;VALIDATION;name;;too long;usmf;2;'=B\r\n3;NOT_ATTEMPTED;;;${why};usmf;3;C\r\n`,
    )
    await world.uploads.delete(uploadId)
    expect(refusals(await world.imports.retry(id, null, 'eve'))).toEqual({ id: 'EXPIRED' })
  })

  it('is of all inline rows that were written all or none', async () => {
    const rows = ['1', '2'].map((number) => ({ company: 'usmf', number, name: number }))
    const asked = { entity: 'Customer', source: { rows }, atomicity: 'BATCH' } as const
    const { id } = granted(await world.imports.start(asked, 'ada'))
    const [, second] = rows
    const uploaded = { kind: 'RECORD', record: second ?? {} } as const
    await world.work(id, null, [{ row: 1, outcome: 'NOT_ATTEMPTED' }, { ...rowRefused(2), uploaded } as RowResult])
    const lines = (await fileOf(granted(await world.imports.retry(id, null, 'eve')))).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject(rows)
  })

  it('is begun once under one key, and leaves no other file', async () => {
    const { id } = await withFailures()
    const one = granted(await world.imports.retry(id, 'again', 'ada'))
    const other = granted(await world.imports.retry(id, 'again', 'ada'))
    expect(other.id).toBe(one.id)
    const free = 10 - 2
    for (let at = 0; at < free; at += 1) await world.upload('more.csv', null)
    const full = await world.imports.createUpload({ name: null, contentType: null, size: null, sha256: null })
    expect(refusals(full)).toEqual({ input: 'TOO_MANY' })
    expect(refusals(await world.imports.retry(id, 'first', 'ada'))).toEqual({ id: 'TOO_MANY' })
  })

  it('is refused where nothing failed, or something still may', async () => {
    const { id } = await start()
    expect(refusals(await world.imports.retry(id, null, 'ada'))).toEqual({ id: 'NOT_NOW' })
    await world.work(id, null, [created(1)])
    expect(refusals(await world.imports.retry(id, null, 'ada'))).toEqual({ id: 'NOTHING_FAILED' })
    expect(refusals(await world.imports.retry('none' as JobId, null, 'ada'))).toEqual({ id: 'NOT_FOUND' })
  })
})

describe('a package', () => {
  const inputs = (key: string | null) => [
    { ...ROWS, idempotencyKey: key },
    { entity: 'CustomerGroup', source: { rows: [{ company: 'usmf', code: 'X' }] } },
  ]

  it('is a job of each file, one after the other', async () => {
    const jobs = granted(await world.imports.startPackage(inputs(null), 'ada'))
    expect(jobs.map(({ definition }) => definition.target)).toEqual([
      { kind: 'ENTITY', entity: 'CustomerGroup' },
      { kind: 'ENTITY', entity: 'Customer' },
    ])
    expect(jobs.map(({ definition }) => definition.after)).toEqual([null, jobs[0]?.id])
  })

  it('is begun once, whichever of its files have keys, and whether these have come', async () => {
    const keyed = async (place: number) => ({
      ...{ entity: 'Customer', source: { uploadId: await world.upload(`${place}.csv`, null) } },
      idempotencyKey: place === 0 ? null : `file ${place}`,
    })
    const inputs = await Promise.all([0, 1, 2].map(keyed))
    const [one, other] = [
      granted(await world.imports.startPackage(inputs, 'ada')),
      granted(await world.imports.startPackage(inputs, 'ada')),
    ]
    expect(other.slice(1).map(({ id }) => id)).toEqual(one.slice(1).map(({ id }) => id))
    expect(other[0]?.id).not.toBe(one[0]?.id)
  })

  it('is refused whole, for whatever is wrong with any of its files', async () => {
    const wrong = [...inputs(null), { entity: 'Nothing', source: { rows: [{}] } }]
    expect(refusals(await world.imports.startPackage(wrong, 'ada'))).toEqual({ 'inputs.2.entity': 'UNKNOWN_ENTITY' })
    expect(refusals(await world.imports.startPackage([], 'ada'))).toEqual({ inputs: 'REQUIRED' })
  })

  it('leaves nothing begun where a key belongs to another import', async () => {
    await start('taken')
    const before = (await world.imports.list({ states: ['QUEUED'], before: null, limit: 500 })).jobs.length
    const [customers, groups] = inputs('taken')
    const other = [{ ...customers, mode: 'DRY_RUN' as const, source: ROWS.source }, groups].flatMap((one) => one ?? [])
    expect(refusals(await world.imports.startPackage(other, 'ada'))).toEqual({
      'inputs.0.idempotencyKey': 'IDEMPOTENCY_MISMATCH',
    })
    const after = (await world.imports.list({ states: ['QUEUED'], before: null, limit: 500 })).jobs.length
    expect(after).toBe(before)
  })
})
