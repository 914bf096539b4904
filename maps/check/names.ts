/** Names: legal in GraphQL, free, and each given once. */

import type { BoundMap } from '../binding.ts'
import type { Fault } from '../faults.ts'
import type { Path } from '../yaml.ts'
import { type Claim, claim, takenTwice } from './claims.ts'
import { checkMemberNames } from './member-names.ts'
import { checkTypeNames } from './type-names.ts'

const ROOT_FIELDS = ['transaction', 'transactions', 'transact', 'changes', '_entities', '_service']

export function checkNames(maps: readonly BoundMap[]): readonly Fault[] {
  return [
    ...maps.flatMap(legalFaults),
    ...maps.flatMap(rootFaults),
    ...takenTwice(maps.map((map) => claim(map, map.definition.map, `map "${map.definition.map}"`, ['map']))),
    ...takenTwice(maps.flatMap(rootClaims)),
    ...checkTypeNames(maps),
    ...checkMemberNames(maps),
  ]
}

/** GraphQL keeps names that begin with two underscores to itself. */
function legalFaults({ definition, source, keys, fields }: BoundMap): readonly Fault[] {
  const isKept = (name: string | undefined) => name?.startsWith('__') === true
  const message = (name: string | undefined) => `"${name}" begins with "__", which GraphQL keeps to itself`
  const values: readonly (readonly [Path, string | undefined])[] = [
    [['entity'], definition.entity],
    [['plural'], definition.plural],
    [['parent', 'field'], definition.parent?.field],
    [['parent', 'list'], definition.parent?.list],
    ...fields.map(({ path, definition: { reverse } }) => [[...path, 'reverse'], reverse] as const),
  ]
  return [
    ...values.filter(([, name]) => isKept(name)).map(([path, name]) => source.fault(path, message(name))),
    ...[...keys, ...fields]
      .filter(({ name }) => isKept(name))
      .map(({ path, name }) => source.faultAtKey(path, message(name))),
  ]
}

function rootFaults({ definition, source }: BoundMap): readonly Fault[] {
  return rootNames(definition)
    .filter(([name]) => ROOT_FIELDS.includes(name))
    .map(([name, property]) => source.fault([property], `"${name}" is a field of the graph already`))
}

function rootClaims(map: BoundMap): readonly Claim[] {
  return rootNames(map.definition).map(([name, property]) =>
    claim(map, name, `${property} "${map.definition[property]}"`, [property]),
  )
}

function rootNames({ entity, plural }: BoundMap['definition']): readonly (readonly [string, 'entity' | 'plural'])[] {
  const singular = entity.charAt(0).toLowerCase() + entity.slice(1)
  return [
    [singular, 'entity'],
    [plural, 'plural'],
    [`${plural}ByCrm`, 'plural'],
    [`${plural}ByErp`, 'plural'],
  ]
}
