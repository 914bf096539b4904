/** The GraphQL types that are made for maps: none is there twice, or one that the graph has anyway. */

import { type BoundMap, fieldTypeName } from '../binding.ts'
import type { Fault } from '../faults.ts'
import type { Path, Source } from '../yaml.ts'
import { type Claim, claim, takenTwice } from './claims.ts'

/** Types that the graph has whatever the maps are. */
const TYPES = new Set([
  ...['Query', 'Mutation', 'Subscription', 'ID', 'String', 'Int', 'Float', 'Boolean'],
  ...['Decimal', 'Date', 'DateTime', 'JSON'],
  ...['System', 'Origin', 'SortDirection', 'SyncState', 'PageInfo', 'WriteOptions', 'WriteError', 'WriteErrorCode'],
  ...['Transaction', 'TransactionState', 'TransactionFilter', 'TransactionConnection', 'TransactionEdge'],
  ...['Leg', 'LegMode', 'LegState', 'LegWrite'],
  ...['TransactOperation', 'TransactPayload', 'TransactResult', 'DeleteOperation'],
  ...['ChangeMessage', 'StreamOpened', 'Change', 'LeftFilter', 'SnapshotRow', 'Heartbeat'],
  ...['ChangeOperation', 'ChangeStart', 'ChangeFilter', 'EntityChangeFilter', 'FieldValues'],
  ...['ChangeFilterInForce', 'FieldValuesInForce', 'ChangeConnection', 'ChangeEdge'],
])
/** What is made of an entity in each subgraph, and once. */
const LIST_AFFIXES = ['Connection', 'Edge', 'Filter', 'OrderBy', 'OrderField', 'Payload', 'Ref']
const ENTITY_AFFIXES = [
  ...['', 'Reference', 'ReferenceFilter', 'Changes'],
  ...['ChangeMessage', 'Change', 'LeftFilter', 'SnapshotRow'],
]
const UNION_AFFIXES = ['', 'Type', 'Reference', 'Filter']

export function checkTypeNames(maps: readonly BoundMap[]): readonly Fault[] {
  return [...maps.flatMap(knownFaults), ...takenTwice(maps.flatMap(typeClaims)), ...enumFaults(maps)]
}

function knownFaults(map: BoundMap): readonly Fault[] {
  return typeClaims(map)
    .filter(({ name }) => TYPES.has(name))
    .map(({ name, path, source }) => source.fault(path, `"${name}" is a type of the graph already`))
}

function typeClaims(map: BoundMap): readonly Claim[] {
  const { entity } = map.definition
  const names = [
    ...ENTITY_AFFIXES.map((affix) => `${entity}${affix}`),
    ...['', 'Crm', 'Erp'].flatMap((side) => LIST_AFFIXES.map((affix) => `${entity}${side}${affix}`)),
    ...['Create', 'Update'].map((verb) => `${verb}${entity}Input`),
    ...['Create', 'Update', 'Upsert'].map((verb) => `${verb}${entity}Operation`),
  ]
  return [...names.map((name) => claim(map, name, `entity "${entity}"`, ['entity'])), ...unionClaims(map)]
}

function unionClaims(map: BoundMap): readonly Claim[] {
  const unions = map.fields.filter(({ entities }) => entities.length > 1)
  return unions.flatMap(({ name, path }) => {
    const union = fieldTypeName(map.definition, name)
    return UNION_AFFIXES.map((affix) => claim(map, `${union}${affix}`, `field "${name}"`, [...path, 'ref']))
  })
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
