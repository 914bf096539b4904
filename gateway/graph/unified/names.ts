/** How the GraphQL names of an entity's parts are made from its own. */

import type { EntityOperation } from '../../sync/write.ts'

type Operation = EntityOperation['operation']

/** In the order in which the schema lists them. */
export const OPERATIONS = ['CREATE', 'UPDATE', 'UPSERT', 'DELETE'] as const satisfies readonly Operation[]

export interface EntityNames {
  readonly entity: string
  /** The entity as a field, for example `customerGroup`. */
  readonly field: string
  readonly createInput: string
  readonly updateInput: string
  /** What an update of the whole takes, where the entity is a part. */
  readonly changes: string
  readonly reference: string
  readonly payload: string
  /** The subscription to its changes, for example `customerChanged`. */
  readonly changed: string
  /** What its subscription gives, and each kind of it that speaks of a record. */
  readonly changeMessage: string
  readonly change: string
  readonly leftFilter: string
  readonly snapshotRow: string
}

export function entityNames({ entity }: { readonly entity: string }): EntityNames {
  const field = entity.charAt(0).toLowerCase() + entity.slice(1)
  return {
    entity,
    field,
    createInput: `Create${entity}Input`,
    updateInput: `Update${entity}Input`,
    changes: `${entity}Changes`,
    reference: `${entity}Reference`,
    payload: `${entity}Payload`,
    changed: `${field}Changed`,
    changeMessage: `${entity}ChangeMessage`,
    change: `${entity}Change`,
    leftFilter: `${entity}LeftFilter`,
    snapshotRow: `${entity}SnapshotRow`,
  }
}

/** The mutation, and the field of a `TransactOperation` that says the same: for example `createCustomer`. */
export function operationName(operation: Operation, entity: string): string {
  return `${operation.toLowerCase()}${entity}`
}

/** The type of that field. A delete says the same of every entity. */
export function operationInputName(operation: Operation, entity: string): string {
  if (operation === 'DELETE') return 'DeleteOperation'
  const verb = operation.charAt(0) + operation.slice(1).toLowerCase()
  return `${verb}${entity}Operation`
}

export interface UnionNames {
  readonly reference: string
  /** The enum that tells which of the entities is meant. */
  readonly type: string
}

/** `name` is that of the GraphQL union of the entities that a polymorphic field refers to. */
export function unionNames({ name }: { readonly name: string }): UnionNames {
  return { reference: `${name}Reference`, type: `${name}Type` }
}
