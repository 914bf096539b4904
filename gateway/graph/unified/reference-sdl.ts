/** SDL of the inputs that name a record referred to: by its id, by its key, or as one made in the same `transact`. */

import { constantCase } from '../../../maps/constant-case.ts'
import { fieldDescription, graphqlTypeOf } from '../../../maps/graphql.ts'
import type { Field, FieldType, KeyField, MapSet, TableMap } from '../../../maps/model.ts'
import { type ArgumentDefinition, enumType, inputType } from '../../../schema/sdl.ts'
import { entityNames, unionNames } from './names.ts'
import { writableFields } from './writable.ts'

type PolymorphicType = Extract<FieldType, { kind: 'polymorphic' }>

/** An input for each entity, and for each union of entities, that a field in some input refers to. */
export function referenceInputs(mapSet: MapSet): string {
  const types = mapSet.maps.flatMap(writableFields).map(({ type }) => type)
  const entities = new Set(types.map((type) => (type.kind === 'reference' ? type.entity : null)))
  return [
    ...mapSet.maps.filter(({ entity }) => entities.has(entity)).map(referenceInput),
    ...types.filter((type) => type.kind === 'polymorphic').flatMap((type) => polymorphicInput(mapSet, type)),
  ].join('\n')
}

/** The input that names what the field refers to; undefined where it refers to nothing. */
export function referenceOf({ type }: Field): string | undefined {
  if (type.kind === 'reference') return entityNames(type).reference
  return type.kind === 'polymorphic' ? unionNames(type).reference : undefined
}

function referenceInput(map: TableMap): string {
  const { entity, reference } = entityNames(map)
  return inputType(reference, `Names a ${entity}: ${WAYS}`, [
    ...notByKey(entity),
    ...keyFields(map, (field) => fieldDescription(map, field)),
  ])
}

/** The entities have key fields of the same names. */
function polymorphicInput({ byEntity }: MapSet, type: PolymorphicType): readonly string[] {
  const names = unionNames(type)
  const either = type.entities.join(' or ')
  const [first] = type.entities.flatMap((entity) => byEntity.get(entity) ?? [])
  if (first === undefined) throw new TypeError(`no map for an entity of the union ${type.name}`)
  const values = type.entities.map((entity) => ({ name: constantCase(entity), description: `A ${entity}.` }))
  const which = `Which of them the key is of. Left out: ${constantCase(first.entity)}.`
  return [
    enumType(names.type, 'The entity of a record referred to.', values),
    inputType(names.reference, `Names a ${either}: ${WAYS}`, [
      ...notByKey(either),
      { name: 'type', type: names.type, description: which },
      ...keyFields(first, ({ name }) => `The ${name} of the ${either}.`),
    ]),
  ]
}

const WAYS = 'by its id, as a record made earlier in the same `transact`, or by its integration key.'

function notByKey(entity: string): readonly ArgumentDefinition[] {
  return [
    { name: 'id', type: 'ID', description: `Id of the ${entity}; the key is not looked at then.` },
    {
      name: 'as',
      type: 'String',
      description: 'A record made earlier in the same `transact`, by the name that it was given there.',
    },
  ]
}

function keyFields(map: TableMap, describe: (field: KeyField) => string): readonly ArgumentDefinition[] {
  const company = map.scope === 'company' ? map.key[0] : undefined
  return map.key.map((field) => ({
    name: field.name,
    type: graphqlTypeOf(field),
    description: field === company ? 'Company; left out, it is that of the record that refers.' : describe(field),
  }))
}
