/** Positions: the name of the stream, which no other ever has, and the number of an entry, counted from 1. */

import type { Position } from './stream.ts'

const FORM = /^(?<stream>[^.\s]+)\.(?<number>0|[1-9]\d*)$/

export function positionOf(stream: string, number: number): Position {
  return `${stream}.${number}` as Position
}

/** Null for everything that is not exactly what `positionOf` gives for this stream. */
export function numberIn(stream: string, text: string): number | null {
  const match = FORM.exec(text)
  if (match?.groups?.['stream'] !== stream) return null
  const number = Number(match.groups['number'])
  return Number.isSafeInteger(number) ? number : null
}

/** The number of the last entry that was dropped, and of the newest; 0 for none. */
export interface Edges {
  readonly dropped: number
  readonly newest: number
}

export type Start = { readonly start: 'AT'; readonly number: number } | { readonly start: 'EXPIRED' | 'INVALID' }

/** Where reading begins: after an entry's number, which must have been given out, and with nothing dropped behind it. */
export function startOf(from: 'OLDEST' | 'NEWEST' | number, { dropped, newest }: Edges): Start {
  if (from === 'OLDEST') return { start: 'AT', number: dropped }
  if (from === 'NEWEST') return { start: 'AT', number: newest }
  if (from > newest) return { start: 'INVALID' }
  return from < dropped ? { start: 'EXPIRED' } : { start: 'AT', number: from }
}
