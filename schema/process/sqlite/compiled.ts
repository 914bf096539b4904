import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/**
 * The URL of a module's compiled form; its own where it is compiled. Threads run nothing else: Node.js could take the
 * types out of a source file, but by a compiler of its own in each thread, which then may die with the thread.
 */
export function compiled(url: string): string {
  if (!url.endsWith('.ts')) return url
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  const path = relative(root, fileURLToPath(url)).replace(/\.ts$/, '.js')
  return pathToFileURL(join(root, 'dist', path)).href
}
