/** Lays the table definitions over a file: one SQL table for each native one, and the participant's own. */

import type { Database } from '../../../../schema/process/sqlite/database.ts'
import { StoreUnfit } from '../../../../schema/process/store-faults.ts'
import type { Value } from '../../../../schema/record.ts'
import type { Column, TableDefinition } from '../../../../schema/table.ts'
import type { SystemModel, TableModel } from '../../participant/system-model.ts'
import { encode, quoted, sqlTypeOf, storageOf } from './columns.ts'

const SCHEMA_VERSION = '1'

const OWN_TABLES = `
CREATE TABLE IF NOT EXISTS meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS native_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, storage TEXT NOT NULL, PRIMARY KEY (table_name, column_name)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tombstones (
  table_name TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, transaction_id TEXT NOT NULL,
  PRIMARY KEY (table_name, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sequences (name TEXT NOT NULL PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS transactions (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE, plan TEXT NOT NULL, state TEXT NOT NULL, sequence INTEGER, participants TEXT NOT NULL,
  map_set TEXT NOT NULL, origin TEXT NOT NULL, actor TEXT, started_at INTEGER NOT NULL, decided_at INTEGER NOT NULL,
  completed_at INTEGER, deadline INTEGER NOT NULL, age_at INTEGER NOT NULL, age_id TEXT NOT NULL,
  idempotency_key TEXT, idempotency_digest TEXT, idempotency_attempt INTEGER, subject_entity TEXT, subject_id TEXT,
  members INTEGER, left_out TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS transaction_bodies (
  position INTEGER PRIMARY KEY, writes TEXT NOT NULL, violations TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS transactions_by_sequence ON transactions (sequence) WHERE sequence IS NOT NULL;
CREATE INDEX IF NOT EXISTS transactions_in_doubt ON transactions (deadline) WHERE state = 'PREPARED';
CREATE INDEX IF NOT EXISTS transactions_by_start ON transactions (started_at, id);
CREATE INDEX IF NOT EXISTS transactions_by_subject ON transactions (subject_id, started_at, id)
  WHERE subject_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS transactions_by_idempotency_key ON transactions (idempotency_key)
  WHERE idempotency_key IS NOT NULL;
`

/** Of `transactions`: stores that are older than these lack them. */
const LATER_COLUMNS = [
  ['members', 'INTEGER'],
  ['left_out', 'TEXT'],
] as const

export function nativeTable(definition: TableDefinition): string {
  return quoted(`t_${definition.table}`)
}

/**
 * Creates what is missing and adds columns that a definition gained. Throws StoreUnfit, naming table and column, where
 * a definition says something else of values that are already there.
 */
export function layOut(database: Database, system: SystemModel): void {
  database.execute('BEGIN IMMEDIATE')
  try {
    database.execute(OWN_TABLES)
    for (const [name, type] of LATER_COLUMNS) gain(database, name, type)
    fix(database, 'schema version', SCHEMA_VERSION)
    fix(database, 'system', system.system)
    for (const model of system.tables.values()) layOutTable(database, model)
    database.execute('COMMIT')
  } catch (error) {
    if (database.isInTransaction) database.execute('ROLLBACK')
    throw error
  }
}

function fix(database: Database, name: string, value: string): void {
  database.run('INSERT OR IGNORE INTO meta VALUES (?, ?)', [name, value])
  const [found] = database.row('SELECT value FROM meta WHERE name = ?', [name]) ?? []
  if (found !== value) throw new StoreUnfit(`The store's ${name} is ${String(found)}, and ${value} is wanted`)
}

function gain(database: Database, name: string, type: string): void {
  const known = database.row(`SELECT 1 FROM pragma_table_info('transactions') WHERE name = ?`, [name])
  if (known === undefined) database.execute(`ALTER TABLE transactions ADD COLUMN ${name} ${type}`)
}

function layOutTable(database: Database, model: TableModel): void {
  const { definition, columns } = model
  fix(database, `key of ${definition.table}`, definition.key.join(', '))
  const known = new Map(
    database
      .rows('SELECT column_name, storage FROM native_columns WHERE table_name = ?', [definition.table])
      .map(([name, storage]) => [name, storage]),
  )
  if (known.size === 0) createTable(database, model)
  for (const column of columns) {
    const storage = known.get(column.name)
    if (storage === storageOf(column)) continue
    if (storage !== undefined) {
      const change = `is kept as ${String(storage)} and now defined as ${storageOf(column)}`
      throw new StoreUnfit(`${definition.table}.${column.name} ${change}`)
    }
    if (known.size > 0) addColumn(database, definition, column)
    database.run('INSERT INTO native_columns VALUES (?, ?, ?)', [definition.table, column.name, storageOf(column)])
  }
  for (const indexed of indexes(model)) {
    const name = quoted(`i_${definition.table}:${indexed.join(',')}`)
    const list = indexed.map(quoted).join(', ')
    database.execute(`CREATE INDEX IF NOT EXISTS ${name} ON ${nativeTable(definition)} (${list})`)
  }
}

function createTable(database: Database, { definition, columns }: TableModel): void {
  const native = columns.map((column) => `, ${quoted(column.name)} ${sqlTypeOf(column)}`).join('')
  database.execute(`CREATE TABLE ${nativeTable(definition)} (
    _key TEXT NOT NULL PRIMARY KEY, _revision INTEGER NOT NULL, _transaction TEXT, _local INTEGER NOT NULL,
    _updated_at INTEGER NOT NULL${native}) STRICT`)
}

/** Empty in the records that are there, unless the column is required: then its default. */
function addColumn(database: Database, definition: TableDefinition, column: Column): void {
  const table = nativeTable(definition)
  const value: Value = column.default ?? null
  if (column.required && value === null && database.row(`SELECT 1 FROM ${table} LIMIT 1`) !== undefined) {
    throw new StoreUnfit(`${definition.table}.${column.name} is new and required, and has no default for the records`)
  }
  database.execute(`ALTER TABLE ${table} ADD COLUMN ${quoted(column.name)} ${sqlTypeOf(column)}`)
  if (column.required) database.run(`UPDATE ${table} SET ${quoted(column.name)} = ?`, [encode(column, value)])
}

/**
 * The key's own order, each unique value, each set that is looked up by and each reference: all in key order, so that none needs a sort. A reference
 * to one of several tables is found with and without the column that tells which.
 */
function indexes({ definition, references }: TableModel): readonly (readonly string[])[] {
  const { key, company, unique, indexed } = definition
  const byReference = references.map(({ column, when }) => [
    ...(company === null || company === column ? [] : [company]),
    ...(when === null ? [column] : [column, when.column]),
  ])
  const leading = [...unique, ...indexed, ...byReference].filter((columns) =>
    columns.some((name, at) => name !== key[at]),
  )
  return [key, ...leading.map((columns) => [...columns, ...key.filter((name) => !columns.includes(name))])]
}
