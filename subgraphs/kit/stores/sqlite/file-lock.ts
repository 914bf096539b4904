/**
 * Keeps a second process away from a store whose locks live in the memory of the first. The lock is an exclusive
 * transaction on a small database beside the file: the operating system drops it with the process, however that ends.
 */

import { DatabaseSync } from 'node:sqlite'
import { StoreFailed, StoreInUse } from '../../../../schema/process/store-faults.ts'

const SQLITE_BUSY = 5

export interface FileLock {
  release(): void
}

/** Throws StoreInUse where somebody holds it, StoreFailed where the file cannot be used at all. */
export function lockFile(file: string): FileLock {
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(`${file}.lock`)
    database.exec('PRAGMA busy_timeout = 0')
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) {
      throw new StoreInUse(`${file} is in use by another store or process`)
    }
    throw new StoreFailed(`${file} could not be opened`, { cause: error })
  }
  const held = database
  return { release: () => held.close() }
}
