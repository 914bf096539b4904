/** The codecs of every map of a map set. */

import type { System, Value } from '../schema/participant.ts'
import type { Column } from '../schema/table.ts'
import { type BoundField, type BoundMap, type BoundValues, checked } from './binding.ts'
import { type Codec, expressionCodec, keyCodec, plainCodec, referenceCodec, valueCodec } from './codec.ts'
import { EXPRESSION } from './definition.ts'
import type { Evaluate } from './expression/compile.ts'
import { compileFieldExpression } from './field-expression.ts'
import type { Field, MapSet, TableMap } from './model.ts'

/** The codecs of one map and system. */
export interface SideCodecs {
  /** In the order of the map's fields. */
  readonly all: readonly Codec[]
  readonly byField: ReadonlyMap<string, Codec>
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
  const all = [
    ...map.keys.map(({ name, columns }): Codec => {
      const field = byName.get(name)
      if (field?.kind !== 'key') throw new TypeError(`${name} is no key field`)
      return keyCodec(field, checked(columns[system]).column)
    }),
    ...map.fields.flatMap((bound): Codec[] => {
      const column = bound.columns[system]?.column
      return column === undefined
        ? []
        : [dataCodec(checked(byName.get(bound.name)), bound, column, system, map, mapSet)]
    }),
  ]
  return { all, byField: new Map(all.map((codec) => [codec.field.name, codec])) }
}

function dataCodec(
  field: Field,
  bound: BoundField,
  column: Column,
  system: System,
  map: BoundMap,
  mapSet: MapSet,
): Codec {
  const { definition, values } = bound
  if (field.type.kind === 'reference') {
    return referenceCodec(field, column, checked(mapSet.byEntity.get(field.type.entity)))
  }
  if (values !== null) return valueCodec(field, column, valuePairs(values, system))
  const { reads } = map.definition
  const isExpressed = definition.toCrm !== undefined || definition.toErp !== undefined
  if (!isExpressed || system === reads) return plainCodec(field, column, definition.overflow === 'CLIP')
  const unified = checked(bound.columns[reads]).column
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
