import { describe, expect, it } from 'vitest'
import { jsonTypeFor, takesEvents } from './accept.ts'

describe('takesEvents', () => {
  it.each(['text/event-stream', 'Text/Event-Stream', 'application/json;q=0.5, text/event-stream;q=0.1'])(
    'holds for %s',
    (accept) => {
      expect(takesEvents(accept)).toBe(true)
    },
  )

  it.each([undefined, '', '*/*', 'text/*', 'text/event-stream;q=0', 'text/event-stream; q=0.000', 'text/html'])(
    'does not hold for %s',
    (accept) => {
      expect(takesEvents(accept)).toBe(false)
    },
  )
})

describe('jsonTypeFor', () => {
  it.each([
    ['text/event-stream', null],
    ['text/event-stream, */*', null],
    ['text/event-stream, application/json', 'application/json'],
    ['application/json, application/graphql-response+json', 'application/graphql-response+json'],
    ['application/json, application/graphql-response+json;q=0', 'application/json'],
  ])('for %s is %s', (accept, type) => {
    expect(jsonTypeFor(accept)).toBe(type)
  })
})
