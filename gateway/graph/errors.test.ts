import { GraphQLError } from 'graphql'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { StoreFailed } from '../../schema/process/store-faults.ts'
import { FeedRefused } from '../changes/feed/feed.ts'
import { Silence } from '../coordinator/silence.ts'
import { createErrorFormatter } from './errors.ts'

function formatter() {
  const lines: Record<string, unknown>[] = []
  const log = pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line)) })
  const format = createErrorFormatter(log)
  return { lines, format: (error: GraphQLError) => format(error.toJSON(), error) }
}

const PUBLIC = new GraphQLError('`first` is at most 500', {
  path: ['customers'],
  extensions: {
    code: 'BAD_USER_INPUT',
    argumentName: 'first',
    serviceName: 'crm',
    stacktrace: ['at x.ts:1'],
    secret: 1,
  },
})

describe('errors on their way out', () => {
  it('pass with a code that callers know, without anything else that they carry', () => {
    const { format, lines } = formatter()
    expect(format(PUBLIC)).toEqual({
      message: '`first` is at most 500',
      path: ['customers'],
      extensions: { code: 'BAD_USER_INPUT', argumentName: 'first', serviceName: 'crm' },
    })
    expect(lines).toEqual([])
  })

  it('name a system that does not answer, and say that the request may be repeated', () => {
    const { format } = formatter()
    const extensions = { code: 'SYSTEM_UNAVAILABLE', serviceName: 'erp', retryable: true }
    const error = new GraphQLError('The ERP does not answer. Try again.', { path: ['customer'], extensions })
    expect(format(error)).toEqual({ message: error.message, path: ['customer'], extensions })
  })

  it('say so where systems that hold the answer are silent', () => {
    const { format, lines } = formatter()
    const originalError = new Silence('No system gave an answer. Try again.')
    const error = new GraphQLError('anything', { path: ['transactions'], originalError })
    expect(format(error)).toEqual({
      message: 'No system gave an answer. Try again.',
      path: ['transactions'],
      extensions: { code: 'SYSTEM_UNAVAILABLE', retryable: true },
    })
    expect(lines).toEqual([])
  })

  it('say so where a store is silent, and keep to themselves what happened', () => {
    const { format, lines } = formatter()
    const originalError = new StoreFailed('/data/gateway.sqlite: disk I/O error')
    expect(format(new GraphQLError('anything', { path: ['importJob'], originalError }))).toEqual({
      message: 'A store does not answer. Try again.',
      path: ['importJob'],
      extensions: { code: 'SYSTEM_UNAVAILABLE', retryable: true },
    })
    expect(JSON.stringify(lines)).toContain('disk I/O error')
  })

  it('say where a stream of changes can go on', () => {
    const { format, lines } = formatter()
    const originalError = new FeedRefused({ code: 'CURSOR_EXPIRED', message: 'It is too old.', cursor: 'c1' })
    expect(format(new GraphQLError('anything', { path: ['changes'], originalError }))).toEqual({
      message: 'It is too old.',
      path: ['changes'],
      extensions: { code: 'CURSOR_EXPIRED', cursor: 'c1' },
    })
    expect(lines).toEqual([])
  })

  it.each([
    ['no code', {}],
    ['a code of the gateway’s own', { code: 'DOWNSTREAM_SERVICE_ERROR' }],
    ['a code that looks like a store’s', { code: 'SQLITE_CORRUPT' }],
  ])('say nothing of what happened with %s', (_, extensions) => {
    const { format } = formatter()
    const error = new GraphQLError('disk I/O error at /data/crm.db', { path: ['customer', 'name'], extensions })
    expect(format(error)).toEqual({
      message: 'Something went wrong inside. It has been logged.',
      path: ['customer', 'name'],
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    })
  })

  it('go to the log as what was thrown, with stack, path and subgraph', () => {
    const { format, lines } = formatter()
    const thrown = new RangeError('disk I/O error')
    const inSubgraph = new GraphQLError(thrown.message, { path: ['_entities', 0, 'name'], originalError: thrown })
    const inGateway = new GraphQLError(inSubgraph.message, {
      path: ['customer', 'name'],
      originalError: inSubgraph,
      extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', serviceName: 'crm' },
    })
    format(inGateway)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({ path: ['customer', 'name'], subgraph: 'crm', err: { type: 'RangeError' } })
    expect(JSON.stringify(lines[0])).toContain('errors.test.ts')
  })

  it('are shortened where they repeat a value of megabytes', () => {
    const { format } = formatter()
    const error = new GraphQLError(`got invalid value "${'x'.repeat(1_000_000)}"`, {
      extensions: { code: 'BAD_USER_INPUT' },
    })
    expect(format(error).message.length).toBeLessThan(1_100)
  })
})
