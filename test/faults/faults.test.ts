import { randomInt } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { type FaultsResult, runFaults } from './run.ts'

const KILLS = 30
const TIME_MS_MAX = 600_000

describe(`two gateways, a CRM and an ERP in processes of their own, ${KILLS} of them killed`, () => {
  let result: FaultsResult

  beforeAll(async () => {
    const report = (line: string) => process.stdout.write(`${line}\n`)
    result = await runFaults({ seed: randomInt(2 ** 47), kills: KILLS, report })
  }, TIME_MS_MAX)

  it('leave nothing in doubt, split, lost, invented or counted twice, and no record that behaves unlike a register', () => {
    expect(result.findings).toEqual([])
  })

  it('were killed, frozen and cut off in the middle of reads and writes', () => {
    const { kills, freezes, edgeFaults, acknowledged, refused, unknown, reads } = result.covered
    expect(kills).toBe(KILLS)
    for (const count of [freezes, edgeFaults, acknowledged, refused, unknown, reads]) expect(count).toBeGreaterThan(0)
  })
})
