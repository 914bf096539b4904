import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startProcess } from '../process/process.ts'
import { type Belief, type Report, writeUntilDeath } from './load.ts'
import { countInDoubt, type Files, readFiles } from './outside.ts'
import { faultsIn } from './outside-check.ts'

const KILLS = 20
const CLIENTS = 24
const LIFE_MS_MAX = 400

describe(`a process killed ${KILLS} times under ${CLIENTS} writing clients`, () => {
  let directory: string
  const reports: Report[] = []
  const inDoubtAtDeath: number[] = []
  let files: Files

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lockstep-crash-'))
    for (let kill = 0; kill < KILLS; kill += 1) {
      const lockstep = startProcess({ LOCKSTEP_DATA_DIR: directory, LOCKSTEP_LOG_LEVEL: 'error' })
      const url = await lockstep.url
      const clients = Array.from({ length: CLIENTS }, (_, client) =>
        writeUntilDeath(url, `K${kill}-${client}`, 'RETAIL'),
      )
      await pause(Math.random() * LIFE_MS_MAX)
      lockstep.signal('SIGKILL')
      await lockstep.exit
      reports.push(...(await Promise.all(clients)))
      inDoubtAtDeath.push(countInDoubt(directory))
    }
    const last = startProcess({ LOCKSTEP_DATA_DIR: directory, LOCKSTEP_LOG_LEVEL: 'error' })
    await last.url
    last.signal('SIGKILL')
    await last.exit
    files = readFiles(directory)
  }, 240_000)

  afterAll(() => rm(directory, { recursive: true, force: true }))

  it('was killed in the middle of transactions, and had acknowledged many', () => {
    expect(inDoubtAtDeath.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
    expect(reports.flatMap(({ committed }) => committed).length).toBeGreaterThan(KILLS)
    expect(reports.flatMap(({ unexpected }) => unexpected)).toEqual([])
  })

  it('leaves nothing in doubt, nothing split and nothing acknowledged behind, and both systems alike', () => {
    const committed = reports.flatMap((report) => report.committed)
    expect(faultsIn(files, { committed, refused: [] })).toEqual([])
  })

  it('holds what each client was told, or what its one unanswered write would have made of it', () => {
    const held = new Map(files.CRM.customers.map(({ number, memo }) => [number, memo]))
    const wrong = reports
      .flatMap(({ beliefs }) => beliefs)
      .filter((belief) => !agrees(belief, held.get(belief.number) ?? null))
    expect(wrong).toEqual([])
  })
})

function agrees({ memo, doubted }: Belief, held: string | null): boolean {
  return held === memo || (doubted !== undefined && held === doubted)
}
