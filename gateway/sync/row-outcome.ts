/** What became of one row, told from what its batch has written of it: the same for a first answer and for a repeated one. Pure. */

import type { Field, TableMap } from '../../maps/model.ts'
import type { TransactionView } from '../../schema/caller-view.ts'
import type { WriteImage } from '../../schema/participant.ts'
import { type Row, SYSTEMS, type System, type TransactionId } from '../../schema/record.ts'
import { idOf, type Key, keyOfRecord } from './key.ts'
import type { JudgedRow, RowOutcome } from './write.ts'

/** A write in either system. */
export interface RowImage {
  readonly system: System
  readonly image: WriteImage
}

/** The row's own record and its parts, with the key that the row gave. */
export interface RowSubject {
  readonly map: TableMap
  readonly key: Key
  readonly parts: readonly TableMap[]
}

/** The writes of a batch by their member. */
export function imagesOf(transaction: TransactionView | null): ReadonlyMap<number, readonly RowImage[]> {
  const images = new Map<number, RowImage[]>()
  for (const { system, writes } of transaction?.legs ?? []) {
    for (const image of writes) {
      const member = image.member ?? 0
      const ofMember = images.get(member)
      if (ofMember === undefined) images.set(member, [{ system, image }])
      else ofMember.push({ system, image })
    }
  }
  return images
}

export type WrittenOutcome = Exclude<RowOutcome, { outcome: 'FAILED' | 'NOT_STARTED' | 'UNDECIDED' }>

/** Of a row that is committed. A record that one of the systems had already is updated, not created. */
export function outcomeOfWritten(
  { map, key, parts }: RowSubject,
  images: readonly RowImage[],
  transaction: TransactionId | null,
): WrittenOutcome {
  const own = images.filter(({ system, image }) => image.table === map.sides[system].table.table)
  const [first] = own
  const id = first === undefined ? idOf(map, key) : idOf(map, keyOfRecord(map, first.system, first.image.key))
  if (images.length === 0 || id === null) return { outcome: 'UNCHANGED', id }
  const isEvery = (operation: WriteImage['operation']) =>
    own.length > 0 && own.every(({ image }) => image.operation === operation)
  if (isEvery('CREATE')) return { outcome: 'CREATED', id, transaction }
  if (isEvery('DELETE')) return { outcome: 'DELETED', id, transaction }
  const lists = parts.filter((part) =>
    images.some(({ system, image }) => image.table === part.sides[system].table.table),
  )
  const fields = [...changedFields(map, own), ...lists.flatMap(({ parent }) => parent?.list ?? [])]
  return { outcome: 'UPDATED', id, transaction, fields }
}

/** What each system does with the row's own record; a system in which nothing of it differs is left out. */
export function operationsOn(map: TableMap, images: readonly RowImage[]): JudgedRow['systems'] {
  const own = images.filter(({ system, image }) => image.table === map.sides[system].table.table)
  const doing = own.filter(({ image }) => image.operation !== 'UPDATE' || changedColumns(image).length > 0)
  return Object.fromEntries(doing.map(({ system, image }) => [system, image.operation]))
}

function changedFields(map: TableMap, own: readonly RowImage[]): readonly string[] {
  const changed: Record<System, Set<string>> = { CRM: new Set(), ERP: new Set() }
  for (const { system, image } of own) {
    for (const column of changedColumns(image)) changed[system].add(column)
  }
  return map.fields.filter((field) => isChanged(field, changed)).map(({ name }) => name)
}

/** An image without the record before it holds what was set, and only what differs is. */
function changedColumns({ operation, before, after }: WriteImage): readonly string[] {
  if (after === null) return []
  const columns = Object.keys(after)
  return before === null || operation === 'CREATE' ? columns : columns.filter((name) => differs(before, after, name))
}

function differs(before: Row, after: Row, column: string): boolean {
  const [one, other] = [before[column] ?? null, after[column] ?? null]
  return one !== other && JSON.stringify(one) !== JSON.stringify(other)
}

/** What a system computes for itself alone is not known of a write until it is done, and is left out. */
function isChanged(field: Field, changed: Readonly<Record<System, ReadonlySet<string>>>): boolean {
  switch (field.kind) {
    case 'key':
      return false
    case 'own':
      return !field.computed && changed[field.system].has(field.column)
    case 'mapped':
      return SYSTEMS.some((system) => changed[system].has(field.columns[system]))
  }
}
