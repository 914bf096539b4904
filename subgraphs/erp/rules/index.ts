/** The business rules of the ERP: the table definitions name them. */

import type { Rule } from '../../kit/participant/rule.ts'
import { creditLimitNotNegative } from './credit-limit-not-negative.ts'
import { creditLimitWithinGroup } from './credit-limit-within-group.ts'
import { paymentTermAllowedByGroup } from './payment-term-allowed-by-group.ts'

export const ERP_RULES: readonly Rule[] = [creditLimitNotNegative, creditLimitWithinGroup, paymentTermAllowedByGroup]
