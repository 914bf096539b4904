/** Tables for tests: everything that a test does not name is as plain as it can be. */

import type { Column, TableDefinition } from './table.ts'

/** A text of any length, unless said otherwise. */
export function columnOf(name: string, more: Partial<Column> = {}): Column {
  return {
    name,
    type: 'string',
    description: null,
    maxLength: null,
    precision: null,
    scale: null,
    required: false,
    immutable: false,
    generated: false,
    computed: false,
    default: undefined,
    values: null,
    references: [],
    ...more,
  }
}

/** A global table of the ERP without rules, unless said otherwise. */
export function tableOf(
  name: string,
  key: readonly string[],
  columns: readonly Column[],
  more: Partial<TableDefinition> = {},
): TableDefinition {
  return {
    system: 'ERP',
    table: name,
    description: null,
    scope: 'global',
    company: null,
    key,
    unique: [],
    indexed: [],
    partOf: null,
    columns: Object.fromEntries(columns.map((one) => [one.name, one])),
    rules: [],
    computations: [],
    ...more,
  }
}
