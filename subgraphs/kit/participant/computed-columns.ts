/**
 * What follows from computed values: writes that leave computed columns out have them filled in, and what contradicts
 * them is told. A contradiction is `STALE`: whoever planned the write saw other records than there are now.
 */

import type { CallerPath, Derivation, Violation } from '../../../schema/participant.ts'
import type { RecordRef, Row, Value } from '../../../schema/record.ts'
import type { Column } from '../../../schema/table.ts'
import { canonical } from '../../../schema/value.ts'
import type { Member } from './aggregate.ts'
import type { Computed } from './computing.ts'
import { type Drafted, isSameValue } from './draft.ts'
import type { SystemModel } from './system-model.ts'
import { shortened, violation } from './violations.ts'

export interface Filled {
  /** By index of the write: its record with the computed columns filled in. */
  readonly after: ReadonlyMap<number, Row>
  readonly contradictions: readonly Violation[]
}

type Complaint = (code: 'STALE' | 'VALIDATION', column: string, message: string) => void

/** `faulty` are the writes that are refused anyway: what is computed from them contradicts nothing. */
export function fillComputed(
  { system }: SystemModel,
  computed: readonly Computed[],
  faulty: ReadonlySet<number>,
): Filled {
  const after = new Map<number, Row>()
  const contradictions: Violation[] = []
  for (const { aggregate, values } of computed) {
    const isSound = aggregate.writes.every(({ index }) => !faulty.has(index))
    membersOf({ aggregate, values }).forEach(([member, worked]) => {
      const row = fillMember(member, worked, (code, column, message) => {
        if (code === 'STALE' && !isSound) return
        const { table } = member.model.definition
        contradictions.push(violation(code, { system, table, column, ...placeOf(member.write) }, message))
      })
      if (member.write !== null) after.set(member.write.index, row)
    })
  }
  return { after, contradictions }
}

function placeOf(write: Drafted | null): { readonly write: number | null; readonly at: CallerPath | null } {
  return write === null ? { write: null, at: null } : { write: write.index, at: write.at }
}

function fillMember(member: Member, worked: Row, complain: Complaint): Row {
  const { model, key, before, write } = member
  const name = `${model.definition.table} ${shortened(key)}`
  const filled: Record<string, Value> = {}
  for (const column of model.computed) {
    const held = before?.[column.name] ?? null
    const form = canonical(column, workedOut(column, worked, held))
    if (!form.ok) {
      complain('VALIDATION', column.name, `What is computed does not fit: ${form.message}`)
      continue
    }
    filled[column.name] = form.value
    const isGiven = write?.given.has(column.name) === true
    const standing = isGiven ? (member.after[column.name] ?? null) : held
    if ((write === null || isGiven) && !isSameValue(standing, form.value)) {
      complain('STALE', column.name, `${column.name} of ${name} is computed, and comes to another value by now`)
    }
  }
  return { ...member.after, ...filled }
}

/** The computed columns that are not as the records hold them; of a record that is made, all that fit. */
export function derivationsOf(computed: readonly Computed[]): readonly Derivation[] {
  return computed.flatMap(membersOf).flatMap(([{ model, key, before }, worked]) => {
    const set = Object.fromEntries(
      model.computed.flatMap((column) => {
        const held = before?.[column.name] ?? null
        const form = canonical(column, workedOut(column, worked, held))
        return form.ok && (before === null || !isSameValue(held, form.value)) ? [[column.name, form.value]] : []
      }),
    )
    return Object.keys(set).length === 0 ? [] : [{ table: model.definition.table, key, set }]
  })
}

/** The records looked at, each list by the index of the write on whose behalf. */
export function consultedBy(computed: readonly Computed[]): ReadonlyMap<number, readonly RecordRef[]> {
  const consulted = new Map<number, readonly RecordRef[]>()
  for (const { aggregate, consulted: refs } of computed) {
    const [first] = aggregate.writes
    if (first !== undefined) consulted.set(first.index, refs)
  }
  return consulted
}

/** What no computation gives stays as it is. */
function workedOut({ name }: Column, worked: Row, held: Value): Value {
  const value = worked[name]
  return value === undefined ? held : value
}

function membersOf({ aggregate, values }: Pick<Computed, 'aggregate' | 'values'>): readonly (readonly [Member, Row])[] {
  return [
    [aggregate.root, values.row],
    ...aggregate.parts.map((part, at): readonly [Member, Row] => [part, values.parts[at] ?? {}]),
  ]
}
