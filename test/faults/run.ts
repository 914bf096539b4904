/**
 * Real processes under load and under faults, and then the question whether the promise was kept: judged by the files
 * that the systems leave, and by what the clients were told on the way.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countInDoubt, type Files, readFiles } from '../crash/outside.ts'
import { faultsIn } from '../crash/outside-check.ts'
import { checkHistory } from '../linearizability/check.ts'
import { explain } from '../linearizability/explain.ts'
import { type Random, randomOf } from '../simulation/kernel/random.ts'
import { foundBy, send } from './answers.ts'
import { runClient } from './client.ts'
import { type Cluster, createCluster, MEMBERS } from './cluster.ts'
import { type Coverage, coverageOf, NOTHING_COVERED, plus } from './coverage.ts'
import { inflicterOf } from './inflict.ts'
import { createObserver, historiesOf, type Observer } from './observed.ts'
import { until } from './poll.ts'
import { readRequest } from './requests.ts'
import { drawFault } from './schedule.ts'
import { fillStores } from './stores.ts'

export interface FaultsOptions {
  readonly seed: number
  /** Ends when so many processes were killed. */
  readonly kills: number
  /** Milliseconds since the epoch: kills nobody later. Left out: whenever that is. */
  readonly untilMs?: number
  readonly report: (line: string) => void
}

export interface FaultsResult {
  readonly covered: Coverage
  /** What went wrong, in sentences, with the seed and the folder of the stores, which is kept; empty where nothing did. */
  readonly findings: readonly string[]
}

/** Kills between two looks at the stores: the check of a history of thousands of operations is not cheap. */
const KILLS_A_ROUND = 50

/** Runs rounds, each over stores of its own, until the bound is met or something went wrong. */
export async function runFaults(options: FaultsOptions): Promise<FaultsResult> {
  const { seed, report, untilMs = Number.POSITIVE_INFINITY } = options
  report(`seed ${seed}`)
  const seeds = randomOf(seed)
  let covered = NOTHING_COVERED
  const killsLeft = () => options.kills - covered.kills
  const isOver = () => killsLeft() <= 0 || Date.now() >= untilMs
  for (let round = 1; !isOver(); round += 1) {
    const directory = await mkdtemp(join(tmpdir(), 'lockstep-faults-'))
    const kills = Math.min(KILLS_A_ROUND, killsLeft())
    const result = await runRound({ directory, kills, random: seeds.fork(), isOver })
    covered = plus(covered, result.covered)
    report(`round ${round} of seed ${seed}: ${JSON.stringify(result.covered)}`)
    if (result.findings.length > 0) {
      return { covered, findings: [`seed ${seed}, round ${round}, stores in ${directory}:`, ...result.findings] }
    }
    await rm(directory, { recursive: true, force: true })
  }
  return { covered, findings: [] }
}

interface RoundOptions {
  readonly directory: string
  readonly kills: number
  readonly random: Random
  readonly isOver: () => boolean
}

const CLIENTS = 12
const SHARED_RECORDS = ['SHARED-1', 'SHARED-2', 'SHARED-3']
const OWN_RECORDS = 2
const CALL_TIMEOUT_MS = 1_000
const WRITE_TIMEOUT_MS = 1_500
/** Longest wait for the next fault while nothing is acknowledged. */
const LULL_MS_MAX = 2_500
const SETTLE_MS_MAX = 60_000

async function runRound({ directory, kills, random, isOver }: RoundOptions): Promise<FaultsResult> {
  const startedAt = performance.now()
  const timeouts = { callTimeoutMs: CALL_TIMEOUT_MS, writeTimeoutMs: WRITE_TIMEOUT_MS }
  const cluster = await createCluster({ directory, ...timeouts })
  const observer = createObserver()
  const surprises = new Set<string>()
  const findings: string[] = []
  try {
    await Promise.all(MEMBERS.map((member) => cluster.start(member)))
    await fillStores(cluster)

    let hasEnded = false
    const names = Array.from({ length: CLIENTS }, (_, n) => `C${n}`)
    const own = (name: string) => Array.from({ length: OWN_RECORDS }, (_, n) => `${name}-${n}`)
    const clients = names.map((name) =>
      runClient({
        ...{ name, cluster, observer, random: random.fork() },
        ...{ shared: SHARED_RECORDS, own: own(name), writeTimeoutMs: WRITE_TIMEOUT_MS },
        isOver: () => hasEnded,
        onSurprise: (surprise) => surprises.add(surprise),
      }),
    )
    const inflicter = inflicterOf(cluster)
    while (inflicter.inflicted.kills < kills && !isOver()) {
      // Some faults meet while another is at its height.
      const enough = observer.acknowledged() + (random.chance(0.4) ? 0 : 1 + random.below(20))
      await until(() => observer.acknowledged() >= enough, LULL_MS_MAX)
      await inflicter.strike(drawFault(random, WRITE_TIMEOUT_MS))
    }
    await inflicter.heal()
    hasEnded = true
    await Promise.all(clients)

    if (!(await until(() => countInDoubt(directory) === 0, SETTLE_MS_MAX))) findings.push('something stays in doubt')
    await readAll(cluster, observer, [...SHARED_RECORDS, ...names.flatMap(own)], findings)
    await cluster.stop()
    const files = readFiles(directory)
    const ids = transactionsTold(observer)
    findings.push(...[...surprises].map((surprise) => `${surprise}, which nothing excuses`))
    findings.push(...cluster.complaints(), ...faultsIn(files, ids), ...unexplained(observer, files))
    const seconds = Math.round((performance.now() - startedAt) / 1_000)
    return { covered: coverageOf(inflicter.inflicted, observer.observations, seconds), findings }
  } finally {
    await cluster.close()
  }
}

/** The last word on every record, from a cluster at peace. */
async function readAll(
  cluster: Cluster,
  observer: Observer,
  numbers: readonly string[],
  findings: string[],
): Promise<void> {
  for (const number of numbers) {
    const end = observer.begin('the last reader', number, { act: 'READ' })
    const found = foundBy(await send(cluster.url('GATEWAY_1') ?? '', readRequest(number), 10_000))
    if (found === null) findings.push(`${number} cannot be read though everything is healed`)
    else end(found)
  }
}

function transactionsTold({ observations }: Observer): { readonly committed: string[]; readonly refused: string[] } {
  const committed: string[] = []
  const refused: string[] = []
  for (const { told } of observations) {
    if (!('told' in told) || told.told === 'UNKNOWN' || told.transaction === null) continue
    if (told.told === 'REFUSED') refused.push(told.transaction)
    else committed.push(told.transaction)
  }
  return { committed, refused }
}

/** Records whose history no single register explains. */
function unexplained({ observations }: Observer, files: Files): readonly string[] {
  const revisionOf = (transaction: string, record: string) => {
    const { writes } = files.CRM.transactions.get(transaction) ?? { writes: [] }
    return writes.find(({ number }) => number === record)?.revision ?? null
  }
  return [...historiesOf(observations, revisionOf)].flatMap(([record, history]) => {
    const verdict = checkHistory(history)
    return verdict.verdict === 'LINEARIZABLE' ? [] : [explain(record, verdict)]
  })
}
