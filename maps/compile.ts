/** From definitions to the maps in force: checks everything, then joins each map with its tables. */

import { createHash } from 'node:crypto'
import type { System, Value } from '../schema/record.ts'
import type { Column, TableDefinition } from '../schema/table.ts'
import { canonical } from '../schema/value.ts'
import {
  type BoundField,
  type BoundKey,
  type BoundMap,
  bindMap,
  checked,
  collect,
  type Definitions,
} from './binding.ts'
import { check } from './check.ts'
import { SIDE } from './definition.ts'
import { DefinitionError } from './faults.ts'
import { typeOfField } from './field-type.ts'
import { compileFilter } from './filter.ts'
import { attachCodecs } from './map-codecs.ts'
import type { Field, KeyField, MapSet, MapSide, TableMap } from './model.ts'
import type { Catalog, LoadedTable } from './read.ts'

/** Throws a DefinitionError with every fault of every definition. */
export function compileMapSet(tables: readonly LoadedTable[], catalog: Catalog): MapSet {
  const faults = check(tables, catalog)
  if (faults.length > 0) throw new DefinitionError(faults)
  const definitions = collect(tables, catalog)
  const bound = catalog.maps.map((loaded) => bindMap(loaded, definitions))
  const maps = bound.map(tableMap)
  const byEntity = new Map(maps.map((map) => [map.entity, map]))
  const byTable = {
    CRM: Map.groupBy(maps, (map) => map.sides.CRM.table.table),
    ERP: Map.groupBy(maps, (map) => map.sides.ERP.table.table),
  }
  const parts = Map.groupBy(maps, (map) => map.parent?.entity)
  const mapSet: MapSet = {
    id: digest(tables, catalog),
    maps,
    byEntity,
    partsOf: (entity) => parts.get(entity) ?? [],
    byTable: (system, table) => byTable[system].get(table) ?? [],
    tables: { CRM: tablesOf(definitions, 'CRM'), ERP: tablesOf(definitions, 'ERP') },
  }
  attachCodecs(mapSet, bound)
  return mapSet
}

/** Of what the definitions say, not of how their files are laid out. */
function digest(tables: readonly LoadedTable[], catalog: Catalog): string {
  const said = [tables, catalog.maps, catalog.values].map((all) => all.map(({ definition }) => definition))
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 32)
}

function tablesOf(definitions: Definitions, system: System): ReadonlyMap<string, TableDefinition> {
  return new Map([...definitions.tables[system]].map(([name, { definition }]) => [name, definition]))
}

function tableMap(map: BoundMap): TableMap {
  const { definition } = map
  const key = map.keys.map((field) => keyField(field))
  const fields: readonly Field[] = [...key, ...map.fields.map((field) => dataField(field, map))]
  return {
    name: definition.map,
    entity: definition.entity,
    plural: definition.plural,
    version: definition.version,
    publisher: definition.publisher,
    description: definition.description ?? null,
    scope: definition.scope,
    mode: definition.mode,
    reads: definition.reads,
    conflict: definition.conflict,
    onLeave: definition.onLeave,
    sides: { CRM: mapSide(map, 'CRM'), ERP: mapSide(map, 'ERP') },
    parent: definition.parent ?? null,
    key,
    fields,
    field: new Map(fields.map((field) => [field.name, field])),
  }
}

function mapSide(map: BoundMap, system: System): MapSide {
  const { filter = null, constants } = map.definition[SIDE[system]]
  const table = checked(map.sides[system])
  const compiled = filter === null ? null : compileFilter(filter, table)
  if (compiled?.ok === false) throw new TypeError(`Filter not checked: ${filter}`)
  return {
    table,
    filter,
    holds: compiled?.holds ?? (() => true),
    constants: Object.fromEntries(
      Object.entries(constants).map(([name, value]) => [name, fitting(checked(table.columns[name]), value)]),
    ),
  }
}

function keyField({ name, definition, columns, copies }: BoundKey): KeyField {
  const [crm, erp] = [checked(columns.CRM).column, checked(columns.ERP).column]
  const lengths = [crm, erp].flatMap(({ maxLength }) => maxLength ?? [])
  return {
    kind: 'key',
    name,
    description: definition.description ?? null,
    type:
      crm.type === 'integer'
        ? { kind: 'integer' }
        : { kind: 'string', maxLength: lengths.length === 0 ? null : Math.min(...lengths) },
    required: definition.sequence === undefined,
    columns: { CRM: crm.name, ERP: erp.name },
    copies: copyNames(copies),
    fold: definition.fold ?? null,
    sequence: definition.sequence ?? null,
  }
}

function copyNames({ CRM, ERP }: BoundKey['copies']): KeyField['copies'] {
  return { CRM: CRM.map(({ column }) => column.name), ERP: ERP.map(({ column }) => column.name) }
}

function dataField(field: BoundField, map: BoundMap): Field {
  const { name, definition, columns, copies } = field
  const typed = typeOfField(field, map)
  if (!typed.ok) throw new TypeError(`Type of ${name} not checked: ${typed.message}`)
  const [system = map.definition.reads, other] = field.systems
  const base = {
    name,
    description: definition.description ?? null,
    type: typed.type,
    required: definition.required,
    default: defaultOf(field, map),
  }
  if (other === undefined) {
    const { column } = checked(columns[system])
    return { kind: 'own', ...base, system, column: column.name, computed: column.computed }
  }
  return {
    kind: 'mapped',
    ...base,
    columns: { CRM: checked(columns.CRM).column.name, ERP: checked(columns.ERP).column.name },
    direction: definition.direction,
    copies: copyNames(copies),
    computedBy: definition.computedBy ?? null,
    reverse: definition.reverse ?? null,
  }
}

function defaultOf(field: BoundField, map: BoundMap): Value | undefined {
  const given = field.definition.default
  if (given === undefined || field.values !== null) return given
  const column = field.columns[map.definition.reads] ?? field.columns[field.systems[0] ?? 'CRM']
  return fitting(checked(column).column, given)
}

function fitting(column: Column, value: Value): Value {
  const fitted = canonical(column, value)
  if (!fitted.ok) throw new TypeError(`Value not checked: ${fitted.message}`)
  return fitted.value
}
