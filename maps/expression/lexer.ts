/** Splits the text of an expression into tokens. */

export type Punctuation = '(' | ')' | '[' | ']' | ',' | '?' | ':' | '&' | '=' | '!=' | '<' | '<=' | '>' | '>='

/** `at` is the offset of the first character. */
export type Token =
  | { readonly kind: 'symbol'; readonly text: Punctuation; readonly at: number }
  | { readonly kind: 'number'; readonly text: string; readonly at: number }
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  /** A column, `value`, or one of the words `and or in not true false null`. */
  | { readonly kind: 'word'; readonly text: string; readonly at: number }
  /** A name between backticks: always a column. */
  | { readonly kind: 'quoted'; readonly text: string; readonly at: number }
  /** A function's name without its `$`. */
  | { readonly kind: 'function'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number }

/** What is wrong with an expression, and at which offset. */
export interface ExpressionFault {
  readonly at: number
  readonly message: string
}

export class ExpressionError extends Error {
  readonly fault: ExpressionFault

  constructor(at: number, message: string) {
    super(message)
    this.name = 'ExpressionError'
    this.fault = { at, message }
  }
}

const SPACE = /[ \t\r\n]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?/y
const WORD = /[A-Za-z_]\w*/y
const FUNCTION = /\$([A-Za-z_]\w*)/y
const QUOTED = /`([^`]+)`/y
const TEXT = /"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'/y
const SYMBOL = /!=|<=|>=|[()[\],?:&=<>]/y
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g
const ESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** Always ends with the `end` token. Throws an ExpressionError at what is no token. */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = []
  let at = matchAt(SPACE, source, 0)?.[0].length ?? 0
  while (at < source.length) {
    const [token, length] = tokenAt(source, at)
    tokens.push(token)
    at += length
    at += matchAt(SPACE, source, at)?.[0].length ?? 0
  }
  return [...tokens, { kind: 'end', text: '', at: source.length }]
}

function tokenAt(source: string, at: number): readonly [Token, number] {
  const text = matchAt(TEXT, source, at)
  if (text !== null) return [{ kind: 'text', text: unescaped(text[1] ?? text[2] ?? '', at + 1), at }, text[0].length]
  const number = matchAt(NUMBER, source, at)
  if (number !== null) return [{ kind: 'number', text: number[0], at }, number[0].length]
  const word = matchAt(WORD, source, at)
  if (word !== null) return [{ kind: 'word', text: word[0], at }, word[0].length]
  const quoted = matchAt(QUOTED, source, at)
  if (quoted !== null) return [{ kind: 'quoted', text: quoted[1] ?? '', at }, quoted[0].length]
  const called = matchAt(FUNCTION, source, at)
  if (called !== null) return [{ kind: 'function', text: called[1] ?? '', at }, called[0].length]
  const symbol = matchAt(SYMBOL, source, at)
  if (symbol !== null) return [{ kind: 'symbol', text: symbol[0] as Punctuation, at }, symbol[0].length]
  if (source[at] === '"' || source[at] === "'") throw new ExpressionError(at, 'This text is not closed')
  throw new ExpressionError(at, `Unexpected ${JSON.stringify(source[at])}`)
}

function unescaped(text: string, at: number): string {
  return text.replace(ESCAPE, (whole, code: string | undefined, letter: string | undefined, offset: number) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16))
    if (letter === undefined || /[A-Za-z0-9]/.test(letter)) {
      const known = ESCAPED[letter ?? '']
      if (known === undefined) throw new ExpressionError(at + offset, `Unknown escape ${whole}`)
      return known
    }
    return letter
  })
}

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(source)
}
