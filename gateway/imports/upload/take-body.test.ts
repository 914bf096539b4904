import { describe, expect, it } from 'vitest'
import { takeBody } from './take-body.ts'

const BOUNDS = {
  announced: null,
  declared: { size: null, sha256: null, expiresAt: 1 },
  bytesMax: 100,
  clock: () => 0,
}

async function* body(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('a,b\n')
}

const failing = (code: string) => Promise.reject(Object.assign(new Error(code), { code }))
const done = () => Promise.resolve()

describe('takeBody', () => {
  it.each([
    ['while it writes', { writeFile: () => failing('ENOSPC'), sync: done }],
    ['while it forces what it wrote', { writeFile: done, sync: () => failing('EDQUOT') }],
  ])('says that there is no room, %s', async (_case, file) => {
    expect(await takeBody(file, body(), BOUNDS)).toMatchObject({ ok: false, refusal: { code: 'NO_SPACE' } })
  })

  it('hides no other failure of the disk', async () => {
    await expect(takeBody({ writeFile: () => failing('EIO'), sync: done }, body(), BOUNDS)).rejects.toThrow('EIO')
  })
})
