/**
 * Bounds how deep a request is nested before GraphQL looks at it: its parser and its reading of variables call
 * themselves for each level, and would run out of stack. What is deeper than an operation may be, but not as deep as
 * this, is refused by GraphQL's own validation.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { badRequest, sendFailure } from './failure.ts'

const LEVELS_MAX = 300

/** A `preHandler` hook for GraphQL over GET and POST. */
export async function refuseDeepNesting(
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  return [request.body, request.query].some(isTooDeep) ? sendFailure(reply, TOO_DEEP) : undefined
}

export const TOO_DEEP = badRequest(`The request is nested deeper than ${LEVELS_MAX} levels.`)

/** Whether that holds for the `query` or the `variables` of a GraphQL request, which may both be anything. */
export function isTooDeep(parameters: unknown): boolean {
  if (typeof parameters !== 'object' || parameters === null) return false
  const { query, variables } = parameters as { readonly query?: unknown; readonly variables?: unknown }
  return [query, variables].some(
    (part) => (typeof part === 'string' ? nestingOfText(part) : nestingOf(part)) > LEVELS_MAX,
  )
}

/** How many lists and objects are inside one another; stops counting above the bound. */
export function nestingOf(value: unknown): number {
  let level = 0
  for (let containers = [value].filter(isContainer); containers.length > 0 && level <= LEVELS_MAX; level += 1) {
    containers = containers.flatMap((container) => Object.values(container)).filter(isContainer)
  }
  return level
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null

/** How many brackets of GraphQL or JSON text are inside one another; those in strings and comments do not count. */
export function nestingOfText(text: string): number {
  let level = 0
  let deepest = 0
  for (let at = 0; at < text.length; ) {
    const character = text.charAt(at)
    if (character === '"') at = endOfString(text, at)
    else if (character === '#') at = endOr(text, text.indexOf('\n', at))
    else {
      if ('{[('.includes(character)) level += 1
      if ('}])'.includes(character)) level -= 1
      deepest = Math.max(deepest, level)
      at += 1
    }
  }
  return deepest
}

/** Where the string that begins at `start` is over: that of one line at the end of its line, where it is not closed. */
function endOfString(text: string, start: number): number {
  if (text.startsWith('"""', start)) return endOfBlockString(text, start + 3)
  for (let at = start + 1; at < text.length; at += text[at] === '\\' ? 2 : 1) {
    if (text[at] === '"' || text[at] === '\n') return at + 1
  }
  return text.length
}

function endOfBlockString(text: string, start: number): number {
  let quotes = text.indexOf('"""', start)
  while (quotes > 0 && text[quotes - 1] === '\\') quotes = text.indexOf('"""', quotes + 3)
  return endOr(text, quotes, 3)
}

const endOr = (text: string, found: number, length = 1): number => (found < 0 ? text.length : found + length)
