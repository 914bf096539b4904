/**
 * A system's table definitions joined with one another and with their rules: which column refers to which table, who
 * refers to a table, which rules guard it. Made once, read by every decision.
 */

import type { RecordKey, Row, System } from '../../../schema/participant.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { Column, TableDefinition } from '../../../schema/table.ts'
import type { Rule } from './rule.ts'

/** A column that names a record of `target`; that record's company, if it has one, is the referring record's own. */
export interface Reference {
  readonly column: string
  readonly target: TableDefinition
}

export interface Referrer {
  readonly table: TableDefinition
  readonly column: string
}

export interface TableModel {
  readonly definition: TableDefinition
  readonly columns: readonly Column[]
  readonly column: ReadonlyMap<string, Column>
  readonly references: readonly Reference[]
  readonly referrers: readonly Referrer[]
  readonly rules: readonly Rule[]
}

export interface SystemModel {
  readonly system: System
  readonly tables: ReadonlyMap<string, TableModel>
}

/** Throws an Error that names the table for a reference that cannot be followed or a rule that is not there. */
export function modelSystem(system: System, tables: readonly TableDefinition[], rules: readonly Rule[]): SystemModel {
  const definitions = new Map(tables.map((table) => [table.table, table]))
  const rulesByName = new Map(rules.map((rule) => [rule.name, rule]))
  const references = new Map(tables.map((table) => [table.table, referencesOf(table, definitions)]))
  const modelTable = (definition: TableDefinition): TableModel => {
    const columns = Object.values(definition.columns)
    return {
      definition,
      columns,
      column: new Map(columns.map((column) => [column.name, column])),
      references: references.get(definition.table) ?? [],
      referrers: tables.flatMap((table) =>
        (references.get(table.table) ?? [])
          .filter((reference) => reference.target === definition)
          .map(({ column }) => ({ table, column })),
      ),
      rules: definition.rules.map((name) => {
        const rule = rulesByName.get(name)
        if (rule === undefined) throw new Error(`Table ${definition.table} names the rule ${name}, which is not there`)
        return rule
      }),
    }
  }
  return { system, tables: new Map(tables.map((table) => [table.table, modelTable(table)])) }
}

function referencesOf(table: TableDefinition, definitions: ReadonlyMap<string, TableDefinition>): Reference[] {
  return Object.values(table.columns).flatMap(({ name, references }) => {
    if (references === null) return []
    const target = definitions.get(references)
    if (target === undefined) throw new Error(`${table.table}.${name} refers to ${references}, which is not there`)
    if (target.company !== null && table.company === null) {
      throw new Error(`${table.table}.${name} refers to ${references} of a company, and has no company itself`)
    }
    if (keyColumnBesidesCompany(target) === undefined || target.key.length > (target.company === null ? 1 : 2)) {
      throw new Error(`${table.table}.${name} refers to ${references}, whose key is more than one value`)
    }
    return [{ column: name, target }]
  })
}

function keyColumnBesidesCompany(table: TableDefinition): string | undefined {
  return table.key.find((column) => column !== table.company)
}

/** The record that a row's reference names; null where the reference, or the company it needs, is empty. */
export function referencedKey(table: TableDefinition, reference: Reference, row: Row): RecordKey | null {
  const value = row[reference.column] ?? null
  if (value === null) return null
  if (reference.target.company === null) return recordKey([value])
  const company = table.company === null ? null : (row[table.company] ?? null)
  return company === null ? null : recordKey([company, value])
}

/** What the columns of a referring record hold when it names the record `row` of `target`. */
export function referringValues(target: TableDefinition, referrer: Referrer, row: Row): Row {
  const value = row[keyColumnBesidesCompany(target) ?? ''] ?? null
  if (target.company === null || referrer.table.company === null) return { [referrer.column]: value }
  return { [referrer.table.company]: row[target.company] ?? null, [referrer.column]: value }
}
