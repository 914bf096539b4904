import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startLockstep, write } from '../e2e/lockstep.ts'
import { readFiles } from './outside.ts'
import { faultsIn } from './outside-check.ts'

describe('the check of two stores from outside', () => {
  let directory: string
  let committed: readonly string[]
  const number = 'OUTSIDE-1'
  const id = Buffer.from(JSON.stringify(['Customer', 'usmf', number])).toString('base64url')
  const gone = 'OUTSIDE-2'
  const goneId = Buffer.from(JSON.stringify(['Customer', 'usmf', gone])).toString('base64url')

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lockstep-outside-'))
    const { graph, stop } = await startLockstep({ dataDirectory: join(directory, 'sound') })
    const customer = { company: 'usmf', name: 'A customer', group: { code: 'RETAIL' } }
    const payloads = [
      await write(graph, 'createCustomer', { input: { ...customer, number } }),
      await write(graph, 'updateCustomer', { id, input: { memo: 'first' } }),
      await write(graph, 'updateCustomer', { id, input: { memo: 'second' } }),
      await write(graph, 'createCustomer', { input: { ...customer, number: gone } }),
      await write(graph, 'deleteCustomer', { id: goneId }),
    ]
    committed = payloads.map(({ transaction }) => transaction?.id ?? '')
    await stop()
  }, 60_000)
  afterAll(() => rm(directory, { recursive: true, force: true }))

  /** What the check finds in a copy of the stores, with one of them damaged. */
  async function faultsAfter(
    file: string,
    damage: string,
    refused: readonly string[] = [],
  ): Promise<readonly string[]> {
    const copy = await mkdtemp(join(directory, 'copy-'))
    await cp(join(directory, 'sound'), copy, { recursive: true })
    using database = new DatabaseSync(join(copy, file))
    database.exec(damage)
    return faultsIn(readFiles(copy), { committed, refused })
  }
  const last = () => committed[2]

  it('finds nothing wrong with stores in step', () => {
    const files = readFiles(join(directory, 'sound'))
    expect(files.CRM.customers.find((customer) => customer.number === number)).toMatchObject({
      memo: 'second',
      revision: 3,
    })
    expect(files.CRM.deleted).toMatchObject([{ number: gone, revision: 2 }])
    expect(faultsIn(files, { committed, refused: [] })).toEqual([])
  })

  it('finds a transaction that one system committed and the other did not', async () => {
    const faults = await faultsAfter('erp.sqlite', `UPDATE transactions SET state = 'ABORTED' WHERE id = '${last()}'`)
    expect(faults).toContain(`${last()} is COMMITTED in the CRM and ABORTED in the ERP`)
  })

  it('finds a transaction that one system committed and the other has never heard of', async () => {
    const faults = await faultsAfter('crm.sqlite', `DELETE FROM transactions WHERE id = '${last()}'`)
    expect(faults).toContain(`${last()} is COMMITTED in the ERP and absent in the CRM`)
  })

  it('finds an acknowledged write that both systems have lost', async () => {
    const files = readFiles(join(directory, 'sound'))
    const promises = { committed: [...committed, 'acknowledged-and-gone'], refused: [] }
    expect(faultsIn(files, promises)).toEqual([
      'acknowledged-and-gone was acknowledged and is absent in the CRM',
      'acknowledged-and-gone was acknowledged and is absent in the ERP',
    ])
  })

  it('finds a refused write that took effect', async () => {
    const refused = String(last())
    expect(faultsIn(readFiles(join(directory, 'sound')), { committed, refused: [refused] })).toEqual([
      `${refused} was refused and is COMMITTED in the CRM`,
      `${refused} was refused and is COMMITTED in the ERP`,
    ])
  })

  it('finds a promise that nobody ended', async () => {
    const faults = await faultsAfter('erp.sqlite', `UPDATE transactions SET state = 'PREPARED' WHERE id = '${last()}'`)
    expect(faults).toContain(`${last()} is still in doubt in the ERP`)
  })

  it('finds a value that only one system has', async () => {
    const faults = await faultsAfter(
      'erp.sqlite',
      `UPDATE t_CustomersV3 SET SalesMemo = 'first' WHERE CustomerAccount = '${number}'`,
    )
    expect(faults).toEqual([
      expect.stringMatching(`customer ${number} is .*second.* in the CRM and .*first.* in the ERP`),
    ])
  })

  it('finds a deletion that only one system remembers', async () => {
    const faults = await faultsAfter('crm.sqlite', 'DELETE FROM tombstones')
    expect(faults).toContainEqual(expect.stringMatching(`customer ${gone} is unknown in the CRM and deleted`))
  })

  it('finds a write that counted twice', async () => {
    const faults = await faultsAfter(
      'crm.sqlite',
      `UPDATE t_accounts SET _revision = _revision + 1 WHERE accountnumber = '${number}'`,
    )
    expect(faults).toContain(`customer ${number} is at revision 4 in the CRM after writes 0→1, 1→2, 2→3`)
  })
})
