import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startProcess } from '../process/process.ts'
import { type Belief, type Report, writeUntilDeath } from './load.ts'
import { type Files, readFiles } from './outside.ts'

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
      inDoubtAtDeath.push(preparedIn(readFiles(directory)))
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

  it('leaves no transaction in doubt and none split', () => {
    expect(preparedIn(files)).toBe(0)
    const split = [...files.crmTransactions.values()].filter(({ id, state, participants }) => {
      if (!participants.includes('ERP')) return false
      return (files.erpTransactions.get(id)?.state === 'COMMITTED') !== (state === 'COMMITTED')
    })
    const orphaned = [...files.erpTransactions.values()].filter(
      ({ id, state, participants }) =>
        state === 'COMMITTED' && participants.includes('CRM') && files.crmTransactions.get(id)?.state !== 'COMMITTED',
    )
    expect([...split, ...orphaned]).toEqual([])
  })

  it('keeps every acknowledged transaction on both sides', () => {
    const lost = reports
      .flatMap(({ committed }) => committed)
      .filter(
        (id) =>
          files.crmTransactions.get(id)?.state !== 'COMMITTED' || files.erpTransactions.get(id)?.state !== 'COMMITTED',
      )
    expect(lost).toEqual([])
  })

  it('holds the same customers at the same versions on both sides', () => {
    expect(files.erp).toEqual(files.crm)
  })

  it('holds what each client was told, or what its one unanswered write would have made of it', () => {
    const held = new Map(files.crm.map(({ number, memo }) => [number, memo]))
    const wrong = reports
      .flatMap(({ beliefs }) => beliefs)
      .filter((belief) => !agrees(belief, held.get(belief.number) ?? null))
    expect(wrong).toEqual([])
  })
})

function agrees({ memo, doubted }: Belief, held: string | null): boolean {
  return held === memo || (doubted !== undefined && held === doubted)
}

function preparedIn(files: Files): number {
  return [...files.crmTransactions.values(), ...files.erpTransactions.values()].filter(
    ({ state }) => state === 'PREPARED',
  ).length
}
