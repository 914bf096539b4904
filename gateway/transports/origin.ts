/**
 * Which web pages may connect. A browser lets a page of any host open a WebSocket or an event stream to any other, without
 * asking that one first, and from inside the network that its user sits in. It says truthfully, though, where the page is
 * from; what is no browser says nothing, and is let in.
 */

import type { IncomingHttpHeaders } from 'node:http'
import type { Failure } from '../../schema/process/http/failure.ts'

export const FOREIGN_PAGE: Failure = {
  status: 403,
  code: 'FORBIDDEN',
  message: 'A page of another host may not open a WebSocket here, unless LOCKSTEP_PAGE_ORIGINS names where it is from.',
}

export const FOREIGN_READER: Failure = {
  status: 403,
  code: 'FORBIDDEN',
  message:
    'A page of another host cannot read event streams here. One that LOCKSTEP_PAGE_ORIGINS names may open a WebSocket.',
}

/** Whether a page is behind the request that is neither of the host which it asks nor of an `allowed` origin. */
export function isForeignPage(headers: IncomingHttpHeaders, allowed: readonly string[]): boolean {
  const { origin, host } = headers
  const site = headers['sec-fetch-site']
  if (site === 'same-origin') return false
  if (origin === undefined) return site === 'cross-site' || site === 'same-site'
  return !allowed.includes(origin) && (host === undefined || URL.parse(origin)?.host !== host.toLowerCase())
}
