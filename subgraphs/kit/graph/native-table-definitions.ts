/** SDL of one table in its system's native API: the record with what it leads to, and the inputs of writes to it. */

import {
  type ArgumentDefinition,
  enumType,
  type FieldDefinition,
  inputType,
  objectType,
  unionType,
} from '../../../schema/sdl.ts'
import type { Column } from '../../../schema/table.ts'
import { listArguments } from './listing-definitions.ts'
import { type NativeReference, type NativeReverse, prefixOf } from './native-reference.ts'
import { changeable, creatable, type NativeColumn, type NativeTable } from './native-table.ts'

/** Everything of one table but its list, the root fields and what they answer with. */
export function tableDefinitions(native: NativeTable): readonly string[] {
  const { table, prefix, columns, references } = native
  const name = table.table
  const changes = changeable(native)
  return [
    ...columns.flatMap(enumDefinition),
    ...references.flatMap(unionDefinition),
    recordType(native),
    inputType(
      `Create${prefix}Input`,
      `A new record of ${name}. Whatever is missing or wrong is reported in the payload, all of it together, so every column may be left out here.`,
      [...creatable(native).map(inputColumn), ...native.reverses.flatMap(partsInput)],
    ),
    ...partInput(native),
    ...(changes.length === 0
      ? []
      : [
          inputType(
            `Update${prefix}Input`,
            `Changes to a record of ${name}. A column left out stays as it is; null empties it.`,
            changes.map(inputColumn),
          ),
        ]),
  ]
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

function unionDefinition({ type, column, targets }: NativeReference): readonly string[] {
  const tables = targets.map(({ table }) => table.table)
  return tables.length === 1 ? [] : [unionType(type, `What ${column} may name: a record of ${either(tables)}.`, tables)]
}

function recordType(native: NativeTable): string {
  const { table, columns, references, reverses, revisionField, updatedAtField } = native
  return objectType(table.table, table.description ?? `Table ${table.table}.`, [
    ...columns.map(({ column, isKey, type, description }) => ({
      name: column.name,
      type: `${type}${isKey ? '!' : ''}`,
      description: [description, ...namedBy(column, references)].join(' '),
    })),
    ...references.map(({ name, column, type, targets }) => ({
      name,
      type,
      description: `The record of ${either(targets.map((target) => target.table.table))} that ${column} names.`,
    })),
    ...reverses.map(reverseField),
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

function reverseField({ name, from, isParts, column }: NativeReverse): FieldDefinition {
  const prefix = prefixOf(from)
  const description = isParts
    ? `The records of ${from.table} that are parts of this one.`
    : `The records of ${from.table} whose ${column} names this one.`
  return { name, type: `${prefix}Connection!`, description, arguments: listArguments({ prefix }) }
}

function namedBy({ name }: Column, references: readonly NativeReference[]): readonly string[] {
  const targets = references.find(({ column }) => column === name)?.targets ?? []
  const by = targets.flatMap(({ when }) => when?.column ?? [])[0]
  if (targets.length === 0) return []
  const tables = either(targets.map(({ table }) => table.table))
  return [`Names a record of ${tables}${by === undefined ? '' : `, as ${by} says`}.`]
}

/** `a`, `a or b`, `a or b or c`. */
function either(tables: readonly string[]): string {
  return tables.join(' or ')
}

/** A part made together with its whole, whose key it takes. */
function partInput(native: NativeTable): readonly string[] {
  const { table, prefix } = native
  if (table.partOf === null) return []
  const own = creatable(native).filter(({ column: { name } }) => name !== table.company && name !== table.partOf)
  const description = `A new record of ${table.table}, made together with the record that it is part of.`
  return [inputType(`Create${prefix}PartInput`, description, own.map(inputColumn))]
}

function partsInput({ name, from, isParts }: NativeReverse): readonly ArgumentDefinition[] {
  if (!isParts) return []
  const description = `Records of ${from.table} that are made together with it, as parts of it.`
  return [{ name, type: `[Create${prefixOf(from)}PartInput!]`, description }]
}
