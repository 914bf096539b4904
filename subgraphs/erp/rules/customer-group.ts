/** How the rules about customers and their groups find one from the other. */

import type { RecordKey, Row } from '../../../schema/record.ts'
import { recordKey } from '../../../schema/record-key.ts'
import type { RuleRead } from '../../kit/participant/rule.ts'

export interface GroupRecord {
  readonly table: 'CustomerGroups'
  readonly key: RecordKey
}

/**
 * The group that a customer, an allowed term or the group itself names; null where the row names none.
 * Its lock guards which customers are in the group, with which limits and terms, and which terms it allows.
 */
export function groupOf(row: Row): GroupRecord | null {
  const company = row['dataAreaId'] ?? null
  const group = row['CustomerGroupId'] ?? null
  return company === null || group === null ? null : { table: 'CustomerGroups', key: recordKey([company, group]) }
}

/** Every row of a table that names the same group as `row`, under the group's lock. */
export function rowsOfGroup(table: string, row: Row, guard: GroupRecord): RuleRead {
  return {
    read: 'ROWS',
    table,
    where: { dataAreaId: row['dataAreaId'] ?? null, CustomerGroupId: row['CustomerGroupId'] ?? null },
    // One row left out could be the one that breaks the rule.
    limit: Number.MAX_SAFE_INTEGER,
    guard,
  }
}
