/**
 * Bounds how deep a request is nested before GraphQL looks at it: its parser and its reading of variables call
 * themselves for each level, and would run out of stack. What is deeper than an operation may be, but not as deep as
 * this, is refused by GraphQL's own validation.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendFailure } from './failures.ts'

const LEVELS_MAX = 300

/** A `preHandler` hook for GraphQL over GET and POST. */
export async function refuseDeepNesting(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  if (![request.body, request.query].some(isTooDeep)) return undefined
  const message = `The request is nested deeper than ${LEVELS_MAX} levels.`
  return sendFailure(reply, { status: 400, code: 'BAD_REQUEST', message })
}

function isTooDeep(parameters: unknown): boolean {
  if (typeof parameters !== 'object' || parameters === null) return false
  const { query, variables } = parameters as { readonly query?: unknown; readonly variables?: unknown }
  return [query, variables].some((part) => (typeof part === 'string' ? nestingOfText(part) : nestingOf(part)) > LEVELS_MAX)
}

/** Of a value as JSON gives it. Counts no further than it must. */
export function nestingOf(value: unknown): number {
  let level = 0
  let values = [value]
  for (; level <= LEVELS_MAX; level += 1) {
    values = values.filter((one) => typeof one === 'object' && one !== null).flatMap((one) => Object.values(one as object))
    if (values.length === 0) return level
  }
  return level
}

/** Strings and comments of GraphQL, and strings of JSON: brackets in them do not count. */
const TOKENS = /"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n\r]*|[{[(]|[}\])]/g

/** Of the brackets in GraphQL or JSON text. */
export function nestingOfText(text: string): number {
  let level = 0
  let deepest = 0
  for (const [token] of text.matchAll(TOKENS)) {
    if ('{[('.includes(token)) level += 1
    else if ('}])'.includes(token)) level -= 1
    deepest = Math.max(deepest, level)
  }
  return deepest
}
