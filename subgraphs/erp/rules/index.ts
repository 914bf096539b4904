/** The business rules of the ERP: the table definitions name them. */

import type { Rule } from '../../kit/participant/rule.ts'
import { amountsHaveTwoDecimals } from './amounts-have-two-decimals.ts'
import { creditLimitNotNegative } from './credit-limit-not-negative.ts'
import { creditLimitWithinGroup } from './credit-limit-within-group.ts'
import { customerOnHoldTakesNoOrder } from './customer-on-hold-takes-no-order.ts'
import { invoicedOrderIsImmutable } from './invoiced-order-is-immutable.ts'
import { noDeleteWithOpenOrders } from './no-delete-with-open-orders.ts'
import { noLaterDateWithLines } from './no-later-date-with-lines.ts'
import { openOrdersWithinCreditLimit } from './open-orders-within-credit-limit.ts'
import { orderStatusMoves } from './order-status-moves.ts'
import { paymentTermAllowedByGroup } from './payment-term-allowed-by-group.ts'
import { productsOnLines } from './products-on-lines.ts'

export const ERP_RULES: readonly Rule[] = [
  amountsHaveTwoDecimals,
  creditLimitNotNegative,
  creditLimitWithinGroup,
  customerOnHoldTakesNoOrder,
  invoicedOrderIsImmutable,
  noDeleteWithOpenOrders,
  noLaterDateWithLines,
  openOrdersWithinCreditLimit,
  orderStatusMoves,
  paymentTermAllowedByGroup,
  productsOnLines,
]
