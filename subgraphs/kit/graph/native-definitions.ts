/** SDL of a system's native API. */

import type { System } from '../../../schema/record.ts'
import { scalarDefinitions } from '../../../schema/scalars.ts'
import { type ArgumentDefinition, type FieldDefinition, objectType } from '../../../schema/sdl.ts'
import { listArguments, listDefinitions, sharedListDefinitions } from './listing-definitions.ts'
import { changeable, type NativeTable } from './native-table.ts'
import { tableDefinitions } from './native-table-definitions.ts'
import { writeDefinitions } from './native-write-definitions.ts'

export function nativeDefinitions(system: System, tables: readonly NativeTable[]): string {
  const lists = tables.map(({ listing }) => listing)
  return [
    scalarDefinitions,
    sharedListDefinitions(lists, ''),
    writeDefinitions,
    ...tables.flatMap(tableDefinitions),
    ...tables.map(payload),
    ...lists.map(listDefinitions),
    objectType('Query', `What the ${system} holds, in its own tables and columns.`, tables.flatMap(queries)),
    objectType(
      'Mutation',
      `Writes to the ${system} in its own tables and columns. A write to a table that the other system shares takes effect in both, or in neither.`,
      tables.flatMap(mutations),
    ),
  ].join('\n')
}

/** The arguments that name one record. */
function keyArguments({ table, columns }: NativeTable): readonly ArgumentDefinition[] {
  return table.key.flatMap((key) => {
    const found = columns.find(({ column }) => column.name === key)
    return found === undefined ? [] : [{ name: key, type: `${found.type}!`, description: found.description }]
  })
}

function payload({ table, prefix }: NativeTable): string {
  return objectType(`${prefix}Payload`, `Answer to a write to ${table.table}.`, [
    {
      name: 'record',
      type: table.table,
      description: 'The record as it stands after the write; null where there is none.',
    },
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
  ])
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
