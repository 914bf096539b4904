/** Files and folders that are on the disk, and not only on their way to it. */

import { type FileHandle, open } from 'node:fs/promises'

/** Gives an empty file at a path where there is none, and closes it afterwards. */
export async function inNewFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'wx')
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

/** A new file with this text. */
export function writeForced(path: string, text: string): Promise<void> {
  return inNewFile(path, async (file) => {
    await file.writeFile(text)
    await file.sync()
  })
}

/** Has the disk know which files are in a folder: a rename counts only then. */
export async function forceFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
