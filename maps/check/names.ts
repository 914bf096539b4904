/** Names: legal in GraphQL, free, and each given once. */

import type { BoundMap } from '../binding.ts'
import type { Fault } from '../faults.ts'
import type { Path, Source } from '../yaml.ts'

/** Fields that every entity has. */
const ENTITY_FIELDS = ['id', 'revision', 'updatedAt', 'sync']
const ROOT_FIELDS = ['transaction', 'transactions', '_entities', '_service']
const TYPES = new Set([
  ...[
    'Query',
    'Mutation',
    'Subscription',
    'ID',
    'String',
    'Int',
    'Float',
    'Boolean',
    'Decimal',
    'Date',
    'DateTime',
    'JSON',
  ],
  ...['System', 'Origin', 'SortDirection', 'SyncState', 'PageInfo', 'WriteOptions', 'WriteError', 'WriteErrorCode'],
  ...['Transaction', 'TransactionState', 'TransactionFilter', 'TransactionConnection', 'TransactionEdge'],
  ...['Leg', 'LegMode', 'LegState', 'LegWrite'],
])
const TYPE_AFFIXES = ['Connection', 'Edge', 'Filter', 'OrderBy', 'OrderField', 'Payload', 'Ref']

interface Claim {
  readonly name: string
  readonly by: string
  readonly source: Source
  readonly path: Path
}

export function checkNames(maps: readonly BoundMap[]): readonly Fault[] {
  return [
    ...maps.flatMap(legalFaults),
    ...maps.flatMap(fieldFaults),
    ...takenTwice(maps.map((map) => claim(map, map.definition.map, `map "${map.definition.map}"`, ['map']))),
    ...takenTwice(maps.flatMap(typeClaims)),
    ...takenTwice(maps.flatMap(rootClaims)),
    ...enumFaults(maps),
    ...takenTwice(maps.flatMap((map) => memberClaims(map, maps))),
  ]
}

/** GraphQL keeps names that begin with two underscores to itself. */
function legalFaults({ definition, source, keys, fields }: BoundMap): readonly Fault[] {
  const faults: Fault[] = []
  const message = (name: string) => `"${name}" begins with "__", which GraphQL keeps to itself`
  for (const property of ['entity', 'plural'] as const) {
    if (definition[property].startsWith('__')) faults.push(source.fault([property], message(definition[property])))
  }
  for (const { name, path } of [...keys, ...fields]) {
    if (name.startsWith('__')) faults.push(source.faultAtKey(path, message(name)))
  }
  for (const { path, definition: field } of fields) {
    const { reverse } = field
    if (reverse?.startsWith('__') === true) faults.push(source.fault([...path, 'reverse'], message(reverse)))
  }
  if (TYPES.has(definition.entity)) {
    faults.push(source.fault(['entity'], `"${definition.entity}" is a type of the graph already`))
  }
  for (const [name, property] of rootNames(definition)) {
    if (ROOT_FIELDS.includes(name)) faults.push(source.fault([property], `"${name}" is a field of the graph already`))
  }
  return faults
}

function fieldFaults({ definition, source, keys, fields }: BoundMap): readonly Fault[] {
  return [...keys, ...fields].flatMap(({ name, path }) => {
    if (ENTITY_FIELDS.includes(name)) return [source.faultAtKey(path, `Every entity has a field "${name}" already`)]
    const isTwice = path[0] === 'fields' && definition.key[name] !== undefined
    return isTwice ? [source.faultAtKey(path, `"${name}" is a key field already`)] : []
  })
}

function typeClaims(map: BoundMap): readonly Claim[] {
  const { entity } = map.definition
  const names = [
    entity,
    ...['', 'Crm', 'Erp'].flatMap((side) => TYPE_AFFIXES.map((affix) => `${entity}${side}${affix}`)),
    ...['Create', 'Update'].map((prefix) => `${prefix}${entity}Input`),
  ]
  return names.map((name) => claim(map, name, `entity "${entity}"`, ['entity']))
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

/** An enum is defined by one value map alone, and is no other type. */
function enumFaults(maps: readonly BoundMap[]): readonly Fault[] {
  const types = new Set([...TYPES, ...maps.flatMap(typeClaims).map(({ name }) => name)])
  const owners = new Map<string, Path | Source>()
  return maps.flatMap((map) =>
    map.fields.flatMap(({ values, path }) => {
      if (values === null || values.type === 'boolean') return []
      const owner = values.source === map.source ? path : values.source
      const first = owners.get(values.name) ?? owner
      owners.set(values.name, first)
      if (first === owner && !types.has(values.name)) return []
      return [map.source.fault([...path, 'values'], `Its enum "${values.name}" would be the second type of that name`)]
    }),
  )
}

/** The fields of each entity, with the lists that lead back to it from others. */
function memberClaims(map: BoundMap, maps: readonly BoundMap[]): readonly Claim[] {
  const { entity } = map.definition
  const own = [...map.keys, ...map.fields].map(({ name, path }) => claim(map, `${entity}.${name}`, 'a field', path))
  const unique = [...new Map(own.map((one) => [one.name, one])).values()]
  const always = ENTITY_FIELDS.map((name) => claim(map, `${entity}.${name}`, 'a field of every entity', []))
  const lists = maps.flatMap((other) =>
    other.fields.flatMap(({ definition, path }) =>
      definition.reverse === undefined || definition.ref !== entity
        ? []
        : [claim(other, `${entity}.${definition.reverse}`, 'a reverse reference', [...path, 'reverse'])],
    ),
  )
  return [...unique.filter(({ name }) => always.every((one) => one.name !== name)), ...always, ...lists]
}

function claim(map: BoundMap, name: string, by: string, path: Path): Claim {
  return { name, by, source: map.source, path }
}

/** A fault for each claim of a name that an earlier one has. */
function takenTwice(claims: readonly Claim[]): readonly Fault[] {
  const first = new Map<string, Claim>()
  return claims.flatMap((one) => {
    const earlier = first.get(one.name)
    if (earlier === undefined) first.set(one.name, one)
    return earlier === undefined ? [] : [one.source.fault(one.path, `"${one.name}" is taken by ${earlier.by} already`)]
  })
}
