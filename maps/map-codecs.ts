/** The codecs of every map of a map set. */

import type { System, Value } from '../schema/record.ts'
import type { Column } from '../schema/table.ts'
import { type BoundField, type BoundKey, type BoundMap, type BoundValues, checked } from './binding.ts'
import {
  type Codec,
  columnCodec,
  expressionCodec,
  keyCodec,
  type Place,
  plainCodec,
  type ValueCodec,
  valueCodec,
} from './codec.ts'
import { EXPRESSION } from './definition.ts'
import type { Evaluate } from './expression/compile.ts'
import { tellingColumn } from './field-columns.ts'
import { compileFieldExpression } from './field-expression.ts'
import type { MapSet, TableMap } from './model.ts'
import { polymorphicCodec, referenceCodec, type Telling } from './reference-codec.ts'

/** The codecs of one map and system. */
export interface SideCodecs {
  /** In the order of the map's fields. */
  readonly all: readonly Codec[]
  readonly byField: ReadonlyMap<string, Codec>
  /** Of the fields that no other system holds. */
  readonly own: readonly Codec[]
}
type MapCodecs = Readonly<Record<System, SideCodecs>>

/** Kept beside the map sets: how a value is translated is nobody's business but the translation's. */
const CODECS = new WeakMap<MapSet, ReadonlyMap<string, MapCodecs>>()

/** Throws a RangeError for a map of another map set. */
export function codecsOf(mapSet: MapSet, map: TableMap): MapCodecs {
  const codecs = CODECS.get(mapSet)?.get(map.name)
  if (codecs === undefined) throw new RangeError(`Map ${map.name} is not of this map set`)
  return codecs
}

export function attachCodecs(mapSet: MapSet, bound: readonly BoundMap[]): void {
  const codecs = bound.map((map): [string, MapCodecs] => [
    map.definition.map,
    { CRM: sideCodecs(map, 'CRM', mapSet), ERP: sideCodecs(map, 'ERP', mapSet) },
  ])
  CODECS.set(mapSet, new Map(codecs))
}

function sideCodecs(map: BoundMap, system: System, mapSet: MapSet): SideCodecs {
  const { field: byName } = checked(mapSet.byEntity.get(map.definition.entity))
  const placeOf = ({ name, columns, copies }: BoundKey | BoundField): readonly Place[] => {
    const column = columns[system]?.column
    if (column === undefined) return []
    return [{ field: checked(byName.get(name)), column, copies: copies[system].map(({ column }) => column.name) }]
  }
  const all = [
    ...map.keys.flatMap((bound) => placeOf(bound).map(keyFieldCodec)),
    ...map.fields.flatMap((bound) => placeOf(bound).map((place) => dataCodec(place, bound, system, map, mapSet))),
  ]
  return {
    all,
    byField: new Map(all.map((codec) => [codec.field.name, codec])),
    own: all.filter(({ field }) => field.kind === 'own'),
  }
}

function keyFieldCodec(place: Place): Codec {
  const { field, column } = place
  if (field.kind !== 'key') throw new TypeError(`${field.name} is no key field`)
  return columnCodec(place, keyCodec(field, column))
}

function dataCodec(place: Place, bound: BoundField, system: System, map: BoundMap, mapSet: MapSet): Codec {
  const { field, column } = place
  const targets = bound.entities.map((entity) => checked(mapSet.byEntity.get(entity)))
  const [target, ...others] = targets
  if (others.length > 0) return polymorphicCodec(place, targets, tellingOf(column, targets, system))
  if (target !== undefined) return columnCodec(place, referenceCodec(field, column, target))
  return columnCodec(place, plainOrTranslated(place, bound, system, map))
}

/** Null where one table holds the records of all the entities. */
function tellingOf(column: Column, targets: readonly TableMap[], system: System): Telling | null {
  const by = tellingColumn(column)
  if (by === null) return null
  const kinds = targets.map(({ entity, sides }): [string, string | number] => {
    const { table } = sides[system].table
    return [entity, checked(column.references.find((target) => target.table === table)?.when?.value)]
  })
  return { column: by, kinds: new Map(kinds) }
}

function plainOrTranslated(
  { field, column }: Place,
  { definition, values, columns }: BoundField,
  system: System,
  map: BoundMap,
): ValueCodec {
  if (values !== null) return valueCodec(field, column, valuePairs(values, system))
  const { reads } = map.definition
  const isExpressed = definition.toCrm !== undefined || definition.toErp !== undefined
  if (!isExpressed || system === reads) return plainCodec(field, column, definition.overflow === 'CLIP')
  const unified = checked(columns[reads]).column
  return expressionCodec(
    field,
    { native: column, unified },
    {
      decode: evaluation(definition[EXPRESSION[reads]], column),
      encode: evaluation(definition[EXPRESSION[system]], unified),
    },
  )
}

/** Null where the map has no expression for that way. */
function evaluation(text: string | undefined, value: Column): Evaluate | null {
  const compiled = text === undefined ? null : compileFieldExpression(text, value)
  return compiled?.ok === true ? compiled.evaluate : null
}

function valuePairs(values: BoundValues, system: System): readonly (readonly [Value, Value])[] {
  return values.entries.map(({ name, native }) => [
    values.type === 'boolean' ? name === 'true' : name,
    native[system] ?? null,
  ])
}
