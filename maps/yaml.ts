/** YAML text as plain data that remembers where each of its nodes stands. */

import { isMap, isScalar, isSeq, LineCounter, type Pair, type ParsedNode, parseAllDocuments, type Scalar } from 'yaml'
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

type FaultAt = (offset: number, message: string) => Fault

/** Aliases, several documents, keys that are no scalars, duplicate keys and `__proto__` are faults. */
export function parseYaml(text: string, file: string): ParsedYaml {
  const lines = new LineCounter()
  const faultAt: FaultAt = (offset, message) => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col, message }
  }
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })
  const [first, second] = Array.isArray(documents) ? documents : []
  if (first === undefined) return { ok: false, faults: [{ file, line: 1, column: 1, message: 'The file is empty' }] }
  const faults = [...first.errors, ...first.warnings].map((error) => faultAt(error.pos[0], error.message))
  if (second !== undefined) faults.push(faultAt(second.range[0], 'A file holds one document'))
  if (faults.length > 0) return { ok: false, faults }
  const reader = new Reader(text, faultAt)
  const value = reader.read(first.contents, [], null)
  if (reader.faults.length > 0) return { ok: false, faults: reader.faults }
  return { ok: true, source: locate(file, value, reader.places, faultAt) }
}

/** Turns nodes into plain data and notes where each stood. */
class Reader {
  readonly places = new Map<string, Place>()
  readonly faults: Fault[] = []
  readonly #text: string
  readonly #faultAt: FaultAt

  constructor(text: string, faultAt: FaultAt) {
    this.#text = text
    this.#faultAt = faultAt
  }

  read(node: ParsedNode | null, path: Path, key: number | null): unknown {
    const start = node?.range[0] ?? key ?? 0
    const text = isScalar(node) ? textStart(node, this.#text) : null
    this.places.set(JSON.stringify(path), { key, value: start, text })
    if (node === null) return null
    if (isScalar(node)) return node.value
    if (isSeq(node)) return node.items.map((item, index) => this.read(item, [...path, index], null))
    if (isMap(node)) return Object.fromEntries(node.items.flatMap((pair) => this.#readPair(pair, path)))
    this.faults.push(this.#faultAt(start, 'Aliases are not allowed: write the value out'))
    return null
  }

  #readPair({ key, value }: Pair<ParsedNode, ParsedNode | null>, path: Path): readonly (readonly [string, unknown])[] {
    const [start] = key.range
    const name = isScalar(key) ? String(key.value) : null
    if (name !== null && name !== '__proto__') return [[name, this.read(value, [...path, name], start)]]
    this.faults.push(this.#faultAt(start, 'This cannot be a key'))
    return []
  }
}

/** A quoted or folded text may differ from what the file shows; then no place within it can be told. */
function textStart(node: Scalar.Parsed, text: string): number | null {
  const [start, end] = node.range
  const value = String(node.value)
  if (text.slice(start, end) === value) return start
  return text.slice(start + 1, end - 1) === value ? start + 1 : null
}

function locate(file: string, value: unknown, places: ReadonlyMap<string, Place>, faultAt: FaultAt): Source {
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
