/** The subscription to one import. It is executed once for each thing that it comes to, which the context carries. */

import { extendedType } from '../../../schema/sdl.ts'
import type { Imports } from '../../imports/api/imports.ts'
import type { GraphContext } from '../context.ts'
import type { ImportJobObject } from './import-types.ts'
import { importJobObject } from './import-view.ts'

export const IMPORT_PROGRESS = 'importProgress'

export const importProgressDefinition = extendedType('Subscription', [
  {
    name: IMPORT_PROGRESS,
    type: 'ImportJob!',
    description:
      'An import as it comes on: as it is now, then each change of its state at once and its numbers at most once a second. ' +
      'The last message is that of an import that is over; then the stream completes. There is nothing to resume: who comes ' +
      'back subscribes anew.',
    arguments: [{ name: 'id', type: 'ID!', description: 'Id of the import.' }],
  },
])

export function importProgressResolver(imports: Pick<Imports, 'progress'>) {
  return (_: unknown, __: unknown, { job }: GraphContext): ImportJobObject => {
    if (job === null) throw new TypeError('a subscription is executed for an import')
    return importJobObject(job, imports.progress(job))
  }
}
