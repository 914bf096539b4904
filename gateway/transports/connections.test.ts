import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createManualClock } from '../../test/coordinator/manual-clock.ts'
import { type Connection, type ConnectionLimits, createConnections, type Peer } from './connections.ts'

const LIMITS: ConnectionLimits = { connectionsMax: 3, subscriptionsPerConnectionMax: 2, subscriptionsMax: 3 }

const nobody: Peer = { sendAway: () => undefined, cutOff: () => undefined }

const given = () => {
  const clock = createManualClock(0)
  return { clock, connections: createConnections(LIMITS, clock) }
}

const takenBy = (connection: Connection) => {
  const place = connection.subscribe()
  return place.taken ? 'taken' : place.failure.code
}

describe('createConnections', () => {
  it('is full with as many as the limit says, until one has ended', () => {
    const { connections } = given()
    const [first] = [1, 2, 3].map(() => connections.open(nobody))
    expect(connections.isFull()).toBe(true)
    first?.ended()
    expect(connections.isFull()).toBe(false)
  })

  it('has places for as many subscriptions as a connection may have, and as there may be in all', () => {
    const { connections } = given()
    const [one, other] = [connections.open(nobody), connections.open(nobody)]
    expect([1, 2, 3].map(() => takenBy(one))).toEqual(['taken', 'taken', 'OVERLOADED'])
    expect([1, 2].map(() => takenBy(other))).toEqual(['taken', 'OVERLOADED'])
  })

  it('says which of the two bounds it is', () => {
    const { connections } = given()
    const [one, other] = [connections.open(nobody), connections.open(nobody)]
    for (const connection of [one, one, other]) connection.subscribe()
    expect([one.subscribe(), other.subscribe()]).toMatchObject([
      { failure: { message: expect.stringContaining('on this connection') } },
      { failure: { message: expect.stringContaining('on the server') } },
    ])
  })

  it('never gives more places than there are, whatever the order of coming and going', () => {
    const moves = fc.array(fc.record({ connection: fc.nat({ max: 2 }), comes: fc.boolean() }), { maxLength: 50 })
    fc.assert(
      fc.property(moves, (wanted) => {
        const { connections } = given()
        const open = [1, 2, 3].map(() => ({ connection: connections.open(nobody), held: [] as (() => void)[] }))
        for (const move of wanted) {
          const one = open[move.connection]
          if (one === undefined) continue
          const inAll = open.reduce((sum, { held }) => sum + held.length, 0)
          if (!move.comes) one.held.pop()?.()
          else {
            const place = one.connection.subscribe()
            expect(place.taken).toBe(one.held.length < 2 && inAll < 3)
            if (place.taken) one.held.push(place.giveBack)
          }
        }
      }),
    )
  })

  it('is closed at once when nobody is connected', async () => {
    await given().connections.close()
  })

  it('sends everyone away, and is closed when the last has gone', async () => {
    const { clock, connections } = given()
    const peers = [1, 2].map(() => {
      const connection = connections.open({ sendAway: () => connection.ended(), cutOff: () => undefined })
      return connection
    })
    expect(peers).toHaveLength(2)
    await connections.close()
    expect([connections.isFull(), clock.armed()]).toEqual([false, 0])
  })

  it('cuts off who does not go in time, and nobody else', async () => {
    const { clock, connections } = given()
    const cut: string[] = []
    const quick = connections.open({ sendAway: () => quick.ended(), cutOff: () => void cut.push('quick') })
    const slow = connections.open({
      sendAway: () => undefined,
      cutOff: () => {
        cut.push('slow')
        slow.ended()
      },
    })
    const closed = connections.close()
    clock.advance(1_999)
    expect(cut).toEqual([])
    clock.advance(1)
    await closed
    expect(cut).toEqual(['slow'])
  })
})
