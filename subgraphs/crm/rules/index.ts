/** The business rules of the CRM: the table definitions name them. */

import type { Rule } from '../../kit/participant/rule.ts'
import { contactEmailUniqueWithinAccount } from './contact-email-unique-within-account.ts'
import { onHoldAllIsFrozen } from './on-hold-all-is-frozen.ts'

export const CRM_RULES: readonly Rule[] = [contactEmailUniqueWithinAccount, onHoldAllIsFrozen]
