/** Answers of pure functions, kept for who asks the same again soon: many records refer to few. */

/** The same function of a text; keeps at most so many answers, and begins anew when it has them. */
export function remembering<Answer>(most: number, answer: (text: string) => Answer): (text: string) => Answer {
  const answers = new Map<string, { readonly answer: Answer }>()
  return (text) => {
    const known = answers.get(text)
    if (known !== undefined) return known.answer
    if (answers.size >= most) answers.clear()
    const found = answer(text)
    answers.set(text, { answer: found })
    return found
  }
}
