/**
 * Uploads in a folder of the file system, one folder each, named by its id alone:
 *
 *     <id>/ticket.json                     what was announced
 *     <id>/receiving/content               while it is being sent
 *     <id>/received/content, receipt.json  the whole file
 *
 * Everything appears and disappears by one rename of something that is whole and forced to the disk. The folder belongs to
 * one process.
 */

import { createReadStream } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { StoredFile } from '../source/source.ts'
import { forceFolder, inNewFile, writeForced } from './forced-file.ts'
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

/** Makes the folder where there is none, and clears away what a kill has left half done. */
export async function openUploadFolder(folder: string, parts: UploadParts): Promise<UploadStore> {
  const { clock, randomBytes, limits } = parts
  await mkdir(folder, { recursive: true })
  await clearHalves(folder)
  const receiving = new Set<string>()
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
  /** Takes it away in one step, and then from the disk. */
  const remove = async (id: string, ...names: readonly string[]) => {
    const gone = join(folder, `.gone-${Buffer.from(randomBytes(8)).toString('hex')}`)
    await rename(pathOf(id, ...names), gone)
    await forceFolder(names.length === 0 ? folder : pathOf(id))
    await rm(gone, { recursive: true, force: true })
  }
  const complete = async (upload: Upload, taken: Taken): Promise<Upload> => {
    const received: Received = { size: taken.size, sha256: taken.sha256, at: clock() }
    await writeForced(pathOf(upload.id, 'receiving', 'receipt.json'), JSON.stringify(received))
    await forceFolder(pathOf(upload.id, 'receiving'))
    await rename(pathOf(upload.id, 'receiving'), pathOf(upload.id, 'received'))
    await forceFolder(pathOf(upload.id))
    return { ...upload, received }
  }

  return {
    create: async (asked) => {
      const wrong = faultIn(asked, limits)
      if (wrong !== null) return wrong
      if ((await readdir(folder)).length >= limits.uploadsMax) {
        return refused(
          'TOO_MANY',
          `${limits.uploadsMax} uploads are kept already. Delete some, or wait until they expire.`,
        )
      }
      const id = Buffer.from(randomBytes(ID_BYTES)).toString('hex')
      const createdAt = clock()
      const { name, contentType, size, sha256 } = asked
      const label = name?.slice(0, LABEL_LENGTH_MAX).toWellFormed() ?? null
      const expiresAt = createdAt + limits.expiresAfterMs
      const ticket: Ticket = { name: label, contentType, size, sha256, createdAt, expiresAt }
      const draft = join(folder, `.new-${id}`)
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
        const half = pathOf(id, 'receiving')
        await mkdir(half)
        try {
          const bounds = { announced, declared: upload, bytesMax: limits.bytesMax, clock }
          const taken = await inNewFile(join(half, 'content'), (file) => takeBody(file, body, bounds))
          return taken.ok ? { ok: true, value: await complete(upload, taken.value) } : taken
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
      const found = await findLive(id)
      if (!found.ok || found.value.expiresAt >= time) return found
      const { id: _, received, ...ticket } = found.value
      const kept: Ticket = { ...ticket, expiresAt: time }
      const draft = pathOf(id, `.ticket-${Buffer.from(randomBytes(8)).toString('hex')}`)
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
      for (const id of (await readdir(folder)).filter((name) => ID.test(name) && !receiving.has(name))) {
        const upload = await find(id)
        if (upload !== null && upload.expiresAt > clock()) continue
        if (upload !== null && upload.received !== null) {
          await remove(id, 'received')
          files += 1
        }
        if (upload === null || upload.expiresAt + TICKET_KEPT_MS <= clock()) await remove(id)
      }
      return files
    },
  }
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

async function clearHalves(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('.new-') || name.startsWith('.gone-')) await rm(join(folder, name), { recursive: true })
    else if (ID.test(name)) await rm(join(folder, name, 'receiving'), { recursive: true, force: true })
  }
}
