/** Whether two uploads are of one file: whoever repeats a request may send the file anew. */

import type { ImportSource } from '../job/definition.ts'
import type { UploadStore } from '../upload/upload.ts'

/** The file of the first has come; of the second it is enough that its digest was told. */
export async function isSameFile(
  uploads: Pick<UploadStore, 'find'>,
  one: ImportSource,
  other: ImportSource,
): Promise<boolean> {
  if (one.kind !== 'UPLOAD' || other.kind !== 'UPLOAD') return false
  if (one.uploadId === other.uploadId) return true
  const [first, second] = [await uploads.find(one.uploadId), await uploads.find(other.uploadId)]
  const digest = first.ok ? (first.value.received?.sha256 ?? null) : null
  return digest !== null && second.ok && digest === (second.value.received?.sha256 ?? second.value.sha256)
}
