/** From the options of `lockstep import` to the input of the mutation. */

import { type Column, typedColumns } from './column-list.ts'
import type { IMPORT_OPTIONS, Values } from './options.ts'
import { UsageError } from './usage-error.ts'

/** A BulkImportInput but for its source. What is left out is the API's to choose. */
export interface ImportRequest {
  readonly entity?: string
  readonly native?: { readonly system: string; readonly table: string }
  readonly format?: string
  readonly csv?: {
    readonly delimiter?: string
    readonly quote?: string
    readonly encoding?: string
    readonly header?: readonly string[]
  }
  readonly columns?: readonly Column[]
  readonly constants?: readonly { readonly to: string; readonly value: string }[]
  readonly unknownColumns?: string
  readonly blank?: string
  readonly clearMarker?: string
  readonly decimalMark?: string
  readonly operation?: string
  readonly matchBy?: readonly string[]
  readonly atomicity?: string
  readonly batchSize?: number
  readonly mode?: 'DRY_RUN'
  readonly planHash?: string
  readonly maxFailures?: number
  readonly maxFailuresPercent?: number
  readonly duplicates?: string
  readonly idempotencyKey?: string
}

type ImportValues = Values<typeof IMPORT_OPTIONS>

/** But for the columns that stand in files of their own. Throws a UsageError that names the option. */
export function importRequest(values: ImportValues): ImportRequest {
  const csv = csvOptions(values)
  const { columns } = typedColumns(values.columns ?? [])
  return {
    ...target(values),
    ...given('format', oneOf('format', ['csv', 'jsonl'], values.format)),
    ...(Object.keys(csv).length === 0 ? {} : { csv }),
    ...(columns.length === 0 ? {} : { columns }),
    ...given('constants', values.constant?.map(constant)),
    ...given('unknownColumns', oneOf('unknown', ['refuse', 'ignore'], values.unknown)),
    ...given('blank', oneOf('blank', ['leave', 'clear'], values.blank)),
    ...given('clearMarker', values['clear-marker']),
    ...given('decimalMark', decimalMark(values['decimal-mark'])),
    ...given('operation', oneOf('operation', ['create', 'update', 'upsert', 'delete'], values.operation)),
    ...given('matchBy', values['match-by']),
    ...given('atomicity', oneOf('atomicity', ['row', 'batch'], values.atomicity)),
    ...given('batchSize', wholeNumber('batch-size', 1, values['batch-size'])),
    ...(values['dry-run'] === true ? { mode: 'DRY_RUN' } : {}),
    ...given('planHash', values['plan-hash']),
    ...maxFailures(values['max-failures']),
    ...given('duplicates', oneOf('duplicates', ['fail', 'first-wins', 'last-wins'], values.duplicates)),
    ...given('idempotencyKey', values['idempotency-key']),
  }
}

function target({ entity, native }: ImportValues): Pick<ImportRequest, 'entity' | 'native'> {
  if ((entity === undefined) === (native === undefined)) {
    throw new UsageError('say what the rows are: --entity NAME, or --native SYSTEM:TABLE')
  }
  if (native === undefined) return given('entity', entity)
  const [, system, table] = /^(\w+):(\S+)$/.exec(native) ?? []
  if (system === undefined || table === undefined) {
    throw new UsageError('--native is a system and one of its tables, as CRM:accounts')
  }
  return { native: { system: oneOf('native', ['crm', 'erp'], system.toLowerCase()) ?? system, table } }
}

function csvOptions(values: ImportValues): NonNullable<ImportRequest['csv']> {
  const delimiter = values.delimiter === 'tab' ? '\t' : values.delimiter
  const quote = values.quote === 'none' ? '' : values.quote
  return {
    ...given('delimiter', delimiter),
    ...given('quote', quote),
    ...given('encoding', oneOf('encoding', ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'], values.encoding)),
    ...given('header', values.header),
  }
}

/** A value may hold `=`, a field never does. */
function constant(text: string): { readonly to: string; readonly value: string } {
  const at = text.indexOf('=')
  if (at < 1) throw new UsageError(`--constant "${text}" is not FIELD=VALUE`)
  return { to: text.slice(0, at), value: text.slice(at + 1) }
}

function decimalMark(text: string | undefined): string | undefined {
  const mark = text === 'comma' ? ',' : text === 'point' ? '.' : text
  if (mark === undefined || mark === '.' || mark === ',') return mark
  throw new UsageError('--decimal-mark is a point or a comma')
}

function maxFailures(text: string | undefined): Pick<ImportRequest, 'maxFailures' | 'maxFailuresPercent'> {
  if (text === undefined) return {}
  if (!text.endsWith('%')) return given('maxFailures', wholeNumber('max-failures', 0, text))
  const percent = Number(text.slice(0, -1))
  if (/^\d+(\.\d+)?%$/.test(text) && percent <= 100) return { maxFailuresPercent: percent }
  throw new UsageError('--max-failures is a number of rows, or a percentage from 0% to 100%')
}

/** GraphQL's integers go no further. */
const INT_MAX = 2 ** 31 - 1

/** Throws a UsageError for anything but a whole number from `min` on. */
export function wholeNumber(option: string, min: number, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= min && number <= INT_MAX) return number
  throw new UsageError(`--${option} is a whole number, ${min} or more`)
}

/** The API's name for a word: `first-wins` is FIRST_WINS. */
function oneOf(option: string, words: readonly string[], word: string | undefined): string | undefined {
  if (word === undefined) return undefined
  if (words.includes(word.toLowerCase())) return word.toUpperCase().replaceAll('-', '_')
  throw new UsageError(`--${option} is ${words.slice(0, -1).join(', ')} or ${words.at(-1)}, not "${word}"`)
}

function given<Name extends string, T>(name: Name, value: T | undefined): { readonly [N in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [N in Name]?: T })
}
