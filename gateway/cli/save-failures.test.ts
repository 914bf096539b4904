import { describe, expect, it } from 'vitest'
import { importJob } from './import-job.fixture.ts'
import { failuresAddress } from './save-failures.ts'

const address = (path: string, failuresUrl = '/imports/j1/failures.csv') =>
  String(failuresAddress('http://127.0.0.1:4000', importJob({ failuresUrl }), path))

describe('the failed rows', () => {
  it('come as CSV', () => {
    expect(address('failed.csv')).toBe('http://127.0.0.1:4000/imports/j1/failures.csv')
    expect(address('failed')).toBe('http://127.0.0.1:4000/imports/j1/failures.csv')
  })

  it('come as JSON lines where the name of the file says so', () => {
    expect(address('failed.jsonl')).toBe('http://127.0.0.1:4000/imports/j1/failures.jsonl')
    expect(address('failed.NDJSON')).toBe('http://127.0.0.1:4000/imports/j1/failures.jsonl')
  })

  it('come from wherever Lockstep says', () => {
    expect(address('f.jsonl', 'https://files.example/j1/failures.csv?t=1')).toBe(
      'https://files.example/j1/failures.jsonl?t=1',
    )
  })
})
