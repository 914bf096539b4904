import { describe, expect, it } from 'vitest'
import { importJob } from './import-job.fixture.ts'
import { failuresAddress } from './save-failures.ts'

const address = (path: string, failuresUrl = '/imports/j1/failures.csv') =>
  String(failuresAddress('http://127.0.0.1:4000', importJob({ failuresUrl }), path))

describe('the failed rows', () => {
  it('come in the form of what was imported', () => {
    expect(address('failed')).toBe('http://127.0.0.1:4000/imports/j1/failures.csv')
    expect(address('failed', '/imports/j1/failures.jsonl')).toBe('http://127.0.0.1:4000/imports/j1/failures.jsonl')
  })

  it.each([
    ['failed.csv', 'failures.csv'],
    ['failed.jsonl', 'failures.jsonl'],
    ['failed.NDJSON', 'failures.jsonl'],
  ])('are asked for as %s where they are to be saved as one', (path, asked) => {
    expect(address(path)).toBe(`http://127.0.0.1:4000/imports/j1/${asked}`)
    expect(address(path, '/imports/j1/failures.jsonl')).toBe(`http://127.0.0.1:4000/imports/j1/${asked}`)
  })

  it('come from wherever Lockstep says', () => {
    expect(address('f.jsonl', 'https://files.example/j1/failures.csv?t=1')).toBe(
      'https://files.example/j1/failures.jsonl?t=1',
    )
  })
})
