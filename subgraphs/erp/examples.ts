/** The operation that GraphiQL opens with at the ERP's native API. */

import type { Example } from '../../schema/process/http/parts.ts'

const changeCustomer: Example = {
  title: 'change a credit limit in the ERP; the CRM follows in the same transaction',
  query: `# A write in the ERP's own terms. Its partner in the
# CRM changes with it, or nothing changes.
mutation ChangeCustomer($input: UpdateCustomersV3Input!) {
  updateCustomersV3(dataAreaId: "usmf", CustomerAccount: "US-0001", input: $input) {
    record { CustomerAccount OrganizationName CreditLimit revision }
    transaction {
      id
      state
      legs { system state }
    }
    errors { code message path system table column }
  }
}
`,
  variables: { input: { CreditLimit: '9000.00' } },
}

export const ERP_EXAMPLES: readonly Example[] = [changeCustomer]
