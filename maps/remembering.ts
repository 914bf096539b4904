/** Answers of pure functions, kept for who asks the same again soon: many records refer to few. */

import { RecentlyUsed } from '../schema/recently-used.ts'

/** The same function of a text; keeps at most so many answers, those that were asked for last. */
export function remembering<Answer>(most: number, answer: (text: string) => Answer): (text: string) => Answer {
  const answers = new RecentlyUsed<string, { readonly answer: Answer }>(most)
  return (text) => {
    const known = answers.get(text)
    if (known !== undefined) return known.answer
    const found = answer(text)
    answers.set(text, { answer: found })
    return found
  }
}
