/** How far one system's commits have been dealt with, as spans of their sequences. */

import type { System } from '../../../schema/record.ts'
import type { Progress, Reach, Span } from '../stream/stream.ts'

/** With these spans, too; they may overlap with what is dealt with and with each other. */
export function withSpans({ through, ahead }: Reach, spans: readonly Span[]): Reach {
  let end = through
  const apart: [number, number][] = []
  for (const [first, last] of [...ahead, ...spans].sort((one, other) => one[0] - other[0])) {
    const open = apart.at(-1)
    if (open !== undefined && first <= open[1] + 1) open[1] = Math.max(open[1], last)
    else if (open === undefined && first <= end + 1) end = Math.max(end, last)
    else apart.push([first, last])
  }
  return { through: end, ahead: apart }
}

/** With these commits, too. */
export function withCommits(
  { CRM, ERP }: Progress,
  commits: readonly { readonly system: System; readonly sequence: number }[],
): Progress {
  const spansOf = (one: System) =>
    commits.flatMap(({ system, sequence }): readonly Span[] => (system === one ? [[sequence, sequence]] : []))
  return { CRM: withSpans(CRM, spansOf('CRM')), ERP: withSpans(ERP, spansOf('ERP')) }
}

export function isDealtWith({ through, ahead }: Reach, sequence: number): boolean {
  return sequence <= through || ahead.some(([first, last]) => first <= sequence && sequence <= last)
}
