/** What is wrong with a definition, and exactly where: every fault carries its file, line and column. */

import { didYouMean } from 'graphql/jsutils/didYouMean.js'
import { suggestionList } from 'graphql/jsutils/suggestionList.js'
import { StartError } from '../schema/process/start-error.ts'
import type { TableDefinition } from '../schema/table.ts'

/** `line` and `column` count from 1. */
export interface Fault {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}

/** Definitions that cannot be used. Its message lists every fault, a line each. */
export class DefinitionError extends StartError {
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[]) {
    const sorted = sortFaults(faults)
    super(sorted.map(describeFault).join('\n'))
    this.name = 'DefinitionError'
    this.faults = sorted
  }
}

export function describeFault(fault: Fault): string {
  return `${fault.file}:${fault.line}:${fault.column}: ${fault.message}`
}

/** By file, then from top to bottom; a fault found twice is kept once. */
export function sortFaults(faults: readonly Fault[]): readonly Fault[] {
  const unique = new Map(faults.map((fault) => [describeFault(fault), fault]))
  return [...unique.values()].sort(
    (a, b) =>
      compareText(a.file, b.file) || a.line - b.line || a.column - b.column || compareText(a.message, b.message),
  )
}

/** ` Did you mean "creditlimit"?` where a known name is close, else nothing: to be put after a sentence. */
export function suggest(name: string, known: Iterable<string>): string {
  return didYouMean(suggestionList(name, [...known]).slice(0, 1))
}

/** What to say of a column that the table does not have. */
export function unknownColumn({ table, columns }: TableDefinition, name: string): string {
  return `${table} has no column "${name}".${suggest(name, Object.keys(columns))}`
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
