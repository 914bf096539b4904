/** The integration key: the whole key of both tables, immutable, with the company first. */

import { SYSTEMS, type System } from '../../schema/record.ts'
import type { TableDefinition } from '../../schema/table.ts'
import type { BoundKey, BoundMap } from '../binding.ts'
import type { Fault } from '../faults.ts'
import { isSequence } from '../sequence.ts'

export function checkKeys(map: BoundMap): readonly Fault[] {
  return [
    ...SYSTEMS.flatMap((system) => scopeFaults(map, system)),
    ...SYSTEMS.flatMap((system) => coverFaults(map, system)),
    ...map.keys.flatMap((key) => SYSTEMS.flatMap((system) => columnFaults(map, key, system))),
    ...map.keys.flatMap((key, index) => [...typeFaults(map, key, index), ...sequenceFaults(map, key, index)]),
  ]
}

function scopeFaults({ definition, source, sides, keys }: BoundMap, system: System): readonly Fault[] {
  const table = sides[system]
  if (table === undefined) return []
  if (table.scope !== definition.scope) {
    return [source.fault(['scope'], `${table.table} of the ${system} is of scope ${table.scope}`)]
  }
  const first = keys[0]?.columns[system]
  if (table.company === null || first === undefined || first.column.name === table.company) return []
  return [
    source.fault(first.path, `The first key field is the company, which ${table.table} keeps in ${table.company}`),
  ]
}

/** The key fields name each key column of the table, once. */
function coverFaults({ source, sides, keys }: BoundMap, system: System): readonly Fault[] {
  const table = sides[system]
  if (table === undefined) return []
  const bound = keys.flatMap(({ columns }) => columns[system]?.column.name ?? [])
  const missing = table.key.filter((column) => !bound.includes(column))
  const isIncomplete = keys.some(({ complete }) => !complete)
  const faults = keys.flatMap(({ columns }, index) => {
    const at = columns[system]
    if (at === undefined || bound.indexOf(at.column.name) === index) return []
    return [source.fault(at.path, `"${at.column.name}" is bound to a key field already`)]
  })
  if (missing.length === 0 || isIncomplete) return faults
  const message = `The key of ${table.table} has ${missing.join(', ')} too: no key field is bound to it`
  return [...faults, source.faultAtKey(['key'], message)]
}

function columnFaults({ source }: BoundMap, { columns }: BoundKey, system: System): readonly Fault[] {
  const bound = columns[system]
  if (bound === undefined) return []
  const { column, table, path } = bound
  const faults: Fault[] = []
  const fault = (message: string) => faults.push(source.fault(path, message))
  if (!table.key.includes(column.name))
    fault(`"${column.name}" is not in the key of ${table.table}, so it is not unique`)
  if (!column.immutable) fault(`"${column.name}" of ${table.table} must be immutable`)
  if (column.type !== 'string' && column.type !== 'integer') {
    fault(`"${column.name}" of ${table.table} is ${column.type}: a key is a string or an integer`)
  }
  return faults
}

/** Text on both sides or whole numbers on both; the company is text. */
function typeFaults({ definition, source }: BoundMap, bound: BoundKey, index: number): readonly Fault[] {
  const { columns, path, definition: key } = bound
  const [crm, erp] = [columns.CRM, columns.ERP]
  if (crm === undefined || erp === undefined) return []
  if (crm.column.type !== erp.column.type) {
    const message = `"${crm.column.name}" is ${crm.column.type} and "${erp.column.name}" is ${erp.column.type}`
    return [source.fault(erp.path, `${message}: a key field has one type`)]
  }
  if (crm.column.type !== 'integer') return []
  const faults: Fault[] = []
  if (index === 0 && definition.scope === 'company') faults.push(source.fault(crm.path, 'The company is a string'))
  for (const property of ['fold', 'sequence'] as const) {
    if (key[property] !== undefined) faults.push(source.faultAtKey([...path, property], `"${property}" is for text`))
  }
  return faults
}

function sequenceFaults({ definition, source }: BoundMap, key: BoundKey, index: number): readonly Fault[] {
  const { sequence } = key.definition
  if (sequence === undefined || key.columns.CRM?.column.type === 'integer') return []
  const path = [...key.path, 'sequence']
  if (index === 0 && definition.scope === 'company')
    return [source.fault(path, 'A company is not drawn from a sequence')]
  if (definition.parent !== undefined) return [source.fault(path, 'A part is numbered by its whole')]
  if (!isSequence(sequence))
    return [source.fault(path, 'A number sequence holds one group of zeros, as in "C-{000000}"')]
  const length = sequence.length - 2
  const tooLong = SYSTEMS.flatMap((system) => shorterThan(length, key, system))
  return tooLong.map((table) =>
    source.fault(path, `Its numbers have ${length} characters, too long for ${table.table}`),
  )
}

function shorterThan(length: number, key: BoundKey, system: System): readonly TableDefinition[] {
  const bound = key.columns[system]
  const maxLength = bound?.column.maxLength ?? null
  return bound !== undefined && maxLength !== null && maxLength < length ? [bound.table] : []
}
