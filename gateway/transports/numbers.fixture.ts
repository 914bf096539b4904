/** A small graph of its own to run operations on, and a server with all transports over it. */

import { once } from 'node:events'
import {
  buildSchema,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  getOperationAST,
  parse,
  subscribe,
  validate,
} from 'graphql'
import { type Config, readConfig } from '../../schema/process/config.ts'
import type { GraphRoute } from '../../schema/process/http/parts.ts'
import { createLog, type Log } from '../../schema/process/log.ts'
import { serve } from '../../schema/process/serve.ts'
import { createManualClock } from '../../test/coordinator/manual-clock.ts'
import type { Caller, Operation, OperationRequest, Operations, StreamedResult } from '../graph/operations.ts'
import { transports } from './transports.ts'

const SCHEMA = buildSchema(`
  type Query {
    hello(name: String = "world"): String!
    "Answers when the test says so."
    held: String!
  }
  type Mutation { add(by: Int!): Int! }
  type Subscription {
    "Begins after the number that a client comes back with."
    numbers(from: Int = 1, upTo: Int!, bytes: Int = 0, thenWait: Boolean = false): Number!
    "Says nothing."
    silence: Number!
    "Ends by itself, and says where to go on."
    broken: Number!
  }
  type Number { value: Int!, ballast: String! }
`)

interface NumbersArguments {
  readonly upTo: number
  readonly from?: number
  readonly bytes?: number
  readonly thenWait?: boolean
}

interface NumberEvent {
  readonly value: number
  readonly ballast: string
}

/** What is under way, and what has been. */
export interface Numbers extends Operations {
  readonly callers: readonly Caller[]
  /** Results that were pulled, by the name of their operation. */
  readonly pulled: ReadonlyMap<string, number>
  /** Operations that were begun and have not ended. */
  readonly open: () => number
  readonly sum: () => number
  /** Answers every query of `held`. */
  readonly release: () => void
}

export function createNumbers(): Numbers {
  const callers: Caller[] = []
  const pulled = new Map<string, number>()
  const held = Promise.withResolvers<string>()
  const open = new Set<AbortSignal>()
  let sum = 0

  async function* count({ from = 1, upTo, bytes = 0, thenWait = false }: NumbersArguments, signal: AbortSignal) {
    const ballast = 'x'.repeat(bytes)
    for (let value = from; value <= upTo && !signal.aborted; value += 1) yield { numbers: { value, ballast } }
    if (thenWait && !signal.aborted) await once(signal, 'abort')
  }
  const root = ({ resumeAfter }: Caller, signal: AbortSignal) => ({
    hello: ({ name }: { readonly name: string }) => `Hello, ${name}!`,
    held: () => held.promise,
    add({ by }: { readonly by: number }) {
      sum += by
      return sum
    },
    numbers: (wanted: NumbersArguments) =>
      count(resumeAfter === null ? wanted : { ...wanted, from: Number(resumeAfter) + 1 }, signal),
    silence: () => count({ upTo: 0, thenWait: true }, signal),
    broken: () => count({ upTo: 0 }, signal),
  })

  async function* streamed(
    results: AsyncIterable<ExecutionResult>,
    name: string,
    signal: AbortSignal,
  ): AsyncGenerator<StreamedResult> {
    try {
      for await (const result of results) {
        pulled.set(name, (pulled.get(name) ?? 0) + 1)
        const number = result.data?.['numbers'] as NumberEvent | undefined
        yield { result, cursor: number === undefined ? null : String(number.value) }
      }
      if (name === 'broken') yield { result: { errors: [CUT_SHORT] }, cursor: '7' }
    } finally {
      open.delete(signal)
    }
  }

  async function begin(args: ExecutionArgs, name: string, signal: AbortSignal): Promise<Operation> {
    const begun = await subscribe(args)
    if (Symbol.asyncIterator in begun) return { operation: 'STREAM', results: streamed(begun, name, signal) }
    open.delete(signal)
    return { operation: 'DONE', result: begun }
  }

  return {
    callers,
    pulled,
    open: () => open.size,
    sum: () => sum,
    release: () => held.resolve('released'),
    async run({ query, operationName, variables }: OperationRequest, caller, signal): Promise<Operation> {
      callers.push(caller)
      const document = documentOf(query)
      if (document instanceof GraphQLError) return { operation: 'REFUSED', errors: [document] }
      const errors = validate(SCHEMA, document)
      if (errors.length > 0) return { operation: 'REFUSED', errors }
      const operation = getOperationAST(document, operationName)
      if (!operation) return { operation: 'REFUSED', errors: [new GraphQLError('No operation of that name')] }
      const args = {
        ...{ schema: SCHEMA, document, operationName, variableValues: variables },
        rootValue: root(caller, signal),
      }
      open.add(signal)
      if (operation.operation === 'subscription') return begin(args, operation.name?.value ?? '', signal)
      const result = await execute(args)
      open.delete(signal)
      return { operation: 'DONE', result }
    },
  }
}

const CUT_SHORT = new GraphQLError('Too far behind', { extensions: { code: 'SLOW_CONSUMER', cursor: '7' } })

function documentOf(query: string) {
  try {
    return parse(query)
  } catch (error) {
    return error instanceof GraphQLError ? error : new GraphQLError(String(error))
  }
}

export interface NumbersServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly numbers: Numbers
  readonly clock: ReturnType<typeof createManualClock>
  readonly close: () => Promise<void>
}

/** What is asked without a transport of its own. */
const PLAIN: GraphRoute = {
  path: '/graphql',
  handler: async () => ({ data: { hello: 'plainly' } }),
  page: { title: 'Numbers', examples: [], subscriptions: true },
}

/** A real server on a port of its own. */
export async function serveNumbers(
  settings: Partial<Config> = {},
  log: Log = createLog('silent'),
): Promise<NumbersServer> {
  const config = { ...readConfig({ LOCKSTEP_PORT: '0' }), ...settings }
  const numbers = createNumbers()
  const clock = createManualClock(0)
  const server = await serve(
    {
      graphs: [PLAIN],
      internal: [],
      dependencies: [],
      transports: transports({ operations: numbers, config, clock, log }),
    },
    { config, opened: new AsyncDisposableStack(), log },
  )
  const { url } = await server.listen()
  return {
    ...{ url, port: Number(new URL(url).port), numbers, clock, close: server.close },
    [Symbol.asyncDispose]: () => {
      numbers.release()
      return server.close()
    },
  }
}
