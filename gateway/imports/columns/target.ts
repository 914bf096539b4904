/** Where a value goes: a field, a member of a reference, or the like of a part; found by its path in the input. */

import { constantCase } from '../../../maps/constant-case.ts'
import { suggest } from '../../../maps/faults.ts'
import type { Field, FieldType, MapSet, TableMap } from '../../../maps/model.ts'
import type { System } from '../../../schema/record.ts'
import type { Column } from '../../../schema/table.ts'
import { writableFields } from '../../graph/unified/writable.ts'

export interface Target {
  /** In the input, without places in lists. */
  readonly path: readonly string[]
  /** The path as one text, as `group.code`. */
  readonly name: string
  /** The list of the parts that the field is of; null for the whole. */
  readonly list: string | null
  readonly map: TableMap
  /** Null for the record's id. */
  readonly field: Field | null
  /** Null for the field itself. */
  readonly member: ReferenceMember | null
  readonly type: FieldType
  /** The column whose values are given; null where they are those of the unified field. */
  readonly native: NativeColumn | null
}

export interface ReferenceMember {
  readonly name: string
  /** Whether it tells the record by itself: not its company, nor which entity it is of. */
  readonly tells: boolean
}

export interface NativeColumn {
  readonly system: System
  readonly column: Column
}

export type Resolved =
  | { readonly ok: true; readonly target: Target }
  | { readonly ok: false; readonly code: 'UNKNOWN_FIELD' | 'READ_ONLY'; readonly message: string }

const TEXT: FieldType = { kind: 'string', maxLength: null }

/** A reference by itself is taken for the one field of its key beside the company. */
export function resolvePath(mapSet: MapSet, map: TableMap, path: readonly string[]): Resolved {
  const [first = '', ...rest] = path
  if (first === 'id' && rest.length === 0) {
    return {
      ok: true,
      target: { path, name: first, list: null, map, field: null, member: null, type: TEXT, native: null },
    }
  }
  const part = partOf(mapSet, map, first)
  if (part === null) return resolveField(mapSet, map, null, path)
  if (rest.length === 0)
    return unknown(`"${first}" is a list: name a field of its records, as ${first}.${part.key.at(-1)?.name}.`)
  return resolveField(mapSet, part, first, rest)
}

export function partOf(mapSet: MapSet, map: TableMap, list: string): TableMap | null {
  return mapSet.partsOf(map.entity).find(({ parent }) => parent?.list === list) ?? null
}

function resolveField(mapSet: MapSet, map: TableMap, list: string | null, path: readonly string[]): Resolved {
  const [name = '', ...rest] = path
  const field = map.field.get(name)
  if (field === undefined) return unknown(`${map.entity} has no field "${name}".${suggest(name, map.field.keys())}`)
  if (!writableFields(map).includes(field)) {
    return {
      ok: false,
      code: 'READ_ONLY',
      message: `${map.entity}.${name} is filled by the systems: nobody writes it.`,
    }
  }
  const inInput = list === null ? path : [list, ...path]
  const base = { path: inInput, name: inInput.join('.'), list, map, field, native: null }
  if (field.type.kind === 'reference' || field.type.kind === 'polymorphic') {
    const member = memberOf(mapSet, field.type, rest)
    if (member === null)
      return unknown(
        `${map.entity}.${path.join('.')} does not name what "${name}" refers to: ${waysOf(mapSet, field)}.`,
      )
    const full = rest.length === 0 ? [...inInput, member.member.name] : inInput
    return { ok: true, target: { ...base, ...member, path: full, name: full.join('.') } }
  }
  if (rest.length > 0) return unknown(`${map.entity}.${name} is no reference: it has no "${rest.join('.')}".`)
  return { ok: true, target: { ...base, member: null, type: field.type } }
}

type ReferenceType = Extract<FieldType, { kind: 'reference' | 'polymorphic' }>

function memberOf(
  mapSet: MapSet,
  type: ReferenceType,
  rest: readonly string[],
): { readonly member: ReferenceMember; readonly type: FieldType } | null {
  const [name, ...deeper] = rest
  if (deeper.length > 0) return null
  if (name === 'id') return { member: { name, tells: true }, type: TEXT }
  if (name === 'type' && type.kind === 'polymorphic') {
    const values = type.entities.map(constantCase)
    return { member: { name, tells: false }, type: { kind: 'enum', name: type.name, values } }
  }
  const target = targetOf(mapSet, type)
  const company = target?.scope === 'company' ? target.key[0] : undefined
  const telling = target?.key.filter((field) => field !== company) ?? []
  const [only, ...others] = telling
  const wanted =
    name === undefined ? (others.length === 0 ? only : undefined) : target?.key.find((field) => field.name === name)
  return wanted === undefined ? null : { member: { name: wanted.name, tells: wanted !== company }, type: wanted.type }
}

/** The entities that one field may refer to have keys alike. */
function targetOf({ byEntity }: MapSet, type: ReferenceType): TableMap | undefined {
  return byEntity.get(type.kind === 'reference' ? type.entity : (type.entities[0] ?? ''))
}

function waysOf(mapSet: MapSet, { name, type }: Field): string {
  const isReference = type.kind === 'reference' || type.kind === 'polymorphic'
  const keys = isReference ? (targetOf(mapSet, type)?.key ?? []).map((field) => field.name) : []
  return ['id', ...keys].map((member) => `${name}.${member}`).join(', ')
}

function unknown(message: string): Resolved {
  return { ok: false, code: 'UNKNOWN_FIELD', message }
}
