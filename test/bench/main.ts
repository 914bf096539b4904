/**
 * `npm run bench [records] [orders] [changes] [growth] [imports [rows]]`: all of them unless some are named. Medians of
 * rounds that take turns, and ratios with their smallest and largest round; an import is run once.
 */

import { measureChanges } from './changes.ts'
import { type LoadGenerator, startLoadGenerator } from './client.ts'
import { measureGrowth } from './growth.ts'
import { measureImports, ROWS } from './imports/imports.ts'
import { measureOrders } from './orders.ts'
import { measureRecords } from './records.ts'
import { type Rig, startRig } from './rig.ts'

/** `rows` is how many an import has. */
const PARTS: Readonly<Record<string, (rows: number) => Promise<void>>> = {
  records: () => onRig(measureRecords),
  orders: () => onRig(measureOrders),
  changes: () => onRig((_, rig) => measureChanges(rig)),
  growth: () => onRig(measureGrowth),
  imports: measureImports,
}

async function onRig(measurePart: (load: LoadGenerator, rig: Rig) => Promise<void>): Promise<void> {
  const rig = await startRig()
  const load = startLoadGenerator()
  try {
    await measurePart(load, rig)
  } finally {
    await load.close()
    await rig.close()
  }
}

async function main(words: readonly string[]): Promise<void> {
  const isNumber = (word: string) => /^\d+$/.test(word)
  const wanted = words.filter((word) => !isNumber(word))
  const unknown = wanted.find((name) => !Object.hasOwn(PARTS, name))
  if (unknown !== undefined) throw new RangeError(`${unknown} is none of ${Object.keys(PARTS).join(', ')}`)
  const rows = Number(words.find(isNumber) ?? ROWS)
  for (const [name, measurePart] of Object.entries(PARTS)) {
    if (wanted.length === 0 || wanted.includes(name)) await measurePart(rows)
  }
}

await main(process.argv.slice(2))
