import type { RecordWrite, WriteImage } from '../../../schema/participant.ts'
import type { Row } from '../../../schema/record.ts'

/** A write as it is kept, with the record's images on both sides of it. */
export function imageOf(write: RecordWrite, before: Row | null, after: Row | null): WriteImage {
  const { operation, table, key, base, revision, at, member } = write
  return {
    ...{ operation, table, key, before, after, base, revision },
    ...(at === undefined ? {} : { at }),
    ...(member === undefined ? {} : { member }),
  }
}
