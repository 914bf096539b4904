/** What rules get to see: the committed answers to their reads, with the transaction's own writes over them. */

import type { Row } from '../../../schema/record.ts'
import { recordKeyOf } from '../../../schema/record-key.ts'
import type { TableDefinition } from '../../../schema/table.ts'
import type { Effect } from './effect.ts'
import type { Answer } from './gathering.ts'
import { compareRows } from './key-order.ts'
import type { OwnWrites } from './own-writes.ts'
import type { RuleRead } from './rule.ts'
import type { SystemModel } from './system-model.ts'

type RowsRead = Extract<RuleRead, { read: 'ROWS' }>
type RecordRead = Extract<RuleRead, { read: 'RECORD' }>

export class RuleRows {
  readonly #own: OwnWrites<Effect>
  readonly #tables: SystemModel['tables']
  /** Many records ask for the same rows, as all lines for those of their order: they are put together once. */
  readonly #known = new Map<string, readonly Row[]>()

  constructor(own: OwnWrites<Effect>, tables: SystemModel['tables']) {
    this.#own = own
    this.#tables = tables
  }

  /** `answers` to those of the reads that the transaction's own writes do not answer, in their order. */
  answersTo(reads: readonly RuleRead[], answers: readonly Answer[]): readonly (readonly Row[])[] {
    const fetched = answers.values()
    return reads.map((read) => (read.read === 'RECORD' ? this.#record(read, fetched) : this.#rows(read, fetched)))
  }

  #record({ table, key, image }: RecordRead, fetched: Iterator<Answer>): readonly Row[] {
    const written = this.#own.get(table, key)
    if (written === undefined) return answerOf(fetched).rows
    const row = image === 'BEFORE' ? written.before : written.after
    return row === null ? [] : [row]
  }

  #rows(read: RowsRead, fetched: Iterator<Answer>): readonly Row[] {
    const { rows } = answerOf(fetched)
    const definition = this.#tables.get(read.table)?.definition
    if (definition === undefined) return rows
    const name = JSON.stringify([read.table, read.where, read.limit, read.columns])
    const known = this.#known.get(name) ?? this.#overlaid(definition, read, rows)
    this.#known.set(name, known)
    return known
  }

  #overlaid(definition: TableDefinition, { table, where, limit }: RowsRead, committed: readonly Row[]): readonly Row[] {
    const untouched = committed.filter((row) => {
      const key = recordKeyOf(definition, row)
      return key === null || this.#own.get(table, key) === undefined
    })
    const written = this.#own.having(table, where, 'after').flatMap(({ after }) => (after === null ? [] : [after]))
    return [...untouched, ...written].sort((a, b) => compareRows(definition.key, a, b)).slice(0, limit)
  }
}

function answerOf(fetched: Iterator<Answer>): Answer {
  const next = fetched.next()
  return next.done === true ? { keys: [], rows: [] } : next.value
}
