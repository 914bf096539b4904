/** The field that a header means by itself: by the field's name, else by that of a native column. */

import { suggest } from '../../../maps/faults.ts'
import type { Field, MapSet, TableMap } from '../../../maps/model.ts'
import { SYSTEMS } from '../../../schema/record.ts'
import { type NativeColumn, type Resolved, resolvePath } from './target.ts'

/** As written, else whatever the letters' case. */
export function resolveHeader(mapSet: MapSet, map: TableMap, header: string): Resolved {
  const byName = resolvePath(mapSet, map, header.split('.'))
  if (byName.ok) return byName
  const isAlike = (name: string) => name.toLowerCase() === header.toLowerCase()
  const named = [...map.field.keys()].filter(isAlike)
  const columns = nativeColumns(map).filter(({ native }) => native.column.name === header)
  const alike = columns.length > 0 ? columns : nativeColumns(map).filter(({ native }) => isAlike(native.column.name))
  const [name] = named
  if (columns.length === 0 && named.length === 1 && name !== undefined) return resolvePath(mapSet, map, [name])
  const fields = [...new Set(alike.map(({ field }) => field))]
  const [field] = fields
  if (field === undefined) return byName.code === 'READ_ONLY' ? byName : withSuggestion(map, header)
  if (fields.length > 1) {
    const names = fields.map((one) => one.name).join(' or ')
    return {
      ok: false,
      code: 'UNKNOWN_FIELD',
      message: `Column "${header}" may be ${names}: say which with \`columns\`.`,
    }
  }
  const resolved = resolvePath(mapSet, map, [field.name])
  const native = (alike.find((one) => one.native.system === map.reads) ?? alike[0])?.native ?? null
  // What is referred to is named by the same key in every system.
  return !resolved.ok || resolved.target.member !== null
    ? resolved
    : { ok: true, target: { ...resolved.target, native } }
}

function nativeColumns(map: TableMap): readonly { readonly field: Field; readonly native: NativeColumn }[] {
  return map.fields.flatMap((field) =>
    SYSTEMS.flatMap((system) => {
      const name = field.kind !== 'own' ? field.columns[system] : field.system === system ? field.column : null
      const column = name === null ? undefined : map.sides[system].table.columns[name]
      return column === undefined ? [] : [{ field, native: { system, column } }]
    }),
  )
}

function withSuggestion(map: TableMap, header: string): Resolved {
  const known = [...map.field.keys(), ...nativeColumns(map).map(({ native }) => native.column.name)]
  const message = `Column "${header}" is no field of ${map.entity}, and no column of its tables.${suggest(header, known)}`
  return { ok: false, code: 'UNKNOWN_FIELD', message }
}
