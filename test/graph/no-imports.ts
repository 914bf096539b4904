import type { Imports } from '../../gateway/imports/api/imports.ts'
import { StoreClosed } from '../../schema/process/store-faults.ts'

/** Where no job store is open: there is a graph, and nothing to import with. */
export const NO_IMPORTS: Imports = {
  ...{ createUpload: refuse, start: refuse, startPackage: refuse, order: refuse, retry: refuse, undo: refuse },
  ...{ job: refuse, list: refuse, outcomes: refuse, audit: refuse },
  progress: () => {
    throw new StoreClosed('no job store is open')
  },
  watch: () => ({ [Symbol.asyncIterator]: () => ({ next: refuse }) }),
}

function refuse(): Promise<never> {
  return Promise.reject(new StoreClosed('no job store is open'))
}
