/** The operations that GraphiQL opens with: a write to both systems, a read from both, and a rule broken on purpose. */

import { encodeId } from '../../maps/identity.ts'
import type { Json } from '../../schema/participant.ts'

export interface Example {
  /** What it shows, in one line. */
  readonly title: string
  readonly query: string
  readonly variables: Readonly<Record<string, Json>>
}

export const createCustomer: Example = {
  title: 'create a customer in both systems, or in neither',
  query: `# One mutation, two systems: the CRM and the ERP both hold the customer afterwards, or neither does.
mutation CreateCustomer($input: CreateCustomerInput!) {
  createCustomer(input: $input) {
    customer {
      id
      company
      number
      name
      creditLimit
      group { number name }
      revision
      sync
    }
    transaction {
      id
      state
      legs { system state }
    }
    errors { code message path system table column retryable }
  }
}
`,
  variables: {
    input: {
      company: 'usmf',
      name: 'Contoso Fine Coffee',
      email: 'hello@contoso.example',
      group: { number: '30' },
      currency: { code: 'USD' },
      creditLimit: '5000.00',
      salesTaxGroup: 'CA',
      leadSource: 'WEB',
    },
  },
}

export const listCustomers: Example = {
  title: 'read customers with the fields of both systems',
  query: `# One query, two systems: leadSource is the CRM's own, salesTaxGroup the ERP's.
query Customers($filter: CustomerFilter, $first: Int) {
  customers(filter: $filter, first: $first, orderBy: [{ field: number, direction: ASC }]) {
    totalCount
    nodes {
      id
      number
      name
      creditLimit
      leadSource
      salesTaxGroup
      group { number name }
      revision
      sync
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  variables: { filter: { company: { eq: 'usmf' } }, first: 10 },
}

export const breakRule: Example = {
  title: 'break a rule on purpose, and read why',
  query: `# The credit limit is above what the customer's group allows: nothing is written anywhere, and the answer says why.
mutation BreakRule($id: ID!, $input: UpdateCustomerInput!) {
  updateCustomer(id: $id, input: $input) {
    customer { number name creditLimit revision }
    transaction {
      id
      state
      legs { system state lastError }
    }
    errors { code message path system table column }
  }
}
`,
  variables: {
    id: encodeId('Customer', ['usmf', 'C-000001']),
    input: { creditLimit: '99999999.00' },
  },
}

export const EXAMPLES: readonly Example[] = [createCustomer, listCustomers, breakRule]
