import { existsSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { findFormat } from './find-format.ts'
import { rowsOf } from './rows.ts'
import { all, memoryFile } from './stored-file.fixture.ts'

const DIRECTORY = new URL('../../../../shared/data/northwind/', import.meta.url)

async function read(name: string, bytes: Uint8Array = readFileSync(new URL(name, DIRECTORY))) {
  const file = memoryFile(bytes, 1_000)
  const found = await findFormat(file, { name })
  return { ...found, rows: await all(rowsOf(file, found.format)) }
}

describe.skipIf(!existsSync(DIRECTORY))('the Northwind data set', () => {
  it.each([
    ['customers.csv', 91],
    ['products.csv', 77],
    ['orders.csv', 830],
    ['order-details.csv', 2_155],
    ['suppliers.csv', 29],
    ['categories.csv', 8],
    ['employees.csv', 9],
    ['shippers.csv', 3],
  ])('has in %s %i rows, and none at fault', async (name, count) => {
    const { rows, sureness } = await read(name)
    expect(sureness).toEqual({ format: 'SURE', encoding: 'SURE', delimiter: 'SURE' })
    expect(rows.map(({ kind }) => kind)).toEqual(Array.from({ length: count }, () => 'CELLS'))
  })

  it.each([
    ['customers.csv', 91, 24],
    ['orders.csv', 830, 176],
    ['suppliers.csv', 29, 9],
  ])('as published has in %s, of %i rows, %i with a cell too many', async (name, count, tooMany) => {
    const { rows } = await read(`as-published/${name}`)
    const faults = rows.filter((row) => row.kind === 'FAULT')
    expect(rows.map(({ line }) => line)).toEqual(Array.from({ length: count }, (_, at) => at + 2))
    expect(faults.map(({ fault }) => fault.code)).toEqual(Array.from({ length: tooMany }, () => 'TOO_MANY_CELLS'))
  })

  it('is the same zipped', async () => {
    const plain = readFileSync(new URL('orders.csv', DIRECTORY))
    const zipped = await read('orders.csv.gz', gzipSync(plain))
    const { rows } = await read('orders.csv', plain)
    expect(zipped.rows.map(({ storedBytes: _, ...row }) => row)).toEqual(rows.map(({ storedBytes: _, ...row }) => row))
  })
})
