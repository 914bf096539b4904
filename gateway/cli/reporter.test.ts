import { describe, expect, it } from 'vitest'
import { importJob } from './import-job.fixture.ts'
import { createReporter, type Output } from './reporter.ts'

function collected(columns: number | null) {
  let text = ''
  const output: Output = {
    write: (more) => {
      text += more
    },
    columns: () => columns,
  }
  return { output, text: () => text }
}

function reporter({ columns = null, json = false }: { columns?: number | null; json?: boolean }) {
  const [stdout, stderr] = [collected(null), collected(columns)]
  const outputs = { stdout: stdout.output, stderr: stderr.output }
  return { tell: createReporter(outputs, json), stdout: stdout.text, stderr: stderr.text }
}

const OVER = importJob({ state: 'COMPLETED' })
const REASON = { code: 'UNKNOWN_ENTITY', message: 'There is no entity Custmer', path: ['input', 'entity'] }

describe('a machine', () => {
  it('gets a JSON object a line, the end once and last', () => {
    const { tell, stdout, stderr } = reporter({ json: true, columns: 80 })
    tell.note('Sending a file')
    tell.progress(importJob())
    tell.progress(OVER)
    tell.told(OVER)
    const lines = stdout().trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual([importJob(), OVER])
    expect(stderr()).toBe('')
  })

  it('gets what holds it up on standard error', () => {
    const { tell, stdout, stderr } = reporter({ json: true })
    tell.warned('Lockstep does not answer.')
    expect([stdout(), stderr()]).toEqual(['', 'lockstep: Lockstep does not answer.\n'])
  })

  it('gets refusals as an object, too', () => {
    const { tell, stdout, stderr } = reporter({ json: true })
    tell.refused([REASON])
    expect(JSON.parse(stdout())).toEqual({ errors: [REASON] })
    expect(stderr()).toBe('lockstep: There is no entity Custmer (UNKNOWN_ENTITY at input.entity)\n')
  })
})

describe('a person at a terminal', () => {
  it('reads what holds the job up below a bar that is wiped away', () => {
    const { tell, stderr } = reporter({ columns: 60 })
    tell.progress(importJob())
    tell.warned('Lockstep does not answer.')
    expect(stderr().endsWith('\r\u001b[Klockstep: Lockstep does not answer.\n')).toBe(true)
  })

  it('sees one line that changes, and is gone when the result is told', () => {
    const { tell, stdout, stderr } = reporter({ columns: 60 })
    tell.progress(importJob())
    tell.progress(importJob({ progress: { percent: 60 } }))
    tell.told(OVER)
    expect(stderr()).not.toContain('\n')
    expect(stderr().split('\r').at(-1)).toBe('\u001b[K')
    expect(stdout()).toMatch(/^Completed/)
  })
})

describe('a log', () => {
  it('gets whole lines, and not the same twice', () => {
    const { tell, stdout, stderr } = reporter({})
    for (const percent of [50, 52, 60]) tell.progress(importJob({ progress: { percent } }))
    tell.progress(OVER)
    expect(stderr().match(/^Importing, \d+%.*$/gm)).toHaveLength(2)
    tell.told(OVER)
    expect(stdout()).toMatch(/^Completed.*\n/)
  })
})

describe('whoever does not wait', () => {
  it('gets the id alone on standard output, and on standard error how to follow the job', () => {
    const { tell, stdout, stderr } = reporter({})
    tell.accepted(importJob())
    expect(stdout()).toBe('j1\n')
    expect(stderr()).toContain('lockstep job j1 --watch')
  })
})
