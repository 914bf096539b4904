/** SDL of a system's native API. */

import type { System } from '../../../schema/participant.ts'
import { scalarDefinitions } from '../../../schema/scalars.ts'
import { type ArgumentDefinition, enumType, type FieldDefinition, inputType, objectType } from '../../../schema/sdl.ts'
import { listArguments, listDefinitions, sharedListDefinitions } from './listing-definitions.ts'
import type { NativeColumn, NativeTable } from './native-table.ts'
import { writeDefinitions } from './native-write-definitions.ts'

export function nativeDefinitions(system: System, tables: readonly NativeTable[]): string {
  const lists = tables.map(({ listing }) => listing)
  return [
    scalarDefinitions,
    sharedListDefinitions(lists, ''),
    writeDefinitions,
    ...tables.flatMap(tableDefinitions),
    ...lists.map(listDefinitions),
    objectType('Query', `What the ${system} holds, in its own tables and columns.`, tables.flatMap(queries)),
    objectType(
      'Mutation',
      `Writes to the ${system} in its own tables and columns. A write to a table that the other system shares takes effect in both, or in neither.`,
      tables.flatMap(mutations),
    ),
  ].join('\n')
}

/** An update takes what may change; a table of nothing but a key has none. */
function changeable({ columns }: NativeTable): readonly NativeColumn[] {
  return columns.filter(({ column, isKey }) => !isKey && !column.immutable && !column.generated)
}

/** The arguments that name one record. */
function keyArguments({ table, columns }: NativeTable): readonly ArgumentDefinition[] {
  return table.key.flatMap((key) => {
    const found = columns.find(({ column }) => column.name === key)
    return found === undefined ? [] : [{ name: key, type: `${found.type}!`, description: found.description }]
  })
}

function tableDefinitions(native: NativeTable): readonly string[] {
  const { table, prefix, columns } = native
  const name = table.table
  const changes = changeable(native)
  return [
    ...columns.flatMap(enumDefinition),
    recordType(native),
    inputType(
      `Create${prefix}Input`,
      `A new record of ${name}. Whatever is missing or wrong is reported in the payload, all of it together, so every column may be left out here.`,
      columns.filter(({ column }) => !column.generated).map(inputColumn),
    ),
    ...(changes.length === 0
      ? []
      : [
          inputType(
            `Update${prefix}Input`,
            `Changes to a record of ${name}. A column left out stays as it is; null empties it.`,
            changes.map(inputColumn),
          ),
        ]),
    objectType(`${prefix}Payload`, `Answer to a write to ${name}.`, [
      { name: 'record', type: name, description: 'The record as it stands after the write; null where there is none.' },
      {
        name: 'key',
        type: 'JSON',
        description: `Key of the record written or deleted, as a list: ${table.key.join(', ')}.`,
      },
      { name: 'transaction', type: 'NativeTransaction', description: 'How the write went; null where none was begun.' },
      {
        name: 'errors',
        type: '[WriteError!]!',
        description: 'Every reason of a refusal, of every system concerned; empty if there is none.',
      },
    ]),
  ]
}

function recordType({ table, columns, references, revisionField, updatedAtField }: NativeTable): string {
  return objectType(table.table, table.description ?? `Table ${table.table}.`, [
    ...columns.map(({ column, isKey, type, description }) => ({
      name: column.name,
      type: `${type}${isKey ? '!' : ''}`,
      description: column.references === null ? description : `${description} Names a record of ${column.references}.`,
    })),
    ...references.map(({ name, column, target }) => ({
      name,
      type: target.table,
      description: `The record of ${target.table} that ${column} names.`,
    })),
    {
      name: revisionField,
      type: 'Int!',
      description:
        'How many writes both systems took of this record; a write that concerns this system alone is not counted.',
    },
    {
      name: updatedAtField,
      type: 'DateTime!',
      description:
        'When both systems last took a write of this record; for a record of this system alone, when it was last written.',
    },
  ])
}

function enumDefinition({ column, type, description, enumValues }: NativeColumn): readonly string[] {
  if (enumValues === null) return []
  return [
    enumType(
      type,
      description,
      enumValues.map((value) => ({ name: value, description: `${value}, a value of ${column.name}.` })),
    ),
  ]
}

function inputColumn({ column, type, description }: NativeColumn): ArgumentDefinition {
  const length = column.maxLength === null ? [] : [`At most ${column.maxLength} characters.`]
  const required = column.required ? ['Required.'] : []
  return { name: column.name, type, description: [description, ...length, ...required].join(' ') }
}

function queries(native: NativeTable): readonly FieldDefinition[] {
  const { table, listing } = native
  return [
    {
      name: table.table,
      type: `${listing.prefix}Connection!`,
      description: `Records of ${table.table}, page by page.`,
      arguments: listArguments(listing),
    },
    {
      name: `${table.table}ByKey`,
      type: table.table,
      description: `One record of ${table.table}; null where there is none.`,
      arguments: keyArguments(native),
    },
  ]
}

const OPTIONS: ArgumentDefinition = { name: 'options', type: 'WriteOptions', description: 'How to write.' }

function mutations(native: NativeTable): readonly FieldDefinition[] {
  const { table, prefix } = native
  const name = table.table
  const key = keyArguments(native)
  const type = `${prefix}Payload!`
  const input = (kind: 'Create' | 'Update', description: string) => ({
    name: 'input',
    type: `${kind}${prefix}Input!`,
    description,
  })
  const update = {
    name: `update${prefix}`,
    type,
    description: `Changes a record of ${name}.`,
    arguments: [...key, input('Update', 'The changes.'), OPTIONS],
  }
  return [
    {
      name: `create${prefix}`,
      type,
      description: `Adds a record to ${name}.`,
      arguments: [input('Create', 'The record.'), OPTIONS],
    },
    ...(changeable(native).length === 0 ? [] : [update]),
    {
      name: `delete${prefix}`,
      type,
      description: `Deletes a record of ${name}.`,
      arguments: [...key, OPTIONS],
    },
  ]
}
