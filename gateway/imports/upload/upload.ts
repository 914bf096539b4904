/**
 * Staged uploads: a file is announced, sent, and read as often as is wanted, until it expires. There is no login yet, so
 * whoever knows the id of an upload may send its file: the id is drawn at random and is the secret.
 *
 * Whatever moment the process is killed at, an upload has its whole file afterwards or none; a file that stopped half way
 * may be sent again, from its beginning.
 */

import type { StoredFile } from '../source/source.ts'

export interface NewUpload {
  /** What the uploader calls the file: a label, which leads nowhere. */
  readonly name: string | null
  readonly contentType: string | null
  /** In bytes; another size is then refused. */
  readonly size: number | null
  /** 64 digits of lower case hexadecimal; a file with another digest is then refused. */
  readonly sha256: string | null
}

const SHA_256 = /^[0-9a-f]{64}$/

export function isSha256(text: string): boolean {
  return SHA_256.test(text)
}

/** Times are milliseconds since the Unix epoch. */
export interface Upload extends NewUpload {
  readonly id: string
  readonly createdAt: number
  readonly expiresAt: number
  /** Null until the whole file is there. */
  readonly received: Received | null
}

/** The file as it was sent, zipped if it was. */
export interface Received {
  readonly size: number
  readonly sha256: string
  readonly at: number
}

export type UploadRefusalCode =
  | 'NOT_FOUND'
  | 'EXPIRED'
  /** What the upload says of its file cannot be. */
  | 'INVALID'
  /** More uploads are kept than may be. */
  | 'TOO_MANY'
  /** It has its file, which never changes. */
  | 'COMPLETE'
  | 'INCOMPLETE'
  /** Its file is being sent by somebody else. */
  | 'RECEIVING'
  | 'TOO_LARGE'
  | 'SIZE_DIFFERS'
  | 'DIGEST_DIFFERS'
  /** The sender went away. */
  | 'CUT_OFF'
  | 'NO_SPACE'

export interface UploadRefusal {
  readonly code: UploadRefusalCode
  readonly message: string
}

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: UploadRefusal }

export function refused(code: UploadRefusalCode, message: string): Extract<Answer<never>, { ok: false }> {
  return { ok: false, refusal: { code, message } }
}

/** An id that has never been given out is NOT_FOUND like one that is gone. Rejects only where the storage fails. */
export interface UploadStore {
  /** Refused: INVALID, TOO_LARGE, TOO_MANY. */
  create(asked: NewUpload): Promise<Answer<Upload>>
  /** Refused: NOT_FOUND, EXPIRED. */
  find(id: string): Promise<Answer<Upload>>
  /**
   * Takes the file of an upload; `announced` is its size where the sender tells it. Refused by all but INVALID, TOO_MANY
   * and INCOMPLETE, and then the upload is as it was: of the body
   * nothing more is read, and its iterator is returned.
   */
  receive(id: string, body: AsyncIterable<Uint8Array>, announced: number | null): Promise<Answer<Upload>>
  /** Refused: NOT_FOUND, EXPIRED, INCOMPLETE. */
  file(id: string): Promise<Answer<StoredFile>>
  /**
   * Has the upload expire no earlier than at this time, even one that has expired, as long as its file is still there.
   * Refused: NOT_FOUND, EXPIRED.
   */
  keepUntil(id: string, time: number): Promise<Answer<Upload>>
  /** Also when it has expired; readers that are under way read on. Refused: NOT_FOUND, RECEIVING. */
  delete(id: string): Promise<Answer<null>>
  /** Drops the files of all that expired, and some days later the uploads; tells how many files. */
  sweep(): Promise<number>
}

export interface UploadLimits {
  readonly bytesMax: number
  readonly uploadsMax: number
  readonly expiresAfterMs: number
}
