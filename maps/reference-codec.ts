/** How references pass: natively a column holds the one key value of the record named, unified it is an entity id. */

import type { Row, Value } from '../schema/record.ts'
import type { Column } from '../schema/table.ts'
import { type Codec, type Encoded, fitted, type KindOf, type Place, refusal, type ValueCodec } from './codec.ts'
import { decodeId, encodeId, keyText, keyValue } from './identity.ts'
import type { Field, KeyField, TableMap } from './model.ts'
import { remembering } from './remembering.ts'

const COMPANIES_KEPT = 16
const IDS_KEPT = 256

/** To one entity. The target of a company-bound reference is of the record's own company. */
export function referenceCodec(field: Field, column: Column, target: TableMap): ValueCodec {
  const isCompanyBound = target.scope === 'company'
  const own = ownKeyOf(target)
  const { name } = field
  const idsOf = remembering(COMPANIES_KEPT, (company) =>
    remembering(IDS_KEPT, (text) => encodeId(target.entity, isCompanyBound ? [company, text] : [text])),
  )
  return {
    decode: (value, company) => {
      const text = keyText(own, value)
      if (text === null || (isCompanyBound && company === null)) return undefined
      return idsOf(isCompanyBound ? (company ?? '') : '')(text)
    },
    encode: (value, company) => {
      const id = typeof value === 'string' ? decodeId(value) : null
      if (id?.entity !== target.entity || id.key.length !== target.key.length) {
        return refusal(name, 'REFERENCE', `${name} must be the id of a ${target.entity}`)
      }
      const owner = isCompanyBound ? id.key[0] : null
      if (isCompanyBound && company !== null && owner !== company) {
        return refusal(name, 'REFERENCE', `${name} belongs to company ${owner}, and this record to company ${company}`)
      }
      return fitted(name, column, keyValue(own, id.key.at(-1) ?? ''))
    },
  }
}

/** The values of another column that tell the entities apart. */
export interface Telling {
  readonly column: string
  readonly kinds: ReadonlyMap<string, string | number>
}

/** To a record of one of several entities; without `telling` only the caller knows which: `KindOf`. */
export function polymorphicCodec(
  { field, column, copies }: Place,
  targets: readonly TableMap[],
  telling: Telling | null,
): Codec {
  const codecs = new Map(targets.map((target) => [target.entity, referenceCodec(field, column, target)]))
  const entities = [...codecs.keys()]
  const sources = [column.name, ...(telling === null ? [] : [telling.column])]
  const columns = [...sources, ...copies]
  const kindIn = telling === null ? kindByLookup(targets, entities) : kindByColumn(telling)

  const setOf = (value: Value, kind: Value): Encoded => ({
    ok: true,
    set: Object.fromEntries(columns.map((name) => [name, name === telling?.column ? kind : value])),
  })

  return {
    field,
    sources,
    columns,
    decode: (row, company, kindOf) => {
      const value = row[column.name] ?? null
      if (value === null) return null
      const kind = kindIn(row, value, company, kindOf)
      return kind === null ? undefined : codecs.get(kind)?.decode(value, company)
    },
    encode: (value, company) => {
      if (value === null) return setOf(null, null)
      const entity = typeof value === 'string' ? (decodeId(value)?.entity ?? '') : ''
      const encoded = codecs.get(entity)?.encode(value, company)
      if (encoded === undefined) {
        return refusal(field.name, 'REFERENCE', `${field.name} must be the id of a ${entities.join(' or a ')}`)
      }
      return encoded.ok ? setOf(encoded.value, telling?.kinds.get(entity) ?? null) : encoded
    },
  }
}

type KindIn = (row: Row, value: Value, company: string | null, kindOf: KindOf | undefined) => string | null

function kindByColumn({ column, kinds }: Telling): KindIn {
  const entities = new Map<Value, string>([...kinds].map(([entity, kind]) => [kind, entity]))
  return (row) => entities.get(row[column] ?? null) ?? null
}

/** The targets' keys have one form. */
function kindByLookup(targets: readonly TableMap[], entities: readonly string[]): KindIn {
  const own = targets[0] === undefined ? null : ownKeyOf(targets[0])
  return (_, value, company, kindOf) => {
    const text = own === null ? null : keyText(own, value)
    return text === null || kindOf === undefined ? null : kindOf(entities, company, text)
  }
}

/** The key field besides the company. */
function ownKeyOf(target: TableMap): KeyField {
  const own = target.key.at(-1)
  if (own === undefined) throw new TypeError(`The map ${target.name} has no key`)
  return own
}
