/** The proof from the command line: `npm run proof -- --help`. */

import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { runFaults } from '../faults/run.ts'
import { infect } from './mutants/infect.ts'
import { MUTANTS, mutantOf } from './mutants/mutants.ts'
import { perform } from './proof/fleet.ts'
import { AT_ONCE, crashPoints, drawSeeds, drawUntil, exploration, hunts } from './proof/plan.ts'
import {
  mergeCrashes,
  mergeDraws,
  neverMet,
  tellCrashes,
  tellDraws,
  tellExplorations,
  tellFaults,
  tellHunts,
} from './proof/report.ts'

const USAGE = `Proves that the protocol keeps its promises, or shows how it does not.

  npm run proof -- --short             what every change must pass: some minutes
  npm run proof -- --for 60m           the long run, as long as that (h, m or s); 60m without
  npm run proof -- --draw 3000         so many drawn worlds, from seed 1 on; --from 50001 from that one on
  npm run proof -- --pairs             every pair of crash points
  npm run proof -- --kill 100          real processes, so many of them killed
  npm run proof -- --explore           the short exploration
  npm run proof -- --seed 7            one drawn world of all, told; a failure is made as short as it can be
  npm run proof -- --mutants           the ways in which the protocol can be weakened
  npm run proof -- --mutant NAME       weakens it, looks for what shows it, and tells the story
  npm run proof -- --mutant NAME --seed 7

Exit codes: 0 nothing is broken (or a mutant is caught), 1 something is, 2 wrong usage.
`

const EXIT = { proved: 0, broken: 1, wrongUsage: 2 } as const
const UNITS = { h: 3_600_000, m: 60_000, s: 1_000 } as const
const MUTANT_SEEDS = 2_500
const KILLS = { short: 30, long: 1_000 } as const
/** Of the time that exploration and mutants leave of a long run, and then of what is left. */
const SHARES = { pairs: 0.2, kills: 0.4 } as const

const say = (text: string) => process.stdout.write(`${text}\n`)

const OPTIONS = {
  help: { type: 'boolean' },
  short: { type: 'boolean' },
  for: { type: 'string' },
  draw: { type: 'string' },
  from: { type: 'string' },
  pairs: { type: 'boolean' },
  kill: { type: 'string' },
  explore: { type: 'boolean' },
  seed: { type: 'string' },
  mutants: { type: 'boolean' },
  mutant: { type: 'string' },
} as const

try {
  end((await run()) ? EXIT.proved : EXIT.broken)
} catch (error) {
  if (!(error instanceof RangeError || (error instanceof TypeError && 'code' in error))) throw error
  process.stderr.write(`${error.message}\n`)
  end(EXIT.wrongUsage)
}

/** Whether nothing was found broken, but for a mutant, which is to be. */
async function run(): Promise<boolean> {
  const { values } = parseArgs({ options: OPTIONS })
  if (values.help === true) {
    say(USAGE)
    return true
  }
  if (values.mutants === true) {
    for (const { name, weakening } of MUTANTS) say(`${name.padEnd(32)} ${weakening}`)
    return true
  }
  if (values.mutant !== undefined) return tellMutant(values.mutant, values.seed)
  if (values.seed !== undefined) return tellSeed(countOf('--seed', values.seed))
  if (values.draw !== undefined) {
    return drawAll(drawSeeds(countOf('--draw', values.draw), countOf('--from', values.from ?? '1')))
  }
  if (values.pairs === true) return crashAll('PAIRS', null)
  if (values.kill !== undefined) return killAll(countOf('--kill', values.kill), null)
  if (values.explore === true) return exploreAll('SHORT')
  return values.short === true ? proveShort() : proveLong(millisecondsOf(values.for ?? '60m'))
}

/** Node.js may never come to its own end after connections were broken off as roughly as they are here. */
/** Once all that was said is written: a pipe takes it little by little. */
function end(code: number): void {
  process.stdout.write('', () => process.exit(code))
}

async function tellMutant(name: string, seed: string | undefined): Promise<boolean> {
  infect(mutantOf(name))
  say(`${mutantOf(name).weakening}.\n`)
  const found = seed === undefined ? await firstFailure() : countOf('--seed', seed)
  return !(found === null ? await tellExploration() : await tellSeed(found))
}

/** For what no drawn world shows. Whether nothing is broken. */
async function tellExploration(): Promise<boolean> {
  const { explore, QUICK } = await import('./exploration/explore.ts')
  say(`None of ${MUTANT_SEEDS} seeds shows it. Exploration:\n`)
  const [found] = explore({ bound: 'SHORT', models: QUICK }).flatMap(({ violation }) => violation ?? [])
  say(found === undefined ? 'It does not show it either.' : [`broken: ${found.property}`, ...found.steps].join('\n  '))
  return found === undefined
}

async function firstFailure(): Promise<number | null> {
  const { draw } = await import('./proof/draw.ts')
  return (await draw({ from: 1, count: MUTANT_SEEDS, until: null })).failure?.seed ?? null
}

async function tellSeed(seed: number): Promise<boolean> {
  const { replay } = await import('./proof/draw.ts')
  const { story, broken } = await replay(seed)
  say(story)
  return broken === null
}

async function proveShort(): Promise<boolean> {
  const proved = [
    await drawAll(drawSeeds()),
    await exploreAll('SHORT'),
    await crashAll('SINGLES', null),
    await huntAll(false),
    await killAll(KILLS.short, null),
  ]
  return proved.every(Boolean)
}

async function proveLong(forMs: number): Promise<boolean> {
  const begin = Date.now()
  const end = begin + forMs
  /** The end of a share of what time is left by then. */
  const share = (part: number) => Date.now() + Math.max(0, end - Date.now()) * part
  const proved = [
    await exploreAll('LONG'),
    await huntAll(true),
    await crashAll('PAIRS', share(SHARES.pairs)),
    await killAll(KILLS.long, share(SHARES.kills)),
    await drawAll(drawUntil(randomInt(2 ** 40), end)),
  ]
  say(`The whole took ${Math.round((Date.now() - begin) / 1_000)} s.`)
  return proved.every(Boolean)
}

async function drawAll(tasks: ReturnType<typeof drawSeeds>): Promise<boolean> {
  const report = mergeDraws(await perform(tasks, AT_ONCE))
  say(tellDraws(report))
  for (const situation of neverMet(report)) say(`  never met: ${situation}`)
  if (report.failure !== null) await tellSeed(report.failure.seed)
  return report.failure === null && neverMet(report).length === 0
}

async function exploreAll(bound: 'SHORT' | 'LONG'): Promise<boolean> {
  const explorations = (await perform(exploration(bound), AT_ONCE)).flat()
  say(tellExplorations(explorations))
  return explorations.every(({ violation, neverReached }) => violation === null && neverReached.length === 0)
}

async function crashAll(of: 'SINGLES' | 'PAIRS', until: number | null): Promise<boolean> {
  const report = mergeCrashes(await perform(crashPoints(of, until), AT_ONCE))
  say(tellCrashes(report, of))
  return report.failure === null && report.crashes > 0 && report.neverMet.length === 0
}

/** Each run kills at other moments. */
async function killAll(kills: number, until: number | null): Promise<boolean> {
  const { covered, findings } = await runFaults({
    ...{ seed: randomInt(2 ** 47), kills, report: () => {} },
    ...(until === null ? {} : { untilMs: until }),
  })
  say(tellFaults(covered, findings))
  return findings.length === 0 && covered.kills > 0
}

async function huntAll(everyWay: boolean): Promise<boolean> {
  const found = await perform(hunts(everyWay), AT_ONCE)
  say(tellHunts(found))
  return found.every(({ catches }) => catches.length > 0)
}

function countOf(option: string, text: string): number {
  const count = Number(text)
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`${option} must be a whole number, not ${text}`)
  return count
}

function millisecondsOf(text: string): number {
  const [, amount = '', unit = ''] = /^(\d+)([hms])$/.exec(text) ?? []
  if (amount === '') throw new RangeError(`--for must be a time like 90s, 60m or 2h, not ${text}`)
  return Number(amount) * UNITS[unit as keyof typeof UNITS]
}
