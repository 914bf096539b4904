/**
 * Writes what is derived from the shipped tables and maps: `node dist/test/schema/print.js`. With `--check` it writes
 * nothing, names every file that is not current, and exits 1 if there is one.
 */

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../maps/load.ts'
import { derivedDocuments } from './documents.ts'

const root = packageRoot()
const stale = await staleDocuments()
if (process.argv.includes('--check')) {
  for (const [path] of stale) process.stderr.write(`${path} is not current: run npm run schema\n`)
  if (stale.length > 0) process.exitCode = 1
} else {
  for (const [path, text] of stale) await writeFile(join(root, path), text)
  process.stdout.write(stale.map(([path]) => `${path} written\n`).join('') || 'every document is current\n')
}

async function staleDocuments(): Promise<readonly (readonly [path: string, text: string])[]> {
  const documents = [...(await derivedDocuments(root))]
  const kept = await Promise.all(documents.map(([path]) => contentOf(join(root, path))))
  return documents.filter(([, text], index) => kept[index] !== text)
}

/** Null for a file that does not exist. */
async function contentOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
