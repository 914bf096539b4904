import type { Rule } from '../../kit/participant/rule.ts'

const HOLD_ALL = 806380002

/** Guards `accounts`. A write that lifts the hold may change other columns as well. */
export const onHoldAllIsFrozen: Rule = {
  name: 'onHoldAllIsFrozen',
  description: 'An account on hold for everything can be neither changed nor deleted until the hold is lifted.',
  reads: () => [],
  check: ({ before, after }) => {
    if (before?.['msdyn_onholdstatus'] !== HOLD_ALL) return []
    if (after !== null && after['msdyn_onholdstatus'] !== HOLD_ALL) return []
    const what = after === null ? 'deleted' : 'changed'
    return [
      {
        message: `Account ${before['accountnumber']} is on hold for everything and cannot be ${what} until the hold is lifted`,
        column: 'msdyn_onholdstatus',
      },
    ]
  },
}
