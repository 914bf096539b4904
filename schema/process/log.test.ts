import { describe, expect, it } from 'vitest'
import { createLog } from './log.ts'

const linesOf = (level: 'info' | 'silent', write: (log: ReturnType<typeof createLog>) => void) => {
  const lines: string[] = []
  write(createLog(level, { write: (line: string) => lines.push(line) }))
  return lines.map((line) => JSON.parse(line))
}

describe('createLog', () => {
  it('writes a JSON object a line, with the time in UTC', () => {
    const lines = linesOf('info', (log) => {
      log.info({ transactionId: 'T' }, 'committed')
      log.warn('late')
    })
    expect(lines).toEqual([
      { level: 30, time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/), transactionId: 'T', msg: 'committed' },
      { level: 40, time: expect.any(String), msg: 'late' },
    ])
  })

  it('leaves out what is below its level', () => {
    expect(linesOf('info', (log) => log.debug('detail'))).toEqual([])
    expect(linesOf('silent', (log) => log.fatal('end'))).toEqual([])
  })

  it('never shows a credential, wherever the headers are', () => {
    const headers = { authorization: 'Bearer secret', cookie: 'secret' }
    const lines = linesOf('info', (log) => {
      log.info(headers)
      log.info({ headers })
      log.info({ req: { headers } })
    })
    expect(lines).toHaveLength(3)
    expect(JSON.stringify(lines)).not.toContain('secret')
  })
})
