/** Applies the images of a committed transaction to the records. */

import type { WriteImage } from '../../../../schema/participant.ts'
import type { Database, SqlValue } from '../../../../schema/process/sqlite/database.ts'
import type { Row, Version } from '../../../../schema/record.ts'
import type { Applied } from '../../ledger/storage.ts'
import type { SystemModel, TableModel } from '../../participant/system-model.ts'
import { encode, quoted } from './columns.ts'
import { nativeTable } from './schema.ts'

/** Throws where a record is not as its image says, which the locks rule out. */
export function redo(database: Database, system: SystemModel, images: readonly WriteImage[], applied: Applied): void {
  for (const image of images) {
    const model = system.tables.get(image.table)
    if (model === undefined) throw new Error(`The table ${image.table} of a prepared transaction is gone`)
    const changes = applyImage(database, model, image, applied)
    if (changes !== 1) throw new Error(`${image.table} ${image.key} is not as it was prepared`)
  }
}

function applyImage(database: Database, model: TableModel, image: WriteImage, { transaction, at }: Applied): number {
  const isSynchronised = image.revision > image.base.revision
  const version = isSynchronised ? { revision: image.revision, transaction } : image.base
  const { before, after } = image
  if (after === null) return remove(database, model, image, version)
  const localWrites = isSynchronised ? 0 : 1
  if (before === null) return insert(database, model, image, after, version, localWrites, at)
  // The time is that of the last synchronised write, for as long as there is one.
  const isTimed = isSynchronised || version.revision === 0
  return update(database, model, image, before, after, version, localWrites, isTimed ? at : null)
}

function insert(
  database: Database,
  model: TableModel,
  image: WriteImage,
  row: Row,
  version: Version,
  localWrites: number,
  at: number,
): number {
  if (image.base.revision > 0) {
    database.run('DELETE FROM tombstones WHERE table_name = ? AND key = ?', [image.table, image.key])
  }
  return database.run(insertInto(model), [
    image.key,
    version.revision,
    version.transaction,
    localWrites,
    at,
    ...model.columns.map((column) => encode(column, row[column.name] ?? null)),
  ])
}

/** Long, and wanted for every record that is made. */
const INSERTS = new WeakMap<TableModel, string>()

function insertInto(model: TableModel): string {
  const known = INSERTS.get(model)
  if (known !== undefined) return known
  const columns = model.columns.map(({ name }) => `, ${quoted(name)}`).join('')
  const sql = `INSERT INTO ${nativeTable(model.definition)} (_key, _revision, _transaction, _local, _updated_at${columns})
     VALUES (?, ?, ?, ?, ?${', ?'.repeat(model.columns.length)})`
  INSERTS.set(model, sql)
  return sql
}

/** Only the columns that changed: the indexes of the others are left alone. */
function update(
  database: Database,
  model: TableModel,
  image: WriteImage,
  before: Row,
  after: Row,
  version: Version,
  localWrites: number,
  at: number | null,
): number {
  const changed: SqlValue[] = []
  let assignments = ''
  for (const column of model.columns) {
    const value = encode(column, after[column.name] ?? null)
    if (value === encode(column, before[column.name] ?? null)) continue
    assignments += `, ${quoted(column.name)} = ?`
    changed.push(value)
  }
  return database.run(
    `UPDATE ${nativeTable(model.definition)} SET _revision = ?, _transaction = ?, _local = _local + ?,
     _updated_at = coalesce(?, _updated_at)${assignments} WHERE _key = ?`,
    [version.revision, version.transaction, localWrites, at, ...changed, image.key],
  )
}

/** What was never synchronised leaves nothing behind that a later record would have to continue. */
function remove(database: Database, model: TableModel, image: WriteImage, version: Version): number {
  if (version.revision > 0) {
    database.run('INSERT INTO tombstones VALUES (?, ?, ?, ?)', [
      image.table,
      image.key,
      version.revision,
      version.transaction,
    ])
  }
  return database.run(`DELETE FROM ${nativeTable(model.definition)} WHERE _key = ?`, [image.key])
}
