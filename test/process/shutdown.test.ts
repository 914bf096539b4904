import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EXAMPLES } from '../../gateway/examples.ts'
import { type LockstepProcess, startProcess } from './process.ts'

// Each starts a process, which takes seconds where other tests run beside it.
describe('a Lockstep process', { timeout: 30_000 }, () => {
  let directory: string
  const started: LockstepProcess[] = []
  const start = (env: Record<string, string> = {}) => {
    const settings = { LOCKSTEP_DATA_DIR: directory, LOCKSTEP_LOG_LEVEL: 'warn', LOCKSTEP_SAMPLE_DATA: 'false' }
    const lockstep = startProcess({ ...settings, ...env })
    started.push(lockstep)
    return lockstep
  }

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lockstep-process-'))
  })
  afterEach(async () => {
    for (const lockstep of started.splice(0)) {
      lockstep.signal('SIGKILL')
      await lockstep.exit
    }
    await rm(directory, { recursive: true, force: true })
  })

  /** A write that the process has let in and that lacks the second half of its body. */
  async function beginWrite(url: string) {
    const body = JSON.stringify({ query: EXAMPLES[0]?.query, variables: EXAMPLES[0]?.variables })
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      expect: '100-continue',
    }
    const sent = request(`${url}/graphql`, { method: 'POST', headers })
    const answered = once(sent, 'response')
    answered.catch(() => undefined)
    await once(sent, 'continue')
    sent.write(body.slice(0, 20))
    return async () => {
      sent.end(body.slice(20))
      const [response] = await answered
      return { status: response.statusCode, body: await json(response) }
    }
  }

  const ready = async (url: string) => (await fetch(`${url}/health/ready`)).status

  const query = (url: string, text: string) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: text }),
    })

  it('says where it listens and what to try', async () => {
    const lockstep = start()
    const url = await lockstep.url
    expect(await ready(url)).toBe(200)
    for (const text of [
      `${url}/graphql`,
      `${url}/crm/graphql`,
      `${url}/erp/graphql`,
      'examples are ready to send',
      directory,
    ]) {
      expect(lockstep.stdout()).toContain(text)
    }
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('ends at %s with exit code 0', async (signal) => {
    const lockstep = start()
    await lockstep.url
    lockstep.signal(signal)
    expect(await lockstep.exit).toEqual({ code: 0, signal: null })
    expect(lockstep.stderr()).toBe('')
  })

  it('finishes what is in flight and takes no new work while it drains', async () => {
    const lockstep = start({ LOCKSTEP_SAMPLE_DATA: 'true' })
    const url = await lockstep.url
    const finishWrite = await beginWrite(url)
    lockstep.signal('SIGTERM')
    await expect.poll(() => ready(url)).toBe(503)

    const refused = await query(url, '{ __typename }')
    expect([refused.status, refused.headers.get('connection')]).toEqual([503, 'close'])
    expect(await refused.json()).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: 'SYSTEM_UNAVAILABLE' } }],
    })

    expect(await finishWrite()).toMatchObject({
      status: 200,
      body: { data: { createSalesOrder: { errors: [], transaction: { state: 'COMMITTED' } } } },
    })
    expect(await lockstep.exit).toEqual({ code: 0, signal: null })
  })

  it('takes a signal that comes twice at once for one', async () => {
    const lockstep = start()
    const finishWrite = await beginWrite(await lockstep.url)
    lockstep.signal('SIGINT')
    lockstep.signal('SIGTERM')
    expect(await finishWrite()).toMatchObject({ status: 200 })
    expect(await lockstep.exit).toEqual({ code: 0, signal: null })
  })

  it('ends at once at a second signal, with exit code 1', async () => {
    const lockstep = start()
    const url = await lockstep.url
    await beginWrite(url)
    lockstep.signal('SIGTERM')
    await expect.poll(() => ready(url)).toBe(503)
    const hasEnded = lockstep.exit.then(() => true)
    const signalAgain = () => {
      lockstep.signal('SIGTERM')
      return Promise.race([hasEnded, false])
    }
    await expect.poll(signalAgain, { timeout: 5_000, interval: 100 }).toBe(true)
    expect(await lockstep.exit).toEqual({ code: 1, signal: null })
  })

  it('waits no longer than the drain may take, and then ends with exit code 1', async () => {
    const lockstep = start({ LOCKSTEP_DRAIN_MS: '50' })
    await beginWrite(await lockstep.url)
    lockstep.signal('SIGTERM')
    expect(await lockstep.exit).toEqual({ code: 1, signal: null })
  })

  describe('that cannot start', () => {
    const expectRefusal = async (lockstep: LockstepProcess, ...texts: string[]) => {
      expect(await lockstep.exit).toEqual({ code: 2, signal: null })
      for (const text of texts) expect(lockstep.stderr()).toContain(text)
      expect(lockstep.stderr()).not.toMatch(/^\s+at /m)
    }

    it('names every wrong setting', async () => {
      await expectRefusal(start({ LOCKSTEP_PORT: 'x', LOCKSTEP_LOG_LEVEL: 'x' }), 'LOCKSTEP_PORT', 'LOCKSTEP_LOG_LEVEL')
    })

    it('names a port that is taken, and the setting', async () => {
      const other = createServer().listen(0, '127.0.0.1')
      await once(other, 'listening')
      const address = other.address()
      const port = typeof address === 'object' ? String(address?.port) : ''
      await expectRefusal(start({ LOCKSTEP_PORT: port }), port, 'LOCKSTEP_PORT')
      other.close()
    })

    it('names stores that another process holds', async () => {
      await start().url
      await expectRefusal(start(), directory)
    })

    it('names a data folder that cannot be made', async () => {
      await expectRefusal(start({ LOCKSTEP_DATA_DIR: '/dev/null/data' }), '/dev/null/data', 'LOCKSTEP_DATA_DIR')
    })
  })
})
