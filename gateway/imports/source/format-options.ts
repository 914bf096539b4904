/** What an uploader says of a file's format, and how sure it is where nothing was said. */

import type { CsvFormat, Delimiter, Encoding, SourceFormat } from './source.ts'

export interface Hints {
  /** What the uploader calls the file. */
  readonly name?: string | null
  readonly contentType?: string | null
}

/** What the uploader says; what is left out is found. */
export interface FormatOptions extends Hints {
  readonly format?: SourceFormat['format']
  readonly encoding?: Encoding
  readonly delimiter?: Delimiter
  /** Null for a file in which a quote is a character like others. Left out: `"`. */
  readonly quote?: CsvFormat['quote']
  /** The names of the columns, for a file whose first line is a row already. */
  readonly header?: readonly string[]
}

/** `GIVEN` by the uploader; `SURE` where nothing speaks against it; `LIKELY` where something might. */
export type Sureness = 'GIVEN' | 'SURE' | 'LIKELY'
