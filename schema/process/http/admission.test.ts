import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAdmission } from './admission.ts'

const opened = (inFlightMax: number) => {
  const admission = createAdmission(inFlightMax)
  admission.open()
  return admission
}

const isSettled = async (promise: Promise<void>) =>
  (await Promise.race([promise.then(() => 'settled'), Promise.resolve('pending')])) === 'settled'

describe('createAdmission', () => {
  it('lets nobody in before it is opened', () => {
    expect(createAdmission(1).enter()).toBe('STARTING')
  })

  it('lets in as many as the limit says, and another when one has left', () => {
    const admission = opened(2)
    expect([admission.enter(), admission.enter(), admission.enter()]).toEqual([null, null, 'OVERLOADED'])
    admission.leave()
    expect(admission.enter()).toBeNull()
  })

  it('lets nobody in while it drains, and cannot be opened again', () => {
    const admission = opened(2)
    void admission.drain()
    admission.open()
    expect(admission.enter()).toBe('DRAINING')
    expect(admission.phase()).toBe('DRAINING')
  })

  it('is drained at once when nobody is in', async () => {
    await opened(1).drain()
  })

  it('is drained when the last has left, whoever waits', async () => {
    const admission = opened(2)
    admission.enter()
    admission.enter()
    const waiters = [admission.drain(), admission.drain()]
    admission.leave()
    expect(await Promise.all(waiters.map(isSettled))).toEqual([false, false])
    admission.leave()
    await Promise.all(waiters)
  })

  it('never holds more than the limit, whatever the order of coming and going', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.boolean()), (limit, moves) => {
        const admission = opened(limit)
        let held = 0
        for (const comes of moves) {
          if (comes) held += admission.enter() === null ? 1 : 0
          else if (held > 0) {
            admission.leave()
            held -= 1
          }
          expect(held).toBeLessThanOrEqual(limit)
        }
      }),
    )
  })
})
