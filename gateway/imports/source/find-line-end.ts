/** Finds what ends the lines of a CSV file: what ends the first one, outside of quotes. */

import type { CsvFormat } from './source.ts'

export function findLineEnd(text: string, quote: CsvFormat['quote']): CsvFormat['lineEnd'] {
  const quoted = quote === null ? '' : `${quote}[^${quote}]*${quote}|`
  for (const [found] of text.matchAll(new RegExp(`${quoted}\\r\\n|\\n|\\r`, 'g'))) {
    if (quote === null || !found.startsWith(quote)) return found === '\r' ? 'CR' : 'LF'
  }
  return 'LF'
}
