/**
 * A system's table definitions joined with one another, with their rules and with their computations: which column
 * refers to which table, who refers to a table, what is part of what. Made once, read by every decision.
 */

import type { RecordKey, Row, System } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { Column, ReferenceTarget, TableDefinition } from '../../../schema/table.ts'
import type { Computation } from './computation.ts'
import type { Rule } from './rule.ts'

/**
 * A column that names a record of `target`; that record's company, if it has one, is the referring record's own. A
 * column that may name records of several tables is as many references, each under its `when`.
 */
export interface Reference {
  readonly column: string
  readonly target: TableDefinition
  readonly when: ReferenceTarget['when']
}

export interface Referrer {
  readonly table: TableDefinition
  readonly column: string
  readonly when: ReferenceTarget['when']
}

export interface TableModel {
  readonly definition: TableDefinition
  readonly columns: readonly Column[]
  readonly column: ReadonlyMap<string, Column>
  readonly computed: readonly Column[]
  readonly references: readonly Reference[]
  readonly referrers: readonly Referrer[]
  /** Leads to what the table's records are part of; null for records by themselves. */
  readonly whole: Reference | null
  /** The tables of its parts, with the column that leads back. */
  readonly parts: readonly Referrer[]
  readonly rules: readonly Rule[]
  readonly computations: readonly Computation[]
}

export interface SystemModel {
  readonly system: System
  readonly tables: ReadonlyMap<string, TableModel>
}

/**
 * Throws an Error that names the table for a reference that cannot be followed, a whole that cannot be told, and a rule
 * or computation that is not there.
 */
export function modelSystem(
  system: System,
  tables: readonly TableDefinition[],
  rules: readonly Rule[],
  computations: readonly Computation[],
): SystemModel {
  const definitions = new Map(tables.map((table) => [table.table, table]))
  const references = new Map(tables.map((table) => [table.table, referencesOf(table, definitions)]))
  const modelTable = (definition: TableDefinition): TableModel => {
    const columns = Object.values(definition.columns)
    const own = references.get(definition.table) ?? []
    const referrers = tables.flatMap((table) =>
      (references.get(table.table) ?? [])
        .filter((reference) => reference.target === definition)
        .map(({ column, when }) => ({ table, column, when })),
    )
    return {
      definition,
      columns,
      column: new Map(columns.map((column) => [column.name, column])),
      computed: columns.filter((column) => column.computed),
      references: own,
      referrers,
      whole: wholeOf(definition, own),
      parts: referrers.filter(({ table, column }) => table.partOf === column),
      rules: named('rule', definition.table, definition.rules, rules),
      computations: computationsOf(definition, computations),
    }
  }
  return { system, tables: new Map(tables.map((table) => [table.table, modelTable(table)])) }
}

function computationsOf(table: TableDefinition, computations: readonly Computation[]): readonly Computation[] {
  if (table.partOf !== null && table.computations.length > 0) {
    throw new Error(`Table ${table.table} names computations, which are for the table of the whole to name`)
  }
  return named('computation', table.table, table.computations, computations)
}

function named<T extends { readonly name: string }>(
  what: string,
  table: string,
  names: readonly string[],
  all: readonly T[],
): readonly T[] {
  return names.map((name) => {
    const found = all.find((one) => one.name === name)
    if (found === undefined) throw new Error(`Table ${table} names the ${what} ${name}, which is not there`)
    return found
  })
}

function referencesOf(table: TableDefinition, definitions: ReadonlyMap<string, TableDefinition>): Reference[] {
  return Object.values(table.columns).flatMap(({ name, references }) =>
    references.map(({ table: named, when }) => {
      const target = definitions.get(named)
      if (target === undefined) throw new Error(`${table.table}.${name} refers to ${named}, which is not there`)
      if (when !== null && table.columns[when.column] === undefined) {
        throw new Error(`${table.table}.${name} refers to ${named} by ${when.column}, which is not there`)
      }
      if (target.company !== null && table.company === null) {
        throw new Error(`${table.table}.${name} refers to ${named} of a company, and has no company itself`)
      }
      if (keyColumnBesidesCompany(target) === undefined || target.key.length > (target.company === null ? 1 : 2)) {
        throw new Error(`${table.table}.${name} refers to ${named}, whose key is more than one value`)
      }
      return { column: name, target, when }
    }),
  )
}

function wholeOf(table: TableDefinition, references: readonly Reference[]): Reference | null {
  if (table.partOf === null) return null
  const [whole, ...others] = references.filter(({ column }) => column === table.partOf)
  if (whole === undefined || whole.when !== null || others.length > 0 || !table.key.includes(whole.column)) {
    throw new Error(`${table.table} is part of what ${table.partOf} names, which is no key column that names one table`)
  }
  return whole
}

function keyColumnBesidesCompany(table: TableDefinition): string | undefined {
  return table.key.find((column) => column !== table.company)
}

/** The record that a row's reference names; null where it, or the company it needs, is empty, or its `when` does not hold. */
export function referencedKey(table: TableDefinition, reference: Reference, row: Row): RecordKey | null {
  const { column, target, when } = reference
  const value = row[column] ?? null
  if (value === null || (when !== null && row[when.column] !== when.value)) return null
  if (target.company === null) return recordKey([value])
  const company = table.company === null ? null : (row[table.company] ?? null)
  return company === null ? null : recordKey([company, value])
}

/** What the columns of a referring record hold when it names the record `row` of `target`. */
export function referringValues(target: TableDefinition, { table, column, when }: Referrer, row: Row): Row {
  const value = row[keyColumnBesidesCompany(target) ?? ''] ?? null
  return {
    ...(target.company === null || table.company === null ? {} : { [table.company]: row[target.company] ?? null }),
    ...(when === null ? {} : { [when.column]: when.value }),
    [column]: value,
  }
}
