import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { createGzip } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { findFormat } from './find-format.ts'
import { rowsOf } from './rows.ts'
import type { StoredFile } from './source.ts'

const MEBIBYTE = 1024 * 1024
/** What reading may take at its worst: garbage that is not collected yet counts, too. */
const GROWTH_MAX = 96 * MEBIBYTE

/** A file that is nowhere: its pieces are made when they are asked for. */
function made(pieces: () => Iterable<string>): StoredFile {
  return {
    size: Number.MAX_SAFE_INTEGER,
    open: async function* (fromByte) {
      let skipped = 0
      for (const piece of pieces()) {
        await setImmediate()
        const bytes = Buffer.from(piece)
        const skips = Math.min(bytes.length, fromByte - skipped)
        skipped += skips
        yield bytes.subarray(skips)
      }
    },
  }
}

const held = () => {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

async function readAll(file: StoredFile) {
  const { format } = await findFormat(file)
  const before = held()
  let [rows, faults, growth] = [0, 0, 0]
  for await (const row of rowsOf(file, format)) {
    rows += 1
    if (row.kind === 'FAULT') faults += 1
    if (rows % 1_000 <= 3) growth = Math.max(growth, held() - before)
  }
  return { rows, faults, growth }
}

const ROWS = 150_000

function* kilobytes(): Generator<string> {
  yield 'number,name,city\n'
  const block = `C-1,"Harbour Lights, Ltd.",${'x'.repeat(972)}\n`.repeat(100)
  for (let at = 0; at < ROWS; at += 100) yield block
}

function* hugeCell(before: string, begin: string, end: string): Generator<string> {
  yield before + begin
  for (let piece = 0; piece < 100; piece += 1) yield 'x'.repeat(MEBIBYTE)
  yield end + before
}

describe('memory', () => {
  it('stays flat over 150 MB of rows, zipped', async () => {
    const zipped: StoredFile = { size: 1, open: () => Readable.from(kilobytes()).pipe(createGzip({ level: 1 })) }
    const { growth, ...counts } = await readAll(zipped)
    expect(counts).toEqual({ rows: ROWS, faults: 0 })
    expect(growth).toBeLessThan(GROWTH_MAX)
  })

  it.each([
    ['that is quoted', 'a,b\n', 'x,"', '"\n'],
    ['that is not', 'a,b\n', 'x,', '\n'],
    ['of JSON', '{"a":1}\n', '{"a":"', '"}\n'],
  ])('never holds a cell of 100 MB %s', async (_case, before, begin, end) => {
    const { growth, ...counts } = await readAll(made(() => hugeCell(before, begin, end)))
    expect(counts).toEqual({ rows: before.startsWith('{') ? 3 : 2, faults: 1 })
    expect(growth).toBeLessThan(GROWTH_MAX)
  })
})
