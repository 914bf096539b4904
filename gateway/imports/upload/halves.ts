/**
 * What is not whole yet, or not any more, in a folder of uploads that several processes may share: its name begins with a
 * point and is nobody else's, and one that was not touched for long belongs to a process that is gone.
 */

import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** While a file is sent, its half is touched with each piece. */
const KEPT_MS = 60 * 60 * 1_000

/** `what` it is, as `receiving`; `token` is drawn at random. */
export function halfName(what: string, token: string): string {
  return `.${what}-${token}`
}

/** Clears away what processes that are gone have left in this folder. `now` is milliseconds since the Unix epoch. */
export async function clearHalves(folder: string, now: number): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (!name.startsWith('.')) continue
    const path = join(folder, name)
    if ((await touchedAt(path)) + KEPT_MS <= now) await rm(path, { recursive: true, force: true })
  }
}

/** Of the folder itself or of what is in it, the latest; of what has disappeared, never. */
async function touchedAt(path: string): Promise<number> {
  const names = await namesIn(path)
  const times = await Promise.all([path, ...names.map((name) => join(path, name))].map(modifiedAt))
  return Math.max(...times)
}

async function modifiedAt(path: string): Promise<number> {
  const found = await unlessGone(stat(path))
  return found?.mtimeMs ?? Number.NEGATIVE_INFINITY
}

/** None in what is no folder, or has disappeared. */
async function namesIn(path: string): Promise<readonly string[]> {
  return (await unlessGone(readdir(path))) ?? []
}

/** Null where somebody else was quicker to take it away. */
export async function unlessGone<T>(doing: Promise<T>): Promise<T | null> {
  try {
    return await doing
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return null
    throw error
  }
}

export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
