/** Each field by itself: its type, what goes together, expressions and their inverse, defaults, and what would be lost. */

import { SYSTEMS, type System } from '../../schema/record.ts'
import { canonical } from '../../schema/value.ts'
import type { BoundField, BoundMap } from '../binding.ts'
import { EXPRESSION, OTHER } from '../definition.ts'
import { type ExpressionType, expressionType } from '../expression/types.ts'
import type { Fault } from '../faults.ts'
import { compileFieldExpression } from '../field-expression.ts'
import { typeOfField } from '../field-type.ts'
import { targetsOf } from '../flow.ts'
import type { Source } from '../yaml.ts'
import { excess } from './excess.ts'

export function checkFields(map: BoundMap): readonly Fault[] {
  return map.fields.flatMap((field) => {
    const misplaced = misplacedFaults(field, map.source)
    if (misplaced.length > 0 || !field.complete) return misplaced
    const typed = typeOfField(field, map)
    if (!typed.ok) return [map.source.faultAtKey(field.path, `"${field.name}": ${typed.message}`)]
    return [
      ...SYSTEMS.flatMap((system) => [
        ...computedFaults(field, system, map.source),
        ...expressionFaults(field, system, map.source),
      ]),
      ...defaultFaults(field, map),
      ...lossFaults(field, map.source),
    ]
  })
}

/** Properties that mean nothing together. */
function misplacedFaults(field: BoundField, source: Source): readonly Fault[] {
  const { path, definition, systems, copies } = field
  const { ref, reverse, values, toErp, toCrm, overflow, direction, loss, computedBy } = definition
  const isOwn = systems.length < 2
  const isComputed = computedBy !== undefined || (isOwn && systems.some((one) => field.columns[one]?.column.computed))
  const isExpressed = toErp !== undefined || toCrm !== undefined
  const faults: Fault[] = []
  const refuse = (property: keyof typeof definition, isWrong: boolean, message: string) => {
    if (isWrong) faults.push(source.faultAtKey([...path, property], `"${property}" ${message}`))
  }
  refuse('direction', isOwn && direction !== 'BOTH', 'is for fields of both systems')
  refuse('toErp', toErp !== undefined && isOwn, 'is for fields of both systems')
  refuse('toCrm', toCrm !== undefined && isOwn, 'is for fields of both systems')
  refuse('overflow', overflow !== undefined && isOwn, 'is for fields of both systems')
  refuse('computedBy', computedBy !== undefined && isOwn, 'is for fields of both systems')
  refuse('copies', isOwn && SYSTEMS.some((system) => copies[system].length > 0), 'is for fields of both systems')
  refuse('required', isComputed && definition.required, 'is for what somebody writes')
  refuse('default', isComputed && definition.default !== undefined, 'is for what somebody writes')
  refuse('reverse', reverse !== undefined && (ref === undefined || isOwn), 'is for references that both systems hold')
  refuse('values', values !== undefined && ref !== undefined, 'does not go with ref')
  refuse('default', definition.default !== undefined && ref !== undefined, 'does not go with ref')
  refuse('values', values !== undefined && isExpressed, 'does not go with expressions')
  refuse('ref', ref !== undefined && isExpressed, 'does not go with expressions')
  refuse(
    'overflow',
    overflow !== undefined && (isExpressed || values !== undefined || ref !== undefined),
    'is for plain text and decimals',
  )
  refuse('overflow', overflow === 'CLIP' && loss === undefined, 'CLIP needs "loss", which says what is lost')
  return faults
}

/** What a system computes is said to come from it, and flows away from it alone. */
function computedFaults(field: BoundField, system: System, source: Source): readonly Fault[] {
  const { path, definition, columns, systems } = field
  const bound = columns[system]
  if (bound === undefined || systems.length < 2) return []
  const { computedBy, direction } = definition
  const { name, computed } = bound.column
  if (computedBy !== system) {
    return computed ? [source.fault(bound.path, `"${name}" is computed: the field needs computedBy: ${system}`)] : []
  }
  if (!computed) return [source.fault(bound.path, `"${name}" is not a computed column of the ${system}`)]
  const away = `${system}_TO_${OTHER[system]}`
  return direction === away ? [] : [source.fault([...path, 'computedBy'], `The field needs direction: ${away}`)]
}

/** The expression that gives the system its value: there where it is needed, and of a type that fits. */
function expressionFaults(field: BoundField, system: System, source: Source): readonly Fault[] {
  const property = EXPRESSION[system]
  const text = field.definition[property]
  const inverse = EXPRESSION[OTHER[system]]
  if (text === undefined) {
    const isNeeded = field.definition[inverse] !== undefined && targetsOf(field).includes(system)
    if (!isNeeded) return []
    return [
      source.faultAtKey([...field.path, inverse], `The field is written to the ${system} too: it needs ${property}`),
    ]
  }
  const [target, value] = [field.columns[system]?.column, field.columns[OTHER[system]]?.column]
  if (target === undefined || value === undefined) return []
  const path = [...field.path, property]
  const compiled = compileFieldExpression(text, value)
  if (!compiled.ok) return compiled.faults.map(({ at, message }) => source.fault(path, message, at))
  if (isAssignable(compiled.type, expressionType(target))) return []
  return [source.fault(path, `The expression gives ${compiled.type}, and ${target.name} is ${target.type}`)]
}

function isAssignable(from: ExpressionType, to: ExpressionType | null): boolean {
  if (to === null) return false
  const isNumeric = (type: ExpressionType) => type === 'integer' || type === 'decimal'
  return from === to || from === 'null' || (isNumeric(from) && isNumeric(to))
}

function defaultFaults(field: BoundField, map: BoundMap): readonly Fault[] {
  const { name, path, definition, values, systems, columns } = field
  const { source } = map
  const given = definition.default
  if (given === undefined) return []
  const at = [...path, 'default']
  if (values !== null) {
    const known: readonly unknown[] = values.entries.map((entry) =>
      values.type === 'boolean' ? entry.name === 'true' : entry.name,
    )
    return known.includes(given) ? [] : [source.fault(at, `"${given}" is no value of ${name}`)]
  }
  const isExpressed = definition.toCrm !== undefined || definition.toErp !== undefined
  const holders = isExpressed ? [map.definition.reads] : systems
  return holders.flatMap((system) => {
    const column = columns[system]?.column
    const fitting = column === undefined ? null : canonical(column, given)
    return fitting?.ok === false ? [source.fault(at, fitting.message)] : []
  })
}

/** What one side can hold and the other cannot, unless the map says what becomes of it. */
function lossFaults(field: BoundField, source: Source): readonly Fault[] {
  const { definition, values, columns } = field
  const isPlain =
    values === null && definition.ref === undefined && definition.toCrm === undefined && definition.toErp === undefined
  if (!isPlain || definition.overflow !== undefined) return []
  return targetsOf(field).flatMap((system) => {
    const [target, from] = [columns[system], columns[OTHER[system]]]
    if (target === undefined || from === undefined) return []
    const difference = excess(from.column, target.column)
    if (difference === null) return []
    const message = `${from.column.name} holds ${difference}: say overflow: REFUSE, or CLIP with the loss`
    return [source.fault(target.path, message)]
  })
}
