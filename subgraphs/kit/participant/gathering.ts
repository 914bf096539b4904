/**
 * Decisions that must read on their way, as generators: each step asks for reads, all of which may be fetched at once,
 * and goes on with their answers. So a store drives the same decision whether it answers at once or later.
 */

import type { RecordKey, Row } from '../../../schema/record.ts'

/**
 * Committed records of one table. `whole` asks for the rows, in key order; else any keys that match are enough. Where
 * there are `columns`, the rows need hold only these, the key and the columns of `where`.
 */
export interface Read {
  readonly table: string
  readonly by: { readonly key: RecordKey } | { readonly where: Row }
  /** Null for all that there are. */
  readonly limit: number | null
  readonly whole: boolean
  readonly columns?: readonly string[]
}

/** `rows` stands in the order of `keys`, and is empty unless the read asked for whole records. */
export interface Answer {
  readonly keys: readonly RecordKey[]
  readonly rows: readonly Row[]
}

/** Is sent an answer to each read, in their order. */
export type Gathering<T> = Generator<readonly Read[], T, readonly Answer[]>

/** Goes to the end with a store that answers at once. */
export function gathered<T>(steps: Gathering<T>, answer: (read: Read) => Answer): T {
  let step = steps.next()
  while (step.done !== true) step = steps.next(step.value.map(answer))
  return step.value
}

/** Answers a repeated read from memory. Good for as long as the records stand still. */
export function remembering(answer: (read: Read) => Answer): (read: Read) => Answer {
  const known = new Map<string, Answer>()
  return (read) => {
    const question = JSON.stringify(read)
    const found = known.get(question) ?? answer(read)
    known.set(question, found)
    return found
  }
}

/** All of them side by side: what they ask for in one step is asked for at once. */
export function* together<T>(all: readonly Gathering<T>[]): Gathering<readonly T[]> {
  let runs = all.map((steps) => ({ steps, step: steps.next() }))
  for (;;) {
    const reads = runs.map(({ step }) => (step.done === true ? [] : step.value))
    if (runs.every(({ step }) => step.done === true)) break
    const answers = yield reads.flat()
    let next = 0
    runs = runs.map(({ steps, step }, at) => {
      if (step.done === true) return { steps, step }
      const first = next
      next += reads[at]?.length ?? 0
      return { steps, step: steps.next(answers.slice(first, next)) }
    })
  }
  return runs.flatMap(({ step }) => (step.done === true ? [step.value] : []))
}
