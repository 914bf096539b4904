/**
 * The options of each command, once for reading them and for telling of them. Reading is node:util's parseArgs; what it
 * refuses is a UsageError.
 */

import { parseArgs } from 'node:util'
import { UsageError } from './usage-error.ts'

export interface Option {
  /** Null for one that is given or not. */
  readonly value: string | null
  /** May be given several times. */
  readonly repeated?: true
  readonly text: string
}

export type Options = Readonly<Record<string, Option>>

/** Of every command. */
export const COMMON_OPTIONS = {
  url: { value: 'URL', text: 'where Lockstep is; else LOCKSTEP_URL, else http://127.0.0.1:4000' },
  json: { value: null, text: 'for machines: the job as one JSON object a line' },
  help: { value: null, text: 'this text' },
} as const satisfies Options

/** Of commands about one job. */
export const FOLLOWING_OPTIONS = {
  watch: { value: null, text: 'follow the job to its end; the exit code then tells how it ended' },
  failures: {
    value: 'FILE',
    text: 'with --watch: save the rows that failed, to be corrected and imported again',
  },
} as const satisfies Options

export const IMPORT_OPTIONS = {
  entity: { value: 'NAME', text: 'what the rows are, for example Customer' },
  native: { value: 'SYSTEM:TABLE', text: "instead: one system's own table, for example CRM:accounts" },
  operation: { value: 'WHAT', text: 'create, update, upsert (the default) or delete' },
  'match-by': {
    value: 'FIELD',
    repeated: true,
    text: 'a field by which rows find their records instead of the key, as partyNumber; it must be unique',
  },
  columns: {
    value: 'FROM=TO',
    repeated: true,
    text: 'the field that a column goes to, as group.code; or a JSON file of them: {"Group": "group.code"}',
  },
  constant: { value: 'FIELD=VALUE', repeated: true, text: 'a value for every row that gives none itself' },
  unknown: { value: 'WHAT', text: 'columns that lead nowhere: refuse (the default) or ignore' },
  blank: { value: 'WHAT', text: 'blank cells: leave the field as it is (the default) or clear it' },
  'clear-marker': { value: 'TEXT', text: 'a cell of just this text clears its field, for example NULL' },
  'decimal-mark': { value: 'MARK', text: 'what stands before decimals: a point (the default) or a comma' },
  format: { value: 'FORMAT', text: 'csv or jsonl; else found' },
  delimiter: { value: 'MARK', text: 'between cells: , ; | or tab; else found' },
  quote: { value: 'MARK', text: 'around cells: " (the default), \' or none' },
  encoding: { value: 'NAME', text: 'utf-8, utf-16le, utf-16be or windows-1252; UTF-16 is found' },
  header: { value: 'NAME', repeated: true, text: 'one for each column, of a file whose first line is a row already' },
  atomicity: { value: 'WHAT', text: 'row: each by itself (the default); batch: all rows or none' },
  'batch-size': { value: 'ROWS', text: 'rows that are written together; else found while running' },
  'max-failures': { value: 'N', text: 'more failed rows than 10, or than 5%, end the job' },
  duplicates: { value: 'WHAT', text: 'rows of one key: fail (the default), first-wins or last-wins' },
  'dry-run': { value: null, text: 'write nothing, and tell what would become of each row' },
  'plan-hash': { value: 'HASH', text: 'write only what a dry run has shown; rows that drifted since fail' },
  'idempotency-key': { value: 'KEY', text: 'begin no second import under this key' },
} as const satisfies Options

export const LIST_OPTIONS = {
  first: { value: 'N', text: 'how many jobs, the newest first; 20 unless told' },
} as const satisfies Options

export type Values<O extends Options> = {
  readonly [Name in keyof O]?: O[Name] extends { readonly value: null }
    ? true
    : O[Name] extends { readonly repeated: true }
      ? readonly string[]
      : string
}

export interface Read<O extends Options> {
  readonly values: Values<O>
  readonly positionals: readonly string[]
}

/** Throws a UsageError for an option that is not among them, lacks its value, or was given twice. */
export function readOptions<O extends Options>(options: O, args: readonly string[]): Read<O> {
  const { values, positionals, tokens } = parsed(options, args)
  const seen = new Set<string>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const option = options[token.name]
    if (option?.value !== null && option?.repeated !== true && seen.has(token.name)) {
      throw new UsageError(`--${token.name} was given twice`)
    }
    seen.add(token.name)
  }
  return { values: values as Values<O>, positionals }
}

function parsed(options: Options, args: readonly string[]) {
  const config = Object.entries(options).map(([name, { value, repeated = false }]) => {
    return [name, { type: value === null ? 'boolean' : 'string', multiple: repeated }] as const
  })
  try {
    return parseArgs({ args: [...args], options: Object.fromEntries(config), allowPositionals: true, tokens: true })
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) throw new UsageError(error.message)
    throw error
  }
}
