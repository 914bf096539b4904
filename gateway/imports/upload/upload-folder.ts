/**
 * Uploads in a folder of the file system, one folder each, named by its id alone:
 *
 *     <id>/ticket.json                     what was announced
 *     <id>/.receiving-<token>/content      while it is being sent
 *     <id>/received/content, receipt.json  the whole file
 *
 * Everything appears and disappears by one rename of something that is whole and forced to the disk, so several processes
 * may share the folder: of two files that are sent to one upload at once, the first that is whole is the upload's.
 */

import { createReadStream } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { StoredFile } from '../source/source.ts'
import { forceFolder, inNewFile, writeForced } from './forced-file.ts'
import { clearHalves, halfName, isErrno, unlessGone } from './halves.ts'
import { type Taken, takeBody } from './take-body.ts'
import { readReceipt, readTicket, type Ticket } from './ticket.ts'
import {
  type Answer,
  isSha256,
  type NewUpload,
  type Received,
  refused,
  type Upload,
  type UploadLimits,
  type UploadStore,
} from './upload.ts'

export interface UploadParts {
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number
  /** Ids are drawn from this: it must be fit for secrets. */
  readonly randomBytes: (size: number) => Uint8Array
  readonly limits: UploadLimits
}

const ID_BYTES = 24
const ID = /^[0-9a-f]{48}$/
const LABEL_LENGTH_MAX = 255
/** How long an expired upload is known as one. */
const TICKET_KEPT_MS = 7 * 24 * 60 * 60 * 1_000

/** Makes the folder where there is none. What a kill has left half done is in nobody's way, and swept later. */
export async function openUploadFolder(folder: string, parts: UploadParts): Promise<UploadStore> {
  const { clock, randomBytes, limits } = parts
  await mkdir(folder, { recursive: true })
  const receiving = new Set<string>()
  /** Of the uploads that there are those that had expired at the last sweep, for good. */
  let swept: ReadonlySet<string> = new Set()
  const token = () => Buffer.from(randomBytes(8)).toString('hex')
  const pathOf = (id: string, ...names: readonly string[]) => join(folder, id, ...names)

  const find = async (id: string): Promise<Upload | null> => {
    if (!ID.test(id)) return null
    const ticket = await readTicket(pathOf(id, 'ticket.json'))
    return ticket === null
      ? null
      : { id, ...ticket, received: await readReceipt(pathOf(id, 'received', 'receipt.json')) }
  }
  const findLive = async (id: string): Promise<Answer<Upload>> => {
    const upload = await find(id)
    if (upload === null) return refused('NOT_FOUND', 'There is no such upload.')
    if (upload.expiresAt <= clock()) return refused('EXPIRED', 'The upload has expired. Create another one.')
    return { ok: true, value: upload }
  }
  /** When each upload expires that has not yet. Where even all folders together are few enough, none is read. */
  const endsOfLive = async (): Promise<readonly number[]> => {
    const ids = (await readdir(folder)).filter((name) => ID.test(name) && !swept.has(name))
    if (ids.length < limits.uploadsMax) return []
    const ends: number[] = []
    for (const id of ids) {
      const ticket = await readTicket(pathOf(id, 'ticket.json'))
      if (ticket !== null && ticket.expiresAt > clock()) ends.push(ticket.expiresAt)
    }
    return ends
  }
  /** Takes it away in one step, and then from the disk. False where another process has done so. */
  const remove = async (id: string, ...names: readonly string[]): Promise<boolean> => {
    const gone = join(folder, halfName('gone', token()))
    const isMine = (await unlessGone(rename(pathOf(id, ...names), gone).then(() => true))) !== null
    if (isMine) await unlessGone(forceFolder(names.length === 0 ? folder : pathOf(id)))
    await rm(gone, { recursive: true, force: true })
    return isMine
  }
  const complete = async (upload: Upload, half: string, taken: Taken): Promise<Answer<Upload>> => {
    const received: Received = { size: taken.size, sha256: taken.sha256, at: clock() }
    try {
      await writeForced(join(half, 'receipt.json'), JSON.stringify(received))
      await forceFolder(half)
      await rename(half, pathOf(upload.id, 'received'))
      await forceFolder(pathOf(upload.id))
      return { ok: true, value: { ...upload, received } }
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) return overtaken(upload.id)
      throw error
    }
  }
  /** Another process was quicker: it has received a file of this upload, or has swept it away. */
  const overtaken = async (id: string): Promise<Answer<never>> => {
    const found = await findLive(id)
    if (!found.ok) return found
    const { received } = found.value
    return received === null ? CUT_OFF : isComplete(received)
  }

  return {
    create: async (asked) => {
      const wrong = faultIn(asked, limits)
      if (wrong !== null) return wrong
      const ends = await endsOfLive()
      if (ends.length >= limits.uploadsMax) return tooMany(limits, Math.min(...ends))
      const id = Buffer.from(randomBytes(ID_BYTES)).toString('hex')
      const createdAt = clock()
      const { name, contentType, size, sha256 } = asked
      const label = name?.slice(0, LABEL_LENGTH_MAX).toWellFormed() ?? null
      const expiresAt = createdAt + limits.expiresAfterMs
      const ticket: Ticket = { name: label, contentType, size, sha256, createdAt, expiresAt }
      const draft = join(folder, halfName('new', id))
      await mkdir(draft)
      await writeForced(join(draft, 'ticket.json'), JSON.stringify(ticket))
      await forceFolder(draft)
      await rename(draft, pathOf(id))
      await forceFolder(folder)
      return { ok: true, value: { id, ...ticket, received: null } }
    },

    find: findLive,

    receive: async (id, body, announced) => {
      if (receiving.has(id)) return refused('RECEIVING', 'The file of this upload is being sent already.')
      receiving.add(id)
      try {
        const found = await findLive(id)
        if (!found.ok) return found
        const upload = found.value
        if (upload.received !== null) return isComplete(upload.received)
        const half = pathOf(id, halfName('receiving', token()))
        if ((await unlessGone(mkdir(half).then(() => half))) === null) return overtaken(id)
        try {
          const bounds = { announced, declared: upload, bytesMax: limits.bytesMax, clock }
          const taken = await inNewFile(join(half, 'content'), (file) => takeBody(file, body, bounds))
          return taken.ok ? await complete(upload, half, taken.value) : taken
        } finally {
          await rm(half, { recursive: true, force: true })
        }
      } finally {
        receiving.delete(id)
      }
    },

    file: async (id) => {
      const found = await findLive(id)
      if (!found.ok) return found
      const { received } = found.value
      if (received === null) return refused('INCOMPLETE', 'The upload has no file yet.')
      return { ok: true, value: storedFile(pathOf(id, 'received', 'content'), received.size) }
    },

    keepUntil: async (id, time) => {
      const found = await find(id)
      const isLost = found === null || (found.received === null && found.expiresAt <= clock())
      if (isLost || found.expiresAt >= time) return findLive(id)
      const { id: _, received, ...ticket } = found
      const kept: Ticket = { ...ticket, expiresAt: time }
      const draft = pathOf(id, halfName('ticket', token()))
      await writeForced(draft, JSON.stringify(kept))
      await rename(draft, pathOf(id, 'ticket.json'))
      await forceFolder(pathOf(id))
      return { ok: true, value: { id, ...kept, received } }
    },

    delete: async (id) => {
      if (receiving.has(id)) return refused('RECEIVING', 'The file of this upload is being sent.')
      if ((await find(id)) === null) return refused('NOT_FOUND', 'There is no such upload.')
      await remove(id)
      return { ok: true, value: null }
    },

    sweep: async () => {
      let files = 0
      const expired = new Set<string>()
      await clearHalves(folder, clock())
      for (const id of (await readdir(folder)).filter((name) => ID.test(name) && !receiving.has(name))) {
        await clearHalves(pathOf(id), clock())
        const upload = await find(id)
        if (upload !== null && upload.expiresAt > clock()) continue
        if (upload !== null && upload.received !== null && (await remove(id, 'received'))) files += 1
        if (upload === null || upload.expiresAt + TICKET_KEPT_MS <= clock()) await remove(id)
        else expired.add(id)
      }
      swept = expired
      return files
    },
  }
}

const CUT_OFF = refused('CUT_OFF', 'The file was on its way for too long. Send it again, from its beginning.')

function tooMany({ uploadsMax }: UploadLimits, firstEnd: number): Answer<never> {
  const first = new Date(firstEnd).toISOString()
  return refused(
    'TOO_MANY',
    `There are ${uploadsMax} uploads, as many as LOCKSTEP_UPLOADS_MAX allows. The first of them expires at ${first}: create another one then, or raise the limit.`,
  )
}

/** The digest lets a sender who has lost the first answer see that it is the same file. */
function isComplete({ size, sha256 }: Received): Answer<never> {
  return refused('COMPLETE', `The upload has its file already: ${size} bytes with the SHA-256 ${sha256}.`)
}

function faultIn({ size, sha256 }: NewUpload, { bytesMax }: UploadLimits): Answer<never> | null {
  if (sha256 !== null && !isSha256(sha256)) {
    return refused('INVALID', 'A SHA-256 is written as 64 hexadecimal digits in lower case.')
  }
  if (size === null) return null
  if (!Number.isSafeInteger(size) || size < 0) return refused('INVALID', 'A size is a whole number of bytes.')
  return size > bytesMax ? refused('TOO_LARGE', `An upload has at most ${bytesMax} bytes.`) : null
}

function storedFile(path: string, size: number): StoredFile {
  return { size, open: (fromByte) => createReadStream(path, { start: fromByte }) }
}
