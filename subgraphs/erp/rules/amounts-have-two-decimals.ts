import type { Row } from '../../../schema/record.ts'
import type { Rule, RuleViolation } from '../../kit/participant/rule.ts'
import { placesOfAmounts, stepInHundredths } from '../computations/rounding-step.ts'
import { touches } from './touches.ts'

/** Guards `Currencies`. Where the step is empty, the decimal places alone tell how amounts are rounded. */
export const amountsHaveTwoDecimals: Rule = {
  name: 'amountsHaveTwoDecimals',
  description:
    'Amounts have two decimal places: a currency has at most as many, and amounts in it are rounded to a multiple of 0.01.',
  reads: () => [],
  check: ({ before, after }) => {
    if (after === null) return []
    const isSet = (column: string) => touches(before, after, [column]) && (after[column] ?? null) !== null
    return [
      ...(isSet('RoundingRuleGeneral') ? stepFaults(after) : []),
      ...(isSet('DecimalPlaces') ? placesFaults(after) : []),
    ]
  },
}

function stepFaults({ CurrencyCode, RoundingRuleGeneral }: Row): readonly RuleViolation[] {
  if (stepInHundredths(RoundingRuleGeneral) !== null) return []
  const message =
    `Amounts in ${CurrencyCode} cannot be rounded to ${RoundingRuleGeneral}: ` +
    'they have two decimal places, so give 0.01 or a multiple of it'
  return [{ message, column: 'RoundingRuleGeneral' }]
}

function placesFaults({ CurrencyCode, DecimalPlaces }: Row): readonly RuleViolation[] {
  if (placesOfAmounts(DecimalPlaces) !== null) return []
  const message = `Amounts in ${CurrencyCode} cannot have ${DecimalPlaces} decimal places: give 0, 1 or 2`
  return [{ message, column: 'DecimalPlaces' }]
}
