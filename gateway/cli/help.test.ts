import { describe, expect, it } from 'vitest'
import { OPTIONS_OF, type Topic } from './command.ts'
import { helpOn } from './help.ts'

const VERBS = Object.keys(OPTIONS_OF) as Exclude<Topic, 'lockstep'>[]

describe('help', () => {
  it('names every command', () => {
    for (const verb of VERBS) expect(helpOn('lockstep')).toMatch(new RegExp(`\\b${verb}\\b`))
  })

  it.each(VERBS)('on %s names all its options and the exit codes', (verb) => {
    const text = helpOn(verb)
    for (const option of Object.keys(OPTIONS_OF[verb])) expect(text).toContain(`--${option}`)
    expect(text).toContain('Exit codes')
  })
})
