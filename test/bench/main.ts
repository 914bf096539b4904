/**
 * `npm run bench [records] [orders] [changes] [growth]`: all of them unless some are named. Medians of rounds that take turns, and
 * ratios with their smallest and largest round.
 */

import { measureChanges } from './changes.ts'
import { type LoadGenerator, startLoadGenerator } from './client.ts'
import { measureGrowth } from './growth.ts'
import { measureOrders } from './orders.ts'
import { measureRecords } from './records.ts'
import { type Rig, startRig } from './rig.ts'

const PARTS: Readonly<Record<string, (load: LoadGenerator, rig: Rig) => Promise<void>>> = {
  records: measureRecords,
  orders: measureOrders,
  changes: (_, rig) => measureChanges(rig),
  growth: measureGrowth,
}

async function main(wanted: readonly string[]): Promise<void> {
  const unknown = wanted.find((name) => !Object.hasOwn(PARTS, name))
  if (unknown !== undefined) throw new RangeError(`${unknown} is none of ${Object.keys(PARTS).join(', ')}`)
  for (const [name, measurePart] of Object.entries(PARTS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    const rig = await startRig()
    const load = startLoadGenerator()
    try {
      await measurePart(load, rig)
    } finally {
      await load.close()
      await rig.close()
    }
  }
}

await main(process.argv.slice(2))
