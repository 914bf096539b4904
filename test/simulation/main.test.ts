import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { INVARIANTS } from './invariants/broken.ts'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))
const proof = async (...args: readonly string[]) =>
  (await promisify(execFile)(process.execPath, [MAIN, ...args])).stdout

const MINUTE = 60_000

describe('whoever breaks the protocol on purpose', () => {
  test('is told what is broken, and shown it in a story that is as short as it can be', {
    timeout: MINUTE,
  }, async () => {
    const story = await proof('--mutant', 'participant-times-out-alone')
    expect(story).toContain('a system aborts what it has prepared when the deadline is over')
    expect(story).toContain(`broken: ${INVARIANTS.split}`)
    const [, requests, faults] = /^(\d+) of \d+ requests, (\d+) of \d+ faults, .* are enough/m.exec(story) ?? []
    expect(Number(requests)).toBeLessThanOrEqual(2)
    expect(Number(faults)).toBeLessThanOrEqual(2)
    expect(story.split('\n').length).toBeLessThan(120)
  })

  test('sees every way of it that is prepared', async () => {
    expect(await proof('--mutants')).toContain('abort-without-fence ')
  })
})

test('a seed tells the same story twice', async () => {
  expect(await proof('--seed', '12')).toBe(await proof('--seed', '12'))
})

test.each([
  [['--seed', 'abc'], '--seed must be a whole number, not abc\n'],
  [['--mutant', 'nonsense'], 'There is no mutant nonsense\n'],
])('%j is refused in a sentence', async (args, sentence) => {
  await expect(proof(...args)).rejects.toMatchObject({ code: 2, stderr: sentence })
})
