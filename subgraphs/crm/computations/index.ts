/** The computations of the CRM: the table definitions name them. */

import type { Computation } from '../../kit/participant/computation.ts'
import { orderState } from './order-state.ts'

export const CRM_COMPUTATIONS: readonly Computation[] = [orderState]
