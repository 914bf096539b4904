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
  readonly asked: number
  readonly told: { readonly at: number; readonly told: Told }[]
}

export class RegisterMonitor {
  readonly #opening: Register
  readonly #requests = new Map<string | Operation, Request>()
  #now = 0

  constructor(opening: Register) {
    this.#opening = opening
  }

  asked(operation: Operation): void {
    const request = this.#requests.get(nameOf(operation)) ?? { operation, asked: this.#tick(), told: [] }
    this.#requests.set(nameOf(operation), request)
  }

  told(operation: Operation, told: Told): void {
    this.#requests.get(nameOf(operation))?.told.push({ at: this.#tick(), told })
  }

  /** Reports an answer that no register would have given. */
  check(report: Report): void {
    const registers = Map.groupBy(this.#requests.values(), ({ operation }) => registerOf(operation))
    for (const [register, requests] of registers) {
      if (register === null) continue
      const verdict = checkHistory(requests.map(observed), { initial: this.#opening })
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

/** Who sends the same under the same key makes the same request. */
function nameOf(operation: Operation): string | Operation {
  const { idempotencyKey, change } = operation
  return idempotencyKey === null ? operation : JSON.stringify([idempotencyKey, change])
}

function registerOf({ change }: Operation): string | null {
  return change.change === 'SET' || change.change === 'READ' ? change.key : null
}

function observed({ operation, asked, told }: Request): Observed {
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

  const put = value === null ? ({ act: 'DELETE', expected: null } as const) : ({ act: 'PUT', value } as const)
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
