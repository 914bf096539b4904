/**
 * What takes a committed write of one record, and of its parts, back: pure. It is refused where anybody has written the
 * record since. Of a record that one system had before and the other only got by the write, the values are given back
 * and both keep it.
 */

import { decodeId, keyValue } from '../../../maps/identity.ts'
import type { Field, MapSet, TableMap } from '../../../maps/model.ts'
import type { WriteImage } from '../../../schema/participant.ts'
import type { Row, System, Value } from '../../../schema/record.ts'
import type { Change } from '../../changes/stream/stream.ts'
import { changeableFields, writableFields } from '../../graph/unified/writable.ts'
import type { RowWrite } from '../../sync/write.ts'

type Input = Readonly<Record<string, unknown>>

/** What became of a record and of its parts in one transaction. */
export interface WrittenWhole {
  readonly map: TableMap
  readonly change: Change
  readonly parts: readonly Change[]
  /** What each system wrote of the record. */
  readonly images: readonly NativeImage[]
  readonly partImages: readonly NativeImage[]
}

export interface NativeImage {
  readonly system: System
  readonly write: WriteImage
}

/** Null where the write changed nothing that can be given back. */
export function undoWrite(mapSet: MapSet, { map, change, parts }: WrittenWhole): RowWrite | null {
  const { entity, id, revision, before, changedFields } = change
  switch (change.operation) {
    case 'CREATE':
      return { entity, operation: 'DELETE', id, input: {}, expectedRevision: revision }
    case 'DELETE': {
      const input = { ...keyOf(map, id), ...inputOf(writableFields(map), before ?? {}) }
      return {
        entity,
        operation: 'CREATE',
        id: null,
        input: { ...input, ...made(mapSet, map, parts) },
        expectedRevision: null,
      }
    }
    case 'UPDATE': {
      const fields = changeableFields(map).filter(({ name }) => changedFields.includes(name))
      const input = { ...inputOf(fields, before ?? {}), ...changed(mapSet, map, parts) }
      if (Object.keys(input).length === 0) return null
      return { entity, operation: 'UPDATE', id, input, expectedRevision: revision }
    }
  }
}

/** The parts that went with their whole. */
function made(mapSet: MapSet, map: TableMap, parts: readonly Change[]): Input {
  return listed(mapSet, map, (part) => {
    const gone = parts.filter((one) => one.entity === part.entity && one.operation === 'DELETE')
    return gone.length === 0 ? null : gone.map((one) => partInput(part, one, writableFields(part)))
  })
}

function changed(mapSet: MapSet, map: TableMap, parts: readonly Change[]): Input {
  return listed(mapSet, map, (part) => {
    const own = parts.filter(({ entity }) => entity === part.entity)
    const of = (operation: Change['operation']) => own.filter((one) => one.operation === operation)
    const changedIn = ({ changedFields }: Change) =>
      changeableFields(part).filter(({ name }) => changedFields.includes(name))
    const lists = {
      create: of('DELETE').map((one) => partInput(part, one, writableFields(part))),
      update: of('UPDATE').map((one) => partInput(part, one, changedIn(one))),
      delete: of('CREATE').map(({ id }) => numberOf(part, id)),
    }
    const filled = Object.entries(lists).filter(([, list]) => list.length > 0)
    return filled.length === 0 ? null : Object.fromEntries(filled)
  })
}

function listed(mapSet: MapSet, map: TableMap, listOf: (part: TableMap) => unknown): Input {
  const lists = mapSet.partsOf(map.entity).map((part): [string, unknown] => [part.parent?.list ?? '', listOf(part)])
  return Object.fromEntries(lists.filter(([, value]) => value !== null))
}

function partInput(part: TableMap, { id, before }: Change, fields: readonly Field[]): Input {
  return { ...inputOf(fields, before ?? {}), [part.key.at(-1)?.name ?? '']: numberOf(part, id) }
}

function numberOf(part: TableMap, id: string): Value {
  const field = part.key.at(-1)
  const text = decodeId(id)?.key.at(-1)
  return field === undefined || text === undefined ? null : keyValue(field, text)
}

/** As an input has them: what the record held of the fields, as far as it was told. */
function inputOf(fields: readonly Field[], values: Row): Input {
  const told = fields.filter(({ name }) => Object.hasOwn(values, name))
  return Object.fromEntries(
    told.map(({ name, type }) => {
      const value = values[name] ?? null
      const isReference = type.kind === 'reference' || type.kind === 'polymorphic'
      return [name, isReference && value !== null ? { id: value } : value]
    }),
  )
}

function keyOf(map: TableMap, id: string): Input {
  const key = decodeId(id)?.key ?? []
  return Object.fromEntries(map.key.map((field, at) => [field.name, keyValue(field, key[at] ?? '')]))
}
