/**
 * The participants as a table: everything that one of them can come to hold, numbered, and what each request and each
 * of its own moves does there. A request is numbered by attempt and what is asked.
 */

import { type Behaviour, emptyHolding, type Holding, isForced, type Row, rowOf } from './holding.ts'
import type { AnswerName, Language } from './language.ts'
import { act, answer, type Change, crash, type Stir, stir } from './participants.ts'
import type { Situation } from './situations.ts'
import { spread } from './spread.ts'

export interface Move {
  readonly to: number
  readonly situations: readonly Situation[]
}

/** What a holding says of one attempt. FOREIGN: the id is held under another plan. */
export type Standing = 'NOTHING' | 'PREPARED' | 'COMMITTED' | 'ABORTED' | 'FOREIGN'

interface Entry {
  readonly holding: Holding
  readonly acts: readonly (readonly Move[])[]
  readonly stirs: readonly (Move & { readonly stir: Stir })[]
  readonly crash: Move | null
  /** For each request its answer as a bit, 0 for none. */
  readonly answers: readonly number[]
  readonly standings: readonly Standing[]
  readonly isForced: boolean
}

export class HoldingTable {
  readonly #behaviour: Behaviour
  readonly #language: Language
  readonly #meanings: readonly number[]
  readonly #entries: Entry[] = []
  readonly #found: Holding[] = []
  readonly #numbers = new Map<string, number>()
  /** For each holding the requests that can change it or one that may follow, as bits. */
  readonly #moving: readonly number[]
  /** For each request and holding the answers that it may get there or later, as bits. */
  readonly #answerable: readonly (readonly number[])[]

  /** `meanings`: for each answer the bit that stands for it. */
  constructor(behaviour: Behaviour, language: Language, meanings: readonly number[]) {
    this.#behaviour = behaviour
    this.#language = language
    this.#meanings = meanings
    this.#numberOf(emptyHolding(behaviour))
    for (let number = 0; number < this.#found.length; number += 1) this.#entries.push(this.#entryOf(number))
    const following = this.#entries.map(({ acts, stirs, crash }) =>
      [...acts.flat(), ...stirs, ...(crash === null ? [] : [crash])].map(({ to }) => to),
    )
    const moving = this.#entries.map(({ acts }) =>
      acts.reduce((bits, moves, request) => (moves.length > 0 ? bits | (1 << request) : bits), 0),
    )
    this.#moving = spread(moving, following)
    this.#answerable = behaviour.attempts
      .flatMap(() => language.requests)
      .map((_, request) =>
        spread(
          this.#entries.map(({ answers }) => answers[request] ?? 0),
          following,
        ),
      )
  }

  entry(number: number): Entry {
    const entry = this.#entries[number]
    if (entry === undefined) throw new RangeError(`no participant holds ${number}`)
    return entry
  }

  moving(number: number): number {
    return this.#moving[number] ?? 0
  }

  answerable(number: number, request: number): number {
    return this.#answerable[request]?.[number] ?? 0
  }

  /** Null where the attempt has no row, or one that is not aborted. */
  whyAborted(number: number, attempt: number): Row['why'] {
    return this.row(number, attempt)?.why ?? null
  }

  /** Null for none, or one of another plan. */
  row(number: number, attempt: number): Row | null {
    const row = rowOf(this.#behaviour, this.entry(number).holding, attempt)
    return row?.attempt === attempt ? row : null
  }

  #entryOf(number: number): Entry {
    const behaviour = this.#behaviour
    const holding = this.#holding(number)
    const requests = behaviour.attempts.flatMap((_, attempt) =>
      this.#language.requests.map((request) => ({ attempt, request })),
    )
    const crashed = crash(holding)
    return {
      holding,
      acts: requests.map(({ attempt, request }) =>
        act(behaviour, holding, attempt, request).map((change) => this.#moveOf(change)),
      ),
      stirs: stir(behaviour, holding).map((change) => ({ ...this.#moveOf(change), stir: change.stir })),
      crash: crashed === null ? null : this.#moveOf(crashed),
      answers: requests.map(({ attempt, request }) => {
        const given = answer(behaviour, holding, attempt, request)
        return given === null ? 0 : this.#bitOf(given, rowOf(behaviour, holding, attempt))
      }),
      standings: behaviour.attempts.map((_, attempt) => this.#standing(holding, attempt)),
      isForced: isForced(behaviour, holding),
    }
  }

  #bitOf(given: AnswerName, row: Row | null): number {
    const leftOut = given.endsWith('PREPARED') || given.endsWith('COMMITTED') ? (row?.leftOut ?? []) : []
    return this.#meanings[this.#language.answerOf(given, leftOut)] ?? 0
  }

  #standing(holding: Holding, attempt: number): Standing {
    const row = rowOf(this.#behaviour, holding, attempt)
    if (row === null) return 'NOTHING'
    return row.attempt === attempt ? row.state : 'FOREIGN'
  }

  #moveOf({ to, situations }: Change): Move {
    return { to: this.#numberOf(to), situations }
  }

  #holding(number: number): Holding {
    const holding = this.#found[number]
    if (holding === undefined) throw new RangeError(`no participant holds ${number}`)
    return holding
  }

  #numberOf(holding: Holding): number {
    const name = JSON.stringify(holding)
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    this.#numbers.set(name, this.#found.length)
    return this.#found.push(holding) - 1
  }
}
