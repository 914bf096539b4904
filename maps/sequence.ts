/** Number sequences: a pattern such as `C-{000000}`, in which the braces hold at least as many digits as zeros. */

const PATTERN = /^([^{}]*)\{(0+)\}([^{}]*)$/

/** `C-{000000}` and 12 give `C-000012`; a number with more digits keeps them all. `n` is whole and not negative. */
export function formatNumber(pattern: string, n: number): string {
  const match = PATTERN.exec(pattern)
  if (match === null) throw new RangeError(`Not a number sequence: ${pattern}`)
  const [, before = '', zeros = '', after = ''] = match
  return `${before}${String(n).padStart(zeros.length, '0')}${after}`
}

export function isSequence(pattern: string): boolean {
  return PATTERN.test(pattern)
}
