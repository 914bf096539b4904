/** From YAML text to a definition of one of the three shapes, or every fault in it. */

import type { z } from 'zod'
import type { System } from '../schema/record.ts'
import type { Column, ReferenceTarget, TableDefinition } from '../schema/table.ts'
import {
  type ColumnFile,
  type MapFile,
  mapShape,
  type TableFile,
  tableShape,
  type ValueMapFile,
  valueMapShape,
} from './definition.ts'
import type { Fault } from './faults.ts'
import { type Path, parseYaml, type Source } from './yaml.ts'

/** A definition with the places of its parts. */
export interface Loaded<Definition> {
  readonly definition: Definition
  readonly source: Source
}
export type LoadedTable = Loaded<TableDefinition>
export type LoadedMap = Loaded<MapFile>
export type LoadedValueMap = Loaded<ValueMapFile>

/** Maps and shared value maps, each in the order of their files. */
export interface Catalog {
  readonly maps: readonly LoadedMap[]
  readonly values: readonly LoadedValueMap[]
}

export type Read<Definition> =
  | { readonly ok: true; readonly loaded: Loaded<Definition> }
  | { readonly ok: false; readonly faults: readonly Fault[] }

export function readTable(system: System, text: string, file: string): Read<TableDefinition> {
  const read = readShape(tableShape, text, file)
  if (!read.ok) return read
  const { definition, source } = read.loaded
  return { ok: true, loaded: { definition: tableDefinition(system, definition), source } }
}

export function readMap(text: string, file: string): Read<MapFile> {
  return readShape(mapShape, text, file)
}

export function readValueMap(text: string, file: string): Read<ValueMapFile> {
  return readShape(valueMapShape, text, file)
}

function readShape<Definition>(shape: z.ZodType<Definition>, text: string, file: string): Read<Definition> {
  const yaml = parseYaml(text, file)
  if (!yaml.ok) return yaml
  const parsed = shape.safeParse(yaml.source.value)
  if (parsed.success) return { ok: true, loaded: { definition: parsed.data, source: yaml.source } }
  return { ok: false, faults: parsed.error.issues.flatMap((issue) => faultsOf(issue, [], yaml.source)) }
}

function faultsOf(issue: z.core.$ZodIssue, under: Path, source: Source): readonly Fault[] {
  const path = [...under, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))]
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n')
    return issue.keys.map((key, index) => source.faultAtKey([...path, key], messages[index] ?? issue.message))
  }
  if (issue.code === 'invalid_key') {
    return [source.faultAtKey(path, `"${path.at(-1)}" ${issue.issues[0]?.message ?? issue.message}`)]
  }
  if (issue.code === 'invalid_union') {
    const nearest = issue.errors.find((errors) => errors.some(({ path }) => path.length > 0))
    if (nearest !== undefined) return nearest.flatMap((inner) => faultsOf(inner, path, source))
  }
  if (valueAt(source.value, path) === undefined) return [source.fault(path, `"${path.at(-1)}" is missing`)]
  return [source.fault(path, described(issue, path))]
}

function valueAt(value: unknown, path: Path): unknown {
  const [step, ...rest] = path
  if (step === undefined) return value
  return value instanceof Object ? valueAt(Reflect.get(value, step), rest) : undefined
}

function described(issue: z.core.$ZodIssue, path: Path): string {
  const subject = path.length === 0 ? 'The file' : `"${path.at(-1)}"`
  return `${subject} ${issue.message.replace(/^Invalid (input|option): /, 'is not right: ')}`
}

function tableDefinition(system: System, file: TableFile): TableDefinition {
  const columns = Object.entries(file.columns).map(([name, column]): [string, Column] => [
    name,
    {
      name,
      type: column.type,
      description: column.description ?? null,
      maxLength: column.maxLength ?? null,
      precision: column.precision ?? null,
      scale: column.scale ?? null,
      required: column.required,
      immutable: column.immutable,
      generated: column.generated,
      computed: column.computed,
      default: column.default,
      values: column.values ?? null,
      references: referenceTargets(column, file),
    },
  ])
  return {
    system,
    table: file.table,
    description: file.description ?? null,
    scope: file.scope,
    company: file.company ?? null,
    key: file.key,
    unique: file.unique,
    indexed: file.indexed,
    partOf: file.partOf ?? null,
    columns: Object.fromEntries(columns),
    rules: file.rules,
    computations: file.computations,
  }
}

/** Keys of YAML are text: a number among them is told by the values of the column that it is a value of. */
function referenceTargets({ references }: ColumnFile, { columns }: TableFile): readonly ReferenceTarget[] {
  if (references === undefined) return []
  if (typeof references === 'string') return [{ table: references, when: null }]
  const { by, tables } = references
  const values = columns[by]?.values ?? []
  return Object.entries(tables).map(([text, table]) => ({
    table,
    when: { column: by, value: values.find((value) => String(value) === text) ?? text },
  }))
}
