/** From what was typed to what is to be done: pure, and whole before anything is asked of anybody. */

import { typedColumns } from './column-list.ts'
import { type ImportRequest, importRequest, wholeNumber } from './import-request.ts'
import {
  COMMON_OPTIONS,
  FOLLOWING_OPTIONS,
  IMPORT_OPTIONS,
  LIST_OPTIONS,
  type Options,
  readOptions,
} from './options.ts'
import { UsageError } from './usage-error.ts'

export type Command = Help | Import | OneJob | List

export interface Help {
  readonly kind: 'HELP'
  readonly topic: Topic
}

/** What help there is: of everything, or of one command. */
export type Topic = 'lockstep' | Verb

/** Where Lockstep is, and whether a person or a machine reads. */
export interface Talk {
  /** Without a slash at its end. */
  readonly url: string
  readonly json: boolean
}

export interface Following {
  readonly watch: boolean
  /** A file to save the failed rows in; null for none. */
  readonly failures: string | null
}

export interface Import extends Talk, Following {
  readonly kind: 'IMPORT'
  readonly file: string
  readonly request: ImportRequest
  /** JSON files with more columns. */
  readonly columnFiles: readonly string[]
}

export type JobVerb = 'job' | 'pause' | 'resume' | 'cancel' | 'retry' | 'undo'

export interface OneJob extends Talk, Following {
  readonly kind: 'JOB'
  readonly verb: JobVerb
  readonly id: string
}

export interface List extends Talk {
  readonly kind: 'LIST'
  readonly first: number
}

type Verb = 'import' | 'jobs' | JobVerb

/** The options of each command. */
export const OPTIONS_OF: Readonly<Record<Verb, Options>> = {
  import: { ...IMPORT_OPTIONS, ...FOLLOWING_OPTIONS, ...COMMON_OPTIONS },
  jobs: { ...LIST_OPTIONS, ...COMMON_OPTIONS },
  job: { ...FOLLOWING_OPTIONS, ...COMMON_OPTIONS },
  pause: { ...FOLLOWING_OPTIONS, ...COMMON_OPTIONS },
  resume: { ...FOLLOWING_OPTIONS, ...COMMON_OPTIONS },
  cancel: { ...FOLLOWING_OPTIONS, ...COMMON_OPTIONS },
  retry: { ...FOLLOWING_OPTIONS, ...COMMON_OPTIONS },
  undo: { ...FOLLOWING_OPTIONS, ...COMMON_OPTIONS },
}

export type Environment = Readonly<Record<string, string | undefined>>

const DEFAULT_URL = 'http://127.0.0.1:4000'
const LISTED = 20

/** `args` without the program's own name. Throws a UsageError. */
export function readCommand(args: readonly string[], environment: Environment): Command {
  const [verb, ...rest] = args
  if (verb === undefined) throw new UsageError('what is to be done?')
  if (verb === '--help' || verb === '-h') return { kind: 'HELP', topic: 'lockstep' }
  if (verb === 'help') return { kind: 'HELP', topic: topicOf(rest[0]) }
  if (!isVerb(verb)) throw new UsageError(`there is no command "${verb}"`)
  if (rest.includes('--help') || rest.includes('-h')) return { kind: 'HELP', topic: verb }
  if (verb === 'import') return readImport(rest, environment)
  return verb === 'jobs' ? readList(rest, environment) : readOneJob(verb, rest, environment)
}

function readImport(args: readonly string[], environment: Environment): Import {
  const { values, positionals } = readOptions({ ...IMPORT_OPTIONS, ...FOLLOWING_OPTIONS, ...COMMON_OPTIONS }, args)
  const file = onlyOne(positionals, 'a file to import')
  const columnFiles = typedColumns(values.columns ?? []).files
  const request = importRequest(values)
  return { kind: 'IMPORT', file, request, columnFiles, ...following(values), ...talk(values, environment) }
}

function readOneJob(verb: JobVerb, args: readonly string[], environment: Environment): OneJob {
  const { values, positionals } = readOptions({ ...FOLLOWING_OPTIONS, ...COMMON_OPTIONS }, args)
  const id = onlyOne(positionals, 'the id of a job')
  return { kind: 'JOB', verb, id, ...following(values), ...talk(values, environment) }
}

function readList(args: readonly string[], environment: Environment): List {
  const { values, positionals } = readOptions({ ...LIST_OPTIONS, ...COMMON_OPTIONS }, args)
  if (positionals.length > 0) throw new UsageError(`"${positionals[0]}" is too much`)
  return { kind: 'LIST', first: wholeNumber('first', 1, values.first) ?? LISTED, ...talk(values, environment) }
}

function onlyOne(positionals: readonly string[], what: string): string {
  const [one, more] = positionals
  if (one === undefined || one === '') throw new UsageError(`${what} is missing`)
  if (more !== undefined) throw new UsageError(`"${more}" is too much: give one`)
  return one
}

function following({ watch, failures }: { readonly watch?: true; readonly failures?: string }): Following {
  if (failures !== undefined && watch !== true) {
    throw new UsageError('--failures saves the rows that failed once the job is over: add --watch')
  }
  return { watch: watch === true, failures: failures ?? null }
}

function talk(values: { readonly url?: string; readonly json?: true }, environment: Environment): Talk {
  const url = values.url ?? (environment['LOCKSTEP_URL'] || DEFAULT_URL)
  if (!URL.canParse(url) || !['http:', 'https:'].includes(new URL(url).protocol)) {
    throw new UsageError(`"${url}" is no address; it is like ${DEFAULT_URL}`)
  }
  return { url: url.replace(/\/+$/, ''), json: values.json === true }
}

function topicOf(word: string | undefined): Topic {
  if (word === undefined) return 'lockstep'
  if (isVerb(word)) return word
  throw new UsageError(`there is no command "${word}"`)
}

function isVerb(word: string): word is Verb {
  return Object.hasOwn(OPTIONS_OF, word)
}
