/** Resolver of `transact`: many operations, read one by one, and given to `sync` as one transaction. */

import type { TableMap } from '../../../maps/model.ts'
import type { WriteError, WriteOptions } from '../../../schema/caller-view.ts'
import type { CallerPath } from '../../../schema/participant.ts'
import type { Coordinator } from '../../coordinator/coordinator.ts'
import type { EntityOperation, Sync, TransactOperation } from '../../sync/write.ts'
import type { GraphContext } from '../context.ts'
import { OPERATIONS, operationName } from './names.ts'
import type { TransactPayloadObject } from './transact-types.ts'
import { writtenTransaction } from './transaction-view.ts'
import { type WriteOptionsInput, writeOptions } from './write-types.ts'

/** What stands under a field such as `updateCustomer`. */
interface GivenContent {
  readonly id?: string
  readonly input?: EntityOperation['input']
  readonly expectedRevision?: number | null
}

type GivenOperation = Readonly<Record<string, GivenContent | string | null | undefined>>

interface TransactArguments {
  readonly operations: readonly GivenOperation[]
  readonly options?: WriteOptionsInput | null
}

/** By the field of a `TransactOperation`. */
type Kinds = ReadonlyMap<string, Pick<EntityOperation, 'entity' | 'operation'>>

type Read =
  | { readonly ok: true; readonly operation: TransactOperation }
  | { readonly ok: false; readonly error: WriteError }

export interface TransactPorts {
  readonly sync: Sync
  readonly coordinator: Coordinator
}

/** For the maps whose records have mutations of their own. Nothing is begun where the request itself is malformed. */
export function transactResolver(maps: readonly TableMap[], { sync, coordinator }: TransactPorts) {
  const kinds = kindsOf(maps)
  return async (_: unknown, given: TransactArguments, { actor }: GraphContext): Promise<TransactPayloadObject> => {
    const options = writeOptions(given.options)
    const read = given.operations.map((one, index) => readOperation(kinds, one, ['operations', String(index)]))
    const faults = [...optionFaults(options), ...read.flatMap((one) => (one.ok ? [] : [one.error]))]
    if (faults.length > 0) return { results: [], transaction: null, errors: faults }
    const operations = read.flatMap((one) => (one.ok ? [one.operation] : []))
    const { ids, transaction, errors } = await sync.transact({ operations, actor, options })
    return {
      results: operations.map(({ as, entity }, index) => ({ as, entity, id: ids[index] ?? null })),
      transaction: writtenTransaction(transaction, options.dryRun, coordinator),
      errors,
    }
  }
}

function kindsOf(maps: readonly TableMap[]): Kinds {
  const kinds = maps.flatMap(({ entity }) => OPERATIONS.map((operation) => ({ entity, operation })))
  return new Map(kinds.map((kind) => [operationName(kind.operation, kind.entity), kind]))
}

function readOperation(kinds: Kinds, { as, ...fields }: GivenOperation, at: CallerPath): Read {
  const found = Object.entries(fields).flatMap(([name, content]) => {
    const kind = kinds.get(name)
    return kind === undefined || typeof content !== 'object' || content === null ? [] : [{ name, kind, content }]
  })
  const [only, ...more] = found
  if (only === undefined || more.length > 0) return { ok: false, error: notOne(found, at) }
  const { id, input, expectedRevision } = only.content
  const operation = {
    ...only.kind,
    id: id ?? null,
    input: input ?? {},
    as: typeof as === 'string' ? as : null,
    expectedRevision: expectedRevision ?? null,
    at: [...at, only.name],
  }
  return { ok: true, operation }
}

function notOne(found: readonly { readonly name: string }[], path: CallerPath): WriteError {
  const names = found.length === 0 ? 'none' : `${found.length}: ${found.map(({ name }) => name).join(', ')}`
  return malformed(`Give exactly one operation in each element of \`operations\`; this one has ${names}`, path)
}

function optionFaults({ expectedRevision }: WriteOptions): readonly WriteError[] {
  if (expectedRevision === null) return []
  const message = 'Give `expectedRevision` within each operation: a transaction of many records has no revision'
  return [malformed(message, ['options', 'expectedRevision'])]
}

function malformed(message: string, path: CallerPath): WriteError {
  return { code: 'VALIDATION', message, path, system: null, table: null, column: null, retryable: false }
}
