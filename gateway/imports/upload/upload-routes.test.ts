import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Admission, createAdmission } from '../../../schema/process/http/admission.ts'
import { createHttp } from '../../../schema/process/http/server.ts'
import { createLog } from '../../../schema/process/log.ts'
import type { NewUpload, UploadStore } from './upload.ts'
import { openUploadFolder } from './upload-folder.ts'
import { uploadRoutes } from './upload-routes.ts'

const BYTES_MAX = 5_000_000
const BODY_BYTES_MAX = 1_024
const MINUTE = 60_000
const CONTENT = 'a,b\n1,2\n'

const digestOf = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')
const failure = (code: string) => ({ errors: [{ message: expect.any(String), extensions: { code } }] })

let folder: string
let now: number
let store: UploadStore
/** The uploads whose files began to be received. */
let begun: string[]
let admission: Admission
let server: Awaited<ReturnType<typeof createHttp>>
let url: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-uploads-'))
  now = 0
  begun = []
  store = await openUploadFolder(folder, {
    clock: () => now,
    randomBytes,
    limits: { bytesMax: BYTES_MAX, uploadsMax: 10, expiresAfterMs: MINUTE },
  })
  admission = createAdmission(10)
  server = await createHttp({
    config: { bodyBytesMax: BODY_BYTES_MAX },
    log: createLog('silent'),
    admission,
    graphs: [],
    internal: [],
    open: [uploadRoutes({ receive })],
    dependencies: [],
  })
  url = await server.listen({ host: '127.0.0.1', port: 0 })
  admission.open()
})
afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

const receive: UploadStore['receive'] = (id, body, announced) => {
  const received = store.receive(id, body, announced)
  begun.push(id)
  return received
}

async function create(said: Partial<NewUpload> = {}): Promise<string> {
  const created = await store.create({ name: null, contentType: null, size: null, sha256: null, ...said })
  if (!created.ok) throw new Error(created.refusal.code)
  return created.value.id
}

async function put(id: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  const answer = await fetch(`${url}/uploads/${id}`, { method: 'PUT', headers, body })
  return [answer.status, await answer.json()]
}

/** Sends the pieces without telling their length first; the answer, as soon as there is one. */
function putInPieces(id: string, headers: Record<string, string> = {}) {
  const request = httpRequest(`${url}/uploads/${id}`, { method: 'PUT', headers })
  const answer = once(request, 'response').then(async ([response]) => [response.statusCode, await json(response)])
  return { request, answer }
}

async function stored(id: string): Promise<Buffer | string> {
  const found = await store.file(id)
  if (!found.ok) return found.refusal.code
  const pieces: Uint8Array[] = []
  for await (const piece of found.value.open(0)) pieces.push(piece)
  return Buffer.concat(pieces)
}

describe('PUT /uploads/{id}', () => {
  it('takes the file, and tells what it took', async () => {
    const id = await create({ size: 8, sha256: digestOf(CONTENT) })
    expect(await put(id, CONTENT)).toEqual([200, { upload: { id, size: 8, sha256: digestOf(CONTENT) } }])
    expect(String(await stored(id))).toBe(CONTENT)
  })

  it.each(['text/csv', 'application/json', 'application/x-www-form-urlencoded', 'text/plain'])(
    'takes any type of content as it is: %j',
    async (type) => {
      const id = await create()
      const content = Buffer.from('{"a": ')
      expect((await put(id, content, { 'content-type': type }))[0]).toBe(200)
      expect(await stored(id)).toEqual(content)
    },
  )

  it('takes a body without a type, and one of no byte', async () => {
    const [typeless, empty] = [await create(), await create()]
    expect((await put(typeless, Buffer.from(CONTENT)))[0]).toBe(200)
    expect((await put(empty, ''))[0]).toBe(200)
    expect([String(await stored(typeless)), String(await stored(empty))]).toEqual([CONTENT, ''])
  })

  it('takes a body far larger than that of another request may be', async () => {
    const id = await create()
    const content = randomBytes(BYTES_MAX)
    expect(await put(id, content)).toEqual([200, { upload: { id, size: BYTES_MAX, sha256: digestOf(content) } }])
    expect(digestOf(await stored(id))).toBe(digestOf(content))
  })

  it('takes a body whose length nobody has told', async () => {
    const id = await create()
    const { request, answer } = putInPieces(id)
    for (const piece of ['a,b\n', '1,2\n']) request.write(piece)
    request.end()
    expect((await answer)[0]).toBe(200)
    expect(String(await stored(id))).toBe(CONTENT)
  })

  it.each([{}, { 'content-encoding': 'gzip' }])('keeps what is zipped as it is, with headers %j', async (headers) => {
    const id = await create()
    const zipped = gzipSync(CONTENT)
    expect((await put(id, zipped, headers))[0]).toBe(200)
    expect(await stored(id)).toEqual(zipped)
  })

  it.each<[string, Partial<NewUpload>, number, string]>([
    ['of another size', { size: 7 }, 422, 'UPLOAD_SIZE_DIFFERS'],
    ['of another digest', { sha256: digestOf('other') }, 422, 'UPLOAD_DIGEST_DIFFERS'],
  ])('refuses a file %s', async (_case, said, status, code) => {
    const id = await create(said)
    expect(await put(id, CONTENT)).toEqual([status, failure(code)])
    expect(await stored(id)).toBe('INCOMPLETE')
  })

  it('refuses a second file, also while the first is on its way', async () => {
    const id = await create()
    const { request, answer } = putInPieces(id)
    request.write('a,b\n')
    await expect.poll(() => begun).toContain(id)
    expect(await put(id, 'other')).toEqual([409, failure('UPLOAD_IN_PROGRESS')])
    request.end('1,2\n')
    expect((await answer)[0]).toBe(200)
    expect(await put(id, 'other')).toEqual([409, failure('UPLOAD_COMPLETE')])
    expect(String(await stored(id))).toBe(CONTENT)
  })

  it('refuses a file that has expired', async () => {
    const id = await create()
    now = MINUTE
    expect(await put(id, CONTENT)).toEqual([410, failure('UPLOAD_EXPIRED')])
  })

  it.each(['f'.repeat(48), '..%2f..%2fevil', '%00', 'x'])('refuses an id that nobody was given: %s', async (id) => {
    expect(await put(id, CONTENT)).toEqual([404, failure('NOT_FOUND')])
  })

  it('refuses a coding that readers do not know', async () => {
    const id = await create()
    expect(await put(id, CONTENT, { 'content-encoding': 'br' })).toEqual([415, failure('UNSUPPORTED_MEDIA_TYPE')])
  })

  it('answers a file that is too large, and does not cut its sender off: by its length', async () => {
    const id = await create()
    expect(await put(id, Buffer.alloc(BYTES_MAX + 10_000_000))).toEqual([413, failure('PAYLOAD_TOO_LARGE')])
    expect(await stored(id)).toBe('INCOMPLETE')
  })

  it('answers a file that is too large, and does not cut its sender off: by what has come', async () => {
    const id = await create()
    const { request, answer } = putInPieces(id)
    for (let piece = 0; piece < 20; piece += 1) request.write(Buffer.alloc(1_000_000))
    request.end()
    expect(await answer).toEqual([413, failure('PAYLOAD_TOO_LARGE')])
  })

  it('may be called again after its sender went away half way', async () => {
    const id = await create({ size: 8 })
    const { request, answer } = putInPieces(id, { 'content-length': '8' })
    const gone = expect(answer).rejects.toThrow()
    request.write('a,b\n')
    await expect.poll(() => begun).toContain(id)
    request.destroy()
    await gone
    await expect.poll(async () => (await put(id, CONTENT))[0]).toBe(200)
    expect(String(await stored(id))).toBe(CONTENT)
  })

  it('is new work, which a server that drains refuses, and finishes where it was begun', async () => {
    const [first, later] = [await create(), await create()]
    const { request, answer } = putInPieces(first)
    request.write('a,b\n')
    await expect.poll(() => begun).toContain(first)
    const drained = admission.drain()
    expect(await put(later, CONTENT)).toEqual([503, failure('SYSTEM_UNAVAILABLE')])
    request.end('1,2\n')
    expect((await answer)[0]).toBe(200)
    await drained
  })
})
