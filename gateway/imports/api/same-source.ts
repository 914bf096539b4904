/** Whether two sources give the same rows: whoever repeats a request may send the file anew. */

import { isDeepStrictEqual } from 'node:util'
import type { ImportSource } from '../job/definition.ts'
import type { Answer, Upload, UploadStore } from '../upload/upload.ts'

/** UNKNOWN where of one of two uploads neither the file has come nor its digest was told. */
export type Sameness = 'SAME' | 'OTHER' | 'UNKNOWN'

export async function samenessOfSources(
  uploads: Pick<UploadStore, 'find'>,
  one: ImportSource,
  other: ImportSource,
): Promise<Sameness> {
  if (isDeepStrictEqual(one, other)) return 'SAME'
  if (one.kind !== 'UPLOAD' || other.kind !== 'UPLOAD') return 'OTHER'
  const first = digestOf(await uploads.find(one.uploadId))
  const second = digestOf(await uploads.find(other.uploadId))
  if (first === null || second === null) return 'UNKNOWN'
  return first === second ? 'SAME' : 'OTHER'
}

function digestOf(upload: Answer<Upload>): string | null {
  return upload.ok ? (upload.value.received?.sha256 ?? upload.value.sha256) : null
}
