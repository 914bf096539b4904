/** Fetches the file of the rows that failed. */

import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { extname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { request } from 'undici'
import type { ImportJob } from './import-job.ts'
import { whyNot } from './local-file.ts'
import { refusal, unreachable } from './refusal.ts'

/** Lies at `path` afterwards, whole; or not at all, and the Refusal tells why. */
export async function saveFailures(url: string, job: Pick<ImportJob, 'failuresUrl'>, path: string): Promise<void> {
  const answer = await request(failuresAddress(url, job, path)).catch((error: unknown) => {
    throw unreachable(url, error)
  })
  if (answer.statusCode !== 200) {
    await answer.body.dump()
    throw refusal('FAILURES', `The failed rows cannot be had as this file: HTTP status ${answer.statusCode}`)
  }
  const part = `${path}.part`
  try {
    await pipeline(answer.body, createWriteStream(part))
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw refusal('FAILURES', `The failed rows could not be saved as ${path}: ${whyNot(error)}`)
  }
}

/** In the form of what was imported, unless the name of the file asks for another one. */
export function failuresAddress(url: string, { failuresUrl }: Pick<ImportJob, 'failuresUrl'>, path: string): URL {
  const address = new URL(failuresUrl, `${url}/`)
  const form = FORMS[extname(path).toLowerCase()]
  if (form !== undefined) address.pathname = address.pathname.replace(/\.(csv|jsonl)$/, form)
  return address
}

const FORMS: Readonly<Record<string, string>> = { '.csv': '.csv', '.jsonl': '.jsonl', '.ndjson': '.jsonl' }
