/** Claims of a name: whoever comes second is told so. */

import type { BoundMap } from '../binding.ts'
import type { Fault } from '../faults.ts'
import type { Path, Source } from '../yaml.ts'

export interface Claim {
  readonly name: string
  /** Who claims it, in words. */
  readonly by: string
  readonly source: Source
  readonly path: Path
}

export function claim({ source }: Pick<BoundMap, 'source'>, name: string, by: string, path: Path): Claim {
  return { name, by, source, path }
}

/** A fault for each claim of a name that an earlier one has. */
export function takenTwice(claims: readonly Claim[]): readonly Fault[] {
  const first = new Map<string, Claim>()
  return claims.flatMap((one) => {
    const earlier = first.get(one.name)
    if (earlier === undefined) first.set(one.name, one)
    return earlier === undefined ? [] : [one.source.fault(one.path, `"${one.name}" is taken by ${earlier.by} already`)]
  })
}
