import { describe, expect, it } from 'vitest'
import { recordKey } from '../../../schema/record-key.ts'
import { type Answer, type Gathering, gathered, type Read, remembering, together } from './gathering.ts'

const read = (name: string): Read => ({ table: 'things', by: { key: recordKey([name]) }, limit: 1, whole: false })
const answer = ({ by }: Read): Answer => ({ keys: 'key' in by ? [by.key] : [], rows: [] })

/** Asks for these names step by step, and gives back the answers that it was sent. */
function* asking(...steps: readonly (readonly string[])[]): Gathering<readonly string[]> {
  const found: string[] = []
  for (const names of steps) found.push(...(yield names.map(read)).flatMap(({ keys }) => keys))
  return found
}

describe('Reads on the way to a decision', () => {
  it('are answered step by step, in their order', () => {
    expect(gathered(asking(['a', 'b'], [], ['c']), answer)).toEqual(['["a"]', '["b"]', '["c"]'])
  })

  it('of several decisions side by side are asked for at once, and each gets its own answers', () => {
    const steps: number[] = []
    const both = together([asking(['a'], ['b', 'c']), asking(), asking(['d', 'e'], [], ['f'])])
    let step = both.next()
    while (step.done !== true) {
      steps.push(step.value.length)
      step = both.next(step.value.map(answer))
    }
    expect(step.value).toEqual([['["a"]', '["b"]', '["c"]'], [], ['["d"]', '["e"]', '["f"]']])
    expect(steps).toEqual([3, 2, 1])
  })

  it('of no decisions are none', () => {
    expect(gathered(together([]), answer)).toEqual([])
  })

  it('are made once, however often they are asked for', () => {
    const asked: Read[] = []
    const remembered = remembering((one) => {
      asked.push(one)
      return answer(one)
    })
    expect(gathered(asking(['a', 'b', 'a'], ['b']), remembered)).toEqual(['["a"]', '["b"]', '["a"]', '["b"]'])
    expect(asked).toEqual([read('a'), read('b')])
  })
})
