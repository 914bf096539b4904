/** What is asked of the files of a package, each as if it were alone: all of it, or everything that is wrong with any. */

import { type Asked, checked, problem, problemsOf, refused } from './asked.ts'
import type { ImportRequest } from './import-request.ts'

/** Each file is a job of its own: more would be hard to follow. */
const FILES_MAX = 50

export async function readPackage<T>(
  requests: readonly ImportRequest[],
  readOne: (request: ImportRequest) => Promise<Asked<T>>,
): Promise<Asked<readonly T[]>> {
  if (requests.length === 0) return refused(problem('REQUIRED', 'There is no file in the package.', 'inputs'))
  if (requests.length > FILES_MAX) {
    const message = `${requests.length} files are in the package, and at most ${FILES_MAX} may be.`
    return refused(problem('VALIDATION', message, 'inputs'))
  }
  const read: Asked<T>[] = []
  for (const request of requests) read.push(await readOne(request))
  return checked(
    read.flatMap((one) => (one.ok ? [one.value] : [])),
    read.flatMap((one, place) =>
      problemsOf(one).map((found) => ({ ...found, path: ['inputs', String(place), ...found.path.slice(1)] })),
    ),
  )
}
