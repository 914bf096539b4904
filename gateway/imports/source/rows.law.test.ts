import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findFormat } from './find-format.ts'
import { rowsOf } from './rows.ts'
import {
  DELIMITERS,
  type Delimiter,
  type Encoding,
  FILE_START,
  SOURCE_LIMITS,
  SourceError,
  type SourceFormat,
  type SourceLimits,
  type SourceRow,
} from './source.ts'
import { all, memoryFile } from './stored-file.fixture.ts'

const LIMITS: SourceLimits = { ...SOURCE_LIMITS, rowBytesMax: 64, depthMax: 4, keysMax: 8 }

const cell = fc.string({ unit: fc.constantFrom('a', '"', "'", ',', ';', '\t', '|', '\r', '\n', ' ', 'ä', '€', '😀') })
const pieces = fc.integer({ min: 1, max: 40 })

interface Dialect {
  readonly delimiter: Delimiter
  readonly quote: '"' | "'"
  readonly lineEnd: string
  /** Whether every cell is quoted. */
  readonly always: boolean
}

const dialect: fc.Arbitrary<Dialect> = fc.record({
  delimiter: fc.constantFrom(...DELIMITERS),
  quote: fc.constantFrom('"' as const, "'" as const),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  always: fc.boolean(),
})

function csvOf(rows: readonly (readonly string[])[], { delimiter, quote, lineEnd, always }: Dialect) {
  const written = (text: string) =>
    always || text.trim() === '' || /["',;\t|\r\n]/.test(text) || text.trim() !== text
      ? `${quote}${text.replaceAll(quote, quote + quote)}${quote}`
      : text
  return rows.map((row) => row.map(written).join(delimiter) + lineEnd).join('')
}

interface Stored {
  readonly encoding: Encoding
  readonly isZipped: boolean
}

const stored: fc.Arbitrary<Stored> = fc.record({
  encoding: fc.constantFrom<Encoding[]>('UTF_8', 'UTF_16LE', 'UTF_16BE'),
  isZipped: fc.boolean(),
})

function bytesOf(text: string, { encoding, isZipped }: Stored): Buffer {
  const utf16 = () => Buffer.from(text, 'utf16le')
  const bytes = encoding === 'UTF_8' ? Buffer.from(text) : encoding === 'UTF_16LE' ? utf16() : utf16().swap16()
  return isZipped ? gzipSync(bytes) : bytes
}

describe('whatever is written', () => {
  it('as CSV is read back, in any dialect, encoding and pieces', async () => {
    const rows = fc
      .integer({ min: 1, max: 4 })
      .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width })))
    await fc.assert(
      fc.asyncProperty(rows, dialect, stored, pieces, async (written, as, where, pieceBytes) => {
        const header = Array.from({ length: written[0]?.length ?? 1 }, (_, at) => `column ${at}`)
        const bytes = bytesOf(`${csvOf([header], as)}${csvOf(written, as)}`, where)
        const file = memoryFile(bytes, pieceBytes)
        const { encoding } = where
        const { format } = await findFormat(file, { delimiter: as.delimiter, quote: as.quote, encoding, format: 'CSV' })
        const found = await all(rowsOf(file, format))
        expect(found.map((row) => (row.kind === 'CELLS' ? row.cells : row))).toEqual(written)
        if (!where.isZipped && written.length > 0) expect(found.at(-1)?.storedBytes).toBe(bytes.length)
        for (const { storedBytes } of found) expect(storedBytes).toBeLessThanOrEqual(bytes.length)
      }),
    )
  })

  it('as JSON lines is read back', async () => {
    const rows = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })))
    await fc.assert(
      fc.asyncProperty(rows, stored, pieces, async (written, where, pieceBytes) => {
        const text = written.map((row) => `${JSON.stringify(row)}\n`).join('')
        const format = formatOf({ format: 'JSONL' }, where)
        const found = await all(rowsOf(memoryFile(bytesOf(text, where), pieceBytes), format))
        expect(found.map((row) => (row.kind === 'RECORD' ? row.record : row))).toEqual(
          written.map((row) => JSON.parse(JSON.stringify(row))),
        )
      }),
    )
  })
})

type Kind = { readonly format: 'JSONL' } | { readonly format: 'CSV'; readonly lineEnd: 'LF' | 'CR' }

function formatOf(kind: Kind, { encoding, isZipped }: Stored): SourceFormat {
  const text = { compression: isZipped ? 'GZIP' : 'NONE', encoding, begin: FILE_START } as const
  if (kind.format === 'JSONL') return { ...text, format: 'JSONL' }
  return { ...text, ...kind, delimiter: ',', quote: '"', header: ['a', 'b'] }
}

describe('whatever garbage comes', () => {
  const scrap = fc.oneof(
    fc.constantFrom(
      '"',
      ',',
      '\n',
      '\r\n',
      '\r',
      '{',
      '}',
      '[',
      ']',
      ':',
      '1',
      'a,b\n',
      '"x",',
      '{"a":1}\n',
      '\\',
      '\u0000',
    ),
    fc.string({ unit: 'binary', maxLength: 80 }),
  )
  const garbage = fc
    .array(
      fc.oneof(
        scrap.map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 8 }),
      ),
    )
    .map((parts) => Buffer.concat(parts))
  const kinds = fc.constantFrom<Kind>(
    { format: 'JSONL' },
    { format: 'CSV', lineEnd: 'LF' },
    { format: 'CSV', lineEnd: 'CR' },
  )

  const asRead = (rows: readonly SourceRow[]) => rows.map(({ storedBytes: _, ...row }) => row)

  it('gives rows in the order of their lines, the same in any pieces and from any place', async () => {
    await fc.assert(
      fc.asyncProperty(garbage, kinds, stored, pieces, fc.nat(), async (bytes, kind, where, pieceBytes, chosen) => {
        const format = formatOf(kind, { ...where, isZipped: false })
        const options = { limits: LIMITS }
        const whole = await all(rowsOf(memoryFile(bytes), format, options))
        expect(whole.map(({ row }) => row)).toEqual(whole.map((_, at) => at + 1))
        for (const [at, row] of whole.entries()) {
          expect(row.line).toBeGreaterThanOrEqual(whole[at - 1]?.next.line ?? 1)
          expect(row.next.byte).toBeGreaterThan(whole[at - 1]?.next.byte ?? 0)
        }
        const inPieces = await all(rowsOf(memoryFile(bytes, pieceBytes), format, options))
        expect(asRead(inPieces)).toEqual(asRead(whole))
        const from = whole[chosen % Math.max(1, whole.length)]
        if (from === undefined) return
        const rest = await all(rowsOf(memoryFile(bytes, pieceBytes), format, { ...options, from: from.next }))
        expect(asRead(rest)).toEqual(asRead(whole.slice(from.row)))
      }),
      { numRuns: 300 },
    )
  })

  it('has a format or is refused for a reason', async () => {
    await fc.assert(
      fc.asyncProperty(garbage, fc.boolean(), async (bytes, isZipped) => {
        try {
          const file = memoryFile(isZipped ? gzipSync(bytes) : bytes)
          const { format } = await findFormat(file, {}, LIMITS)
          await all(rowsOf(file, format, { limits: LIMITS }))
        } catch (error) {
          expect(error).toBeInstanceOf(SourceError)
        }
      }),
      { numRuns: 300 },
    )
  })
})
