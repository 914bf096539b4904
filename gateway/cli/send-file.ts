/** Sends a file to the upload that was made for it. */

import { createReadStream } from 'node:fs'
import { type Dispatcher, request } from 'undici'
import type { Upload } from './graph.ts'
import { refusal, unreachable } from './refusal.ts'

/** `url` is Lockstep's own; `size` in bytes. Rejects with a Refusal, also for a file that is no longer what it was. */
export async function sendFile(url: string, upload: Upload, file: { path: string; size: number }): Promise<void> {
  const headers = Object.fromEntries(upload.headers.map(({ name, value }) => [name, value]))
  const answer = await request(new URL(upload.url, `${url}/`), {
    method: upload.method as Dispatcher.HttpMethod,
    headers: { ...headers, 'content-length': String(file.size) },
    body: createReadStream(file.path),
  }).catch((error: unknown) => {
    throw unreachable(url, error)
  })
  const text = await answer.body.text()
  if (answer.statusCode < 300) return
  const [first] = errorsIn(text)
  throw refusal(
    first?.extensions?.code ?? 'UPLOAD',
    first?.message ?? `The file was refused with HTTP status ${answer.statusCode}`,
  )
}

interface HttpError {
  readonly message?: string
  readonly extensions?: { readonly code?: string }
}

function errorsIn(text: string): readonly HttpError[] {
  try {
    const { errors = [] }: { errors?: readonly HttpError[] } = JSON.parse(text)
    return errors
  } catch {
    return []
  }
}
