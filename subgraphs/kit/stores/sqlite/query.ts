/**
 * Record queries as SQL. Conditions have two truth values, so a negation is pushed down to the comparisons, where an
 * empty column is decided; what is left is AND and OR alone, under which SQL's third value counts as false.
 */

import type { SqlValue } from '../../../../schema/process/sqlite/database.ts'
import type { Value } from '../../../../schema/record.ts'
import type { Column } from '../../../../schema/table.ts'
import type { Condition, Ordering, RecordQuery } from '../record-store.ts'
import { encode, quoted } from './columns.ts'

export interface Sql {
  readonly text: string
  readonly parameters: readonly SqlValue[]
}

export interface QueriedTable {
  readonly table: string
  /** Its name in SQL, by which nested queries speak of its columns. */
  readonly from: string
  /** How many queries it is nested in. */
  readonly depth: number
  readonly key: readonly string[]
  readonly column: ReadonlyMap<string, Column>
  /** Another table, which a condition refers to. Throws a RangeError for one that is not there. */
  readonly other: (table: string) => QueriedTable
}

type Sort = { readonly column: Column; readonly direction: Ordering['direction'] }
type Comparing = Extract<Condition, { is: string; value: Value }>
type Referring = Extract<Condition, { refersTo: string }>

const OPERATORS = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const
const COMPLEMENTS = { gt: '<=', gte: '<', lt: '>=', lte: '>' } as const
const LAST_CODE_POINT = 0x10ffff

/** Everything behind FROM. Throws a RangeError for an unknown column or a position of another length. */
export function selection(table: QueriedTable, query: RecordQuery): Sql {
  const fixed = fixedValues(table, query.where)
  const sorts = sortsOf(table, query.orderBy)
  // A column that the filter fixes to the position's own value orders nothing, and an index serves the rest.
  const position = query.after === null ? null : positioned(sorts, query.after)
  const open = position?.filter(({ sort, value }) => value === null || fixed.get(sort.column.name) !== value) ?? []
  const conditions = [conditionSql(table, query.where), ...(position === null ? [] : [afterSql(open)])]
  const order = sorts
    .filter(({ column }, at) => !fixed.has(column.name) && isFirst(sorts, at))
    .map(({ column, direction }) => `${quoted(column.name)} ${direction}`)
  return joined([
    { text: 'WHERE ', parameters: [] },
    conjunction(conditions),
    { text: order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`, parameters: [] },
    { text: ' LIMIT ?', parameters: [query.limit] },
  ])
}

export function conditionSql(table: QueriedTable, where: Condition | null): Sql {
  return where === null ? sql('TRUE') : compile(table, where, false)
}

/** The condition of one group. */
export function groupSql(table: QueriedTable, columns: readonly string[], values: readonly Value[]): Sql {
  return conjunction(
    columns.map((name, at) => sql(`${quoted(name)} IS ?`, encode(columnOf(table, name), values[at] ?? null))),
  )
}

export function conjunction(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql('TRUE') : joinedBy(' AND ', conditions)
}

function compile(table: QueriedTable, condition: Condition, isNegated: boolean): Sql {
  if ('all' in condition || 'any' in condition) {
    const parts = ('all' in condition ? condition.all : condition.any).map((part) => compile(table, part, isNegated))
    const isConjunction = 'all' in condition !== isNegated
    if (parts.length === 0) return sql(isConjunction ? 'TRUE' : 'FALSE')
    return joinedBy(isConjunction ? ' AND ' : ' OR ', parts)
  }
  if ('not' in condition) return compile(table, condition.not, !isNegated)
  if ('refersTo' in condition) return referringSql(table, condition, isNegated)
  const column = columnOf(table, condition.column)
  const name = quoted(column.name)
  if (condition.is === 'null') return sql(`${name} IS ${isNegated ? 'NOT ' : ''}NULL`)
  if (condition.is === 'in') return inSql(column, condition.values, isNegated)
  if (condition.value === null) return sql((condition.is === 'ne') === isNegated ? 'FALSE' : 'TRUE')
  return comparisonSql(column, condition, isNegated)
}

/** Looked up record by record, through the index of the key: the list itself stays in its own order. */
function referringSql(table: QueriedTable, { columns, refersTo, keys, where }: Referring, isNegated: boolean): Sql {
  if (columns.length !== keys.length || keys.length === 0) {
    throw new RangeError(`A reference to ${refersTo} needs as many columns as keys`)
  }
  const target = table.other(refersTo)
  const alias = `r${table.depth + 1}`
  const pairs = columns.map((name, at) => {
    const [column, key] = [columnOf(table, name), columnOf(target, keys[at] ?? '')]
    return `${alias}.${quoted(key.name)} = ${table.from}.${quoted(column.name)}`
  })
  return joined([
    sql(`${isNegated ? 'NOT ' : ''}EXISTS (SELECT 1 FROM ${target.from} AS ${alias} WHERE ${pairs.join(' AND ')} AND `),
    compile({ ...target, from: alias, depth: table.depth + 1 }, where, false),
    sql(')'),
  ])
}

function comparisonSql(column: Column, { is, value }: Comparing, isNegated: boolean): Sql {
  const name = quoted(column.name)
  const encoded = encode(column, value)
  switch (is) {
    case 'eq':
      return sql(`${name} ${isNegated ? 'IS NOT' : '='} ?`, encoded)
    case 'ne':
      return sql(`${name} ${isNegated ? '=' : 'IS NOT'} ?`, encoded)
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return isNegated
        ? sql(`(${name} IS NULL OR ${name} ${COMPLEMENTS[is]} ?)`, encoded)
        : sql(`${name} ${OPERATORS[is]} ?`, encoded)
    case 'contains':
      return isNegated
        ? sql(`(${name} IS NULL OR instr(${name}, ?) = 0)`, encoded)
        : sql(`instr(${name}, ?) > 0`, encoded)
    case 'startsWith':
      return startsWithSql(name, String(encoded), isNegated)
  }
}

/** As a range, which an index serves. */
function startsWithSql(name: string, prefix: string, isNegated: boolean): Sql {
  const end = successor(prefix)
  if (isNegated) {
    const outside = end === null ? sql(`${name} < ?`, prefix) : sql(`(${name} < ? OR ${name} >= ?)`, prefix, end)
    return joined([sql(`(${name} IS NULL OR `), outside, sql(')')])
  }
  return end === null ? sql(`${name} >= ?`, prefix) : sql(`(${name} >= ? AND ${name} < ?)`, prefix, end)
}

/** The first text behind all that start with the prefix; null where there is none. */
function successor(prefix: string): string | null {
  const points = [...prefix].map((character) => character.codePointAt(0) ?? 0)
  while (points.at(-1) === LAST_CODE_POINT) points.pop()
  const last = points.pop()
  if (last === undefined) return null
  // Surrogates are no characters of their own: the one behind U+D7FF is U+E000.
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1)
}

function inSql(column: Column, values: readonly Value[], isNegated: boolean): Sql {
  const name = quoted(column.name)
  const given = values.filter((value) => value !== null).map((value) => encode(column, value))
  // One parameter for any number of values; whole numbers of decimals would lose digits as JSON numbers.
  const list = JSON.stringify(given.map((value) => (typeof value === 'bigint' ? String(value) : value)))
  const item = column.type === 'decimal' ? 'CAST(value AS INTEGER)' : 'value'
  const found = `${name} IN (SELECT ${item} FROM json_each(?))`
  return sql(isNegated ? `(${name} IS NULL OR NOT ${found})` : found, list)
}

/** Columns that every record of the answer has the same value in. */
function fixedValues(table: QueriedTable, where: Condition | null): ReadonlyMap<string, Value> {
  if (where === null) return new Map()
  if ('all' in where) return new Map(where.all.flatMap((part) => [...fixedValues(table, part)]))
  return 'is' in where && where.is === 'eq' && where.value !== null ? new Map([[where.column, where.value]]) : new Map()
}

function sortsOf(table: QueriedTable, orderBy: readonly Ordering[]): readonly Sort[] {
  return [
    ...orderBy.map(({ column, direction }) => ({ column: columnOf(table, column), direction })),
    ...table.key.map((name): Sort => ({ column: columnOf(table, name), direction: 'ASC' })),
  ]
}

function isFirst(sorts: readonly Sort[], at: number): boolean {
  return sorts.findIndex(({ column }) => column === sorts[at]?.column) === at
}

function positioned(sorts: readonly Sort[], after: readonly Value[]): { sort: Sort; value: Value }[] {
  if (after.length !== sorts.length) throw new RangeError(`A position needs ${sorts.length} values`)
  return sorts.map((sort, at) => ({ sort, value: after[at] ?? null })).filter((_, at) => isFirst(sorts, at))
}

/** Strictly after the position: equal in the columns before one, and after it in that one. */
function afterSql(position: readonly { sort: Sort; value: Value }[]): Sql {
  const alternatives = position.flatMap(({ sort, value }, at) => {
    const beyond = beyondSql(sort, value)
    if (beyond === null) return []
    return [conjunction([...position.slice(0, at).map((one) => equalSql(one.sort.column, one.value)), beyond])]
  })
  if (alternatives.length === 0) return sql('FALSE')
  const [first] = position
  // Implied by the alternatives, but in a form that bounds a scan of an index.
  const bound =
    first !== undefined && first.value !== null && first.sort.direction === 'ASC' && alternatives.length > 1
      ? [sql(`${quoted(first.sort.column.name)} >= ?`, encode(first.sort.column, first.value))]
      : []
  return conjunction([...bound, joinedBy(' OR ', alternatives)])
}

function equalSql(column: Column, value: Value): Sql {
  return sql(`${quoted(column.name)} IS ?`, encode(column, value))
}

/** Null where nothing comes after: empty values are the last in DESC. */
function beyondSql({ column, direction }: Sort, value: Value): Sql | null {
  const name = quoted(column.name)
  if (value === null) return direction === 'ASC' ? sql(`${name} IS NOT NULL`) : null
  const encoded = encode(column, value)
  return direction === 'ASC' ? sql(`${name} > ?`, encoded) : sql(`(${name} < ? OR ${name} IS NULL)`, encoded)
}

function columnOf(table: QueriedTable, name: string): Column {
  const column = table.column.get(name)
  if (column === undefined) throw new RangeError(`${table.table} has no column ${name}`)
  return column
}

function sql(text: string, ...parameters: readonly SqlValue[]): Sql {
  return { text, parameters }
}

export function joined(parts: readonly Sql[]): Sql {
  return { text: parts.map(({ text }) => text).join(''), parameters: parts.flatMap(({ parameters }) => parameters) }
}

function joinedBy(separator: string, parts: readonly Sql[]): Sql {
  const text = `(${parts.map((part) => part.text).join(separator)})`
  return { text, parameters: parts.flatMap(({ parameters }) => parameters) }
}
