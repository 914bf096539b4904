/** YAML text as plain data that remembers where each of its nodes stands. */

import type { ParsedNode, Scalar } from 'yaml'
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml'
import type { Fault } from './faults.ts'

/** Keys and indexes that lead from the document to a node. */
export type Path = readonly (string | number)[]

/** A parsed file. A path that leads nowhere stands where its nearest node does. */
export interface Source {
  readonly file: string
  readonly value: unknown
  /** A fault at the value of the path; `offset` characters into it, where the value is a text on one line. */
  readonly fault: (path: Path, message: string, offset?: number) => Fault
  /** A fault at the key that the path ends with. */
  readonly faultAtKey: (path: Path, message: string) => Fault
}

export type ParsedYaml =
  | { readonly ok: true; readonly source: Source }
  | { readonly ok: false; readonly faults: readonly Fault[] }

/** Offsets into the file; `text` is where a scalar's characters begin if they stand in the file as they are. */
interface Place {
  readonly key: number | null
  readonly value: number
  readonly text: number | null
}

/** Aliases, several documents, keys that are no scalars, duplicate keys and `__proto__` are faults. */
export function parseYaml(text: string, file: string): ParsedYaml {
  const lines = new LineCounter()
  const faults: Fault[] = []
  const faultAt = (offset: number, message: string): Fault => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col, message }
  }
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })
  const first = Array.isArray(documents) ? documents[0] : undefined
  if (first === undefined) return { ok: false, faults: [faultAt(0, 'The file is empty')] }
  for (const error of [...first.errors, ...first.warnings]) faults.push(faultAt(error.pos[0], error.message))
  const second = documents[1]
  if (second !== undefined) faults.push(faultAt(second.range[0], 'A file holds one document'))
  const places = new Map<string, Place>()
  const value = faults.length === 0 ? readNode(first.contents, text, [], null, places, faultAt, faults) : null
  if (faults.length > 0) return { ok: false, faults }
  return { ok: true, source: locate(file, value, places, faultAt) }
}

function readNode(
  node: ParsedNode | null,
  text: string,
  path: Path,
  key: number | null,
  places: Map<string, Place>,
  faultAt: (offset: number, message: string) => Fault,
  faults: Fault[],
): unknown {
  const start = node?.range[0] ?? key ?? 0
  places.set(JSON.stringify(path), { key, value: start, text: isScalar(node) ? textStart(node, text) : null })
  if (node === null) return null
  if (isScalar(node)) return node.value
  if (isSeq(node)) {
    return node.items.map((item, index) => readNode(item, text, [...path, index], null, places, faultAt, faults))
  }
  if (isAlias(node) || !isMap(node)) {
    faults.push(faultAt(start, 'Aliases are not allowed: write the value out'))
    return null
  }
  return Object.fromEntries(
    node.items.flatMap((pair): [string, unknown][] => {
      const name = isScalar(pair.key) ? String(pair.key.value) : null
      if (name === null || name === '__proto__') {
        faults.push(faultAt(pair.key.range[0], 'This cannot be a key'))
        return []
      }
      const value = readNode(pair.value, text, [...path, name], pair.key.range[0], places, faultAt, faults)
      return [[name, value]]
    }),
  )
}

/** A quoted or folded text may differ from what the file shows; then no place within it can be told. */
function textStart(node: Scalar.Parsed, text: string): number | null {
  const [start, end] = node.range
  const value = String(node.value)
  if (text.slice(start, end) === value) return start
  return text.slice(start + 1, end - 1) === value ? start + 1 : null
}

function locate(
  file: string,
  value: unknown,
  places: ReadonlyMap<string, Place>,
  faultAt: (offset: number, message: string) => Fault,
): Source {
  const nearest = (path: Path): Place => {
    const place = places.get(JSON.stringify(path))
    if (place !== undefined) return place
    return path.length === 0 ? { key: null, value: 0, text: null } : nearest(path.slice(0, -1))
  }
  return {
    file,
    value,
    fault: (path, message, offset) => {
      const place = nearest(path)
      const within = offset === undefined || place.text === null ? null : place.text + offset
      return faultAt(within ?? place.value, message)
    },
    faultAtKey: (path, message) => {
      const place = nearest(path)
      return faultAt(place.key ?? place.value, message)
    },
  }
}
