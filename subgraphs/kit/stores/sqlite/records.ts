/** Records by key and by column values, and their versions, as committed. */

import type { SQLOutputValue } from 'node:sqlite'
import type { SelectedRecord, Selection } from '../../../../schema/participant.ts'
import type { Database, SqlValue } from '../../../../schema/process/sqlite/database.ts'
import {
  NEVER_WRITTEN,
  type RecordKey,
  type RecordRef,
  type RecordState,
  type Row,
  type TransactionId,
  type Value,
} from '../../../../schema/record.ts'
import type { Column } from '../../../../schema/table.ts'
import type { Answer, Read } from '../../participant/gathering.ts'
import type { SystemModel, TableModel } from '../../participant/system-model.ts'
import type { StoredRecord } from '../record-store.ts'
import { decode, encode, quoted, selectable } from './columns.ts'
import { nativeTable } from './schema.ts'

const ABSENT: RecordState = { version: NEVER_WRITTEN, row: null, localVersion: 0, updatedAt: null }
const OWN_CELLS = 5

/** The SQL and the decoding of one table's records. */
export interface RecordShape {
  readonly model: TableModel
  readonly from: string
  /** Those that are selected, which are all of them but where a read needs fewer. */
  readonly columns: readonly Column[]
  /** The SELECT of these, up to and including FROM. */
  readonly select: string
  /** The same for one record by its key. */
  readonly selectByKey: string
}

export class Records {
  readonly #database: Database
  readonly #shapes: ReadonlyMap<string, RecordShape>

  constructor(database: Database, system: SystemModel) {
    this.#database = database
    this.#shapes = new Map([...system.tables].map(([name, model]) => [name, shapeOf(model, model.columns)]))
  }

  /** Throws a RangeError for a table that is not there. */
  shape(table: string): RecordShape {
    const shape = this.#shapes.get(table)
    if (shape === undefined) throw new RangeError(`There is no table ${table}`)
    return shape
  }

  /** Null where there is none. */
  record(table: string, key: RecordKey): StoredRecord | null {
    const shape = this.shape(table)
    const cells = this.#database.row(shape.selectByKey, [key])
    return cells === undefined ? null : recordOf(shape, cells)
  }

  /** The state of a record that may be absent, deleted, or of a table that is not there. */
  state({ table, key }: RecordRef): RecordState {
    if (!this.#shapes.has(table)) return ABSENT
    const record = this.record(table, key)
    if (record !== null) return stateOf(record)
    const sql = 'SELECT revision, transaction_id FROM tombstones WHERE table_name = ? AND key = ?'
    const cells = this.#database.row(sql, [table, key])
    return cells === undefined ? ABSENT : { ...ABSENT, version: versionOf(cells[0], cells[1]) }
  }

  /** In key order. Throws a RangeError for a table or column that is not there. */
  select({ table, where }: Selection): readonly SelectedRecord[] {
    const shape = this.shape(table)
    return this.#rows(shape, whereCondition(shape, where), keyOrder(shape, where)).map((record) => ({
      key: record.key,
      state: stateOf(record),
    }))
  }

  answer({ table, by, limit, whole, columns }: Read): Answer {
    const shape = this.#shapes.get(table)
    // A rule may name a record of a table that this system does not have: then there is none.
    if (shape === undefined) return { keys: [], rows: [] }
    const where = 'key' in by ? keyCondition(by.key) : whereCondition(shape, by.where)
    const most = limit === null ? '' : ` LIMIT ${limit}`
    if (!whole) {
      const sql = `SELECT _key FROM ${shape.from} WHERE ${where.condition}${most}`
      return { keys: this.#database.rows(sql, where.parameters).map(([key]) => keyOf(key)), rows: [] }
    }
    const needed =
      columns === undefined ? shape : narrowed(shape, [...columns, ...('key' in by ? [] : Object.keys(by.where))])
    const records = this.#rows(needed, where, `${'key' in by ? '' : keyOrder(shape, by.where)}${most}`)
    return { keys: records.map(({ key }) => key), rows: records.map(({ row }) => row) }
  }

  #rows(shape: RecordShape, { condition, parameters }: Where, rest: string): readonly StoredRecord[] {
    const sql = `${shape.select} WHERE ${condition}${rest}`
    return this.#database.rows(sql, parameters).map((cells) => recordOf(shape, cells))
  }
}

interface Where {
  readonly condition: string
  readonly parameters: readonly SqlValue[]
}

function stateOf({ version, row, localVersion, updatedAt }: StoredRecord): RecordState {
  return { version, row, localVersion, updatedAt }
}

function shapeOf(model: TableModel, columns: readonly Column[]): RecordShape {
  const from = nativeTable(model.definition)
  const cells = columns.map((column) => `, ${selectable(column)}`).join('')
  const select = `SELECT _key, _revision, _transaction, _local, _updated_at${cells} FROM ${from}`
  return { model, from, columns, select, selectByKey: `${select} WHERE _key = ?` }
}

/** With these columns and the key alone. Throws a RangeError for a column that is not there. */
function narrowed({ model }: RecordShape, names: readonly string[]): RecordShape {
  const needed = new Set([...model.definition.key, ...names])
  return shapeOf(
    model,
    [...needed].map((name) => columnOf(model, name)),
  )
}

function columnOf(model: TableModel, name: string): Column {
  const column = model.column.get(name)
  if (column === undefined) throw new RangeError(`${model.definition.table} has no column ${name}`)
  return column
}

function keyCondition(key: RecordKey): Where {
  return { condition: '_key = ?', parameters: [key] }
}

function whereCondition({ model }: RecordShape, where: Row): Where {
  const columns = Object.keys(where)
  const parameters = columns.map((name) => encode(columnOf(model, name), where[name] ?? null))
  return { condition: columns.map((name) => `${quoted(name)} IS ?`).join(' AND ') || 'TRUE', parameters }
}

/** Without the columns that are the same in every row: naming them would draw SQLite to the index of the key. */
function keyOrder({ model }: RecordShape, where: Row): string {
  const open = model.definition.key.filter((name) => !Object.hasOwn(where, name))
  return open.length === 0 ? '' : ` ORDER BY ${open.map(quoted).join(', ')}`
}

/** A record from the cells of a RecordShape's `select`. */
export function recordOf({ columns }: RecordShape, cells: readonly SQLOutputValue[]): StoredRecord {
  const row: Record<string, Value> = {}
  let at = OWN_CELLS
  for (const column of columns) {
    row[column.name] = decode(column, cells[at] ?? null)
    at += 1
  }
  return {
    key: keyOf(cells[0]),
    row,
    version: versionOf(cells[1], cells[2]),
    localVersion: Number(cells[3]),
    updatedAt: Number(cells[4]),
  }
}

function keyOf(cell: SQLOutputValue | undefined): RecordKey {
  return String(cell) as RecordKey
}

function versionOf(revision: SQLOutputValue | undefined, transaction: SQLOutputValue | undefined) {
  return {
    revision: Number(revision),
    transaction: typeof transaction === 'string' ? (transaction as TransactionId) : null,
  }
}
