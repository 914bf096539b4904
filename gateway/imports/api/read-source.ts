/** Where the rows of an import come from, and how their file is to be read: pure, of what is known of the upload. */

import { createHash } from 'node:crypto'
import type { ImportSource } from '../job/definition.ts'
import type { FormatOptions } from '../source/format-options.ts'
import { DELIMITERS, type Encoding, type RecordObject, SOURCE_LIMITS } from '../source/source.ts'
import type { Answer, Upload } from '../upload/upload.ts'
import { type Asked, checked, type ImportProblem, problem, refused } from './asked.ts'
import type { CsvRequest, ImportRequest } from './import-request.ts'

/** What an upload says of its file. */
export type ToldFile = Pick<Upload, 'id' | 'name' | 'contentType'>

export interface ReadSource {
  readonly source: ImportSource
  readonly format: FormatOptions
  /** Of an inline source, null otherwise. */
  readonly rows: readonly RecordObject[] | null
}

/** `upload` is the one that the request names; null where it names none. */
export function readSource(request: ImportRequest, upload: Answer<ToldFile> | null): Asked<ReadSource> {
  const { uploadId, rows } = request.source
  if (uploadId != null && rows != null) {
    return refused(problem('VALIDATION', 'Give an upload or rows, not both.', 'input', 'source', 'rows'))
  }
  if (rows != null) return inlineSource(request, rows)
  if (upload === null) return refused(problem('REQUIRED', 'Give an upload or rows.', 'input', 'source'))
  if (!upload.ok) {
    const { code, message } = upload.refusal
    return refused(problem(code, message, 'input', 'source', 'uploadId'))
  }
  return uploadSource(request, upload.value)
}

function inlineSource(request: ImportRequest, rows: readonly unknown[]): Asked<ReadSource> {
  const path = ['input', 'source', 'rows'] as const
  const { inlineRowsMax } = SOURCE_LIMITS
  if (rows.length === 0) return refused(problem('REQUIRED', 'There are no rows.', ...path))
  if (rows.length > inlineRowsMax) {
    const message = `${rows.length} rows are given inline, and at most ${inlineRowsMax} may be: upload a file instead.`
    return refused(problem('TOO_MANY_ROWS', message, ...path))
  }
  const records = rows.filter(isRecord)
  const others = rows.flatMap((row, at) =>
    isRecord(row) ? [] : [problem('NOT_AN_OBJECT', 'A row is a JSON object: names and values.', ...path, String(at))],
  )
  const spoken = (['format', 'csv'] as const).filter((name) => request[name] != null)
  const ofFiles = spoken.map((name) => problem('VALIDATION', 'Rows given inline have no file format.', 'input', name))
  const sha256 = createHash('sha256').update(JSON.stringify(records)).digest('hex')
  return checked({ source: { kind: 'INLINE', rows: records.length, sha256 }, format: {}, rows: records }, [
    ...others,
    ...ofFiles,
  ])
}

function isRecord(row: unknown): row is RecordObject {
  return typeof row === 'object' && row !== null && !Array.isArray(row)
}

function uploadSource({ format, csv }: ImportRequest, upload: ToldFile): Asked<ReadSource> {
  const said = csv == null ? {} : csvOptions(csv)
  const options: FormatOptions = {
    ...{ name: upload.name, contentType: upload.contentType },
    ...(format == null ? (csv == null ? {} : { format: 'CSV' }) : { format }),
    ...said,
  }
  const isContrary = format === 'JSONL' && csv != null
  const contrary = problem('VALIDATION', 'JSON lines have no options of CSV.', 'input', 'csv')
  const problems = isContrary ? [contrary] : csv == null ? [] : csvProblems(csv)
  return checked({ source: { kind: 'UPLOAD', uploadId: upload.id }, format: options, rows: null }, problems)
}

/** By the letters and digits of their names. */
const ENCODINGS: Readonly<Record<string, Encoding>> = {
  ...{ utf8: 'UTF_8', utf16le: 'UTF_16LE', utf16be: 'UTF_16BE' },
  ...{ windows1252: 'WINDOWS_1252', cp1252: 'WINDOWS_1252', iso88591: 'WINDOWS_1252', latin1: 'WINDOWS_1252' },
}
const QUOTES = ['"', "'"] as const

const delimiterOf = ({ delimiter }: CsvRequest) => DELIMITERS.find((one) => one === delimiter)
const quoteOf = ({ quote }: CsvRequest) => (quote === '' ? null : QUOTES.find((one) => one === quote))

function encodingOf({ encoding }: CsvRequest): Encoding | undefined {
  const name = encoding?.toLowerCase().replace(/[^a-z0-9]/g, '') ?? ''
  return Object.hasOwn(ENCODINGS, name) ? ENCODINGS[name] : undefined
}

function csvOptions(csv: CsvRequest): FormatOptions {
  const [delimiter, quote, encoding] = [delimiterOf(csv), quoteOf(csv), encodingOf(csv)]
  return {
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(quote === undefined ? {} : { quote }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(csv.header == null ? {} : { header: csv.header }),
  }
}

function csvProblems(csv: CsvRequest): readonly ImportProblem[] {
  const at = (name: keyof CsvRequest, message: string) => problem('VALIDATION', message, 'input', 'csv', name)
  return [
    ...(csv.delimiter != null && delimiterOf(csv) === undefined
      ? [at('delimiter', 'Cells are delimited by a comma, a semicolon, a tab or a bar.')]
      : []),
    ...(csv.quote != null && quoteOf(csv) === undefined
      ? [at('quote', `A quote is " or ', or empty where a quote is a character like others.`)]
      : []),
    ...(csv.encoding != null && encodingOf(csv) === undefined
      ? [at('encoding', 'Encodings are UTF-8, UTF-16LE, UTF-16BE and windows-1252.')]
      : []),
    ...(csv.header?.length === 0 ? [at('header', 'A header names at least one column.')] : []),
  ]
}
