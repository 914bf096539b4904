import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { findFormat } from './find-format.ts'
import type { FormatOptions } from './format-options.ts'
import { rowsOf } from './rows.ts'
import { type Place, SOURCE_LIMITS, type SourceFormat, type SourceLimits, type StoredFile } from './source.ts'
import { all, inShort, memoryFile } from './stored-file.fixture.ts'

const LIMITS: SourceLimits = { ...SOURCE_LIMITS, rowBytesMax: 100, depthMax: 3, keysMax: 5 }

async function read(content: string | Uint8Array, options: FormatOptions = {}, pieceBytes?: number) {
  const file = memoryFile(content, pieceBytes)
  const { format } = await findFormat(file, options, LIMITS)
  return all(rowsOf(file, format, { limits: LIMITS }))
}

const readInShort = async (content: string | Uint8Array, options?: FormatOptions) =>
  (await read(content, options)).map(inShort)

describe('a CSV file', () => {
  it('is its rows, each with the line that it begins in', async () => {
    expect(await readInShort('a,b\n1,2\n3,4\n')).toEqual([
      [1, 2, ['1', '2']],
      [2, 3, ['3', '4']],
    ])
  })

  it.each([
    ['no line end at its end', 'a,b\n1,2'],
    ['CRLF', 'a,b\r\n1,2\r\n'],
    ['a byte order mark', '\ufeffa,b\n1,2\n'],
    ['quotes around everything', '"a","b"\n"1","2"\n'],
    ['semicolons', 'a;b\n1;2\n'],
    ['tabs', 'a\tb\n1\t2\n'],
    ['bars', 'a|b\n1|2\n'],
  ])('may have %s', async (_case, content) => {
    expect(await readInShort(content)).toEqual([[1, 2, ['1', '2']]])
  })

  it('may have lone carriage returns for line ends', async () => {
    expect(await readInShort('a,b\r1,2\r\r3,4\r')).toEqual([
      [1, 2, ['1', '2']],
      [2, 4, ['3', '4']],
    ])
  })

  it('counts the lines within quoted cells, whatever ends them', async () => {
    expect(await readInShort('a,b\n"1\n\n1",2\r\n"x\r\ny",4\n5,6\n')).toEqual([
      [1, 2, ['1\n\n1', '2']],
      [2, 5, ['x\r\ny', '4']],
      [3, 7, ['5', '6']],
    ])
  })

  it('leaves blank lines out, before the header and between the rows, and counts them', async () => {
    expect(await readInShort('\n\na,b\n\n1,2\n   \n3,4\n\n')).toEqual([
      [1, 5, ['1', '2']],
      [2, 7, ['3', '4']],
    ])
  })

  it('keeps an empty cell of one column, if it is quoted', async () => {
    expect(await readInShort('a\n""\n\nx\n')).toEqual([
      [1, 2, ['']],
      [2, 4, ['x']],
    ])
  })

  it('may have no header of its own', async () => {
    expect(await readInShort('1,2\n', { header: ['a', 'b'] })).toEqual([[1, 1, ['1', '2']]])
  })

  it('of a header alone has no rows', async () => {
    expect(await readInShort('a,b\n')).toEqual([])
  })

  it('may take quotes for characters like others', async () => {
    expect(await readInShort('a\tb\n5" pipe\t"x\n', { quote: null })).toEqual([[1, 2, ['5" pipe', '"x']]])
  })

  it('may be put in single quotes', async () => {
    expect(await readInShort("a,b\n'1,1',\"2\n", { quote: "'" })).toEqual([[1, 2, ['1,1', '"2']]])
  })
})

describe('a CSV row at fault', () => {
  it.each([
    ['too many cells', '1,2,3', 'TOO_MANY_CELLS'],
    ['too few cells', '1', 'TOO_FEW_CELLS'],
    ['a quote within a cell', '1"1,2', 'BAD_QUOTE'],
    ['something behind a quoted cell', '"1"1,2', 'BAD_QUOTE'],
    ['a quote that is never closed', '"1,2', 'BAD_QUOTE'],
    ['a cell without end', `${'x'.repeat(1_000)},2`, 'TOO_LARGE'],
    ['a quoted cell without end', `"${'x'.repeat(1_000)}",2`, 'TOO_LARGE'],
  ])('by %s leaves the rows around it alone', async (_case, line, code) => {
    expect(await readInShort(`a,b\n0,0\n${line}\n3,4\n5,"6"\n`)).toEqual([
      [1, 2, ['0', '0']],
      [2, 3, code],
      [3, 4, ['3', '4']],
      [4, 5, ['5', '6']],
    ])
  })

  it('has its cells where they could be told', async () => {
    expect(await read('a,b\n1,2,3\n')).toMatchObject([{ cells: ['1', '2', '3'], text: null }])
  })

  it('has its line where they could not', async () => {
    expect(await read('a,b\n"1"1,2\r\n')).toMatchObject([{ cells: null, text: '"1"1,2' }])
  })

  it('is the line of the quote, where one that is never closed would swallow the rest of the file', async () => {
    const rows = Array.from({ length: 50 }, (_, at) => `${at},x\n`)
    const found = await read(`a,b\n1,"never closed\n${rows.join('')}`)
    expect(found[0]).toMatchObject({ kind: 'FAULT', line: 2, fault: { code: 'BAD_QUOTE' } })
    expect(found.slice(1).map((row) => row.kind === 'CELLS' && row.cells[0])).toEqual(rows.map((_, at) => String(at)))
  })

  it('is named by its line where it is no text, and not repaired', async () => {
    const bytes = Buffer.concat([Buffer.from('a,b\n1,2\n3,'), Buffer.from([0xe9]), Buffer.from('\n5,6\n')])
    expect(await readInShort(bytes, { encoding: 'UTF_8' })).toEqual([
      [1, 2, ['1', '2']],
      [2, 3, 'BAD_ENCODING'],
      [3, 4, ['5', '6']],
    ])
  })
})

describe('a file of JSON lines', () => {
  it('is its objects, each with its line', async () => {
    expect(await readInShort('{"a":1}\n\n  {"a":{"b":[null]}}\r\n')).toEqual([
      [1, 1, { a: 1 }],
      [2, 3, { a: { b: [null] } }],
    ])
  })

  it.each([
    ['is no JSON', '{"a":', 'INVALID_JSON'],
    ['is not an object', '[1]', 'NOT_AN_OBJECT'],
    ['is null', 'null', 'NOT_AN_OBJECT'],
    ['is nested too deep', '{"a":{"b":{"c":{}}}}', 'TOO_DEEP'],
    ['nests without end', `{"a":${'['.repeat(40)}${']'.repeat(40)}}`, 'TOO_DEEP'],
    ['has too many values', '{"a":[1,2,3,4,5]}', 'TOO_MANY_KEYS'],
    ['is too long', `{"a":"${'x'.repeat(1_000)}"}`, 'TOO_LARGE'],
    ['has a number that JSON would round', '{"a":9007199254740993}', 'INEXACT_NUMBER'],
    ['has an amount that JSON would round', '{"a":{"b":0.30000000000000001}}', 'INEXACT_NUMBER'],
  ])('tells a line that %s from its neighbours', async (_case, line, code) => {
    expect(await readInShort(`{"a":0}\n${line}\n{"a":2}`)).toEqual([
      [1, 1, { a: 0 }],
      [2, 2, code],
      [3, 3, { a: 2 }],
    ])
  })

  it.each(['12345678901234567000', '1e3', '1.50', '-0.000', '100000000000000000000.0'])(
    'takes %s, of which no digit is lost',
    async (number) => {
      expect(await readInShort(`{"a":${number}}\n`)).toEqual([[1, 1, { a: Number(number) }]])
    },
  )

  it('takes long digits in a text for what they are', async () => {
    expect(await readInShort('{"a":"\\"9007199254740993"}')).toEqual([[1, 1, { a: '"9007199254740993' }]])
  })

  it('gives a name that would change the prototype as a name like others', async () => {
    const [row] = await read('{"__proto__":{"x":1}}')
    expect(row?.kind === 'RECORD' && Object.keys(row.record)).toEqual(['__proto__'])
  })
})

describe('encodings', () => {
  const TEXT = 'näme,ort\nÅse,Ørsta\nŽofie,€uro\n'
  const ROWS = [
    [1, 2, ['Åse', 'Ørsta']],
    [2, 3, ['Žofie', '€uro']],
  ]
  const littleEndian = Buffer.from(`\ufeff${TEXT}`, 'utf16le')
  const windows = Buffer.from(TEXT.replaceAll('Ž', '\x8e').replaceAll('€', '\x80'), 'latin1')

  it.each<[string, Uint8Array, FormatOptions]>([
    ['UTF-16 by its mark, little end first', littleEndian, {}],
    ['UTF-16 by its mark, big end first', Buffer.from(littleEndian).swap16(), {}],
    ['UTF-16 without a mark, as given', littleEndian.subarray(2), { encoding: 'UTF_16LE' }],
    ['Windows-1252, as given', windows, { encoding: 'WINDOWS_1252' }],
  ])('%s', async (_case, bytes, options) => {
    expect(await readInShort(bytes, options)).toEqual(ROWS)
    for (const pieceBytes of [1, 2, 3, 5]) expect((await read(bytes, options, pieceBytes)).map(inShort)).toEqual(ROWS)
  })

  it('takes characters beyond the first 65,536 in UTF-16, and finds half of one', async () => {
    const bytes = Buffer.from('\ufeffa,b\n😀,1\n\ud83d,2\n3,3\n', 'utf16le')
    for (const pieceBytes of [1, 2, 3, 64]) {
      const rows = await read(bytes, {}, pieceBytes)
      expect(rows.map(inShort)).toEqual([
        [1, 2, ['😀', '1']],
        [2, 3, 'BAD_ENCODING'],
        [3, 4, ['3', '3']],
      ])
      expect(rows.at(-1)?.next.byte).toBe(bytes.length)
    }
  })
})

describe('reading on', () => {
  const CSV = '\ufeffnr,text\r\n1,"two\r\nlines"\r\n\r\n"2"x,bad\r\n3,a,b\r\n4,ä€\r\n5,6'
  const JSONL = '{"nr":1}\n\n{bad\n{"nr":"ä€"}\n{"nr":4}'

  async function expectSameFromEveryRow(file: StoredFile, format: SourceFormat) {
    const whole = await all(rowsOf(file, format))
    for (const [at, { next }] of whole.entries()) {
      const from = JSON.parse(JSON.stringify(next)) as Place
      const rest = await all(rowsOf(file, format, { from }))
      expect(rest.map(({ storedBytes: _, ...row }) => row)).toEqual(
        whole.slice(at + 1).map(({ storedBytes: _, ...row }) => row),
      )
    }
  }

  it.each<[string, Uint8Array, FormatOptions]>([
    ['CSV', Buffer.from(CSV), {}],
    ['JSON lines', Buffer.from(JSONL), {}],
    ['zipped CSV', gzipSync(CSV), {}],
    ['zipped JSON lines', gzipSync(JSONL), {}],
    ['UTF-16', Buffer.from(CSV, 'utf16le'), {}],
    ['zipped UTF-16', gzipSync(Buffer.from(CSV, 'utf16le')), {}],
    ['Windows-1252', Buffer.from('nr,text\n1,\xe4\n2,\x80\n3,x', 'latin1'), { encoding: 'WINDOWS_1252' }],
  ])('from behind any row of %s gives the rows that follow', async (_case, bytes, options) => {
    const file = memoryFile(bytes, 7)
    await expectSameFromEveryRow(file, (await findFormat(file, options)).format)
  })

  it('does not read again what lies before, where the file is not zipped', async () => {
    const content = `a,b\n${'1,2\n'.repeat(1_000)}`
    const { format } = await findFormat(memoryFile(content))
    const file = memoryFile(content, 100)
    await all(rowsOf(file, format, { from: { byte: 4 + 4 * 990, line: 992, rows: 990 } }))
    expect(file.bytesRead()).toBe(40)
  })

  it('reads no further than it is asked for', async () => {
    const content = `a,b\n${'1,2\n'.repeat(1_000)}`
    const { format } = await findFormat(memoryFile(content))
    const file = memoryFile(content, 100)
    for await (const { row } of rowsOf(file, format)) if (row === 30) break
    expect(file.bytesRead()).toBe(200)
  })

  it('tells the bytes of the stored file: to the row, or in a zipped one as nearly as is known', async () => {
    expect((await read('a,b\n1,2\n33,4\n')).map(({ storedBytes }) => storedBytes)).toEqual([8, 13])
    const zipped = gzipSync('a,b\n1,2\n33,4\n')
    expect((await read(zipped)).at(-1)?.storedBytes).toBe(zipped.length)
  })
})

describe('a zipped file', () => {
  const content = `a,b\n${Array.from({ length: 20_000 }, (_, at) => `${at},${Math.sin(at)}\n`).join('')}`
  const zipped = gzipSync(content)

  it('is told by its first bytes, and may have several members', async () => {
    expect(await readInShort(Buffer.concat([gzipSync('a,b\n1,'), gzipSync('2\n')]))).toEqual([[1, 2, ['1', '2']]])
  })

  it('that is cut off gives its rows so far, and then says so', async () => {
    const file = memoryFile(zipped.subarray(0, zipped.length - 1_000))
    const { format } = await findFormat(file)
    let rows = 0
    const readAll = async () => {
      for await (const _ of rowsOf(file, format)) rows += 1
    }
    await expect(readAll()).rejects.toMatchObject({ name: 'SourceError', code: 'TRUNCATED_GZIP' })
    expect(rows).toBeGreaterThan(1_000)
  })

  it.each([
    ['cut off in its header', zipped.subarray(0, 5), 'TRUNCATED_GZIP'],
    ['followed by something else', Buffer.concat([gzipSync('a,b\n1,2\n'), Buffer.from('rubbish')]), 'DAMAGED_GZIP'],
    ['no gzip behind its first bytes', Buffer.from([0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), 'DAMAGED_GZIP'],
  ])('that is %s is refused', async (_case, bytes, code) => {
    await expect(read(bytes)).rejects.toMatchObject({ name: 'SourceError', code })
  })

  it('that holds more than a file may is given up', async () => {
    const file = memoryFile(gzipSync(`a,b\n${'1,2\n'.repeat(100_000)}`))
    const { format } = await findFormat(file)
    const limits = { ...LIMITS, plainBytesMax: 200_000 }
    await expect(all(rowsOf(file, format, { limits }))).rejects.toMatchObject({ code: 'EXPANDS_TOO_FAR' })
  })
})

describe('a file that goes away', () => {
  it('is told by the error of whoever keeps it', async () => {
    const { format } = await findFormat(memoryFile('a,b\n1,2\n'))
    const gone: StoredFile = { size: 8, open: () => Readable.from(failing(), { objectMode: false }) }
    for (const compression of ['NONE', 'GZIP'] as const) {
      await expect(all(rowsOf(gone, { ...format, compression }))).rejects.toThrow('the disk is gone')
    }
  })
})

async function* failing(): AsyncGenerator<Uint8Array> {
  yield Buffer.from([0x1f])
  throw new Error('the disk is gone')
}
