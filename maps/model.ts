/**
 * What maps are once loaded and joined with the tables they pair: immutable data, from which the graph, the checks and
 * the translation are derived. Loading (`load.ts`) turns YAML into definitions; compiling (`compile.ts`) joins them.
 */

import type { RecordKey, Row, System, Value } from '../schema/record.ts'
import type { TableDefinition } from '../schema/table.ts'

export type FieldType =
  | { readonly kind: 'string'; readonly maxLength: number | null }
  | { readonly kind: 'integer' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'date' }
  | { readonly kind: 'dateTime' }
  | { readonly kind: 'guid' }
  | { readonly kind: 'json' }
  /** `name` is the GraphQL enum, `values` its names in the order of the definition. */
  | { readonly kind: 'enum'; readonly name: string; readonly values: readonly string[] }
  /** The value is the target's entity id. */
  | { readonly kind: 'reference'; readonly entity: string }
  /** The value is the id of a record of one of the entities; `name` is the GraphQL union of them. */
  | { readonly kind: 'polymorphic'; readonly name: string; readonly entities: readonly string[] }

export type Direction = 'BOTH' | 'CRM_TO_ERP' | 'ERP_TO_CRM'

interface FieldBase {
  readonly name: string
  readonly description: string | null
  readonly type: FieldType
  /** A create must give a value (or the map a default). */
  readonly required: boolean
}

/** Part of the integration key: in both systems, immutable, never null. Its type is string or integer. */
export interface KeyField extends FieldBase {
  readonly kind: 'key'
  readonly columns: Readonly<Record<System, string>>
  /** Further columns that hold the same value; nobody writes them but the map. */
  readonly copies: Readonly<Record<System, readonly string[]>>
  readonly fold: 'UPPER' | 'LOWER' | null
  /** Number sequence that a key left out is drawn from, for example `C-{000000}`. */
  readonly sequence: string | null
}

/** The same in both systems, as far as `direction` says. */
export interface MappedField extends FieldBase {
  readonly kind: 'mapped'
  readonly columns: Readonly<Record<System, string>>
  readonly direction: Direction
  readonly copies: KeyField['copies']
  /** The system that works the value out; nobody else writes it, and it reaches the other in the same transaction. */
  readonly computedBy: System | null
  /** Unified value of a create that gives none; undefined where there is no default. */
  readonly default: Value | undefined
  /** Name of the reverse reference on the target entity; null where it is not wanted. */
  readonly reverse: string | null
}

/** Held by one system alone. */
export interface OwnField extends FieldBase {
  readonly kind: 'own'
  readonly system: System
  readonly column: string
  /** Worked out by that system itself: nobody writes it. */
  readonly computed: boolean
  readonly default: Value | undefined
}

/** What an entity's records are part of, as an order's lines are of the order. */
export interface Parent {
  readonly entity: string
  /** Field of the part that leads to the whole, for example `order`. */
  readonly field: string
  /** Field of the whole that lists its parts, for example `lines`. */
  readonly list: string
}

export type Field = KeyField | MappedField | OwnField

export interface MapSide {
  readonly table: TableDefinition
  /** Whether the map holds this native row. Total: never throws. A side without a filter holds every row. */
  readonly holds: (row: Row) => boolean
  /** The filter as written, null where there is none. */
  readonly filter: string | null
  /** Columns that a create made from the other side or the graph receives as they stand. */
  readonly constants: Row
}

export interface TableMap {
  readonly name: string
  readonly entity: string
  /** Name of the list field, for example `customers`. */
  readonly plural: string
  readonly version: string
  readonly publisher: string
  readonly description: string | null
  readonly scope: 'company' | 'global'
  readonly mode: 'SYNC' | 'ASYNC'
  readonly reads: System
  readonly conflict: System | 'NEWEST' | 'MANUAL'
  readonly onLeave: 'REFUSE' | 'UNLINK' | 'DELETE'
  readonly sides: Readonly<Record<System, MapSide>>
  /**
   * Null for records by themselves. A part's key is that of its whole, in the same order, and one field more; it is
   * written through its whole and has no mutations of its own.
   */
  readonly parent: Parent | null
  /** In key order; company first where the map is company-bound. */
  readonly key: readonly KeyField[]
  /** Every field, key fields first, in the order of the definition. */
  readonly fields: readonly Field[]
  readonly field: ReadonlyMap<string, Field>
}

/** The maps in force: immutable, known by a digest of their sources that every prepare carries. */
export interface MapSet {
  readonly id: string
  readonly maps: readonly TableMap[]
  readonly byEntity: ReadonlyMap<string, TableMap>
  /** The maps of an entity's parts, in the order of the catalog. */
  readonly partsOf: (entity: string) => readonly TableMap[]
  /** Every map over the table, in the order of the catalog; none for an unmapped table. */
  readonly byTable: (system: System, table: string) => readonly TableMap[]
  readonly tables: Readonly<Record<System, ReadonlyMap<string, TableDefinition>>>
}

// ---- translation (`translate.ts`) --------------------------------------------------------------------------------

/** Unified values by field name. References are entity ids, enums their GraphQL names. */
export type UnifiedRecord = Readonly<Record<string, Value>>

/** A value that has no partner on the other side, or does not fit its type. */
export interface FieldRefusal {
  readonly field: string
  readonly code: 'VALIDATION' | 'REQUIRED' | 'REFERENCE'
  readonly message: string
}

export interface Translated {
  readonly set: Row
  readonly refusals: readonly FieldRefusal[]
}

/** The key of one entity record: unified values of the key fields, in key order; whole numbers as their digits. */
export type EntityKey = readonly string[]

/** Which record of which table, on each side, an entity key names. */
export type NativeKeys = Readonly<Record<System, RecordKey>>
