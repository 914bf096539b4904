/**
 * The shapes of the three kinds of YAML file: tables, maps and shared value maps. Closed: a key that a shape does not
 * know is a fault. The published JSON Schemas are made from the same shapes.
 */

import { z } from 'zod'
import { SYSTEMS, type System } from '../schema/record.ts'
import type { ColumnType } from '../schema/table.ts'
import { suggest } from './faults.ts'

const COLUMN_TYPES = [
  'string',
  'integer',
  'decimal',
  'boolean',
  'date',
  'dateTime',
  'guid',
  'enum',
  'json',
] as const satisfies readonly ColumnType[]

const name = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a name: letters, digits and underscores, not beginning with a digit')
const fieldName = name.describe('Name of the field in the graph.')
const columnPath = z
  .string()
  .regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)?$/, 'must be a column, or a reference column and the key of its table: a.b')
  .describe('A column, or a reference column and the key column of the table it refers to, as in "currency.code".')
const scalar = z.union([z.string(), z.number(), z.boolean()], { error: 'must be text, a number, true or false' })
const partner = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: 'must be text, a number, true, false or null',
})
const text = (description: string) => z.string().min(1, 'must not be empty').describe(description)
const pair = z.tuple([partner, partner], { error: 'must be [CRM value, ERP value]' })

/** An object without unknown keys. Its message has a line for each of them, which `faultsOf` takes apart. */
function closed<Shape extends z.core.$ZodShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => `Unknown key "${key}".${suggest(key, Object.keys(shape))}`).join('\n')
        : undefined,
  })
}

const severalTables = closed({
  by: name.describe('Enum column of the same table whose value tells which table is meant.'),
  tables: z
    .record(z.string(), name)
    .refine((tables) => Object.keys(tables).length > 1, 'must name at least two tables')
    .describe('Table by value of that column.'),
})

const columnShape = closed({
  type: z.enum(COLUMN_TYPES).describe('Type of the values.'),
  description: text('What the column holds.').optional(),
  maxLength: z.int().positive().optional().describe('Most characters (Unicode code points); strings only.'),
  precision: z.int().min(1).max(18).optional().describe('All digits; decimals only.'),
  scale: z.int().min(0).max(18).optional().describe('Digits after the point; decimals only.'),
  required: z.boolean().default(false).describe('Never empty.'),
  immutable: z.boolean().default(false).describe('May be set by the create and never again.'),
  generated: z.boolean().default(false).describe('Filled by the system at the create; guids only.'),
  default: scalar.optional().describe('Value of a create that gives none; decimals are written as text.'),
  values: z
    .array(z.union([z.string(), z.int()], { error: 'must be a name or a whole number' }))
    .min(1, 'must name at least one value')
    .optional()
    .describe('Values of an enum: all names or all whole numbers.'),
  computed: z.boolean().default(false).describe('Worked out by the system itself; read-only for everyone.'),
  references: z
    .union([name, severalTables], {
      error: 'must be a table, or tables by the value of another column: { by: column, tables: { value: table } }',
    })
    .optional()
    .describe('Table whose record the column names by its one key value besides the company, or several tables.'),
})

export const tableShape = closed({
  table: name.describe('Name of the table in its system.'),
  description: text('What the table holds.').optional(),
  scope: z.enum(['company', 'global']).describe('Whether each record belongs to a company.'),
  company: name.optional().describe('The column that holds the company, which is the first of the key.'),
  key: z.array(name).min(1, 'must name at least one column').describe('Columns that identify a record.'),
  unique: z
    .array(z.array(name).min(1, 'must name at least one column'))
    .default([])
    .describe('Sets of columns no two records may share; an empty value in any of them exempts a record.'),
  indexed: z
    .array(z.array(name).min(1, 'must name at least one column'))
    .default([])
    .describe('Further sets of columns that records are looked up by.'),
  partOf: name
    .optional()
    .describe('Key column that names the record which this one is a part of, as a line of its order.'),
  columns: z.record(name, columnShape).describe('Columns by name.'),
  rules: z.array(name).default([]).describe('Business rules that guard the table.'),
  computations: z
    .array(name)
    .default([])
    .describe('Computations that fill its computed columns and those of its parts.'),
}).describe('A table of one system.')

export const valueMapShape = closed({
  values: name.describe('Name that fields refer to; in PascalCase the name of the GraphQL enum.'),
  description: text('What the values mean.').optional(),
  type: z.enum(['enum', 'boolean']).default('enum').describe('boolean: the entries are exactly true and false.'),
  entries: z
    .record(z.string(), pair)
    .describe('[CRM value, ERP value] by unified name; null where a system has no such value.'),
}).describe('A value map that several maps share.')

const side = closed({
  table: name.describe('Table of the system.'),
  filter: text('Which records the map holds; every record where it is left out.').optional(),
  constants: z
    .record(name, scalar)
    .default({})
    .describe('Columns, and the values that records made from the other side or the graph receive.'),
})

const copies = closed({
  crm: z.array(name).default([]).describe('Columns of the CRM.'),
  erp: z.array(name).default([]).describe('Columns of the ERP.'),
})
  .default({ crm: [], erp: [] })
  .describe('Further columns that hold the same value.')

const keyShape = closed({
  crm: columnPath,
  erp: columnPath,
  copies,
  description: text('What the field holds.').optional(),
  fold: z.enum(['UPPER', 'LOWER']).optional().describe('Letter case that values are brought to.'),
  sequence: text('Number sequence that a value left out is drawn from, as "C-{000000}".').optional(),
})

const inlineValues = z
  .record(z.string(), z.union([pair, scalar], { error: 'must be [CRM value, ERP value], or one value' }))
  .describe('Native values by unified name: [CRM value, ERP value], or one value for a field of one system.')

const fieldShape = closed({
  crm: columnPath.optional(),
  erp: columnPath.optional(),
  description: text('What the field holds.').optional(),
  required: z.boolean().default(false).describe('A create must give a value.'),
  direction: z
    .enum(['BOTH', 'CRM_TO_ERP', 'ERP_TO_CRM'])
    .default('BOTH')
    .describe('Where a change flows: both ways, or one.'),
  computedBy: z.enum(SYSTEMS).optional().describe('System that works the value out, in a computed column.'),
  copies,
  ref: z
    .union([name, z.array(name).min(2, 'must name at least two entities')], {
      error: 'must be an entity, or a list of entities',
    })
    .optional()
    .describe('Entity that the field refers to; one of several where it is a list.'),
  reverse: name.optional().describe('Name of the list on that entity that leads back.'),
  values: z
    .union([name, inlineValues], { error: 'must be the name of a value map, or value pairs by name' })
    .optional()
    .describe('Shared value map by name, or values in place.'),
  default: scalar.optional().describe('Unified value of a create that gives none.'),
  toErp: text('Expression over `value` that gives the ERP its value.').optional(),
  toCrm: text('Expression over `value` that gives the CRM its value.').optional(),
  overflow: z
    .enum(['REFUSE', 'CLIP'])
    .optional()
    .describe('What becomes of a value that is too long for the other side: a refusal, or a cut.'),
  loss: text('What is lost on the way to the other side and back.').optional(),
})

export const mapShape = closed({
  map: name.describe('Name of the map.'),
  entity: name.describe('GraphQL type of its records.'),
  plural: name.describe('Name of the list in the graph.'),
  version: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, 'must be a version such as 1.0.0')
    .describe('Version of the map.'),
  publisher: text('Who ships the map.'),
  description: text('What the map pairs.').optional(),
  scope: z.enum(['company', 'global']).describe('Whether each record belongs to a company, on both sides alike.'),
  mode: z.enum(['SYNC']).default('SYNC').describe('SYNC: both systems take a write together, or neither does.'),
  reads: z.enum(SYSTEMS).describe('System that serves mapped fields, lists and references.'),
  conflict: z
    .enum(['CRM', 'ERP', 'NEWEST', 'MANUAL'])
    .describe('Who is right where both sides changed a record while apart.'),
  onLeave: z
    .enum(['REFUSE', 'UNLINK', 'DELETE'])
    .default('REFUSE')
    .describe('What becomes of a write that takes a record out of the filter.'),
  crm: side.describe('The CRM side.'),
  erp: side.describe('The ERP side.'),
  parent: closed({
    entity: name.describe('The whole, as SalesOrder.'),
    field: fieldName.describe('Field of the part that leads to the whole, as order.'),
    list: fieldName.describe('Field of the whole that lists its parts, as lines.'),
  })
    .optional()
    .describe('What the records are parts of: their key is that of the whole and one field more.'),
  key: z.record(fieldName, keyShape).describe('The integration key, company first.'),
  fields: z.record(fieldName, fieldShape).default({}).describe('Fields by name.'),
}).describe('A map: one entity, paired between a table of the CRM and a table of the ERP.')

export type TableFile = z.infer<typeof tableShape>
export type ColumnFile = TableFile['columns'][string]
export type MapFile = z.infer<typeof mapShape>
export type KeyFile = MapFile['key'][string]
export type FieldFile = MapFile['fields'][string]
export type ValueMapFile = z.infer<typeof valueMapShape>

/** The property of a map, a key or a field that speaks of a system. */
export const SIDE = { CRM: 'crm', ERP: 'erp' } as const satisfies Record<System, string>
/** The expression of a field that gives a system its value. */
export const EXPRESSION = { CRM: 'toCrm', ERP: 'toErp' } as const satisfies Record<System, string>
export const OTHER = { CRM: 'ERP', ERP: 'CRM' } as const satisfies Record<System, System>

/** The JSON Schemas that editors complete and check the files with, by file name. */
export function jsonSchemas(): Readonly<Record<string, object>> {
  const published = { table: tableShape, map: mapShape, 'value-map': valueMapShape }
  return Object.fromEntries(
    Object.entries(published).map(([file, shape]) => [`${file}.schema.json`, z.toJSONSchema(shape, { io: 'input' })]),
  )
}
