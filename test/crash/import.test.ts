import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GraphQLClient } from 'graphql-request'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startProcess } from '../process/process.ts'
import { countInDoubt, type Files, readFiles, SYSTEMS } from './outside.ts'

const ROWS = 1_000
const KILLS = 4

interface Seen {
  readonly state: string
  readonly progress: { readonly done: number; readonly total: number | null }
  readonly outcomes: Readonly<Record<string, number>>
}

describe(`an import of ${ROWS} rows, whose process is killed ${KILLS} times`, () => {
  let directory: string
  const doneAtDeath: number[] = []
  let end: Seen
  let outcomes: readonly number[]
  let files: Files

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lockstep-crash-'))
    let id: string | null = null
    for (let life = 0; life <= KILLS; life += 1) {
      const lockstep = startProcess({ LOCKSTEP_DATA_DIR: directory, LOCKSTEP_LOG_LEVEL: 'error' })
      const url = await lockstep.url
      const graph = new GraphQLClient(`${url}/graphql`)
      id ??= await begin(url, graph)
      if (life < KILLS) {
        // From the very first moments on, and later in the midst of it.
        const { progress } = await seenUntil(graph, id, ({ progress: { done } }) => done >= (life * ROWS) / (KILLS + 2))
        doneAtDeath.push(progress.done)
      } else {
        end = await seenUntil(graph, id, ({ state }) => state.startsWith('COMPLETED') || state === 'FAILED')
        outcomes = await rowsOf(url, id)
      }
      lockstep.signal('SIGKILL')
      await lockstep.exit
    }
    files = readFiles(directory)
  }, 240_000)

  afterAll(() => rm(directory, { recursive: true, force: true }))

  it('was killed before it was done', () => {
    expect(Math.max(...doneAtDeath)).toBeLessThan(ROWS)
    expect(new Set(doneAtDeath).size).toBeGreaterThan(2)
  })

  it('comes to its end, and has one outcome for each row', () => {
    expect(end).toMatchObject({
      state: 'COMPLETED',
      progress: { done: ROWS, total: ROWS },
      outcomes: { created: ROWS },
    })
    expect(outcomes).toEqual(Array.from({ length: ROWS }, (_, at) => at + 1))
  })

  it('has written every row once, in both systems', () => {
    for (const system of SYSTEMS) {
      const written = files[system].customers.filter(({ number }) => number.startsWith('IMP-'))
      expect(written.map(({ number }) => number)).toEqual(numbers())
      expect(written.every(({ revision }) => revision === 1)).toBe(true)
    }
    expect(countInDoubt(directory)).toBe(0)
  })
})

function numbers(): readonly string[] {
  return Array.from({ length: ROWS }, (_, at) => `IMP-${String(at + 1).padStart(6, '0')}`)
}

async function begin(url: string, graph: GraphQLClient): Promise<string> {
  const { createUpload } = await graph.request<{ createUpload: { upload: { id: string; url: string } } }>(
    'mutation { createUpload(input: { filename: "customers.csv" }) { upload { id url } } }',
  )
  const body = ['company,number,name,group', ...numbers().map((number) => `usmf,${number},${number},RETAIL`)].join('\n')
  const sent = await fetch(new URL(createUpload.upload.url, url), { method: 'PUT', body })
  expect(sent.ok).toBe(true)
  const { bulkImport } = await graph.request<{ bulkImport: { job: { id: string } | null; errors: readonly object[] } }>(
    `mutation ($uploadId: ID!) {
      bulkImport(input: { entity: "Customer", operation: CREATE, batchSize: 40, source: { uploadId: $uploadId } }) {
        job { id } errors { code message } } }`,
    { uploadId: createUpload.upload.id },
  )
  expect(bulkImport.errors).toEqual([])
  return bulkImport.job?.id ?? ''
}

async function seenUntil(graph: GraphQLClient, id: string, fits: (seen: Seen) => boolean): Promise<Seen> {
  for (;;) {
    const { importJob } = await graph.request<{ importJob: Seen }>(
      'query ($id: ID!) { importJob(id: $id) { state progress { done total } outcomes { created failed } } }',
      { id },
    )
    if (fits(importJob)) return importJob
  }
}

/** The rows that have an outcome, as the results list them. */
async function rowsOf(url: string, id: string): Promise<readonly number[]> {
  const answer = await fetch(`${url}/imports/${id}/results.jsonl`)
  const lines = (await answer.text()).trim().split('\n')
  return lines.map((line) => Number((JSON.parse(line) as { row: number }).row))
}
