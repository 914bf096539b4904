import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findFormat } from '../source/find-format.ts'
import type { FormatOptions } from '../source/format-options.ts'
import { rowsOf } from '../source/rows.ts'
import { type CsvFormat, DELIMITERS, type Delimiter } from '../source/source.ts'
import { all, memoryFile } from '../source/stored-file.fixture.ts'
import { asUploaded } from './as-uploaded.ts'
import { FAILURE_COLUMNS, type FailedRow, type FailureReason, uploadedOf } from './failed-row.ts'
import { failuresCsv } from './failures-csv.ts'
import { failuresJsonl } from './failures-jsonl.ts'
import { harmless, restored } from './spreadsheet-cell.ts'

const REASON: FailureReason = { code: 'VALIDATION', field: 'name', system: 'ERP', message: 'name is too long' }
const DIALECT: Pick<CsvFormat, 'delimiter' | 'quote'> = { delimiter: ',', quote: '"' }

const failed = (uploaded: FailedRow['uploaded'], ...reasons: readonly FailureReason[]): FailedRow => ({
  row: 7,
  reasons: reasons.length === 0 ? [REASON] : reasons,
  uploaded,
})

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  return (await all(pieces)).join('')
}

/** What is read back of a file, as its uploader means it. */
async function readBack(content: string | Uint8Array, options: FormatOptions = {}) {
  const file = memoryFile(content)
  const { format } = await findFormat(file, options)
  const uploaded = asUploaded(format)
  const rows = (await all(rowsOf(file, format))).map(uploaded.row)
  return { format, header: uploaded.header, rows }
}

describe('a failure file in CSV', () => {
  it('has the reasons first, then the columns of the uploader, and is marked for spreadsheets', async () => {
    const rows = [failed({ kind: 'CELLS', cells: ['A-1', 'Tern & Co'] })]
    expect(await textOf(failuresCsv(DIALECT, ['number', 'name'], rows))).toBe(
      '\ufefflockstep:row,lockstep:code,lockstep:field,lockstep:system,lockstep:message,number,name\r\n' +
        '7,VALIDATION,name,ERP,name is too long,A-1,Tern & Co\r\n',
    )
  })

  it('has each row once, with all of its reasons', async () => {
    const other: FailureReason = { code: 'RULE', field: null, system: 'CRM', message: 'no, thanks' }
    const rows = [failed({ kind: 'CELLS', cells: ['A'] }, REASON, other, REASON)]
    expect(await textOf(failuresCsv(DIALECT, ['number'], rows))).toContain(
      '7,VALIDATION; RULE,name,ERP; CRM,"name is too long; no, thanks",A\r\n',
    )
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', "'=1", "''@x"])(
    'runs nothing in a spreadsheet: %j',
    async (text) => {
      const rows = [failed({ kind: 'CELLS', cells: [text, 'x'] }, { ...REASON, message: text })]
      const file = memoryFile(await textOf(failuresCsv(DIALECT, [text, 'b'], rows)))
      const { format } = await findFormat(file, { header: [...FAILURE_COLUMNS, 'a', 'b'] })
      const written = (await all(rowsOf(file, format))).flatMap((row) => (row.kind === 'CELLS' ? row.cells : []))
      expect(written).toHaveLength(14)
      for (const cell of written) expect(cell).toMatch(/^(?:'|[^=+\-@\t\r\n＝＋－＠])/)
    },
  )

  it('gives the rows as they were when it is imported again', async () => {
    const cells = ['=HYPERLINK("x")', "'-1", '', ' a ', 'x,"y"\r\nz']
    const header = ['=a', 'b', 'c', 'd', 'e']
    const content = await textOf(failuresCsv(DIALECT, header, [failed({ kind: 'CELLS', cells })]))
    const { header: own, rows } = await readBack(content, { name: 'failures.csv' })
    expect(own).toEqual(header)
    expect(rows).toMatchObject([{ kind: 'CELLS', cells }])
  })

  it('gives them back, whatever they are, in the dialect of the upload', async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '=', '-', '@', "'", '"', ',', ';', '\t', '\n', '\r', ' ', 'ä'),
    })
    const dialect = fc.record({
      delimiter: fc.constantFrom<Delimiter[]>(...DELIMITERS),
      quote: fc.constantFrom('"' as const, "'" as const),
    })
    const rows = fc
      .integer({ min: 1, max: 4 })
      .chain((width) => fc.array(fc.array(text, { minLength: width, maxLength: width })))
    await fc.assert(
      fc.asyncProperty(rows, dialect, async (written, as) => {
        const header = Array.from({ length: written[0]?.length ?? 1 }, (_, at) => `-column ${at}`)
        const failures = written.map((cells) => failed({ kind: 'CELLS', cells }))
        const content = await textOf(failuresCsv(as, header, failures))
        const back = await readBack(content, { ...as, format: 'CSV' })
        expect(back.header).toEqual(header)
        expect(back.rows.map((row) => (row.kind === 'CELLS' ? row.cells : row))).toEqual(written)
      }),
    )
  })

  it.each([
    ['several columns', 'a,b\n"x"y,1\n', ['"x"y,1']],
    ['one column', 'a\n"x"y\n', ['"x"y', '']],
  ])('leaves a malformed row as malformed as it was, in a file of %s', async (_case, content, cells) => {
    const { format, header, rows } = await readBack(content, { delimiter: ',' })
    const failures = rows.map((row) => failed(uploadedOf(row)))
    const dialect = format.format === 'CSV' ? format : DIALECT
    const again = await readBack(await textOf(failuresCsv(dialect, header ?? [], failures)), { delimiter: ',' })
    expect(again.rows).toMatchObject([{ kind: 'FAULT', cells }])
  })

  it('has no quotes where the upload has none', async () => {
    const dialect = { delimiter: '\t', quote: null } as const
    const rows = [failed({ kind: 'CELLS', cells: ['5" pipe', 'x'] }, { ...REASON, message: 'a\tb\nc' })]
    const content = await textOf(failuresCsv(dialect, ['a', 'b'], rows))
    const back = await readBack(content, { ...dialect, format: 'CSV' })
    expect(back.rows).toMatchObject([{ kind: 'CELLS', cells: ['5" pipe', 'x'] }])
  })

  it('is read as UTF-8, also where the upload was said to be Windows-1252', async () => {
    const content = await textOf(failuresCsv(DIALECT, ['a', 'b'], [failed({ kind: 'CELLS', cells: ['ä', '€'] })]))
    const { rows } = await readBack(content, { encoding: 'WINDOWS_1252' })
    expect(rows).toMatchObject([{ cells: ['ä', '€'] }])
  })
})

describe('a failure file in JSON lines', () => {
  it('has the reasons, then the values of the uploader, and gives these back', async () => {
    const record = { number: '=1', lines: [{ quantity: 1 }] }
    const content = await textOf(failuresJsonl([failed({ kind: 'RECORD', record })]))
    expect(JSON.parse(content)).toEqual({
      'lockstep:row': '7',
      'lockstep:code': 'VALIDATION',
      'lockstep:field': 'name',
      'lockstep:system': 'ERP',
      'lockstep:message': 'name is too long',
      ...record,
    })
    expect((await readBack(content)).rows).toMatchObject([{ kind: 'RECORD', record }])
  })

  it('has the text of what was no object, and gives nothing of it back', async () => {
    const content = await textOf(failuresJsonl([failed({ kind: 'TEXT', text: '{"a":' })]))
    expect(JSON.parse(content)).toMatchObject({ 'lockstep:text': '{"a":' })
    expect((await readBack(content)).rows).toEqual([expect.objectContaining({ kind: 'RECORD', record: {} })])
  })
})

describe('harmless', () => {
  it('gives back every text, and changes none that is harmless', () => {
    const text = fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', 'a', '1') })
    fc.assert(
      fc.property(text, (given) => {
        expect(restored(harmless(given))).toBe(given)
      }),
    )
    for (const plain of ['', 'a=1', "'a", '1-2', ' =1', "O'Neill"]) expect(harmless(plain)).toBe(plain)
  })
})

const NORTHWIND = new URL('../../../../shared/data/northwind/as-published/customers.csv', import.meta.url)

describe.skipIf(!existsSync(NORTHWIND))('the malformed customers of Northwind', () => {
  it('are the same 24 when their failure file is imported as it is', async () => {
    const { header, rows } = await readBack(readFileSync(NORTHWIND))
    const failures = rows
      .filter((row) => row.kind === 'FAULT')
      .map((row) => ({ ...failed(uploadedOf(row)), row: row.row }))
    const content = await textOf(failuresCsv(DIALECT, header ?? [], failures))
    const again = await readBack(content)
    expect(again.rows.map((row) => row.kind === 'FAULT' && [row.fault.code, row.cells])).toEqual(
      failures.map(({ uploaded }) => ['TOO_MANY_CELLS', uploaded.kind === 'CELLS' && uploaded.cells]),
    )
    expect(again.rows).toHaveLength(24)
    expect(again.header).toEqual(header)
  })
})
