/** A GraphQL request as it comes over HTTP: https://graphql.github.io/graphql-over-http/draft/#sec-Request */

import { z } from 'zod'
import type { OperationRequest } from '../../graph/operations.ts'

const object = z.record(z.string(), z.unknown(), 'must be an object')

const PARAMETERS = z.object(
  {
    query: z.string('must be the text of a GraphQL document').min(1, 'must be the text of a GraphQL document'),
    operationName: z.string('must be a string').nullish(),
    variables: object.nullish(),
    extensions: object.nullish(),
  },
  'The request must be a JSON object',
)

export type Parameters =
  | { readonly valid: true; readonly request: OperationRequest }
  | { readonly valid: false; readonly message: string }

/** From the body of a POST. */
export function fromBody(body: unknown): Parameters {
  const read = PARAMETERS.safeParse(body)
  if (!read.success) return { valid: false, message: read.error.issues.map(faultOf).join('; ') }
  const { query, operationName = null, variables, extensions } = read.data
  return { valid: true, request: { query, operationName, variables: variables ?? {}, extensions: extensions ?? {} } }
}

/** From the address of a GET, in which objects are JSON. */
export function fromAddress(address: unknown): Parameters {
  const { query, operationName, variables, extensions } = Object(address)
  try {
    return fromBody({ query, operationName, variables: parsed(variables), extensions: parsed(extensions) })
  } catch {
    return { valid: false, message: '`variables` and `extensions` must be JSON' }
  }
}

const parsed = (text: unknown): unknown => (typeof text === 'string' ? JSON.parse(text || 'null') : text)

const faultOf = ({ path, message }: z.core.$ZodIssue): string =>
  path[0] === undefined ? message : `\`${String(path[0])}\` ${message}`
