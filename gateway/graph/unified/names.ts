/** How the GraphQL names of an entity's parts are made from its own. */

export interface EntityNames {
  readonly entity: string
  /** The entity as a field, for example `customerGroup`. */
  readonly field: string
  readonly createInput: string
  readonly updateInput: string
  readonly reference: string
  readonly payload: string
}

export function entityNames({ entity }: { readonly entity: string }): EntityNames {
  return {
    entity,
    field: entity.charAt(0).toLowerCase() + entity.slice(1),
    createInput: `Create${entity}Input`,
    updateInput: `Update${entity}Input`,
    reference: `${entity}Reference`,
    payload: `${entity}Payload`,
  }
}
