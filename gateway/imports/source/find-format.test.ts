import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { findFormat } from './find-format.ts'
import type { FormatOptions } from './format-options.ts'
import { SOURCE_LIMITS } from './source.ts'
import { memoryFile } from './stored-file.fixture.ts'

const find = (content: string | Uint8Array, options: FormatOptions = {}) => findFormat(memoryFile(content), options)

describe('the format', () => {
  it.each<[string, string, FormatOptions, string, string]>([
    ['by its name', 'a,b\n', { name: 'Customers.CSV' }, 'CSV', 'SURE'],
    ['by the name of what is zipped', 'a,b\n', { name: 'customers.csv.gz' }, 'CSV', 'SURE'],
    ['by its content type', '{"a":1}\n', { contentType: 'application/x-ndjson; charset=utf-8' }, 'JSONL', 'SURE'],
    ['as given, whatever its name', 'a,b\n', { format: 'CSV', name: 'x.jsonl' }, 'CSV', 'GIVEN'],
    ['by its text, where its name says nothing', '{"a":1}\n', { name: 'export.dat' }, 'JSONL', 'SURE'],
    ['by its text, where nothing else is known', 'a,b\n', {}, 'CSV', 'LIKELY'],
    [
      'by its text, where its content type is that of any file',
      'a,b\n',
      { contentType: 'text/plain' },
      'CSV',
      'LIKELY',
    ],
    ['by its text, where the first line is bad JSON', '{"a":1\n{"a":2}\n', { name: 'x.jsonl' }, 'JSONL', 'SURE'],
    ['of a header that begins with a bracket', '[a],b\n', {}, 'CSV', 'LIKELY'],
  ])('is found %s', async (_case, content, options, format, sureness) => {
    const found = await find(content, options)
    expect([found.format.format, found.sureness.format]).toEqual([format, sureness])
  })

  it('is not guessed where the name says one thing and the text another', async () => {
    const refused = { code: 'AMBIGUOUS', option: 'format', message: expect.stringContaining('`format`') }
    await expect(find('a,b\n', { name: 'x.jsonl' })).rejects.toMatchObject(refused)
    await expect(find('{"a":1}\n', { name: 'x.csv' })).rejects.toMatchObject(refused)
  })

  it.each([
    ['a JSON array', '[\n  {"a": 1}\n]', 'JSON array'],
    ['an object over several lines', '{\n  "a": 1\n}', 'several lines'],
    ['an Excel workbook', 'PK\x03\x04\x14\x00', 'Excel workbook'],
    ['a PDF', '%PDF-1.7', 'PDF'],
    ['bytes of no kind', Buffer.from([1, 0, 0, 0, 7, 0, 0, 3]), 'no text'],
  ])('of %s is none', async (_case, content, reason) => {
    await expect(find(content)).rejects.toMatchObject({ code: 'NOT_ROWS', message: expect.stringContaining(reason) })
  })

  it.each<[string, string | Uint8Array, FormatOptions]>([
    ['no byte', '', {}],
    ['a byte order mark alone', '\ufeff', {}],
    ['blank lines', '\n \r\n\n', { name: 'x.csv' }],
    ['blank JSON lines', '\n\n', { format: 'JSONL' }],
    ['no byte, zipped', gzipSync(''), {}],
    ['no row, where the header is given', '', { header: ['a'] }],
  ])('of a file of %s cannot be told: it is empty', async (_case, content, options) => {
    await expect(find(content, options)).rejects.toMatchObject({ name: 'SourceError', code: 'EMPTY_FILE' })
  })
})

describe('the delimiter', () => {
  const delimiterOf = async (content: string, options: FormatOptions = {}) => {
    const { format, sureness } = await find(content, options)
    return format.format === 'CSV' ? [format.delimiter, sureness.delimiter] : null
  }

  it.each([
    ['the only one in the header', 'a;b\n1,5;2\n1,6;2\n', [';', 'SURE']],
    ['the only one outside of quotes', '"a;x","b"\n', [',', 'SURE']],
    ['a comma, where there is one column', 'a\n1\n', [',', 'LIKELY']],
    ['the one by which all rows fit the header', 'a;b, unit;c\n1;2;3\n4;5;6\n', [';', 'LIKELY']],
    ['not that of the rows alone', 'a\tb\n1,2\t2\n', ['\t', 'SURE']],
    ['likely only, where most rows do not fit it', 'a,b\n1\n2\n3,4\n', [',', 'LIKELY']],
  ])('is %s', async (_case, content, found) => {
    expect(await delimiterOf(content)).toEqual(found)
  })

  it('is a tab by the name of the file, and whatever is given before all', async () => {
    expect(await delimiterOf('a,b\n', { name: 'x.tsv' })).toEqual(['\t', 'SURE'])
    expect(await delimiterOf('a;b,c\n', { delimiter: ';' })).toEqual([';', 'GIVEN'])
  })

  it('is not guessed where two fit', async () => {
    await expect(find('a;b,c\n')).rejects.toMatchObject({
      code: 'AMBIGUOUS',
      option: 'delimiter',
      message: 'The cells may be delimited by "," or ";". Set `delimiter`.',
    })
  })
})

describe('the encoding', () => {
  it('is not guessed where the text is not UTF-8', async () => {
    const refused = { code: 'WRONG_ENCODING', option: 'encoding' }
    await expect(find(Buffer.from('a,b\nä,b\n', 'latin1'))).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('WINDOWS_1252'),
    })
    const utf16 = Buffer.from('name,city\n', 'utf16le')
    await expect(find(utf16)).rejects.toMatchObject({ ...refused, message: expect.stringContaining('UTF_16LE') })
    await expect(find(Buffer.from(utf16).swap16())).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('UTF_16BE'),
    })
  })

  it('may not contradict the byte order mark', async () => {
    await expect(find('\ufeffa,b\n', { encoding: 'UTF_16LE' })).rejects.toMatchObject({ code: 'WRONG_ENCODING' })
  })

  it.each([0, 1, 2, 3])(
    'is UTF-8 also where the beginning that is looked at ends %s bytes into a character',
    async (cut) => {
      const { format } = await find(`a,b\n${'x'.repeat(128 * 1024 - 4 - cut)}€😀,1\n`)
      expect(format.encoding).toBe('UTF_8')
    },
  )
})

describe('the header', () => {
  it('is the first line that is not blank, without space around its names', async () => {
    const { format } = await find('\n" a ", b ,\n1,2,\n')
    expect(format).toMatchObject({ header: ['a', 'b', ''], begin: { byte: 12, line: 3, rows: 0 } })
  })

  it.each<[string, string, FormatOptions, string, string]>([
    ['a name twice', 'a,b,a,b,b\n', {}, 'DUPLICATE_HEADER', 'The header names "a", "b" more than once.'],
    [
      'a name twice, given',
      '1,2\n',
      { header: ['a', 'a'] },
      'DUPLICATE_HEADER',
      'The header names "a" more than once.',
    ],
    ['no name', ',,\n', {}, 'BAD_HEADER', 'No column has a name.'],
    ['a quote that is wrong', 'a,"b"c\n1,2\n', {}, 'BAD_HEADER', expect.stringContaining('cannot be read')],
    ['no end', `a,${'b'.repeat(200_000)}`, {}, 'BAD_HEADER', expect.stringContaining('too long')],
  ])('with %s is refused', async (_case, content, options, code, message) => {
    await expect(find(content, options)).rejects.toMatchObject({ code, option: 'header', message })
  })

  it('with more columns than a file may have is refused', async () => {
    const limits = { ...SOURCE_LIMITS, columnsMax: 2 }
    await expect(findFormat(memoryFile('a,b,c\n'), {}, limits)).rejects.toMatchObject({
      code: 'BAD_HEADER',
      message: 'The header has 3 columns, and at most 2 may be.',
    })
  })
})

describe('a format', () => {
  it('is plain data, to be kept', async () => {
    const { format } = await find('\ufeffa;b\r\n1;2\r\n')
    expect(JSON.parse(JSON.stringify(format))).toEqual({
      format: 'CSV',
      compression: 'NONE',
      encoding: 'UTF_8',
      delimiter: ';',
      quote: '"',
      lineEnd: 'LF',
      header: ['a', 'b'],
      begin: { byte: 8, line: 2, rows: 0 },
    })
  })

  it('is found by the beginning of a file alone', async () => {
    const file = memoryFile(`a,b\n${'1,2\n'.repeat(1_000_000)}`, 4096)
    await findFormat(file, {}, SOURCE_LIMITS)
    expect(file.bytesRead()).toBeLessThan(150_000)
  })
})
