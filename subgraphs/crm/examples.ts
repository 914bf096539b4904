/** The operation that GraphiQL opens with at the CRM's native API. */

import type { Example } from '../../schema/process/http/parts.ts'

const changeAccount: Example = {
  title: 'change a telephone number in the CRM; the ERP follows in the same transaction',
  query: `# A write in the CRM's own terms. Its partner in the
# ERP changes with it, or nothing changes.
mutation ChangeAccount($input: UpdateAccountsInput!) {
  updateAccounts(msdyn_company: "usmf", accountnumber: "US-0001", input: $input) {
    record { accountnumber name telephone1 revision }
    transaction {
      id
      state
      legs { system state }
    }
    errors { code message path system table column }
  }
}
`,
  variables: { input: { telephone1: '+1 202 555 0199' } },
}

export const CRM_EXAMPLES: readonly Example[] = [changeAccount]
