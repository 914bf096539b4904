/**
 * Records that change while they are read, and a stream that learns of it later: what a snapshot has to cope with. A row
 * is read as its record stands at some moment of the read, so that the rows of a chunk are of different moments.
 */

import type { Origin } from '../../../schema/participant.ts'
import type { Change } from '../stream/stream.ts'
import { fittingRows } from './chunk-size.ts'
import type { ChangeFilter, SnapshotRow } from './feed.ts'
import type { RememberedStream } from './remembered-stream.fixture.ts'
import type { ChunkSize, SnapshotSource } from './snapshot-source.ts'
import { changeOf } from './told.fixture.ts'

export interface Write {
  readonly entity: string
  readonly id: string
  /** Null deletes the record, if it is there. */
  readonly group: string | null
  readonly origin?: Origin
}

/** `serial` is raised by every write: of two images of a record, that with the greater one is younger. */
export interface Image {
  readonly serial: number
  readonly group: string
  readonly [field: string]: string | number
}

export class World {
  readonly source: SnapshotSource
  readonly #stream: RememberedStream
  readonly #pause: () => Promise<void>
  readonly #records = new Map<string, Image>()
  readonly #onTheirWay: Change[] = []
  #committed = 0
  #published = 0

  /** `pause` passes between one row and the next, and before what is on its way arrives. */
  constructor(stream: RememberedStream, entities: readonly string[], pause: () => Promise<void>) {
    this.#stream = stream
    this.#pause = pause
    this.source = { entities, chunk: (...request) => this.#chunk(...request) }
  }

  commit({ entity, id, group, origin = 'GRAPH' }: Write): void {
    const before = this.#records.get(`${entity} ${id}`) ?? null
    if (before === null && group === null) return
    this.#committed += 1
    const after = group === null ? null : { serial: this.#committed, group }
    if (after === null) this.#records.delete(`${entity} ${id}`)
    else this.#records.set(`${entity} ${id}`, after)
    this.#onTheirWay.push(changeOf(id, { entity, before, after, origin, revision: this.#committed }))
  }

  /** So many writes arrive in the stream. */
  publish(count: number): void {
    const arrived = this.#onTheirWay.splice(0, count)
    this.#published += arrived.length
    this.#stream.append(...arrived)
  }

  readonly published = async (): Promise<void> => {
    const committed = this.#committed
    while (this.#published < committed) {
      await this.#pause()
      this.publish(1)
    }
  }

  /** The records that match, each by entity and id with its serial. */
  matching(filter: ChangeFilter): ReadonlyMap<string, number> {
    return new Map(
      [...this.#records]
        .filter(([name, image]) => matches(filter, name, image))
        .map(([name, { serial }]) => [name, serial] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    )
  }

  async #chunk(entity: string, filter: ChangeFilter, after: string | null, size: ChunkSize) {
    const ids = [...this.#records.keys()]
      .filter((name) => name.startsWith(`${entity} `))
      .map((name) => name.slice(entity.length + 1))
      .filter((id) => after === null || id > after)
      .sort()
    const rows: SnapshotRow[] = []
    const read = ids.slice(0, size.rowsMax)
    for (const id of read) {
      await this.#pause()
      const record = this.#records.get(`${entity} ${id}`)
      if (record === undefined || !matches(filter, `${entity} ${id}`, record)) continue
      rows.push({ entity, id, company: 'usmf', revision: record.serial, record })
    }
    const given = rows.slice(0, fittingRows(rows, size))
    const last = given.length < rows.length ? given.at(-1)?.id : read.at(-1)
    return { rows: given, next: last === undefined || last === ids.at(-1) ? null : last }
  }
}

function matches({ entities, ids, values }: ChangeFilter, name: string, image: Image): boolean {
  const [entity = '', id = ''] = name.split(' ')
  return (
    (entities?.includes(entity) ?? true) &&
    (ids?.includes(id) ?? true) &&
    (values ?? []).every(({ field, in: list }) => list.includes(image[field] ?? null))
  )
}
