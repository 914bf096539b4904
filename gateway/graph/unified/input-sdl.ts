/** SDL of what creates and updates take: the fields of a record, and those of its parts within it. */

import { fieldDescription, graphqlTypeOf } from '../../../maps/graphql.ts'
import type { Field, MapSet, Parent, TableMap } from '../../../maps/model.ts'
import { type ArgumentDefinition, inputType } from '../../../schema/sdl.ts'
import { entityNames } from './names.ts'
import { referenceOf } from './reference-sdl.ts'
import { changeableFields, writableFields } from './writable.ts'

/** A part of something, with what it is part of and the one key field that is its own. */
interface Part {
  readonly map: TableMap
  readonly parent: Parent
  readonly key: Field
}

/** The inputs of one entity. */
export function entityInputs(mapSet: MapSet, map: TableMap): readonly string[] {
  const parts = mapSet.partsOf(map.entity).flatMap((candidate) => partOf(candidate) ?? [])
  const part = partOf(map)
  if (part === null) return [createInput(map, parts), updateInput(map, parts.map(changesField))]
  return [createInput(map, parts), partUpdateInput(part), changesInput(part)]
}

function partOf(map: TableMap): Part | null {
  const key = map.key.at(-1)
  return map.parent === null || key === undefined ? null : { map, parent: map.parent, key }
}

function createInput(map: TableMap, parts: readonly Part[]): string {
  const { entity, createInput } = entityNames(map)
  const description =
    `A new ${entity}. Whatever is missing or wrong is reported in the payload, all of it together, so every field may be ` +
    'left out here.'
  const fields = writableFields(map).map((field) => ({
    ...inputField(map, field),
    description: [fieldDescription(map, field), ...whenLeftOut(map, field)].join(' '),
  }))
  return inputType(createInput, description, [...fields, ...parts.map(partsField)])
}

function updateInput(map: TableMap, changes: readonly ArgumentDefinition[]): string {
  const { entity, updateInput } = entityNames(map)
  const description = `Changes to a ${entity}. A field left out stays as it is; null empties it.`
  const fields = changeableFields(map).map((field) => inputField(map, field))
  return inputType(updateInput, description, [...fields, ...changes])
}

function partUpdateInput({ map, key }: Part): string {
  const { entity, updateInput } = entityNames(map)
  const description = `Changes to a ${entity}, found by its ${key.name}. A field left out stays as it is; null empties it.`
  const found = { ...inputField(map, key), type: `${graphqlTypeOf(key)}!` }
  return inputType(updateInput, description, [found, ...changeableFields(map).map((field) => inputField(map, field))])
}

function changesInput({ map, parent, key }: Part): string {
  const { entity, createInput, updateInput, changes } = entityNames(map)
  const description =
    `Changes to the ${parent.list} of a ${parent.entity}: either \`replace\`, or any of the others. A ${entity} that none ` +
    'of them speaks of stays as it is, but under `replace`.'
  return inputType(changes, description, [
    { name: 'create', type: `[${createInput}!]`, description: `Each a new ${entity}.` },
    { name: 'update', type: `[${updateInput}!]`, description: `Each a change of the ${entity} with its ${key.name}.` },
    { name: 'delete', type: `[${graphqlTypeOf(key)}!]`, description: `The ${key.name} of each ${entity} to delete.` },
    {
      name: 'replace',
      type: `[${createInput}!]`,
      description:
        `The whole set: one with the ${key.name} of an existing ${entity} takes its place, fields left out emptied or at ` +
        `their defaults; others are added, and each existing ${entity} not named is deleted. Those without a ` +
        `${key.name} are counted from 1.`,
    },
  ])
}

function partsField({ map, parent }: Part): ArgumentDefinition {
  const { entity, createInput } = entityNames(map)
  return {
    name: parent.list,
    type: `[${createInput}!]`,
    description: `Its ${entity} records, made together with it. In an upsert they are the whole set, as with \`replace\`.`,
  }
}

function changesField({ map, parent }: Part): ArgumentDefinition {
  const { entity, changes } = entityNames(map)
  return {
    name: parent.list,
    type: changes,
    description: `Changes to its ${entity} records, made together with its own.`,
  }
}

function inputField(map: TableMap, field: Field): ArgumentDefinition {
  return {
    name: field.name,
    type: referenceOf(field) ?? graphqlTypeOf(field),
    description: fieldDescription(map, field),
  }
}

function whenLeftOut(map: TableMap, field: Field): readonly string[] {
  if (field.kind === 'key') return [whenKeyLeftOut(map, field.sequence, field.type.kind === 'integer')]
  if (field.default !== undefined && field.default !== null) return [`Left out: ${String(field.default)}.`]
  return field.required ? ['Required.'] : []
}

function whenKeyLeftOut({ parent }: TableMap, sequence: string | null, isNumber: boolean): string {
  if (sequence !== null) return `Left out: drawn from ${sequence}.`
  return parent !== null && isNumber ? 'Left out: the next number; in a whole set counted from 1.' : 'Required.'
}
