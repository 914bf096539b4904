/** The computations of the ERP: the table definitions name them. */

import type { Computation } from '../../kit/participant/computation.ts'
import { quotationAmounts } from './quotation-amounts.ts'
import { salesOrderAmounts } from './sales-order-amounts.ts'

export const ERP_COMPUTATIONS: readonly Computation[] = [salesOrderAmounts, quotationAmounts]
