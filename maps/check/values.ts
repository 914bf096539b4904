/** Value maps: legal names, values that fit, total and one-to-one in each direction that is written. */

import { SYSTEMS, type System, type Value } from '../../schema/record.ts'
import { canonical } from '../../schema/value.ts'
import type { BoundField, BoundMap, BoundValues, Definitions, ValueEntry } from '../binding.ts'
import type { Fault } from '../faults.ts'
import { isSource } from '../flow.ts'
import type { LoadedValueMap } from '../read.ts'
import type { Path } from '../yaml.ts'

const NOT_ENUM_VALUES = ['true', 'false', 'null']

/** Shared value maps by themselves. */
export function checkSharedValues(values: Definitions['values'], all: readonly LoadedValueMap[]): readonly Fault[] {
  return all.flatMap(({ definition, source }) => {
    const first = values.get(definition.values)
    const names = Object.keys(definition.entries)
    const faults = first?.source === source ? [] : [source.fault(['values'], `There are two "${definition.values}"`)]
    if (definition.type === 'enum') {
      return [...faults, ...names.flatMap((name) => enumNameFaults({ source }, name, ['entries', name]))]
    }
    const isBoolean = names.length === 2 && names.includes('true') && names.includes('false')
    return isBoolean ? faults : [...faults, source.fault(['entries'], 'A boolean has the entries true and false')]
  })
}

/** The values of a map's fields, against the columns. */
export function checkValues(map: BoundMap): readonly Fault[] {
  return map.fields.flatMap((field) => {
    const { values } = field
    if (values === null || !field.complete) return []
    const own = values.source === map.source ? values.entries : []
    return [
      ...own.flatMap(({ name, path }) => enumNameFaults(values, name, path)),
      ...field.systems.flatMap((system) => [
        ...fitFaults(field, values, system),
        ...missingFaults(field, values, system),
        ...ambiguousFaults(map, field, values, system),
        ...partialFaults(map, field, values, system),
      ]),
    ]
  })
}

function enumNameFaults({ source }: Pick<BoundValues, 'source'>, name: string, path: Path): readonly Fault[] {
  if (/^[A-Za-z_]\w*$/.test(name) && !name.startsWith('__') && !NOT_ENUM_VALUES.includes(name)) return []
  return [source.faultAtKey(path, `"${name}" is not a legal GraphQL enum value`)]
}

/** Each value must be one that the column can hold. */
function fitFaults(field: BoundField, values: BoundValues, system: System): readonly Fault[] {
  const column = field.columns[system]?.column
  if (column === undefined) return []
  return values.entries.flatMap((entry) => {
    const fitting = canonical(column, entry.native[system] ?? null)
    return fitting.ok ? [] : [values.source.fault(placeOf(entry, system), fitting.message)]
  })
}

/** An entry without a value on one side is no partner for a value that is written there. */
function missingFaults(field: BoundField, values: BoundValues, system: System): readonly Fault[] {
  return values.entries.flatMap((entry) => {
    if (entry.native[system] !== null) return []
    const others = field.systems.filter((other) => other !== system)
    const isReached = others.every((other) => entry.native[other] === null || isSource(field, other))
    if (!isReached) return []
    const message = `"${entry.name}" has no value in the ${system}, where ${field.name} is written`
    return [values.source.fault(placeOf(entry, system), message)]
  })
}

/** A value that is read must lead to one name: from a source, and on the side that serves the field. */
function ambiguousFaults(map: BoundMap, field: BoundField, values: BoundValues, system: System): readonly Fault[] {
  const isRead = field.systems.length < 2 || map.definition.reads === system || isSource(field, system)
  if (!isRead) return []
  const seen = new Map<Value, string>()
  return values.entries.flatMap((entry) => {
    const value = entry.native[system] ?? null
    const first = seen.get(value)
    if (value !== null && first === undefined) seen.set(value, entry.name)
    if (value === null || first === undefined) return []
    const message = `${JSON.stringify(value)} stands for "${first}" already, so ${field.name} cannot be told from it`
    return [values.source.fault(placeOf(entry, system), message)]
  })
}

/** Every value that an enum or boolean column may hold needs a name, unless it is never read or the loss is declared. */
function partialFaults(map: BoundMap, field: BoundField, values: BoundValues, system: System): readonly Fault[] {
  const bound = field.columns[system]
  const isOwn = field.systems.length < 2
  const isRead = isOwn ? field.definition.loss === undefined : isSource(field, system)
  if (bound === undefined || !isRead) return []
  const possible: readonly Value[] = bound.column.type === 'boolean' ? [false, true] : (bound.column.values ?? [])
  const named = new Set(values.entries.map((entry) => entry.native[system]))
  const missing = possible.filter((value) => !named.has(value))
  if (missing.length === 0) return []
  const shown = missing.slice(0, 12).join(', ') + (missing.length > 12 ? ` and ${missing.length - 12} more` : '')
  const message = `${shown} of ${bound.table.table}.${bound.column.name} ${missing.length === 1 ? 'has' : 'have'} no name`
  return [map.source.fault([...field.path, 'values'], message)]
}

/** Where an entry's value for a system is written: alone, or in a pair. */
function placeOf(entry: ValueEntry, system: System): Path {
  return SYSTEMS.every((each) => entry.native[each] !== undefined)
    ? [...entry.path, SYSTEMS.indexOf(system)]
    : entry.path
}
