import { createHash, randomBytes } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Answer, NewUpload, Upload, UploadStore } from './upload.ts'
import { openUploadFolder } from './upload-folder.ts'

const NOTHING_SAID: NewUpload = { name: null, contentType: null, size: null, sha256: null }
const CONTENT = 'a,b\n1,2\n'
const DIGEST = createHash('sha256').update(CONTENT).digest('hex')
const NO_ID = 'f'.repeat(48)
const MINUTE = 60_000
const WEEK = 7 * 24 * 60 * MINUTE

let root: string
let now: number
const opened = (folder: string): Promise<UploadStore> =>
  openUploadFolder(folder, {
    clock: () => now,
    randomBytes,
    limits: { bytesMax: 100, uploadsMax: 3, expiresAfterMs: MINUTE },
  })

let folder: string
let store: UploadStore
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lockstep-uploads-'))
  folder = join(root, 'uploads')
  now = 1_000
  store = await opened(folder)
})
afterEach(() => rm(root, { recursive: true }))

function accepted<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(answer.refusal.code)
  return answer.value
}
const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'OK' : answer.refusal.code)

const create = async (said: Partial<NewUpload> = {}): Promise<Upload> =>
  accepted(await store.create({ ...NOTHING_SAID, ...said }))

async function* body(...pieces: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece)
}
const send = (id: string, ...pieces: readonly string[]) => store.receive(id, body(...pieces), null)

async function contentOf(uploads: UploadStore, id: string, from = 0): Promise<string> {
  const file = accepted(await uploads.file(id))
  const pieces: Uint8Array[] = []
  for await (const piece of file.open(from)) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

/** A body that waits in the middle. */
function halting(first: string, rest: string) {
  const halted = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(first)
    halted.resolve()
    await goOn.promise
    yield Buffer.from(rest)
  }
  return { pieces: pieces(), halted: halted.promise, goOn: goOn.resolve }
}

async function* cutOff(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('a,b')
  throw new Error('aborted')
}

describe('an upload', () => {
  it('has an id that cannot be guessed, and waits for its file', async () => {
    const said = { name: 'customers.csv', contentType: 'text/csv', size: 8, sha256: DIGEST }
    const upload = await create(said)
    expect(upload).toEqual({
      ...said,
      id: expect.stringMatching(/^[0-9a-f]{48}$/),
      createdAt: 1_000,
      expiresAt: 61_000,
      received: null,
    })
    expect(accepted(await store.find(upload.id))).toEqual(upload)
    expect(codeOf(await store.file(upload.id))).toBe('INCOMPLETE')
  })

  it('has the file that was sent, its size and its digest', async () => {
    const { id } = await create()
    now = 2_000
    const received = { size: 8, sha256: DIGEST, at: 2_000 }
    expect(accepted(await send(id, 'a,b\n', '1,2\n'))).toMatchObject({ id, received })
    expect(accepted(await store.find(id))).toMatchObject({ received })
    expect(await contentOf(store, id)).toBe(CONTENT)
  })

  it('can be read from any byte, and any number of times', async () => {
    const { id } = await create()
    await send(id, CONTENT)
    expect(await Promise.all([0, 4, 8, 9].map((from) => contentOf(store, id, from)))).toEqual([
      CONTENT,
      '1,2\n',
      '',
      '',
    ])
  })

  it('may have an empty file', async () => {
    const { id } = await create()
    expect(codeOf(await send(id))).toBe('OK')
    expect(await contentOf(store, id)).toBe('')
  })

  it('outlives its process', async () => {
    const { id } = await create({ name: 'x.csv' })
    await send(id, CONTENT)
    const later = await opened(folder)
    expect(accepted(await later.find(id))).toMatchObject({ name: 'x.csv', received: { size: 8, sha256: DIGEST } })
    expect(await contentOf(later, id)).toBe(CONTENT)
  })

  it('can be deleted', async () => {
    const { id } = await create()
    await send(id, CONTENT)
    expect(codeOf(await store.delete(id))).toBe('OK')
    expect([codeOf(await store.find(id)), codeOf(await store.file(id)), codeOf(await store.delete(id))]).toEqual([
      'NOT_FOUND',
      'NOT_FOUND',
      'NOT_FOUND',
    ])
    expect(await readdir(folder)).toEqual([])
  })
})

describe('an upload is refused', () => {
  it.each<[string, Partial<NewUpload>, string]>([
    ['a digest that is none', { sha256: DIGEST.toUpperCase() }, 'INVALID'],
    ['a size that is none', { size: 1.5 }, 'INVALID'],
    ['a size below zero', { size: -1 }, 'INVALID'],
    ['a size above the limit', { size: 101 }, 'TOO_LARGE'],
  ])('for %s', async (_case, said, code) => {
    expect(codeOf(await store.create({ ...NOTHING_SAID, ...said }))).toBe(code)
    expect(await readdir(folder)).toEqual([])
  })

  it('where as many are kept as may be, and tells when the first of them expires', async () => {
    const { id } = await create()
    now += 1
    await create()
    await create()
    const refusal = await store.create(NOTHING_SAID)
    expect(codeOf(refusal)).toBe('TOO_MANY')
    expect(refusal).toMatchObject({ refusal: { message: expect.stringContaining('1970-01-01T00:01:01.000Z') } })
    await store.delete(id)
    expect(codeOf(await store.create(NOTHING_SAID))).toBe('OK')
  })

  it('but not for the sake of those that have expired, which are known for some days more', async () => {
    const old = await create()
    await create()
    await create()
    now += MINUTE
    for (const _ of [1, 2, 3]) expect(codeOf(await store.create(NOTHING_SAID))).toBe('OK')
    expect(codeOf(await store.create(NOTHING_SAID))).toBe('TOO_MANY')
    now += MINUTE
    await store.sweep()
    expect(codeOf(await store.find(old.id))).toBe('EXPIRED')
    for (const _ of [1, 2, 3]) expect(codeOf(await store.create(NOTHING_SAID))).toBe('OK')
    expect(codeOf(await store.create(NOTHING_SAID))).toBe('TOO_MANY')
  })
})

describe('a file is refused', () => {
  it.each<[string, Partial<NewUpload>, readonly string[], string]>([
    ['larger than any may be', {}, ['x'.repeat(60), 'x'.repeat(41)], 'TOO_LARGE'],
    ['larger than announced', { size: 7 }, ['a,b\n', '1,2\n'], 'SIZE_DIFFERS'],
    ['smaller than announced', { size: 9 }, [CONTENT], 'SIZE_DIFFERS'],
    ['with another digest', { sha256: DIGEST }, ['a,b\n', '1,3\n'], 'DIGEST_DIFFERS'],
  ])('%s, and can be sent again', async (_case, said, pieces, code) => {
    const { id } = await create(said)
    expect(codeOf(await send(id, ...pieces))).toBe(code)
    expect(codeOf(await store.file(id))).toBe('INCOMPLETE')
    expect(await readdir(join(folder, id))).toEqual(['ticket.json'])
    if (said.sha256 !== undefined) expect(codeOf(await send(id, CONTENT))).toBe('OK')
  })

  it('before its first byte, where its length says it all', async () => {
    const { id } = await create({ size: 8 })
    let asked = false
    const unread: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => {
        asked = true
        return body()
      },
    }
    expect(codeOf(await store.receive(id, unread, 7))).toBe('SIZE_DIFFERS')
    expect(codeOf(await store.receive((await create()).id, unread, 101))).toBe('TOO_LARGE')
    expect(asked).toBe(false)
  })

  it('that stops half way, and can be sent again from its beginning', async () => {
    const { id } = await create()
    expect(codeOf(await store.receive(id, cutOff(), null))).toBe('CUT_OFF')
    expect(codeOf(await store.file(id))).toBe('INCOMPLETE')
    expect(codeOf(await send(id, CONTENT))).toBe('OK')
    expect(await contentOf(store, id)).toBe(CONTENT)
  })

  it('where the upload has one: what was sent never changes', async () => {
    const { id } = await create()
    await send(id, CONTENT)
    const second = await send(id, 'other')
    expect(second).toMatchObject({ ok: false, refusal: { code: 'COMPLETE', message: expect.stringContaining(DIGEST) } })
    expect(await contentOf(store, id)).toBe(CONTENT)
  })

  it('while another one is being sent', async () => {
    const { id } = await create()
    const first = halting('a,b\n', '1,2\n')
    const received = store.receive(id, first.pieces, null)
    await first.halted
    expect(codeOf(await send(id, 'other'))).toBe('RECEIVING')
    expect(codeOf(await store.delete(id))).toBe('RECEIVING')
    expect(codeOf(await store.file(id))).toBe('INCOMPLETE')
    first.goOn()
    expect(codeOf(await received)).toBe('OK')
    expect(await contentOf(store, id)).toBe(CONTENT)
  })

  it.each([NO_ID, '', '..', '../uploads', `../uploads/${NO_ID}`, '.', 'F'.repeat(48), `${NO_ID}/ticket.json`, '\0'])(
    'where no upload has the id %j',
    async (id) => {
      expect(codeOf(await send(id, CONTENT))).toBe('NOT_FOUND')
      expect(codeOf(await store.find(id))).toBe('NOT_FOUND')
      expect(codeOf(await store.file(id))).toBe('NOT_FOUND')
      expect(codeOf(await store.delete(id))).toBe('NOT_FOUND')
      expect(await readdir(root)).toEqual(['uploads'])
    },
  )
})

describe('the name of a file', () => {
  it.each(['../../evil.csv', '/etc/passwd', 'C:\\evil.csv', 'nul\0byte.csv', '.', '', 'x'.repeat(10_000), '\ud800'])(
    'is a label that leads nowhere: %j',
    async (name) => {
      const { id } = await create({ name })
      await send(id, CONTENT)
      expect(accepted(await store.find(id)).name).toBe(name.slice(0, 255).toWellFormed())
      expect(await readdir(root)).toEqual(['uploads'])
      expect(await readdir(folder)).toEqual([id])
    },
  )
})

describe('a kill', () => {
  it('in the middle of a file leaves an upload without one, which can be sent again', async () => {
    const { id } = await create()
    const sending = halting('a,b\n', '1,2\n')
    const received = store.receive(id, sending.pieces, null)
    await sending.halted
    const killed = join(root, 'killed')
    await cp(folder, killed, { recursive: true })
    sending.goOn()
    await received

    const later = await opened(killed)
    expect(codeOf(await later.file(id))).toBe('INCOMPLETE')
    expect(codeOf(await later.receive(id, body(CONTENT), null))).toBe('OK')
    expect(await contentOf(later, id)).toBe(CONTENT)
  })

  it('before a file that is whole got its place leaves an upload without one', async () => {
    const { id } = await create()
    const half = join(folder, id, '.receiving-1')
    await mkdir(half)
    await writeFile(join(half, 'content'), CONTENT)
    await writeFile(join(half, 'receipt.json'), '{"size":8,"sha256":"","at":1}')
    const later = await opened(folder)
    expect(codeOf(await later.file(id))).toBe('INCOMPLETE')
    expect(codeOf(await later.receive(id, body(CONTENT), null))).toBe('OK')
  })

  it('leaves halves behind that are swept when nobody has touched them for an hour', async () => {
    now = (await stat(folder)).mtimeMs
    const { id } = await create()
    const halves = [join(folder, '.new-1'), join(folder, '.gone-2'), join(folder, id, '.receiving-3')]
    for (const half of halves) {
      await mkdir(half)
      await writeFile(join(half, 'content'), CONTENT)
    }
    const touched = (await stat(join(folder, id, '.receiving-3', 'content'))).mtimeMs
    now = touched + 59 * MINUTE
    await store.sweep()
    expect((await readdir(folder)).sort()).toEqual(['.gone-2', '.new-1', id])
    expect((await readdir(join(folder, id))).sort()).toEqual(['.receiving-3', 'ticket.json'])
    now = touched + 61 * MINUTE
    await store.sweep()
    expect(await readdir(folder)).toEqual([id])
    expect(await readdir(join(folder, id))).toEqual(['ticket.json'])
  })
})

describe('two processes with one folder', () => {
  it('do not disturb what the other one receives', async () => {
    const { id } = await create()
    const sending = halting('a,b\n', '1,2\n')
    const received = store.receive(id, sending.pieces, null)
    await sending.halted
    const other = await opened(folder)
    await other.sweep()
    sending.goOn()
    expect(codeOf(await received)).toBe('OK')
    expect(await contentOf(other, id)).toBe(CONTENT)
  })

  it('receive one file of two that are sent at once: the first that is whole', async () => {
    const { id } = await create()
    const other = await opened(folder)
    const sending = halting('a,b\n', 'never\n')
    const slower = store.receive(id, sending.pieces, null)
    await sending.halted
    expect(codeOf(await other.receive(id, body(CONTENT), null))).toBe('OK')
    sending.goOn()
    expect(codeOf(await slower)).toBe('COMPLETE')
    expect(await contentOf(store, id)).toBe(CONTENT)
    expect((await readdir(join(folder, id))).sort()).toEqual(['received', 'ticket.json'])
  })

  it('tell a sender whose upload was deleted meanwhile that it is gone', async () => {
    const { id } = await create()
    const other = await opened(folder)
    const sending = halting('a,b\n', '1,2\n')
    const received = store.receive(id, sending.pieces, null)
    await sending.halted
    expect(codeOf(await other.delete(id))).toBe('OK')
    sending.goOn()
    expect(codeOf(await received)).toBe('NOT_FOUND')
  })

  it('sweep at once, and count each file once', async () => {
    const { id } = await create()
    await send(id, CONTENT)
    const other = await opened(folder)
    now += MINUTE + WEEK
    const files = await Promise.all([store.sweep(), other.sweep()])
    expect(files.reduce((sum, one) => sum + one, 0)).toBe(1)
    expect(await readdir(folder)).toEqual([])
  })
})

describe('expiry', () => {
  it('refuses everything but the deletion, before and after the sweep', async () => {
    const { id } = await create()
    await send(id, CONTENT)
    now += MINUTE
    for (const swept of [1, 0]) {
      expect([codeOf(await store.find(id)), codeOf(await store.file(id)), codeOf(await send(id, 'x'))]).toEqual([
        'EXPIRED',
        'EXPIRED',
        'EXPIRED',
      ])
      expect(await store.sweep()).toBe(swept)
    }
    expect(codeOf(await store.keepUntil(id, now + MINUTE))).toBe('EXPIRED')
    expect(await readdir(join(folder, id))).toEqual(['ticket.json'])
    expect(codeOf(await store.delete(id))).toBe('OK')
  })

  it('is forgotten some days later', async () => {
    const { id } = await create()
    now += MINUTE + WEEK
    expect(await store.sweep()).toBe(0)
    expect(await readdir(folder)).toEqual([])
    expect(codeOf(await store.find(id))).toBe('NOT_FOUND')
  })

  it('leaves alone what has not expired, and lets readers read on', async () => {
    const old = await create()
    await send(old.id, CONTENT)
    const file = accepted(await store.file(old.id))
    const reader = file.open(0)[Symbol.asyncIterator]()
    const first = await reader.next()
    now += 1
    const young = await create()
    now += MINUTE - 1
    expect(await store.sweep()).toBe(1)
    expect(first.done === true ? null : Buffer.from(first.value).toString()).toBe(CONTENT)
    expect((await reader.next()).done).toBe(true)
    expect(codeOf(await store.find(young.id))).toBe('OK')
  })

  it('is put off by whoever needs the file, also for the next process', async () => {
    const { id } = await create()
    await send(id, CONTENT)
    expect(accepted(await store.keepUntil(id, now + 2 * MINUTE))).toMatchObject({ expiresAt: now + 2 * MINUTE })
    expect(accepted(await store.keepUntil(id, now))).toMatchObject({ expiresAt: now + 2 * MINUTE })
    now += MINUTE
    expect(await store.sweep()).toBe(0)
    expect(await contentOf(await opened(folder), id)).toBe(CONTENT)
  })

  it('is taken back while the file is still there', async () => {
    const [{ id }, empty] = [await create(), await create()]
    await send(id, CONTENT)
    now += MINUTE
    expect(codeOf(await store.keepUntil(empty.id, now + MINUTE))).toBe('EXPIRED')
    expect(codeOf(await store.keepUntil(id, now + MINUTE))).toBe('OK')
    expect(await store.sweep()).toBe(0)
    expect(await contentOf(store, id)).toBe(CONTENT)
  })

  it('ends a file that takes too long to be sent', async () => {
    const { id } = await create()
    const sending = halting('a,b\n', '1,2\n')
    const received = store.receive(id, sending.pieces, null)
    await sending.halted
    now += MINUTE
    expect(await store.sweep()).toBe(0)
    sending.goOn()
    expect(codeOf(await received)).toBe('EXPIRED')
  })
})
