/** Finds whether a file is CSV or JSON lines: from its name, its content type, and how its text begins. */

import type { FormatOptions, Hints, Sureness } from './format-options.ts'
import { type Delimiter, SourceError, type SourceFormat } from './source.ts'

export interface FoundKind {
  readonly format: SourceFormat['format']
  readonly sureness: Sureness
  /** What the name or the content type says of it; null for nothing. */
  readonly delimiter: Delimiter | null
}

type Said = Pick<FoundKind, 'format' | 'delimiter'>

const CSV: Said = { format: 'CSV', delimiter: null }
const TABS: Said = { format: 'CSV', delimiter: '\t' }
const JSONL: Said = { format: 'JSONL', delimiter: null }

const BY_ENDING: Readonly<Record<string, Said>> = { csv: CSV, tsv: TABS, tab: TABS, jsonl: JSONL, ndjson: JSONL }
const BY_CONTENT_TYPE: Readonly<Record<string, Said>> = {
  'text/csv': CSV,
  'application/csv': CSV,
  'text/tab-separated-values': TABS,
  'application/jsonl': JSONL,
  'application/x-jsonlines': JSONL,
  'application/x-ndjson': JSONL,
  'application/ndjson': JSONL,
}

/** Throws a SourceError where the text contradicts what is said of it, or is neither. */
export function findKind(text: string, options: Pick<FormatOptions, 'format' | 'name' | 'contentType'>): FoundKind {
  const said = saidBy(options)
  if (options.format !== undefined) {
    const delimiter = said?.format === options.format ? said.delimiter : null
    return { format: options.format, sureness: 'GIVEN', delimiter }
  }
  const seen = seenIn(text)
  if (said === null) return { format: seen, sureness: seen === 'JSONL' ? 'SURE' : 'LIKELY', delimiter: null }
  if (said.format === seen) return { ...said, sureness: 'SURE' }
  const message = `By its name or content type the file is ${said.format}, and by its text ${seen}. Set \`format\`.`
  throw new SourceError('AMBIGUOUS', message, 'format')
}

function saidBy({ name, contentType }: Hints): Said | null {
  const ending = /\.(\w+)(?:\.gz)?$/i.exec(name ?? '')?.[1]?.toLowerCase() ?? ''
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (Object.hasOwn(BY_ENDING, ending)) return BY_ENDING[ending] ?? null
  return Object.hasOwn(BY_CONTENT_TYPE, type) ? (BY_CONTENT_TYPE[type] ?? null) : null
}

function seenIn(text: string): SourceFormat['format'] {
  const first = text.trimStart().charAt(0)
  if (first === '[' && isJsonArray(text)) {
    throw new SourceError(
      'NOT_ROWS',
      'The file is a JSON array. Send JSON lines: one object a line, with no list around.',
    )
  }
  if (first !== '{') return 'CSV'
  const line = text.trimStart().split(/\r?\n/, 1)[0] ?? ''
  if (isJson(line) || line.trimEnd() !== '{') return 'JSONL'
  throw new SourceError('NOT_ROWS', 'The file is JSON over several lines. Send JSON lines: one object a line.')
}

const isJsonArray = (text: string): boolean => /^\s*\[\s*(?:[{\]"\d-]|$)/.test(text)

function isJson(line: string): boolean {
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}
