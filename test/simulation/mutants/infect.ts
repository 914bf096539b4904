/** Changes the text of one module while it is loaded. Before anything imports it. */

import { registerHooks } from 'node:module'
import type { Mutant } from './mutants.ts'

const ROOT = new URL('../../../', import.meta.url)

export function infect({ name, module, text, replacement }: Mutant): void {
  const target = new URL(module, ROOT).href
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      if (url !== target) return loaded
      const source = String(loaded.source)
      if (source.split(text).length !== 2) {
        throw new RangeError(`${module} does not hold the text that ${name} changes exactly once: was it changed?`)
      }
      return { ...loaded, source: source.replace(text, () => replacement) }
    },
  })
}
