/** The command line client against a whole Lockstep. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../gateway/cli/run.ts'
import { type Lockstep, startLockstep } from './lockstep.ts'

let lockstep: Lockstep
let folder: string

beforeAll(async () => {
  lockstep = await startLockstep()
  folder = await mkdtemp(join(tmpdir(), 'lockstep-files-'))
})

afterAll(async () => {
  await lockstep.stop()
  await rm(folder, { recursive: true, force: true })
})

const HEADER = 'company,number,name,group.code'

async function saved(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const customers = (prefix: string, count: number, group = 'RETAIL') =>
  Array.from({ length: count }, (_, at) => `usmf,${prefix}-${at},Customer ${at},${group}\n`).join('')

/** Runs a command in this process, at a terminal of so many columns or none. */
async function lockstepCommand(args: readonly string[], columns: number | null = null) {
  const [stdout, stderr]: [string[], string[]] = [[], []]
  const code = await run(args, {
    environment: { LOCKSTEP_URL: lockstep.url },
    outputs: {
      stdout: { write: (text) => void stdout.push(text), columns: () => null },
      stderr: { write: (text) => void stderr.push(text), columns: () => columns },
    },
    catchInterruption: () => new AbortController().signal,
  })
  return { code, stdout: stdout.join(''), stderr: stderr.join('') }
}

/** The last job of those that machines are given. */
function lastOf(stdout: string): { readonly id: string; readonly planHash?: string | null } {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
}

async function countOf(prefix: string): Promise<readonly number[]> {
  const asked = await Promise.all([
    lockstep.crm.request<{ rows: { totalCount: number } }>(
      `{ rows: accounts(filter: { accountnumber: { startsWith: "${prefix}-" } }) { totalCount } }`,
    ),
    lockstep.erp.request<{ rows: { totalCount: number } }>(
      `{ rows: CustomersV3(filter: { CustomerAccount: { startsWith: "${prefix}-" } }) { totalCount } }`,
    ),
  ])
  return asked.map(({ rows }) => rows.totalCount)
}

describe('lockstep import --watch', () => {
  it('has every row in both systems when it ends with 0', async () => {
    const file = await saved('all.csv', `${HEADER}\n${customers('ALL', 30)}`)
    const { code, stdout, stderr } = await lockstepCommand(['import', file, '--entity', 'Customer', '--watch'])
    expect(stdout).toMatch(/^Completed: 30 rows in \d+:\d\d\n {2}30 created\n$/)
    expect(stderr).toContain(`Sending ${file}\n`)
    expect(code).toBe(0)
    expect(await countOf('ALL')).toEqual([30, 30])
  })

  it('draws one line at a terminal, and wipes it away in the end', async () => {
    const file = await saved('bar.csv', `${HEADER}\n${customers('BAR', 30)}`)
    const { stdout, stderr } = await lockstepCommand(['import', file, '--entity', 'Customer', '--watch'], 60)
    expect(stderr.startsWith(`Sending ${file}\n`)).toBe(true)
    expect(stderr.trimEnd().split('\n')).toHaveLength(2)
    expect(stderr.endsWith('\r\u001b[K')).toBe(true)
    expect(stdout).toMatch(/^Completed: 30 rows/)
  })

  it('ends with 3 where rows failed, says why, and saves them to be corrected and imported again', async () => {
    const file = await saved('some.csv', `${HEADER}\n${customers('SOME', 10)}${customers('BAD', 2, 'NONE')}`)
    const failures = join(folder, 'failed.csv')
    const options = ['--entity', 'Customer', '--watch', '--failures', failures]
    const { code, stdout } = await lockstepCommand(['import', file, ...options])
    expect(stdout).toMatch(/^Completed with failures: 12 rows/)
    expect(stdout).toMatch(/ 10 created\n +2 failed\nFailures\n {2}2 rows: REFERENCE .*\n {4}row 11: .*NONE/)
    expect(code).toBe(3)

    const corrected = await saved('corrected.csv', (await readFile(failures, 'utf8')).replaceAll(',NONE', ',RETAIL'))
    const again = await lockstepCommand(['import', corrected, '--entity', 'Customer', '--watch'])
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('2 created') })
    expect(await countOf('BAD')).toEqual([2, 2])
  })

  it('ends with 1 where the job fails', async () => {
    const file = await saved('bad.csv', `${HEADER}\n${customers('NIL', 10, 'NONE')}`)
    const options = ['--entity', 'Customer', '--watch', '--max-failures', '0']
    const { code, stdout } = await lockstepCommand(['import', file, ...options])
    expect(stdout).toMatch(/^Failed.*\n.*TOO_MANY_FAILURES/)
    expect(code).toBe(1)
  })

  it('tells a gzip by its bytes, and takes columns from a file beside constants', async () => {
    const rows = Array.from({ length: 20 }, (_, at) => `Z-${at};Kundin ${at};RETAIL\n`).join('')
    const file = await saved('kunden.txt', gzipSync(`Nummer;Name;Gruppe\n${rows}`))
    const columns = await saved('columns.json', '{"Nummer": "number", "Name": "name", "Gruppe": "group.code"}')
    const options = ['--entity', 'Customer', '--columns', columns, '--constant', 'company=usmf', '--delimiter', ';']
    const { code } = await lockstepCommand(['import', file, ...options, '--watch'])
    expect(code).toBe(0)
    expect(await countOf('Z')).toEqual([20, 20])
  })

  it('writes nothing in a dry run', async () => {
    const file = await saved('dry.csv', `${HEADER}\n${customers('DRY', 5)}`)
    const { code, stdout } = await lockstepCommand(['import', file, '--entity', 'Customer', '--dry-run', '--watch'])
    expect(stdout).toMatch(/nothing was written: this was a dry run\n {2}5 created\n/)
    expect(code).toBe(0)
    expect(await countOf('DRY')).toEqual([0, 0])
  })

  it('keeps to the plan of a dry run, and begins no second import under one key', async () => {
    const file = await saved('plan.csv', `${HEADER}\n${customers('PLAN', 5)}`)
    const importing = ['import', file, '--entity', 'Customer', '--watch', '--json']
    const { planHash } = lastOf((await lockstepCommand([...importing, '--dry-run'])).stdout)
    const keyed = [...importing, '--plan-hash', String(planHash), '--idempotency-key', 'planned']
    const [first, second] = [await lockstepCommand(keyed), await lockstepCommand(keyed)]
    expect([first.code, second.code]).toEqual([0, 0])
    expect(lastOf(second.stdout)).toMatchObject({ id: lastOf(first.stdout).id, outcomes: { created: 5 } })
    const late = await lockstepCommand([...importing, '--plan-hash', String(planHash)])
    expect([late.code, lastOf(late.stdout)]).toMatchObject([3, { outcomes: { failed: 5 } }])
  })

  it('finds records by another unique key than their own', async () => {
    const header = 'company,partyNumber,name,group.code'
    const parties = (name: string) =>
      Array.from({ length: 10 }, (_, at) => `usmf,CLI-PARTY-${at},${name} ${at},RETAIL\n`).join('')
    const importing = ['--entity', 'Customer', '--match-by', 'partyNumber', '--watch']
    const first = await lockstepCommand([
      ...['import', await saved('parties.csv', `${header}\n${parties('One')}`), ...importing],
    ])
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('10 created') })
    const again = await lockstepCommand([
      ...['import', await saved('again.csv', `${header}\n${parties('Two')}`), ...importing],
    ])
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('10 updated') })
  })

  it('gives machines one job a line, the last one at its end', async () => {
    const file = await saved('json.jsonl', '{"company":"usmf","number":"J-1","name":"One","group":{"code":"RETAIL"}}\n')
    const { code, stdout, stderr } = await lockstepCommand([
      'import',
      file,
      '--entity',
      'Customer',
      '--watch',
      '--json',
    ])
    const jobs = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(1)
    expect(jobs.filter(({ endedAt }) => endedAt !== null)).toHaveLength(1)
    expect(jobs.at(-1)).toMatchObject({ state: 'COMPLETED', outcomes: { created: 1, failed: 0 } })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})

describe('a job that nobody waits for', () => {
  it('is told by its id, listed, and followed later', async () => {
    const file = await saved('later.csv', `${HEADER}\n${customers('LATER', 5)}`)
    const begun = await lockstepCommand(['import', file, '--entity', 'Customer'])
    const id = begun.stdout.trimEnd()
    expect(begun).toMatchObject({ code: 0, stderr: expect.stringContaining(`lockstep job ${id} --watch`) })

    expect(await lockstepCommand(['job', id, '--watch'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Completed: 5 rows/),
    })
    const listed = await lockstepCommand(['jobs'])
    expect(listed.stdout).toMatch(new RegExp(`^${id}  .*  Customer  Completed, 5 of 5 rows$`, 'm'))
  })

  it('is cancelled, and whoever followed it ends with 1', async () => {
    const id = await jobWithoutFile()
    expect((await lockstepCommand(['cancel', id, '--json'])).code).toBe(0)
    expect(await lockstepCommand(['job', id, '--watch'])).toMatchObject({ code: 1, stdout: 'Cancelled\n' })
  })

  it('has its failed rows tried again', async () => {
    const file = await saved('again.csv', `${HEADER}\n${customers('AGAIN', 3)}${customers('NOPE', 1, 'LATELY')}`)
    const first = await lockstepCommand(['import', file, '--entity', 'Customer', '--watch', '--json'])
    await lockstep.graph.request(
      `mutation { createCustomerGroup(input: { company: "usmf", code: "LATELY", description: "New" }) { id } }`,
    )
    const { code, stdout } = await lockstepCommand(['retry', lastOf(first.stdout).id, '--watch'])
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^Completed: 1 row in .*\n {2}1 created/),
    })
  })
})

describe('a job that should not have been', () => {
  it('is taken back', async () => {
    const file = await saved('undo.csv', `${HEADER}\n${customers('UNDO', 4)}`)
    const first = await lockstepCommand(['import', file, '--entity', 'Customer', '--watch', '--json'])
    expect(await countOf('UNDO')).toEqual([4, 4])
    const { code, stdout } = await lockstepCommand(['undo', lastOf(first.stdout).id, '--watch'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('4 deleted') })
    expect(await countOf('UNDO')).toEqual([0, 0])
  })
})

describe('what cannot be done', () => {
  it('ends with 1 where Lockstep refuses, and names the argument', async () => {
    const file = await saved('refused.csv', `${HEADER}\n`)
    const unmatched = await lockstepCommand(['import', file, '--entity', 'Customer', '--match-by', 'email'])
    expect(unmatched).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/company and partyNumber.*input\.matchBy\)$/m),
    })
    const { code, stderr } = await lockstepCommand(['import', file, '--entity', 'Custmer'])
    expect(stderr).toMatch(/^lockstep: .*Custmer.* at input\.entity\)$/m)
    expect(code).toBe(1)
    expect((await lockstepCommand(['job', 'nobody'])).code).toBe(1)
  })

  it('ends with 1 where the file is empty, and with 2 where there is none', async () => {
    const file = await saved('empty.csv', '')
    const { code, stdout } = await lockstepCommand(['import', file, '--entity', 'Customer', '--watch'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringMatching(/^Failed/) })
    expect((await lockstepCommand(['import', join(folder, 'none'), '--entity', 'Customer'])).code).toBe(2)
  })
})

describe('the program', () => {
  it('runs as it is installed', async () => {
    const program = spawned(['--help'])
    expect(await program.exit).toEqual([0, null])
    expect(program.stdout()).toMatch(/^lockstep/)
  })

  it('ends with 1 where nothing listens, and with 2 where it does not understand', async () => {
    const unheard = spawned(['jobs', '--url', 'http://127.0.0.1:9'])
    expect(await unheard.exit).toEqual([1, null])
    expect(unheard.stderr()).toMatch(/^lockstep: Lockstep does not answer at http:\/\/127\.0\.0\.1:9/)
    expect(await spawned(['import']).exit).toEqual([2, null])
  })

  it('leaves the job alone when it is interrupted', async () => {
    const id = await jobWithoutFile()
    const program = spawned(['job', id, '--watch'])
    await once(program.child.stderr ?? program.child, 'data')
    program.child.kill('SIGINT')
    expect(await program.exit).toEqual([130, null])
    expect(program.stderr()).toContain('Waiting for its file\n')
    expect(program.stderr()).toContain(`lockstep job ${id} --watch`)
    expect((await lockstepCommand(['cancel', id])).code).toBe(0)
  })
})

const BIN = join(import.meta.dirname, '../../dist/gateway/cli/main.js')

/** Started by its own name, so that it is what it says of itself that runs it. */
function spawned(args: readonly string[]) {
  const child = spawn(BIN, args, {
    env: { PATH: process.env['PATH'], LOCKSTEP_URL: lockstep.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr] = [collect(child, 'stdout'), collect(child, 'stderr')]
  return { child, stdout, stderr, exit: once(child, 'close') }
}

function collect(child: ChildProcess, name: 'stdout' | 'stderr'): () => string {
  let text = ''
  child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return () => text
}

/** It waits for its file until it expires. */
async function jobWithoutFile(): Promise<string> {
  const { createUpload } = await lockstep.graph.request<{ createUpload: { upload: { id: string } } }>(
    'mutation { createUpload(input: {}) { upload { id } } }',
  )
  const { bulkImport } = await lockstep.graph.request<{ bulkImport: { job: { id: string } } }>(
    `mutation ($uploadId: ID!) {
      bulkImport(input: { entity: "Customer", source: { uploadId: $uploadId } }) { job { id } } }`,
    { uploadId: createUpload.upload.id },
  )
  return bulkImport.job.id
}
