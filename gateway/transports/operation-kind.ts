/** What kind of operation a request asks for, told from its text alone. */

import { getOperationAST, type OperationTypeNode, parse } from 'graphql'
import type { OperationRequest } from '../graph/operations.ts'

/** Null where it cannot be told: such a request is refused when it is run. */
export function kindOf(
  { query, operationName }: Pick<OperationRequest, 'query' | 'operationName'>,
  tokensMax: number,
): OperationTypeNode | null {
  try {
    return getOperationAST(parse(query, { maxTokens: tokensMax, noLocation: true }), operationName)?.operation ?? null
  } catch {
    return null
  }
}
