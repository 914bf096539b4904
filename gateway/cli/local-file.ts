/** The file that is to be imported, where it lies. It is read as a stream, never held whole. */

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import type { NewUpload } from './graph.ts'
import { UsageError } from './usage-error.ts'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.tsv': 'text/tab-separated-values',
  '.jsonl': 'application/jsonl',
  '.ndjson': 'application/x-ndjson',
}

/** Reads it once, for its digest. Throws a UsageError for what is no file that can be read. */
export async function describeFile(path: string): Promise<NewUpload> {
  await using file = await opened(path)
  const { size } = await file.stat()
  const digest = createHash('sha256')
  for await (const chunk of createReadStream(path)) digest.update(chunk)
  const contentType = (await isGzip(file)) ? 'application/gzip' : (CONTENT_TYPES[extname(path).toLowerCase()] ?? null)
  return { filename: basename(path), contentType, size, sha256: digest.digest('hex') }
}

async function opened(path: string): Promise<FileHandle> {
  const file = await open(path).catch((error: unknown) => {
    throw new UsageError(`${path} cannot be read: ${whyNot(error)}`)
  })
  if ((await file.stat()).isFile()) return file
  await file.close()
  throw new UsageError(`${path} is not a file`)
}

const GZIP = Buffer.from([0x1f, 0x8b])

async function isGzip(file: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(GZIP.length), 0, GZIP.length, 0)
  return bytesRead === GZIP.length && buffer.equals(GZIP)
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'there is no such folder',
}

/** What keeps a file from being opened, in words. */
export function whyNot(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return REASONS[code] ?? code
}
