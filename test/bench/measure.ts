/** Contenders against each other: rounds take turns, so that a machine that slows down slows all of them. */

import type { LoadGenerator, Measured } from './client.ts'
import { median, ratio } from './statistics.ts'

export interface Contender {
  readonly name: string
  readonly url: string
  readonly bodies: readonly string[]
  readonly wanted: string
}

export interface Figures {
  /** Medians of the rounds, milliseconds. */
  readonly latency: number[]
  /** Requests a second, one a round. */
  readonly throughput: number[]
}

/** How much is asked of each contender in each round; a crowd of nobody is left out. */
export interface Effort {
  readonly rounds: number
  readonly clients: number
  readonly warmUpRequests: number
  readonly loneRequests: number
  readonly crowdRequests: number
}

export async function measure(
  load: LoadGenerator,
  contenders: readonly Contender[],
  { rounds, clients, warmUpRequests, loneRequests, crowdRequests }: Effort,
): Promise<ReadonlyMap<string, Figures>> {
  const figures = new Map<string, Figures>(contenders.map(({ name }) => [name, { latency: [], throughput: [] }]))
  for (const { url, bodies, wanted } of contenders) {
    checked(await load.run({ url, bodies, wanted, clients: Math.max(1, clients), requests: warmUpRequests }))
  }
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? contenders : contenders.toReversed()
    for (const { name, url, bodies, wanted } of order) {
      const lone = checked(await load.run({ url, bodies, wanted, clients: 1, requests: loneRequests }))
      figures.get(name)?.latency.push(median(lone.latencies))
      if (clients === 0) continue
      const crowd = checked(await load.run({ url, bodies, wanted, clients, requests: crowdRequests }))
      figures.get(name)?.throughput.push((crowd.latencies.length / crowd.elapsedMs) * 1_000)
    }
  }
  return figures
}

export function checked(measured: Measured): Measured {
  if (measured.fault !== null) throw new Error(`an answer was not what was wanted: ${measured.fault}`)
  return measured
}

export function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}

function figuresOf(all: ReadonlyMap<string, Figures>, name: string): Figures {
  return all.get(name) ?? { latency: [], throughput: [] }
}

export function report(title: string, all: ReadonlyMap<string, Figures>, subject: string): void {
  print('', title, `${'-'.repeat(title.length)}`)
  for (const [name, { latency, throughput }] of all) {
    const crowd = throughput.length === 0 ? '' : `, ${median(throughput).toFixed(0)}/s in a crowd`
    print(`${name.padEnd(44)} ${median(latency).toFixed(2)} ms at 1 client${crowd}`)
  }
  const measured = figuresOf(all, subject)
  for (const name of [...all.keys()].filter((other) => other !== subject)) {
    const other = figuresOf(all, name)
    print(`${subject} ÷ ${name}:`, `  latency    ${ratio(measured.latency, other.latency)}`)
    if (other.throughput.length > 0) print(`  throughput ${ratio(measured.throughput, other.throughput)}`)
  }
}
