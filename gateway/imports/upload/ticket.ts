/** What the files beside an upload's content say. */

import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Received, Upload } from './upload.ts'

export type Ticket = Omit<Upload, 'id' | 'received'>

const ticket: z.ZodType<Ticket> = z.object({
  name: z.string().nullable(),
  contentType: z.string().nullable(),
  size: z.number().nullable(),
  sha256: z.string().nullable(),
  createdAt: z.number(),
  expiresAt: z.number(),
})

const receipt: z.ZodType<Received> = z.object({ size: z.number(), sha256: z.string(), at: z.number() })

/** Null where there is none. Throws for a file that is not what was written. */
export const readTicket = (path: string): Promise<Ticket | null> => read(path, ticket)
export const readReceipt = (path: string): Promise<Received | null> => read(path, receipt)

async function read<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  })
  return text === null ? null : schema.parse(JSON.parse(text))
}
