import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StartError } from '../../schema/process/start-error.ts'
import { shippedSdl, stampOf } from './shipped-sdl.ts'

const mapSet = { id: '0123abcd' }

describe('the printed subgraph of a system', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'lockstep-sdl-'))
    await mkdir(join(root, 'schema'))
  })
  afterEach(() => rm(root, { recursive: true }))

  it('is taken where it belongs to the maps at hand', async () => {
    const text = `${stampOf(mapSet)}\n\ntype Query { a: Int }\n`
    await writeFile(join(root, 'schema/erp.graphql'), text)
    expect(shippedSdl('ERP', mapSet, root)).toBe(text)
  })

  it.each([
    ['of other maps', `${stampOf({ id: '0123abcde' })}\n\ntype Query { a: Int }\n`],
    ['of nobody knows which', 'type Query { a: Int }\n'],
  ])('is refused %s, with what to do', async (_case, text) => {
    await writeFile(join(root, 'schema/erp.graphql'), text)
    const refused = () => shippedSdl('ERP', mapSet, root)
    expect(refused).toThrow(StartError)
    expect(refused).toThrow('schema/erp.graphql does not belong to the tables and maps at hand')
  })
})
