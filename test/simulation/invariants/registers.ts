/** What clients saw of each register, as histories that a checker of linearizability understands. */

import { checkHistory } from '../../linearizability/check.ts'
import type { Operation as Observed } from '../../linearizability/history.ts'
import type { Register } from '../../linearizability/register.ts'
import type { Operation } from '../workload/scenario.ts'
import type { Told } from '../workload/told.ts'
import type { Report } from './broken.ts'

/** All sendings of one request, whoever sent them. */
interface Request {
  readonly operation: Operation
  readonly expected: number | null
  readonly asked: number
  readonly told: { readonly at: number; readonly told: Told }[]
}

export class RegisterMonitor {
  readonly #opening: Register
  readonly #requests = new Map<string | Operation, Request>()
  readonly #names = new Map<Operation, string | Operation>()
  #now = 0

  constructor(opening: Register) {
    this.#opening = opening
  }

  /** `expected`: the revision without which it is to be refused. */
  asked(operation: Operation, expected: number | null): void {
    const name = nameOf(operation, expected)
    const request = this.#requests.get(name) ?? { operation, expected, asked: this.#tick(), told: [] }
    this.#requests.set(name, request)
    this.#names.set(operation, name)
  }

  told(operation: Operation, told: Told): void {
    this.#requests.get(this.#names.get(operation) ?? operation)?.told.push({ at: this.#tick(), told })
  }

  /** Reports an answer that no register would have given. */
  check(report: Report): void {
    const registers = Map.groupBy(this.#requests.values(), ({ operation }) => registerOf(operation))
    for (const [register, requests] of registers) {
      if (register === null) continue
      const verdict = checkHistory(requests.map(observed), { initial: this.#opening })
      if (verdict.verdict === 'UNDECIDED')
        report('linearizable', `the history of register ${register} is too long to judge`)
      if (verdict.verdict === 'NOT_LINEARIZABLE') {
        const { misfit, register: state, order } = verdict
        const answered = JSON.stringify([misfit.action, misfit.outcome])
        const after = `${order.length} operations that leave it at ${JSON.stringify(state)}`
        report('linearizable', `register ${register} answers ${answered} to ${misfit.client} after ${after}`)
      }
    }
  }

  #tick(): number {
    this.#now += 1
    return this.#now
  }
}

/** Who writes the same under the same key makes the same request. */
function nameOf(operation: Operation, expected: number | null): string | Operation {
  const { idempotencyKey, change } = operation
  const isKeyed = idempotencyKey !== null && change.change !== 'READ'
  return isKeyed ? JSON.stringify([idempotencyKey, change, expected]) : operation
}

function registerOf({ change }: Operation): string | null {
  return change.change === 'SET' || change.change === 'READ' ? change.key : null
}

function observed({ operation, expected, asked, told }: Request): Observed {
  const { change } = operation
  const value = change.change === 'SET' ? change.value : null
  const common = { client: `client ${operation.client}`, invoked: asked, returned: told.at(-1)?.at ?? asked }
  const unknown = { outcome: 'UNKNOWN' } as const
  const [answer] = [
    told.find((one) => one.told.told === 'COMMITTED' && one.told.complete),
    told.find((one) => one.told.told === 'COMMITTED' || one.told.told === 'UNKNOWN'),
    ...told,
  ].filter((one) => one !== undefined)
  if (change.change === 'READ') {
    const action = { act: 'READ' } as const
    if (answer?.told.told !== 'READ') return { ...common, action, outcome: unknown }
    const { version, row } = answer.told.state
    const seen = { value: valueIn(row?.['value']), revision: version.revision }
    return { ...common, action, outcome: { outcome: 'OK', seen } }
  }

  const put = value === null ? ({ act: 'DELETE', expected } as const) : ({ act: 'PUT', value, expected } as const)
  switch (answer?.told.told) {
    case 'COMMITTED': {
      const [image] = answer.told.images
      if (!answer.told.complete || image === undefined) return { ...common, action: put, outcome: unknown }
      const seen = { value, revision: image.revision }
      return { ...common, returned: answer.at, action: put, outcome: { outcome: 'OK', seen } }
    }
    case 'UNCHANGED':
      return { ...common, action: { act: 'READ' }, outcome: { outcome: 'OK', seen: { value, revision: null } } }
    case 'REFUSED':
      return { ...common, action: put, outcome: { outcome: 'REFUSED' } }
    default:
      return { ...common, action: put, outcome: unknown }
  }
}

function valueIn(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
