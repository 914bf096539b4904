/** How values compare: text by Unicode code point, numbers exactly. */

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/

/** Negative, zero or positive, as for a sort. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index += 1) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)]
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

/** UTF-16 puts surrogates, which stand for the highest code points, below U+E000 to U+FFFF. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}

export function isDecimal(text: string): boolean {
  return DECIMAL.test(text)
}

/** Whole numbers and decimals as text in any mix; the text must be a decimal. */
export function compareNumbers(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [left, right] = [digitsOf(String(a)), digitsOf(String(b))]
  const scale = Math.max(left.scale, right.scale)
  const difference = left.digits * 10n ** BigInt(scale - left.scale) - right.digits * 10n ** BigInt(scale - right.scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

function digitsOf(text: string): { readonly digits: bigint; readonly scale: number } {
  const [, sign = '', whole = '0', fraction = ''] = DECIMAL.exec(text) ?? []
  const digits = BigInt(whole + fraction)
  return { digits: sign === '-' ? -digits : digits, scale: fraction.length }
}
