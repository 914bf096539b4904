import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeFile } from './local-file.ts'
import { UsageError } from './usage-error.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-cli-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function described(name: string, content: string | Uint8Array) {
  await writeFile(join(folder, name), content)
  return describeFile(join(folder, name))
}

const TEXT = 'number,name\nC-1,Tern\n'
const digestOf = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')

describe('a file', () => {
  it('is told with its size and its digest, and without its folder', async () => {
    const sha256 = digestOf(TEXT)
    const told = { filename: 'customers.csv', contentType: 'text/csv', size: TEXT.length, sha256 }
    expect(await described('customers.csv', TEXT)).toEqual(told)
  })

  it('is a gzip by its bytes, not by its name', async () => {
    const zipped = gzipSync(TEXT)
    const told = { contentType: 'application/gzip', size: zipped.length, sha256: digestOf(zipped) }
    expect(await described('customers.jsonl', zipped)).toMatchObject(told)
    expect(await described('customers.csv.gz', TEXT)).toMatchObject({ contentType: null })
  })

  it('may be empty or of any kind: that is for Lockstep to judge', async () => {
    expect(await described('empty', '')).toMatchObject({ filename: 'empty', contentType: null, size: 0 })
  })

  it.each(['missing.csv', '', 'missing/file.csv'])('%j cannot be read', async (name) => {
    await expect(describeFile(join(folder, name))).rejects.toThrow(UsageError)
  })
})
