/**
 * Answers reads on a connection of its own. Each batch is one read transaction, begun when the batch has arrived: it
 * sees every commit that was answered before, and nothing keeps it open afterwards.
 */

import type { Derivation, PrepareRequest, Violation } from '../../../../schema/participant.ts'
import type { Answered, Posted } from '../../../../schema/process/numbered-calls.ts'
import type { Database } from '../../../../schema/process/sqlite/database.ts'
import { derive, openCase } from '../../participant/case.ts'
import { gathered, remembering } from '../../participant/gathering.ts'
import { inspect, recordsOf } from '../../participant/inspect.ts'
import { judge } from '../../participant/judge.ts'
import { checkMembers } from '../../participant/judge-members.ts'
import type { SystemModel } from '../../participant/system-model.ts'
import type { GroupedQuery, RecordQuery, StoredRecord } from '../record-store.ts'
import type { ReaderCall, ReaderResults } from './messages.ts'
import { conditionSql, conjunction, groupSql, type QueriedTable, type Sql, selection } from './query.ts'
import { type RecordShape, Records, recordOf } from './records.ts'
import { findRows } from './transactions.ts'

type Result = ReaderResults[ReaderCall['call']]

export class Reader {
  readonly #database: Database
  readonly #system: SystemModel
  readonly #records: Records

  constructor(database: Database, system: SystemModel) {
    this.#database = database
    this.#system = system
    this.#records = new Records(database, system)
  }

  batch(calls: readonly Posted<ReaderCall>[]): readonly Answered<Result>[] {
    try {
      this.#database.run('BEGIN')
      const answers = calls.map(({ number, call }) => this.#answer(number, call))
      this.#database.run('COMMIT')
      return answers
    } catch (error) {
      if (this.#database.isInTransaction) this.#database.run('ROLLBACK')
      const cause = String(error)
      return calls.map(({ number }) => ({ number, ok: false, cause }))
    }
  }

  #answer(number: number, call: ReaderCall): Answered<Result> {
    try {
      return { number, ok: true, result: this.#result(call) }
    } catch (error) {
      return { number, ok: false, cause: String(error) }
    }
  }

  #result(call: ReaderCall): Result {
    switch (call.call) {
      case 'CHECK':
        return this.#check(call.request)
      case 'DERIVE':
        return this.#derive(call.request)
      case 'LOOK':
        return findRows(this.#database, call.query)
      case 'READ':
        return call.refs.map((ref) => this.#records.state(ref))
      case 'SELECT':
        return call.selections.map((one) => this.#records.select(one))
      case 'GET':
        return call.keys.map((key) => this.#records.record(call.table, key))
      case 'QUERY':
        return this.#query(call.query)
      case 'QUERY_GROUPS':
        return this.#queryGroups(call.query)
      case 'COUNT':
        return this.#count(call.query)
      case 'COUNT_GROUPS':
        return this.#countGroups(call.query)
    }
  }

  #check(request: PrepareRequest): readonly Violation[] {
    if (request.members !== undefined) return this.#checkMembers(request)
    const inspection = inspect(this.#system, request)
    const states = recordsOf(inspection).map((ref) => this.#records.state(ref))
    const answer = remembering((read) => this.#records.answer(read))
    const opened = gathered(openCase(this.#system, request, inspection, states), answer)
    const answers = opened.questions.map(({ reads }) => reads.map(answer))
    const verdict = judge(this.#system, opened, answers)
    return verdict.vote === 'YES' ? [] : verdict.violations
  }

  #checkMembers(request: PrepareRequest): readonly Violation[] {
    const found = checkMembers(this.#system, request, {
      state: (ref) => this.#records.state(ref),
      answer: remembering((read) => this.#records.answer(read)),
      onFault: (error) => {
        throw error
      },
    })
    return [...request.refusals.filter(({ member }) => member === undefined), ...found]
  }

  #derive(request: PrepareRequest): readonly Derivation[] {
    const inspection = inspect(this.#system, request)
    const states = recordsOf(inspection).map((ref) => this.#records.state(ref))
    return gathered(derive(this.#system, inspection, states), (read) => this.#records.answer(read))
  }

  #query(query: RecordQuery): readonly StoredRecord[] {
    const shape = this.#records.shape(query.table)
    return this.#found(shape, selection(queried(this.#records, shape), query))
  }

  /** Group by group: each is a short range of an index, by one statement that is prepared once. */
  #queryGroups({ groupBy, ...query }: GroupedQuery): readonly (readonly StoredRecord[])[] {
    const shape = this.#records.shape(query.table)
    const rest = selection(queried(this.#records, shape), query)
    const restText = rest.text.replace(/^WHERE /, 'AND ')
    return groupBy.values.map((values) => {
      const group = groupSql(queried(this.#records, shape), groupBy.columns, values)
      return this.#found(shape, {
        text: `WHERE ${group.text} ${restText}`,
        parameters: [...group.parameters, ...rest.parameters],
      })
    })
  }

  #count({ table, where }: Pick<RecordQuery, 'table' | 'where'>): number {
    const shape = this.#records.shape(table)
    return this.#counted(shape, conditionSql(queried(this.#records, shape), where))
  }

  #countGroups({ table, where, groupBy }: Pick<GroupedQuery, 'table' | 'where' | 'groupBy'>): readonly number[] {
    const shape = this.#records.shape(table)
    const condition = conditionSql(queried(this.#records, shape), where)
    return groupBy.values.map((values) =>
      this.#counted(shape, conjunction([groupSql(queried(this.#records, shape), groupBy.columns, values), condition])),
    )
  }

  #found(shape: RecordShape, { text, parameters }: Sql): readonly StoredRecord[] {
    return this.#database.rows(`${shape.select} ${text}`, parameters).map((cells) => recordOf(shape, cells))
  }

  #counted({ from }: RecordShape, { text, parameters }: Sql): number {
    return Number(this.#database.row(`SELECT count(*) FROM ${from} WHERE ${text}`, parameters)?.[0])
  }
}

function queried(records: Records, { model, from }: RecordShape): QueriedTable {
  const { table, key } = model.definition
  return { table, from, depth: 0, key, column: model.column, other: (name) => queried(records, records.shape(name)) }
}
