/** JSON lines into rows: one object a line. */

import { isUtf8 } from 'node:buffer'
import { checkedRecord } from './json-record.ts'
import { LINE_ENDS, type Line, lineCutter } from './line-cutter.ts'
import type { RowFault, SourceLimits } from './source.ts'
import { BAD_ENCODING, faultyLine, type TextReader, type TextRow } from './text-rows.ts'

export function jsonRows(limits: SourceLimits, measure: (text: Buffer) => number): TextReader {
  const cutter = lineCutter(LINE_ENDS.LF, limits.rowBytesMax, measure)
  return {
    read: async (text, isLast) => {
      const rows: TextRow[] = []
      let rest = text
      for (let cut = cutter.cut(rest); cut !== null; cut = cutter.cut(rest)) {
        rows.push(rowOf(cut.line, limits))
        rest = cut.rest
      }
      const last = isLast ? cutter.end() : null
      if (last !== null) rows.push(rowOf(last, limits))
      return rows
    },
  }
}

function rowOf(line: Line, limits: SourceLimits): TextRow {
  if (line.isCut) {
    const message = `The line has more than ${limits.rowBytesMax} bytes.`
    return faultyLine({ code: 'TOO_LARGE', message }, line)
  }
  if (!isUtf8(line.text)) return faultyLine(BAD_ENCODING, line)
  const text = line.text.toString('utf8')
  if (text.trim() === '') return { content: null, bytes: line.bytes, lines: 1 }
  const parsed = parse(text)
  if (!parsed.ok) return faultyLine(parsed.fault, line)
  const checked = checkedRecord(parsed.value, text, limits)
  if (!checked.ok) return faultyLine(checked.fault, line)
  return { content: { kind: 'RECORD', record: checked.record }, bytes: line.bytes, lines: 1 }
}

type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly fault: RowFault }

function parse(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return {
      ok: false,
      fault: { code: 'INVALID_JSON', message: 'The line is not a JSON object on a line of its own.' },
    }
  }
}
