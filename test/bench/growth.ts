/** How the time of a keyed write grows with the records that the stores hold. */

import { encodeId } from '../../maps/identity.ts'
import type { Write } from '../../schema/participant.ts'
import { NEVER_WRITTEN, type Row, SYSTEMS, type System } from '../../schema/record.ts'
import { recordKey } from '../../schema/record-key.ts'
import type { LoadGenerator } from './client.ts'
import { commitLocally } from './local-commit.ts'
import { checked, print } from './measure.ts'
import type { Rig } from './rig.ts'
import { median } from './statistics.ts'

const SIZES = [1_000, 10_000, 100_000, 1_000_000]
const BATCH = 5_000
const REQUESTS = 400
const WRITTEN = 100

export async function measureGrowth(load: LoadGenerator, rig: Rig): Promise<void> {
  await createWritten(rig)
  const first = { held: 0, ms: 0 }
  print('', 'A keyed write by the records held', '---------------------------------')
  let held = WRITTEN
  for (const size of SIZES) {
    held = await fill(rig, held, size)
    const rounds: number[] = []
    for (let round = 0; round < 5; round += 1) {
      const measured = await load.run({
        url: rig.graphUrl,
        bodies: BODIES,
        wanted: '"errors":[]',
        clients: 1,
        requests: REQUESTS,
      })
      rounds.push(median(checked(measured).latencies))
    }
    const ms = median(rounds)
    if (first.held === 0) Object.assign(first, { held, ms })
    print(
      `${String(held).padStart(9)} records in each store: ${ms.toFixed(2)} ms, ${(ms / first.ms).toFixed(2)} of the first`,
    )
  }
}

const nameOf = (at: number) => `B${String(at).padStart(7, '0')}`

const BODIES = Array.from({ length: WRITTEN }, (_, at) =>
  JSON.stringify({
    query:
      'mutation($id: ID!, $text: String!) { updatePaymentTerm(id: $id, input: { description: $text }) { id errors { code } } }',
    variables: { id: encodeId('PaymentTerm', ['usmf', nameOf(at)]), text: 'turn {{turn}}' },
  }),
)

async function createWritten({ app }: Rig): Promise<void> {
  const options = { idempotencyKey: null, expectedRevision: null, timeoutMs: null, dryRun: false }
  for (let at = 0; at < WRITTEN; at += 1) {
    const input = { company: 'usmf', name: nameOf(at) }
    const write = { entity: 'PaymentTerm', operation: 'UPSERT', id: null, input, actor: null, options } as const
    const { errors } = await app.sync.write(write)
    if (errors.length > 0) throw new Error(JSON.stringify(errors))
  }
}

/** Rows of each system alone are enough: an index is as deep whoever wrote it. */
async function fill({ app }: Rig, from: number, to: number): Promise<number> {
  for (let at = from; at < to; at += BATCH) {
    const names = Array.from({ length: Math.min(BATCH, to - at) }, (_, index) => nameOf(at + index))
    await Promise.all(
      SYSTEMS.map((system) =>
        commitLocally(
          app.mapSet.id,
          app.participants,
          system,
          names.map((name) => creation(system, name)),
        ),
      ),
    )
  }
  return to
}

const TABLES: Readonly<Record<System, { readonly table: string; readonly row: (name: string) => Row }>> = {
  CRM: { table: 'msdyn_paymentterms', row: (name) => ({ msdyn_company: 'usmf', msdyn_name: name }) },
  ERP: { table: 'PaymentTerms', row: (name) => ({ dataAreaId: 'usmf', Name: name }) },
}

function creation(system: System, name: string): Write {
  const { table, row } = TABLES[system]
  const key = recordKey(['usmf', name])
  return { operation: 'CREATE', table, key, set: row(name), base: NEVER_WRITTEN, revision: 0 }
}
