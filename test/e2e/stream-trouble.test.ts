import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../coordinator/two-systems.ts'
import { type Lockstep, startLockstep, write } from './lockstep.ts'
import { type Subscriber, subscribed } from './subscriber.ts'

describe('When the change stream loses its thread', () => {
  const threads: Worker[] = []
  const started = (worker: Worker) => void threads.push(worker)
  let lockstep: Lockstep
  let subscriber: Subscriber
  beforeEach(async () => {
    process.on('worker', started)
    lockstep = await startLockstep({ sampleData: false })
    subscriber = await subscribed(lockstep.url, 'changes', '... on Change { id entity }')
  })
  afterEach(async () => {
    process.off('worker', started)
    await subscriber.close()
    await lockstep.stop()
  })

  const killThread = async () => {
    const thread = threads.find(({ threadName }) => threadName === 'The change stream')
    if (thread === undefined) throw new Error('The change stream has no thread')
    threads.length = 0
    await thread.terminate()
  }
  const createUnit = async (symbol: string) => {
    const { errors } = await write(lockstep.graph, 'createUnit', { input: { symbol } })
    expect(errors).toEqual([])
  }
  const readiness = async () => {
    const answer = await fetch(`${lockstep.url}/health/ready`)
    return [answer.status, await answer.json()]
  }

  it('subscribers stay, and get what is written afterwards', async () => {
    await killThread()
    await createUnit('LATER')
    expect(await subscriber.next()).toMatchObject({ __typename: 'Change', entity: 'Unit' })
    expect(await readiness()).toEqual([200, { status: 'ready' }])
  })

  it('and cannot have another, the process says that it is not ready, takes writes, and delivers them in the end', async () => {
    const file = new DatabaseSync(join(lockstep.directory, 'gateway.sqlite'))
    file.exec('UPDATE change_stream SET layout = layout + 1')
    await killThread()
    await createUnit('MEANWHILE')
    const reasons = ['the change stream does not answer']
    expect(await readiness()).toEqual([503, { status: 'not ready', reasons }])
    file.exec('UPDATE change_stream SET layout = layout - 1')
    file.close()
    expect(await subscriber.next()).toMatchObject({ __typename: 'Change', entity: 'Unit' })
    await until(async () => (await readiness())[0] === 200)
  })
})
