import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startProcess } from '../process/process.ts'
import { type Belief, type Report, writeUntilKilled } from './load.ts'
import { countInDoubt, type Files, readFiles } from './outside.ts'
import { faultsIn } from './outside-check.ts'

const KILLS = 20
const CLIENTS = 24
const ACKNOWLEDGED_MAX = 40

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
      const acknowledged = 1 + Math.floor(Math.random() * ACKNOWLEDGED_MAX)
      const siege = { url, name: `K${kill}`, clients: CLIENTS, acknowledged }
      reports.push(...(await writeUntilKilled(siege, () => lockstep.signal('SIGKILL'))))
      await lockstep.exit
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
