/**
 * Who holds what, and who may wait for it. Wait-die: a transaction waits only if it is older than everyone it would
 * wait for; a younger one is refused. Waits so point from old to young alone, in every system alike, and never close
 * a circle. One that waits is not overtaken by younger ones that would get in its way.
 */

import type { Age } from '../../../schema/participant.ts'
import type { TransactionId } from '../../../schema/record.ts'

export interface Lock {
  readonly resource: string
  readonly mode: 'SHARED' | 'EXCLUSIVE'
  /** Index of the write that needs it. */
  readonly write: number
}

export type LockAnswer =
  /** `displaced`: younger ones that waited and must now ask again, because they would wait for an older one. */
  | { readonly answer: 'GRANTED'; readonly displaced: readonly TransactionId[] }
  /** `lock` is the first that is not free. */
  | { readonly answer: 'WAIT' | 'DIE'; readonly lock: Lock }

interface Claim {
  readonly owner: TransactionId
  readonly age: Age
  readonly locks: readonly Lock[]
}

interface Stake {
  readonly claim: Claim
  readonly mode: Lock['mode']
}

export function isOlder(one: Age, other: Age): boolean {
  return one.at < other.at || (one.at === other.at && one.id < other.id)
}

export class LockTable {
  readonly #holders = new Stakes()
  readonly #waiters = new Stakes()

  /**
   * Takes all the locks or none. Whoever is told to wait asks again when `release` or a grant names it; asking again
   * replaces what it waited for.
   */
  request(owner: TransactionId, age: Age, locks: readonly Lock[]): LockAnswer {
    this.#waiters.remove(owner)
    const claim = { owner, age, locks }
    let blocked: Lock | null = null
    for (const lock of locks) {
      const holders = this.#holders.against(lock, owner)
      const isOldest = holders.every((holder) => isOlder(age, holder.age))
      const isOvertaking = this.#waiters.against(lock, owner).some((waiter) => !isOlder(age, waiter.age))
      if (!isOldest || isOvertaking) return { answer: 'DIE', lock }
      if (holders.length > 0) blocked ??= lock
    }
    if (blocked !== null) {
      this.#waiters.add(claim)
      return { answer: 'WAIT', lock: blocked }
    }
    this.#holders.add(claim)
    return { answer: 'GRANTED', displaced: this.#waiters.allAgainst(locks, owner) }
  }

  /** Whether the lock can be had at once; for those who would not wait. */
  isFree(lock: Lock, owner: TransactionId, age: Age): boolean {
    if (this.#holders.against(lock, owner).length > 0) return false
    return this.#waiters.against(lock, owner).every((waiter) => isOlder(age, waiter.age))
  }

  /** Takes locks that are free, each resource once. Answers those who waited and must now ask again. */
  take(owner: TransactionId, age: Age, locks: readonly Lock[]): readonly TransactionId[] {
    this.#holders.add({ owner, age, locks })
    return this.#waiters.allAgainst(locks, owner)
  }

  /** Grants without asking: for what was granted before a restart. */
  restore(owner: TransactionId, age: Age, locks: readonly Lock[]): void {
    this.#holders.add({ owner, age, locks })
  }

  /** Frees what the owner holds; answers those who may try again, the oldest first. */
  release(owner: TransactionId): readonly TransactionId[] {
    return this.#waiters.allAgainst(this.#holders.remove(owner), owner)
  }

  /** The owner waits no longer. */
  withdraw(owner: TransactionId): void {
    this.#waiters.remove(owner)
  }
}

/** Claims, found by resource and by owner. */
class Stakes {
  readonly #claims = new Map<TransactionId, Claim>()
  readonly #byResource = new Map<string, Stake[]>()

  add(claim: Claim): void {
    this.#claims.set(claim.owner, claim)
    for (const { resource, mode } of claim.locks) {
      const stakes = this.#byResource.get(resource)
      if (stakes === undefined) this.#byResource.set(resource, [{ claim, mode }])
      else stakes.push({ claim, mode })
    }
  }

  remove(owner: TransactionId): readonly Lock[] {
    const claim = this.#claims.get(owner)
    if (claim === undefined) return []
    this.#claims.delete(owner)
    for (const { resource } of claim.locks) {
      const rest = (this.#byResource.get(resource) ?? []).filter((stake) => stake.claim !== claim)
      if (rest.length === 0) this.#byResource.delete(resource)
      else this.#byResource.set(resource, rest)
    }
    return claim.locks
  }

  /** Claims of others that do not go together with this lock. */
  against(lock: Lock, owner: TransactionId): readonly Claim[] {
    const stakes = this.#byResource.get(lock.resource)
    if (stakes === undefined) return []
    return stakes
      .filter(({ claim, mode }) => claim.owner !== owner && (mode === 'EXCLUSIVE' || lock.mode === 'EXCLUSIVE'))
      .map(({ claim }) => claim)
  }

  /** Owners whose claims do not go together with these locks, the oldest first. */
  allAgainst(locks: readonly Lock[], owner: TransactionId): readonly TransactionId[] {
    if (this.#claims.size === 0) return []
    const found = new Set(locks.flatMap((lock) => this.against(lock, owner)))
    return [...found].sort((one, other) => (isOlder(one.age, other.age) ? -1 : 1)).map((claim) => claim.owner)
  }
}
