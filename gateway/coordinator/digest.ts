/**
 * Digests and ids: what tells plans, requests and attempts apart. SHA-256 in base64url, so 43 characters.
 */

import { hash } from 'node:crypto'
import type { PlanDigest } from '../../schema/participant.ts'
import { SYSTEMS, type System, type TransactionId } from '../../schema/record.ts'
import type { DigestPlan, Leg, Plan } from './coordinator.ts'

/** The systems with a leg, in the one order that everybody uses; the first publishes the changes. */
export function participantsOf(plan: Plan): readonly System[] {
  return SYSTEMS.filter((system) => plan.legs.some((leg) => leg.system === system))
}

/** Over participants, legs, bases, refusals, map set, request and members; the order of legs and of properties makes no difference. */
export const digestPlan: DigestPlan = (plan, request) => {
  const systems = participantsOf(plan)
  const legs = systems.map((system) => plan.legs.filter((leg) => leg.system === system).map(partsOfLeg))
  const { members, refusals, mapSet } = plan
  const batch = members === undefined ? [] : [members]
  return sha256(JSON.stringify([systems, legs, inOrder(refusals), mapSet, request, ...batch])) as PlanDigest
}

/** Only the properties that not every write has, and the columns, may come in any order. */
function partsOfLeg({ writes }: Leg): readonly unknown[] {
  return writes.map(({ operation, table, key, base, revision, ...rest }) => [
    ...[operation, table, key, base.revision, base.transaction, revision],
    inOrder(rest),
  ])
}

/** What a participant keeps of an idempotency key: keys themselves may be secrets of the caller. */
export function digestKey(tenant: string, key: string): string {
  return sha256(JSON.stringify([tenant, key]))
}

export function digestRequest(request: string): string {
  return sha256(request)
}

/** The id of an attempt under an idempotency key (as digested): the same whichever gateway makes the attempt. */
export function attemptId(keyDigest: string, attempt: number): TransactionId {
  return sha256(JSON.stringify([keyDigest, attempt])) as TransactionId
}

/** A UUID of version 7 (RFC 9562) from milliseconds since the epoch and ten random bytes. */
export function uuidV7(atMs: number, random: Uint8Array): TransactionId {
  const hex = Buffer.from(random).toString('hex')
  const time = atMs.toString(16).padStart(12, '0')
  const variant = (8 + ((random[1] ?? 0) & 3)).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(5, 8)}-${hex.slice(8, 20)}` as TransactionId
}

/** JSON with the properties of every object in one order that depends on their names alone: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(inOrder(value)) ?? 'null'
}

/** Equal to `value`, its properties made in the order of their names; what makes its own JSON stays as it is. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value
  if (Array.isArray(value)) return value.map(inOrder)
  const parts = value as Readonly<Record<string, unknown>>
  const ordered: Record<string, unknown> = {}
  for (const name of Object.keys(parts).sort()) {
    // Assigned, this one name would be the prototype instead of a property.
    if (name === '__proto__') Object.defineProperty(ordered, name, { value: inOrder(parts[name]), enumerable: true })
    else ordered[name] = inOrder(parts[name])
  }
  return ordered
}

function sha256(text: string): string {
  return hash('sha256', text, 'base64url')
}
